package picture

import (
	"fmt"
	"html"
	"slices"
	"strings"

	"example/workbook/internal/evidence"
)

// Measures of the chart of calls, in pixels.
const (
	rowHeight  = 19.0
	gapHeight  = 40.0 // of a row before which nothing happened for a while
	sleepRoom  = 33.0 // between entry and return of a sleep that nothing parts
	timeColumn = 62.0 // times stand left of the threads
	textShift  = 10.0 // from a thread's line to its texts
	headHeight = 38.0
)

// callWidth is the width of a row's text.
func callWidth(r *row) float64 {
	s := r.text + r.result
	if r.text != "" && r.result != "" {
		s += " "
	}
	return textWidth(s, mono)
}

// lives are the first and the last row in which each thread has a line.
func (d *drawing) lives(rows []row) (first, last []int) {
	first, last = make([]int, len(d.threads)), make([]int, len(d.threads))
	for i, name := range d.threads {
		first[i], last[i] = len(rows), -1
		th := d.thread(name)
		for j := range rows {
			own := rows[j].call != nil && rows[j].call.Thread == name
			if own || th != nil && rows[j].t >= th.Start {
				first[i] = min(first[i], j)
			}
			if own {
				last[i] = j
				if rows[j].call.Open {
					last[i] = len(rows) - 1
				}
			}
		}
	}
	return first, last
}

// columnsAt finds where the lines of the threads stand: as far apart as the
// texts ask that stand between them while both are alive. label is the room for
// what is written on the arrows of calls, by their number. It returns the width
// of it all, too.
func (d *drawing) columnsAt(rows []row, label map[int]float64) (x []float64, width float64) {
	first, last := d.lives(rows)
	x = make([]float64, len(d.threads))
	for i := range x {
		x[i] = max(x[i], timeColumn+12)
		room := func(k, row int, w float64) {
			if row >= first[k] && row <= last[k] {
				x[k] = max(x[k], x[i]+w)
			}
		}
		for k := i + 1; k < len(x); k++ {
			x[k] = max(x[k], x[i]+32)
			if k == i+1 {
				x[k] = max(x[k], x[i]+textWidth(d.threads[i], head)+10)
			}
		}
		width = max(width, x[i]+textWidth(d.threads[i], head))
		for j := range rows {
			r := &rows[j]
			if r.call == nil || r.call.Thread != d.threads[i] {
				continue
			}
			w := textShift + callWidth(r)
			if r.phase == enters {
				w = max(w, textShift+textWidth(sleepText(d.chart, r.call), small))
			}
			width = max(width, x[i]+w)
			for k := i + 1; k < len(x); k++ {
				room(k, j, w+14)
				if l := label[r.call.Seq]; l > 0 && r.phase != leaves && k == i+1 {
					room(k, j, w+14+l)
				}
			}
		}
	}
	return x, width + 4
}

func sleepText(c *chart, call *evidence.Call) string {
	switch {
	case call.Open:
		return "asleep at the end"
	case c.waited(call):
		return "waited " + evidence.Duration(call.T1-call.T0)
	}
	return "asleep " + evidence.Duration(call.T1-call.T0)
}

// labelsThatFit are the texts of arrows to the right for which the width has
// room, with the room that they need.
func (d *drawing) labelsThatFit(rows []row) map[int]float64 {
	const tries = 40 // arrows
	label := map[int]float64{}
	for i, f := range d.flows {
		if s := d.carried(f); s != "" && i < tries && d.place[d.call(f.To).Thread] > d.place[d.call(f.From).Thread] {
			label[f.From] = textWidth(s, small) + 18
			if _, width := d.columnsAt(rows, label); width > d.f.width() {
				delete(label, f.From)
			}
		}
	}
	return label
}

// columnsFit tells whether a column for each thread has room side by side.
func (d *drawing) columnsFit() bool {
	rows := d.rows()
	describe(rows, false)
	_, width := d.columnsAt(rows, nil)
	return width <= d.f.width()
}

// spread sets the heights of rows and returns the last one.
func (d *drawing) spread(rows []row, y float64) (ys []float64, end float64) {
	ys = make([]float64, len(rows))
	for i := range rows {
		switch {
		case i == 0:
		case rows[i].gap > 0:
			y += gapHeight
		case rows[i-1].phase == enters && rows[i].call != nil && rows[i-1].call.Thread == rows[i].call.Thread:
			y += sleepRoom
		default:
			y += rowHeight
		}
		ys[i] = y
	}
	return ys, y
}

