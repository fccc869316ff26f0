package picture

import "example/workbook/internal/evidence"

// tracks draws a chart of calls for a narrow page, or for more threads than
// there is room for columns: the lines of the threads stand side by side at the
// left, and what each call was stands right of all of them. It returns the height.
func (d *drawing) tracks() float64 {
	rows := d.rows()
	w := d.f.width()
	describe(rows, !d.f.phone())
	pitch := 15.0
	x := make([]float64, len(d.threads))
	for i := range x {
		x[i] = 9 + float64(i)*pitch
	}
	left := 9 + float64(max(len(x)-1, 0))*pitch + 12
	// The name of the thread stands before the first of its calls in a row: on
	// the same line where everything fits there, else on one of its own.
	names := 0.0
	for _, name := range d.threads {
		names = max(names, textWidth(name, small)*1.12+8)
	}
	inline := true
	for i := range rows {
		if r := &rows[i]; r.call != nil && left+names+callWidth(r) > w-4 {
			inline = false
		}
	}
	textX := left
	if inline {
		textX += names
	}
	for i := range rows {
		rows[i].shorten(int((w - 4 - textX) / monoWidth))
	}
	ys := make([]float64, len(rows))
	named := make([]bool, len(rows))
	y, last := 8.0, ""
	for i := range rows {
		r := &rows[i]
		if r.gap > 0 {
			y += 20
		}
		if r.call != nil && (r.call.Thread != last || r.gap > 0) {
			named[i], last = true, r.call.Thread
			if !inline {
				y += 15
			}
		}
		y += rowHeight
		if r.phase == enters {
			y += 13
			ys[i] = y - 13
			continue
		}
		ys[i] = y
	}
	end := y
	d.defs()
	d.trackBands(rows, ys, named, inline, left)
	d.chartBody(rows, ys, end, x, d.arrowsBetween(ys, rows), func(int) float64 { return textX }, false)
	for i := range rows {
		r := &rows[i]
		if named[i] && inline {
			d.text(left, ys[i]+3.8, r.call.Thread, small, "ev-f", atStart)
		} else if named[i] {
			d.text(left, ys[i]-11.5, r.call.Thread, small, "ev-f", atStart)
		}
		if r.phase == enters {
			d.text(textX, ys[i]+16, sleepText(d.chart, r.call), small, "ev-d", atStart)
		}
	}
	return d.legend(end + tail(rows) + 26)
}

// trackBands are the stripes where nothing happens, with how long that was.
func (d *drawing) trackBands(rows []row, ys []float64, named []bool, inline bool, left float64) {
	for i := range rows {
		if rows[i].gap == 0 {
			continue
		}
		bottom := ys[i] - rowHeight/2
		if named[i] && !inline {
			bottom -= 14
		}
		d.put(`<path class="ev-b" d="`, path("M", 0.0, bottom-18, "H", d.f.width(), "v", 17.0, "H", 0.0, "Z"), `"/>`)
		d.text(left, bottom-5.6, "+"+evidence.Duration(rows[i].gap), small, "ev-d", atStart)
	}
}
