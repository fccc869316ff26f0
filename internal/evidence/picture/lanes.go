package picture

import (
	"slices"

	"example/workbook/internal/evidence"
)

// Measures of lanes, in pixels.
const (
	laneHeight = 34.0
	barHeight  = 19.0
	axisHeight = 22.0 // of the times below a system
)

// barLabel is what stands in a sleep: the call, and how long it was.
func barLabel(c *evidence.Call) (name, length string) {
	if c.Open {
		return c.Name, "…"
	}
	return c.Name, evidence.Duration(c.T1 - c.T0)
}

// barWidth is what both need.
func barWidth(c *evidence.Call) float64 {
	name, length := barLabel(c)
	return textWidth(name, mono) + 5 + textWidth(length, small) + 12
}

// lanes draws a lane for each thread and returns the height.
func (d *drawing) lanes() float64 {
	w := d.f.width()
	left, above := 16.0, 0.0 // names stand left of the lanes, or above them
	if d.f.phone() {
		above = 15
	} else {
		for _, name := range d.threads {
			left = max(left, textWidth(name, head)+20)
		}
	}
	right := 14.0
	a := newAxis(d.chart, scale{
		width: w - left - right, step: 2.2, apart: 8, growth: 5,
		bar:   barWidth,
		short: func(c *evidence.Call) float64 { return textWidth(c.Name, mono) + 9 },
		bunch: func(b bunch) float64 {
			label, _ := b.label()
			return textWidth(label, small) + 10
		},
	})
	d.defs()
	y := 4.0
	if len(d.t.Marks) > 0 {
		y = 18
	}
	for k := range a.systems {
		s := system{left: left, above: above, top: y, right: w - right + 6, place: map[string]int{}}
		for _, name := range d.threads {
			if d.aliveIn(a, k, name) {
				s.place[name] = len(s.names)
				s.names = append(s.names, name)
			}
		}
		d.system(a, k, s)
		y += float64(len(s.names))*(laneHeight+above) + axisHeight
		if k+1 < len(a.systems) {
			y += 12
			if len(d.t.Marks) > 0 {
				y += 12
			}
		}
	}
	return d.legend(y + 16)
}

// system is where one system of lanes stands on the page.
type system struct {
	left, above, top, right float64
	names                   []string // of the threads that have a line in it
	place                   map[string]int
}

func (s system) lane(i int) float64 { return s.top + float64(i)*(laneHeight+s.above) + s.above }

// system draws the points of system k.
func (d *drawing) system(a *axis, k int, s system) {
	from, end := a.systems[k][0], a.systems[k][1]
	for i, name := range s.names {
		y := s.lane(i)
		if i%2 == 0 {
			d.put(`<path class="ev-b" d="`, path("M", 0.0, y-s.above, "H", d.f.width(), "v", laneHeight+s.above, "H", 0.0, "Z"), `"/>`)
		}
		d.lifeLine(a, k, name, s, y)
	}
	d.put("\n")
	for i := from; i < end; i++ {
		if p := &a.points[i]; p.mark != nil {
			x := s.left + p.x
			d.put(`<path class="ev-k" stroke-dasharray="1 3" d="`, path("M", x, s.top-2, "V", s.lane(len(s.names)-1)+laneHeight), `"/>`)
			label := cut(p.mark.Label, 24)
			half := textWidth(label, small) / 2
			d.text(min(max(x, half), d.f.width()-half-1), s.top-5, label, small, "ev-f", atMiddle)
		}
	}
	for seq := 1; seq <= len(d.t.Calls); seq++ {
		if p, ok := a.entry[seq]; ok && a.points[p].call.Seq == seq {
			d.laneCall(a, k, p, s)
		}
	}
	d.put("\n")
	drawn := map[[2]int]bool{}
	for _, f := range d.overview() {
		if ends := [2]int{a.source(f.From), a.target(f.To)}; !drawn[ends] {
			drawn[ends] = true
			d.laneFlow(a, k, f, s)
		}
	}
	d.put("\n")
	d.barTexts(a, k, s)
	for i, name := range s.names {
		if s.above > 0 {
			d.text(4, s.lane(i)-1, name, head, "", atStart)
		} else {
			d.text(4, s.lane(i)+21, name, head, "", atStart)
		}
	}
	d.laneTimes(a, from, end, s)
}