// columns draws a column for each thread and returns the height.
func (d *drawing) columns() float64 {
	rows := d.rows()
	describe(rows, len(d.threads) == 1) // then there is room
	w := d.f.width()
	x, width := d.columnsAt(rows, d.labelsThatFit(rows))
	spare := min((w-width)/float64(max(len(x), 1)), 130)
	for i := range x {
		x[i] += spare * float64(i)
	}
	ys, last := d.spread(rows, headHeight+22)
	arrows := d.arrowsBetween(ys, rows)
	if len(x) == 1 {
		for _, a := range arrows {
			x[0] = max(x[0], min(timeColumn+12+nestStep*float64(a.depth-deepest), timeColumn+12+w-width))
		}
	}
	d.defs()
	d.bands(rows, ys, w)
	d.put("<g>")
	for i, name := range d.threads {
		d.text(x[i]-5, 18, name, head, "", atStart)
	}
	d.put("</g>", `<path class="ev-n" d="M0 `, headHeight-8.5, `H`, w, `"/>`, "\n")
	d.chartBody(rows, ys, last, x, arrows, func(i int) float64 { return x[i] + textShift }, true)
	d.times(rows, ys, timeColumn-12)
	return d.legend(last + tail(rows) + 28)
}

// tail is how far a line goes on below the last row, when its call never returned.
func tail(rows []row) float64 {
	if n := len(rows); n > 0 && rows[n-1].phase == enters {
		return 30 // as long as it takes to be seen as a sleep
	}
	return 12
}

// bands are the stripes where nothing happens, and the lines of marks.
func (d *drawing) bands(rows []row, ys []float64, w float64) {
	for i := range rows {
		if rows[i].gap > 0 {
			y0, y1 := ys[i-1]+rowHeight/2+1, ys[i]-rowHeight/2-1
			d.put(`<path class="ev-b" d="`, path("M", 0.0, y0, "H", w, "V", y1, "H", 0.0, "Z"), `"/>`)
		}
	}
}

// times writes when something happened after a pause, and how long that was.
func (d *drawing) times(rows []row, ys []float64, x float64) {
	for i := range rows {
		if s := evidence.Duration(rows[i].t); (i == 0 || rows[i].gap > 0) && d.free(place(x, ys[i]+3.8, s, small, atEnd)) {
			d.text(x, ys[i]+3.8, s, small, "ev-d", atEnd)
		}
		if rows[i].gap > 0 {
			d.text(x, (ys[i-1]+ys[i])/2+3.6, "+"+evidence.Duration(rows[i].gap), small, "ev-d", atEnd)
		}
	}
	d.put("\n")
}

// chartBody draws lines of threads, sleeps, calls and arrows. A thread's line
// stands at x, the texts of its calls at textAt; wide says that there is room
// for texts on arrows.
func (d *drawing) chartBody(rows []row, ys []float64, last float64, x []float64, arrows []arrow, textAt func(int) float64, wide bool) {
	_, exit := ends(rows)
	first, final := make([]float64, len(x)), make([]float64, len(x))
	for i := range rows {
		r := &rows[i]
		if r.call == nil {
			continue
		}
		k := d.place[r.call.Thread]
		if first[k] == 0 {
			first[k] = ys[i]
		}
		final[k] = ys[i]
		if r.call.Open {
			final[k] = last + tail(rows)
		}
	}
	for i, name := range d.threads {
		top := first[i] - rowHeight/2
		for j := range rows {
			if th := d.thread(name); th != nil && rows[j].t >= th.Start {
				top = min(top, ys[j]-rowHeight/2)
				break
			}
		}
		d.put(`<path class="ev-w" d="`, path("M", x[i], top, "V", final[i]+8), `"/><path class="ev-k" d="`, path("M", x[i]-4, top, "h", 8.0), `"/>`)
		if !d.endsOpen(name) {
			d.put(`<path class="ev-k" d="`, path("M", x[i]-4, final[i]+8, "h", 8.0), `"/>`)
		}
	}
	d.put("\n")
	for i := range rows {
		if r := &rows[i]; r.phase == enters {
			end := last + tail(rows)
			if j, ok := exit[r.call.Seq]; ok {
				end = ys[j]
			}
			d.sleep(x[d.place[r.call.Thread]]-4.5, ys[i], 9, end-ys[i], r.call.Open)
		}
	}
	d.put("\n")
	for i := range rows {
		if r := &rows[i]; r.call != nil {
			d.texts = append(d.texts, box{textAt(d.place[r.call.Thread]), ys[i] - 5.2, callWidth(r), 11.5})
		}
	}
	// Arrows stand below all texts, whose edges part them.
	for _, a := range arrows {
		d.drawArrow(a, rows, ys, x, textAt, wide)
	}
	if wide {
		d.sleepTexts(rows, ys, x, exit)
		for _, a := range arrows {
			d.arrowText(a, rows, ys, x, textAt)
		}
	}
	d.put("\n")
	for i := range rows {
		r := &rows[i]
		if r.mark != nil {
			d.markLine(r.mark, ys[i], x, textAt, wide)
			continue
		}
		k := d.place[r.call.Thread]
		d.callRow(r, x[k], textAt(k), ys[i])
	}
	d.put("\n")
}

