package picture

import (
	"math"
	"slices"

	"example/workbook/internal/evidence"
)

// point is an instant at which something happens in a lane: a call is entered,
// or returns from a sleep.
type point struct {
	t    int64
	call *evidence.Call
	end  bool // it is the return of a stretched call
	mark *evidence.Mark
	x    float64
}

// axis is time, stretched so that everything has room. It may go on in a
// further system below, as music does.
type axis struct {
	points  []point
	systems [][2]int // first point and the one behind the last
	entry   map[int]int
	exit    map[int]int // points of calls, by number
}

// scale is what lanes need in the units of a drawing: pixels or columns.
type scale struct {
	width  float64                      // of a system
	step   float64                      // between any two points
	apart  float64                      // between two points of one lane
	growth float64                      // for each power of ten of time that passes
	bar    func(*evidence.Call) float64 // least length of a sleep
	short  func(*evidence.Call) float64 // the same where room is scarce
}

// newAxis places everything that c shows.
func newAxis(c *chart, s scale) *axis {
	a := &axis{entry: map[int]int{}, exit: map[int]int{}}
	for i := range c.t.Calls {
		call := &c.t.Calls[i]
		if !c.shows(call) {
			continue
		}
		a.points = append(a.points, point{t: call.T0, call: call})
		if c.stretched(call) {
			a.points = append(a.points, point{t: call.T1, call: call, end: true})
		}
	}
	for i := range c.t.Marks {
		a.points = append(a.points, point{t: c.t.Marks[i].T, mark: &c.t.Marks[i]})
	}
	slices.SortStableFunc(a.points, func(p, q point) int {
		switch {
		case p.t < q.t:
			return -1
		case p.t > q.t:
			return 1
		}
		return 0
	})
	for i, p := range a.points {
		switch {
		case p.mark != nil:
		case p.end:
			a.exit[p.call.Seq] = i
		default:
			a.entry[p.call.Seq] = i
		}
	}
	if a.fill(c, s, s.bar); a.length() > s.width {
		a.fill(c, s, s.short)
	}
	a.wrap(c, s)
	return a
}

func (a *axis) length() float64 {
	if len(a.points) == 0 {
		return 0
	}
	return a.points[len(a.points)-1].x
}

// fill gives each point the least x that leaves everything before it room.
func (a *axis) fill(c *chart, s scale, bar func(*evidence.Call) float64) {
	last := map[string]float64{}
	for i := range a.points {
		p := &a.points[i]
		x := 0.0
		if i > 0 {
			gap := float64(p.t - a.points[i-1].t)
			x = a.points[i-1].x + s.step + s.growth*math.Log10(1+gap/20_000)
		}
		if p.call != nil {
			if before, ok := last[p.call.Thread]; ok {
				x = max(x, before+s.apart)
			}
			if p.end {
				x = max(x, a.points[a.entry[p.call.Seq]].x+bar(p.call))
			}
			last[p.call.Thread] = x
		}
		p.x = x
	}
	for i := range a.points { // what has not returned lasts to the end
		if p := &a.points[i]; p.end && p.call.Open {
			p.x = a.length()
		}
	}
}

// wrap cuts the axis into systems of at most the width, where it cuts the
// fewest arrows, and stretches each to the width.
func (a *axis) wrap(c *chart, s scale) {
	for from := 0; from < len(a.points); {
		rest := a.length() - a.points[from].x
		width := s.width
		if n := math.Ceil(rest / s.width); n > 1 {
			width = min(width, rest/n*1.12) // the systems get about the same length
		}
		end := from + 1
		for end < len(a.points) && a.points[end].x-a.points[from].x <= width {
			end++
		}
		if end < len(a.points) {
			end = a.cut(c, from, end)
		}
		a.systems = append(a.systems, [2]int{from, end})
		first, length := a.points[from].x, a.points[end-1].x-a.points[from].x
		factor := 1.0
		if length > 0 {
			factor = min(s.width/length, 2.6)
		}
		for i := from; i < end; i++ {
			a.points[i].x = (a.points[i].x - first) * factor
		}
		from = end
	}
}

// cut returns the best place to end a system that could end before point end.
func (a *axis) cut(c *chart, from, end int) int {
	best, least := end, math.MaxInt
	for i := end; i > from+(end-from)*7/10; i-- {
		crossing := 0
		for _, f := range c.flows {
			p, q := a.entry[f.From], a.target(f.To)
			if p < i && q >= i {
				crossing += 2
			}
		}
		for seq, p := range a.entry {
			if q, ok := a.exit[seq]; ok && p < i && q >= i {
				crossing++
			}
		}
		if crossing < least {
			best, least = i, crossing
		}
	}
	return best
}

// target is the point at which an arrow to a call ends.
func (a *axis) target(seq int) int {
	if i, ok := a.exit[seq]; ok {
		return i
	}
	return a.entry[seq]
}

// system is the number of the system in which point i stands.
func (a *axis) system(i int) int {
	for k, s := range a.systems {
		if i < s[1] {
			return k
		}
	}
	return len(a.systems) - 1
}