// span is the first and the last point of a thread, -1 when it has none.
func (a *axis) span(name string) (first, last int) {
	first, last = -1, -1
	for i, p := range a.points {
		if p.call != nil && p.call.Thread == name {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	return first, last
}

// aliveIn tells whether a thread has a line in system k.
func (d *drawing) aliveIn(a *axis, k int, name string) bool {
	first, last := a.span(name)
	return first >= 0 && first < a.systems[k][1] && last >= a.systems[k][0]
}

// lifeLine is the line on which the calls of a thread stand in system k.
func (d *drawing) lifeLine(a *axis, k int, name string, s system, y float64) {
	first, last := a.span(name)
	from, end := a.systems[k][0], a.systems[k][1]
	x0, x1 := s.left-6, s.right
	begins, ends := first >= from, last < end
	if begins {
		x0 = s.left + a.points[first].x - 6
	}
	if ends {
		x1 = s.left + a.points[last].x + 7
	}
	ticks := ""
	if begins {
		ticks += path("M", x0, y+12.5, "v", 8.0)
	}
	if ends && !a.points[last].call.Open {
		ticks += path("M", x1, y+12.5, "v", 8.0)
	}
	d.put(`<path class="ev-w" d="`, path("M", x0, y+16.5, "H", x1), `"/>`)
	if ticks != "" {
		d.put(`<path class="ev-k" d="`, ticks, `"/>`)
	}
}

// laneCall draws a call, as far as it stands in system k.
func (d *drawing) laneCall(a *axis, k, p int, s system) {
	call := a.points[p].call
	y := s.lane(s.place[call.Thread]) + 7
	from, end := a.systems[k][0], a.systems[k][1]
	if _, stretched := a.exit[call.Seq]; !stretched {
		if p < from || p >= end {
			return
		}
		d.group(tip(call))
		x := s.left + a.points[p].x
		if call.Errno != "" {
			d.put(`<path class="ev-x" d="`, path("M", x, y+1.5, "l", 5.0, 8.0, -5.0, 8.0, -5.0, -8.0, "Z"), `"/></g>`)
			return
		}
		d.put(`<rect class="ev-p" x="`, x-1.8, `" y="`, y, `" width="3.6" height="`, barHeight, `" rx="1"/></g>`)
		return
	}
	x0, x1, ok := a.bar(k, p, s)
	switch b := a.points[p].bunch; {
	case !ok:
	case b != nil:
		d.bunch(b, x0, x1, y)
	default:
		d.group(tip(call))
		d.sleep(x0, y, x1-x0, barHeight, call.Open)
		d.put("</g>\n")
	}
}

// bar is where the part of a stretched call begins and ends that stands in system
// k, and whether there is one.
func (a *axis) bar(k, p int, s system) (x0, x1 float64, ok bool) {
	from, end := a.systems[k][0], a.systems[k][1]
	q, stretched := a.exit[a.points[p].call.Seq]
	if !stretched || p >= end || q < from {
		return 0, 0, false
	}
	x0, x1 = s.left-6, s.right
	if p >= from {
		x0 = s.left + a.points[p].x
	}
	if q < end {
		x1 = s.left + a.points[q].x
	}
	return x0, x1, true
}

// bunch draws calls in a row as one bar.
func (d *drawing) bunch(b bunch, x0, x1, y float64) {
	d.bunched = true
	d.group(bunchTip(b))
	class := "ev-p"
	if b[0].Errno != "" {
		class = "ev-x"
	}
	d.put(`<rect class="ev-q `, class, `" x="`, x0-1.8, `" y="`, y, `" width="`, x1-x0+3.6, `" height="`, barHeight, `" rx="1"/></g>`, "\n")
}

// barTexts writes into the bars of system k. The arrows stand below the texts, whose
// edges part them; what one points at is the bar, which says more.
func (d *drawing) barTexts(a *axis, k int, s system) {
	d.put(`<g pointer-events="none">`)
	for p := range a.points {
		call := a.points[p].call
		if call == nil || a.points[p].end {
			continue
		}
		x0, x1, ok := a.bar(k, p, s)
		y := s.lane(s.place[call.Thread]) + 20.5
		switch b := a.points[p].bunch; {
		case !ok:
		case b != nil:
			d.bunchText(b, x0, x1, y)
		default:
			d.barText(call, x0, x1, y)
		}
	}
	d.put("</g>\n")
}

// bunchText writes what fits of the label of calls in a row into their bar.
func (d *drawing) bunchText(b bunch, x0, x1, y float64) {
	label, name := b.label()
	if textWidth(name, small)+6 <= x1-x0 {
		label = name
	}
	if textWidth(label, small) <= x1-x0 {
		d.text((x0+x1)/2, y, label, small, "", atMiddle)
	}
}

// barText writes what fits of the label of a sleep into it.
func (d *drawing) barText(call *evidence.Call, x0, x1, y float64) {
	name, length := barLabel(call)
	w := textWidth(name, mono)
	both := w + 5 + textWidth(length, small)
	switch {
	case both+6 <= x1-x0:
		x := (x0 + x1 - both) / 2
		d.text(x, y, name, mono, "", atStart)
		d.text(x+w+5, y, length, small, "ev-d", atStart)
	case w+2 <= x1-x0:
		d.text((x0+x1)/2, y, name, mono, "", atMiddle)
	}
}

// overview is the arrows of lanes: from what one thread did to what it woke, or
// else to the call that got what it sent. One arrow between two threads is
// enough there, and the waking is what counts.
func (c *chart) overview() []evidence.Flow {
	var list []evidence.Flow
	for _, f := range c.flows {
		if f.Kind == evidence.Wake {
			if !c.carries(f) {
				list = append(list, f)
			}
			continue
		}
		f.To = c.woken(f)
		list = append(list, f)
	}
	return list
}

// woken is the call that an arrow woke in the thread that it goes to, or else the
// call that got what the arrow carries.
func (c *chart) woken(f evidence.Flow) int {
	for _, wake := range slices.Backward(c.flows) {
		if wake.Kind == evidence.Wake && wake.From == f.From && c.call(wake.To).Thread == c.call(f.To).Thread {
			return wake.To
		}
	}
	return f.To
}

// carries tells whether an arrow for bytes, a connection or an end leaves the
// same call to the same thread as this wake.
func (c *chart) carries(wake evidence.Flow) bool {
	for _, f := range c.flows {
		if f.Kind != evidence.Wake && f.From == wake.From && c.call(f.To).Thread == c.call(wake.To).Thread {
			return true
		}
	}
	return false
}

// laneFlow draws the part of an arrow that stands in system k.
func (d *drawing) laneFlow(a *axis, k int, f evidence.Flow, s system) {
	p, q := a.source(f.From), a.target(f.To)
	i, j := s.place[d.call(f.From).Thread], s.place[d.call(f.To).Thread]
	if i == j || q < p {
		return
	}
	colour := d.arrowColour(f)
	y0, y1 := s.lane(i)+27, s.lane(j)+6
	if j < i {
		y0, y1 = s.lane(i)+6, s.lane(j)+27
	}
	x0, x1 := s.left+a.points[p].x, s.left+a.points[q].x
	switch from, to := a.system(p), a.system(q); {
	case from == k && to == k:
		dy := (y1 - y0) * .35
		d.arrow(colour, path("M", x0, y0, "C", x0, y0+dy, x1, y1-dy, x1, y1))
	case from == k: // it goes on below
		x1, y1 = s.right+4, (y0+y1)/2
		d.put(`<path class="ev-a ev-a`, colour, `" d="`, path("M", x0, y0, "Q", x0, y1, x1, y1), `"/>`)
	case to == k:
		x0, y0 = s.left-12, (y0+y1)/2
		d.arrow(colour, path("M", x0, y0, "Q", x1, y0, x1, y1))
	}
}

// laneTimes writes below a system when something happened after a pause.
func (d *drawing) laneTimes(a *axis, from, end int, s system) {
	y := s.lane(len(s.names)-1) + laneHeight + 15
	right := 0.0
	if s.above == 0 {
		d.text(4, y, "time →", small, "ev-d", atStart)
		right = 4 + textWidth("time →", small)
	}
	for i := from; i < end; i++ {
		if i > from && a.points[i].t-a.points[i-1].t < pause {
			continue
		}
		x, label := s.left+a.points[i].x, evidence.Duration(a.points[i].t)
		half := textWidth(label, small) / 2
		middle := min(max(x, half+2), d.f.width()-half-2)
		if middle-half < right+6 {
			continue
		}
		d.put(`<path class="ev-n" d="`, path("M", x, y-15, "v", 5.0), `"/>`)
		d.text(middle, y, label, small, "ev-d", atMiddle)
		right = middle + half
	}
	d.put("\n")
}