func (c *chart) thread(name string) *evidence.Thread {
	for i := range c.t.Threads {
		if c.t.Threads[i].Name == name {
			return &c.t.Threads[i]
		}
	}
	return nil
}

// endsOpen tells whether a thread was still in a call when the run ended.
func (c *chart) endsOpen(name string) bool {
	for i := range c.t.Calls {
		if c.t.Calls[i].Open && c.t.Calls[i].Thread == name {
			return true
		}
	}
	return false
}

// markLine draws where the program calls lab.Mark.
func (d *drawing) markLine(m *evidence.Mark, y float64, x []float64, textAt func(int) float64, wide bool) {
	from, at, a := 0.0, 0.0, atStart
	switch {
	case len(x) == 0:
	case wide && textWidth(m.Label, head) > timeColumn-16: // too long for the left edge
		from, at, a = timeColumn-8, d.f.width()-6, atEnd
	case wide:
		from, at, a = timeColumn-8, timeColumn-12, atEnd
	default:
		at = textAt(0)
	}
	d.put(`<path class="ev-k" stroke-dasharray="1 3" d="`, path("M", from, y, "H", d.f.width()), `"/>`)
	d.text(at, y+3.8, cut(m.Label, 24), head, "", a)
}

// callRow draws a dot and the text of a call.
func (d *drawing) callRow(r *row, x, textX, y float64) {
	d.group(tip(r.call))
	class, text := "ev-p", "ev-r"
	if r.call.Errno != "" && r.phase != enters {
		class, text = "ev-x", "ev-e"
		d.put(`<path class="`, class, `" d="`, path("M", x, y-4.4, "l", 4.4, 4.4, -4.4, 4.4, -4.4, -4.4, "Z"), `"/>`)
	} else {
		d.put(`<circle class="`, class, `" cx="`, x, `" cy="`, y, `" r="3.2"/>`)
	}
	a, b := r.text, r.result
	d.put(`<text x="`, textX, `" y="`, y+3.8, `">`, html.EscapeString(clean(a)))
	if b != "" {
		space := ""
		if a != "" {
			space = " "
		}
		d.put(`<tspan class="`, text, `">`, space, html.EscapeString(clean(b)), `</tspan>`)
	}
	d.put("</text></g>\n")
}

// sleepTexts says beside each sleep how long it was, where there is room.
func (d *drawing) sleepTexts(rows []row, ys []float64, x []float64, exit map[int]int) {
	for i := range rows {
		r := &rows[i]
		if r.phase != enters {
			continue
		}
		k := d.place[r.call.Thread]
		s := sleepText(d.chart, r.call)
		j, returned := exit[r.call.Seq]
		if y := ys[i] + 17; d.free(place(x[k]+textShift, y, s, small, atStart)) && (!returned || ys[j]-ys[i] > 24) {
			d.text(x[k]+textShift, y, s, small, "ev-d", atStart)
		}
	}
}

// tip is what a call says when one points at it.
func tip(c *evidence.Call) string {
	var b strings.Builder
	came := outcome(c)
	fmt.Fprintf(&b, "%s: %s(%s) = %s", c.Thread, c.Name, c.Text, came)
	if c.Result != "" && !strings.Contains(came, c.Result) {
		fmt.Fprintf(&b, ", %s", c.Result)
	}
	fmt.Fprintf(&b, "; at %s, took %s, %s of it on a processor", evidence.Duration(c.T0), evidence.Duration(c.T1-c.T0), evidence.Duration(c.CPU))
	if c.Wchan != "" {
		fmt.Fprintf(&b, "; asleep in %s", c.Wchan)
	}
	return b.String()
}

// bunchTip is what a bunch says when one points at it: how many calls there are of
// each kind.
func bunchTip(b bunch) string {
	n := map[string]int{}
	var names []string
	for _, c := range b {
		if n[c.Name]++; n[c.Name] == 1 {
			names = append(names, c.Name)
		}
	}
	for i, name := range names {
		names[i] = fmt.Sprintf("%d %s", n[name], name)
	}
	return fmt.Sprintf("%s: %s; from %s to %s", b[0].Thread, strings.Join(names, ", "), evidence.Duration(b[0].T0), evidence.Duration(b[len(b)-1].T1))
}

