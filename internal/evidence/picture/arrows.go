package picture

import (
	"cmp"
	"fmt"
	"slices"

	"example/workbook/internal/evidence"
)

// mostFromOne is how many arrows from one call to one thread are drawn. Of more,
// it is the first and the last.
const mostFromOne = 3

// deepest is how many arrows inside one another leave a thread and come back to
// it, each with a line of its own, where other threads stand beside it. A thread
// that has the drawing to itself moves aside for deepestAlone.
const deepest, deepestAlone = 2, 6

// nestStep is how much farther out an arrow runs than the one inside it.
const nestStep = 7.0

// arrow is a flow between two rows of the chart of calls.
type arrow struct {
	flow     evidence.Flow
	from, to int  // rows
	silent   bool // nothing is written on it
	depth    int  // how many arrows of the same thread stand inside it
}

// arrowsBetween are the arrows to draw, between the rows in which calls are entered
// and those in which they return.
func (d *drawing) arrowsBetween(ys []float64, rows []row) []arrow {
	entry, exit := ends(rows)
	var list []arrow
	for _, f := range d.flows {
		i, okFrom := entry[f.From]
		j, okTo := exit[f.To]
		if okFrom && okTo && ys[j] > ys[i] && (f.Kind != evidence.Wake || !d.wakesAnyway(f)) {
			list = append(list, arrow{flow: f, from: i, to: j})
		}
	}
	list = d.bundle(list)
	d.nest(list)
	return list
}

// bundle leaves of many arrows of one kind from one call to one thread the first
// and the last.
func (d *drawing) bundle(list []arrow) []arrow {
	type ends struct {
		kind evidence.FlowKind
		from int
		to   string
	}
	bundles := map[ends][]int{}
	for i, a := range list {
		k := ends{a.flow.Kind, a.flow.From, d.call(a.flow.To).Thread}
		bundles[k] = append(bundles[k], i)
	}
	drop := map[int]bool{}
	for _, b := range bundles {
		if len(b) <= mostFromOne {
			continue
		}
		d.bundled = true
		slices.SortFunc(b, func(i, j int) int { return cmp.Compare(list[i].to, list[j].to) })
		for _, i := range b[1 : len(b)-1] {
			drop[i] = true
		}
		list[b[len(b)-1]].silent = true
	}
	var kept []arrow
	for i, a := range list {
		if !drop[i] {
			kept = append(kept, a)
		}
	}
	return kept
}

// nest finds how far out the arrows run that come back to their thread.
func (d *drawing) nest(list []arrow) {
	var own []*arrow
	for i := range list {
		if d.call(list[i].flow.From).Thread == d.call(list[i].flow.To).Thread {
			own = append(own, &list[i])
		}
	}
	most := deepest
	if len(d.threads) == 1 {
		most = deepestAlone
	}
	slices.SortStableFunc(own, func(a, b *arrow) int { return cmp.Compare(a.to-a.from, b.to-b.from) })
	for i, a := range own {
		for _, b := range own[:i] { // shorter
			if b.from < a.to && a.from < b.to && d.call(b.flow.From).Thread == d.call(a.flow.From).Thread {
				a.depth = max(a.depth, min(b.depth+1, most))
			}
		}
	}
}

// wakesAnyway tells whether the flow of a wake says what another arrow between
// the same two calls says better.
func (c *chart) wakesAnyway(wake evidence.Flow) bool {
	for _, f := range c.flows {
		if f.Kind != evidence.Wake && f.From == wake.From && f.To == wake.To {
			return true
		}
	}
	return false
}

// drawArrow draws an arrow between two rows.
func (d *drawing) drawArrow(w arrow, rows []row, ys []float64, x []float64, textAt func(int) float64, wide bool) {
	i, j := w.from, w.to
	a, b := d.place[rows[i].call.Thread], d.place[rows[j].call.Thread]
	k := d.arrowColour(w.flow)
	y0, y1 := ys[i], ys[j]
	switch {
	case a == b && wide:
		out := x[a] - 15 - nestStep*float64(w.depth)
		d.arrow(k, path("M", x[a]-5, y0, "C", out, y0+6, out, y1-6, x[a]-6, y1))
		return
	case a == b:
		return // the line of the thread says it
	case !wide:
		d.arrow(k, path("M", x[a], y0+4, "C", x[a], (y0+y1)/2+4, x[b], (y0+y1)/2-4, x[b], y1-4))
		return
	}
	from, to := leavesAt(a, b, &rows[i], x, textAt), x[b]-6
	if b < a {
		to = textAt(b) + callWidth(&rows[j]) + 4 // its text stands where the arrow comes from
	}
	bend := (to - from) * .45
	d.arrow(k, path("M", from, y0, "C", from+bend, y0, to-bend, y1, to, y1))
}

// leavesAt is where an arrow to another thread leaves its row, beside columns.
func leavesAt(a, b int, r *row, x []float64, textAt func(int) float64) float64 {
	if b < a {
		return x[a] - 6
	}
	return textAt(a) + callWidth(r) + 5
}

// arrowColour is the colour in which a flow is drawn.
func (d *drawing) arrowColour(f evidence.Flow) int {
	if f.Kind == evidence.Wake {
		return 0
	}
	return d.colour(f)
}

// arrowText writes what an arrow between two columns carries.
func (d *drawing) arrowText(w arrow, rows []row, ys []float64, x []float64, textAt func(int) float64) {
	a, b := d.place[rows[w.from].call.Thread], d.place[rows[w.to].call.Thread]
	if s := d.carried(w.flow); a != b && s != "" && !w.silent {
		d.flowText(s, leavesAt(a, b, &rows[w.from], x, textAt), ys[w.from], b < a, d.arrowColour(w.flow), x)
	}
}

// flowText writes what an arrow carries near its beginning, where no other text
// and no thread stands; else it is left to the table.
func (d *drawing) flowText(s string, x, y float64, leftwards bool, k int, lines []float64) {
	a := atStart
	x += 4
	if leftwards {
		a = atEnd
		x -= 8
	}
	for _, dy := range []float64{-3, -4.5, 10.5} {
		b := place(x, y+dy, s, small, a)
		ok := d.free(b) && b.x > timeColumn && b.x+b.w < d.f.width()
		for _, line := range lines {
			ok = ok && (line+5 < b.x || line-5 > b.x+b.w)
		}
		if ok {
			d.text(x, y+dy, s, small, fmt.Sprintf("ev-m%d", k), a)
			return
		}
	}
}
