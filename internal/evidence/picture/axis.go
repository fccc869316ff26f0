package picture

import (
	"fmt"
	"math"
	"slices"

	"example/workbook/internal/evidence"
)

// point is an instant at which something happens in a lane: a call is entered,
// or returns from a sleep, or a bunch begins or ends.
type point struct {
	t     int64
	call  *evidence.Call // of a bunch the first
	end   bool           // it is the return of a stretched call, or the end of a bunch
	bunch bunch
	mark  *evidence.Mark
	x     float64
}

// bunch is calls that one thread makes in a row while no other thread does
// anything, none of which sleeps. Either all of them fail or none does. Lanes have
// one bar for all.
type bunch []*evidence.Call

// leastBunch is how many calls have a bar instead of a stroke each. Between them
// fewer arrows than mostArrows begin or end, which then stand between two bars, or
// so many that one for all says more.
const (
	leastBunch = 8
	mostArrows = 4
)

// label is what stands in the bar, and name the same with the call where all are
// of one.
func (b bunch) label() (label, name string) {
	fail := ""
	if b[0].Errno != "" {
		fail = " fail"
	}
	label = fmt.Sprintf("%d calls%s", len(b), fail)
	for _, c := range b {
		if c.Name != b[0].Name {
			return label, label
		}
	}
	return label, fmt.Sprintf("%d × %s%s", len(b), b[0].Name, fail)
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
	bunch  func(bunch) float64          // least length of a bunch
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
	a.bunch(c)
	for i, p := range a.points {
		calls := []*evidence.Call(p.bunch)
		if p.call != nil && calls == nil {
			calls = []*evidence.Call{p.call}
		}
		for _, call := range calls {
			if p.end {
				a.exit[call.Seq] = i
			} else {
				a.entry[call.Seq] = i
			}
		}
	}
	if a.fill(c, s, s.bar); a.length() > s.width {
		a.fill(c, s, s.short)
	}
	a.wrap(c, s)
	return a
}

// bunch puts the calls of each bunch into two points.
func (a *axis) bunch(c *chart) {
	linked := map[int]bool{} // calls that an arrow leaves or reaches
	for _, f := range c.overview() {
		if c.call(f.From).Thread != c.call(f.To).Thread {
			linked[f.From], linked[f.To] = true, true
		}
	}
	plain := func(p point) bool { return p.call != nil && !c.stretched(p.call) }
	var points []point
	for rest := a.points; len(rest) > 0; {
		n, arrows := 0, 0 // of the calls in a row
		for n < len(rest) && plain(rest[n]) && rest[n].call.Thread == rest[0].call.Thread &&
			(rest[n].call.Errno == "") == (rest[0].call.Errno == "") {
			if linked[rest[n].call.Seq] {
				arrows++
			}
			n++
		}
		if n >= leastBunch && arrows < mostArrows { // the bunch ends, or begins, at an arrow
			isLinked := func(p point) bool { return linked[p.call.Seq] }
			switch i := slices.IndexFunc(rest[:n], isLinked); {
			case i > 0:
				n = i
			case i == 0:
				n = 1
			}
		}
		n = max(n, 1)
		if n < leastBunch {
			points = append(points, rest[:n]...)
		} else {
			var b bunch
			for _, p := range rest[:n] {
				b = append(b, p.call)
			}
			points = append(points, point{t: rest[0].t, call: b[0], bunch: b}, point{t: rest[n-1].t, call: b[0], end: true, bunch: b})
		}
		rest = rest[n:]
	}
	a.points = points
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
			switch from := a.points[a.entry[p.call.Seq]].x; {
			case p.end && p.bunch != nil:
				x = max(x, from+s.bunch(p.bunch))
			case p.end:
				x = max(x, from+bar(p.call))
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
			if p, q := a.source(f.From), a.target(f.To); p < i && q >= i {
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

// source is the point at which an arrow from a call begins.
func (a *axis) source(seq int) int {
	i := a.entry[seq]
	if a.points[i].bunch != nil {
		return a.exit[seq]
	}
	return i
}

// target is the point at which an arrow to a call ends.
func (a *axis) target(seq int) int {
	i := a.entry[seq]
	if j, ok := a.exit[seq]; ok && a.points[i].bunch == nil {
		return j
	}
	return i
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