// legend explains the signs at the foot of a drawing and says where the record
// comes from. It returns the height of the drawing.
func (d *drawing) legend(y float64) float64 {
	w := d.f.width()
	x := 4.0
	entry := func(signWidth float64, s string, sign func(x, y float64)) {
		if n := signWidth + 6 + textWidth(s, small); x > 4 && x+n > w-2 {
			x, y = 4, y+17
		}
		sign(x, y)
		d.text(x+signWidth+6, y, s, small, "", atStart)
		x += signWidth + 6 + textWidth(s, small) + 14
	}
	sleeps, seen := d.facts()
	entry(7, "system call", func(x, y float64) {
		if d.f.kind() == Lanes {
			d.put(`<rect class="ev-p" x="`, x+1.7, `" y="`, y-10, `" width="3.6" height="12" rx="1"/>`)
		} else {
			d.put(`<circle class="ev-p" cx="`, x+3.5, `" cy="`, y-3.6, `" r="3.2"/>`)
		}
	})
	if slices.ContainsFunc(d.t.Calls, func(c evidence.Call) bool { return c.Errno != "" && d.shows(&c) }) {
		entry(8, "it failed", func(x, y float64) {
			d.put(`<path class="ev-x" d="`, path("M", x+4, y-8, "l", 4.4, 4.4, -4.4, 4.4, -4.4, -4.4, "Z"), `"/>`)
		})
	}
	if sleeps > 0 {
		s := "asleep in the kernel, inside the call"
		if d.f.phone() {
			s = "asleep in the call"
		}
		entry(20, s, func(x, y float64) { d.sleep(x, y-10, 20, 12, false) })
	}
	if d.bunched {
		entry(20, "calls in a row", func(x, y float64) {
			d.put(`<rect class="ev-q ev-p" x="`, x, `" y="`, y-10, `" width="20" height="12" rx="1"/>`)
		})
	}
	if n := len(d.styles()); n > 0 {
		s := "connect or data"
		if n > 1 && !d.f.phone() {
			s += ", by connection"
		}
		entry(30*float64(n)-6, s, func(x, y float64) {
			for i, k := range d.styles() {
				d.arrow(k, path("M", x+30*float64(i), y-3.6, "h", 24.0))
			}
		})
	}
	if d.drawn[0] {
		entry(24, "what woke it", func(x, y float64) { d.arrow(0, path("M", x, y-3.6, "h", 24.0)) })
	}
	d.put("\n")
	notes := d.remarks(sleeps, seen)
	for i := 0; i < len(notes); i++ {
		line := notes[i]
		for i+1 < len(notes) && textWidth(line+"; "+notes[i+1], small) < w-8 {
			i++
			line += "; " + notes[i]
		}
		y += 17
		d.text(4, y, line, small, "ev-d", atStart)
	}
	return y + 8
}

// remarks are what else one should know about a drawing.
func (d *drawing) remarks(sleeps, seen int) []string {
	var notes []string
	if d.left > 0 {
		notes = append(notes, fmt.Sprintf("%s more: see the table", evidence.Counted(d.left, "call", "calls")))
	}
	if d.hidden > 0 {
		notes = append(notes, fmt.Sprintf("%s more like these", evidence.Counted(d.hidden, "thread", "threads")))
	}
	if d.bundled {
		notes = append(notes, "of many arrows from one call: first and last")
	}
	if d.t.Order == evidence.ByDescriptor {
		notes = append(notes, "who is served first differs from run to run")
	}
	h := d.t.Host
	if h.Kernel != "" {
		kernel, _, _ := strings.Cut(h.Kernel, "-")
		how := "compiled"
		if d.t.Engine == "yaegi" {
			how = "interpreted"
		}
		system := strings.ToUpper(h.OS[:min(1, len(h.OS))]) + h.OS[min(1, len(h.OS)):]
		notes = append(notes, fmt.Sprintf("recorded on %s %s, %s", system, kernel, how))
	}
	switch {
	case sleeps == 0 && !slices.ContainsFunc(d.t.Calls, func(c evidence.Call) bool { return d.waited(&c) }):
	case d.t.Unconfirmed != "" || len(d.t.Witnesses) == 0:
		notes = append(notes, "sleeps not confirmed by the kernel")
	case sleeps > 0:
		notes = append(notes, fmt.Sprintf("%d of %s seen in /proc", seen, evidence.Counted(sleeps, "sleep", "sleeps")))
	}
	if d.f.kind() == Lanes {
		notes = append(notes, "the axis is stretched, its numbers are measured")
	}
	return notes
}
