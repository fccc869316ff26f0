package match

import "slices"

// step is one place of an alignment: pattern line want with output line got,
// or one of them alone; for a "...", the first of the output lines that it
// takes, and how many.
type step struct {
	want, got, lines int
	ellipsis         bool
}

// found returns the steps of a match.
func (m *matcher) found() []step {
	if m.p.mode == Unordered || m.p.mode == Interleave {
		return m.inOrder(m.pairs())
	}
	var steps []step
	next := 0 // output line
	for _, w := range m.wanted() {
		if m.ellipsis(w) {
			steps = append(steps, step{want: w, got: next, ellipsis: true})
			continue
		}
		g := m.pair[w]
		if g > next {
			steps[len(steps)-1].lines = g - next
		}
		steps = append(steps, step{want: w, got: g, lines: 1})
		next = g + 1
	}
	if next < len(m.got) {
		steps[len(steps)-1].lines = len(m.got) - next
	}
	return steps
}

func (m *matcher) pairs() []step {
	var steps []step
	for w, g := range m.pair {
		if g != none {
			steps = append(steps, step{want: w, got: g, lines: 1})
		}
	}
	return steps
}

// alignment returns steps for an output that does not match.
func (m *matcher) alignment() []step {
	a := newAligner(m)
	switch m.p.mode {
	case Unordered:
		_, named, typed := m.takeLiterals()
		m.assignTyped(append(named, typed...))
		var left []int
		for w, g := range m.pair {
			if g == none && !m.p.lines[w].ellipsis {
				left = append(left, w)
			}
		}
		rest := a.allowed(a.align(left, m.unowned()))
		return m.inOrder(append(m.pairs(), rest...))
	case Interleave:
		return m.inOrder(a.actors())
	default:
		return a.align(m.wanted(), count(len(m.got)))
	}
}

// actors aligns the lines of each actor. An actor whose name has placeholders
// goes with the first that is left and has a line that fits its first one.
func (a *aligner) actors() []step {
	var steps []step
	var want, got []int // lines of actors without a counterpart
	gots := a.m.gotActors()
	for _, w := range a.m.wantActors() {
		i := slices.IndexFunc(gots, func(g *actor) bool {
			return w.name == g.name || w.typed && a.shareLine(w, g)
		})
		if i < 0 {
			want = append(want, w.lines...)
			continue
		}
		steps = append(steps, a.align(w.lines, gots[i].lines)...)
		gots = slices.Delete(gots, i, i+1)
	}
	for _, g := range gots {
		got = append(got, g.lines...)
	}
	want = slices.DeleteFunc(want, a.m.ellipsis)
	slices.Sort(want)
	slices.Sort(got)
	var rest []step
	for _, s := range a.align(want, got) {
		if s.want != none && s.got != none && a.m.fits(s.want, s.got) {
			// The same text from another actor is not the same line.
			rest = append(rest, step{want: s.want, got: none})
			s.want = none
		}
		rest = append(rest, s)
	}
	return append(steps, a.allowed(rest)...)
}

// shareLine reports whether some line of the actor got fits the first of want.
func (a *aligner) shareLine(want, got *actor) bool {
	first := slices.IndexFunc(want.lines, func(w int) bool { return !a.m.ellipsis(w) })
	return slices.ContainsFunc(got.lines, func(g int) bool { return a.m.fits(want.lines[first], g) })
}

// allowed leaves out the lines that stand only in the output, if the pattern
// allows further lines.
func (a *aligner) allowed(steps []step) []step {
	if !a.m.hasEllipsis() {
		return steps
	}
	return slices.DeleteFunc(steps, func(s step) bool { return s.want == none })
}

// inOrder returns steps in the order of the pattern. A line of the output that
// stands alone follows the line of the pattern that it follows in steps; in
// mode Unordered, where that says nothing, it comes at the end.
func (m *matcher) inOrder(steps []step) []step {
	steps = slices.DeleteFunc(steps, func(s step) bool { return s.ellipsis })
	after := make([][]step, len(m.p.lines)+1) // by pattern line, from 1
	last := 0
	for _, s := range steps {
		switch {
		case s.want != none:
			last = s.want + 1
		case m.p.mode == Unordered:
			last = len(m.p.lines)
		}
		after[last] = append(after[last], s)
	}
	for _, s := range m.ellipses(steps) {
		after[s.want+1] = append(after[s.want+1], s)
	}
	return slices.Concat(after...)
}

// ellipses returns a step for each "...". The first one gets all lines of the
// output that are not in steps.
func (m *matcher) ellipses(steps []step) []step {
	free := make([]bool, len(m.got))
	for g := range free {
		free[g] = true
	}
	for _, s := range steps {
		if s.got != none {
			free[s.got] = false
		}
	}
	first := step{got: slices.Index(free, true), ellipsis: true}
	for _, f := range free {
		if f {
			first.lines++
		}
	}
	var list []step
	for w := range m.p.lines {
		if m.ellipsis(w) {
			first.want = w
			list = append(list, first)
			first = step{got: none, ellipsis: true}
		}
	}
	return list
}
