package match

import "slices"

// matcher is one comparison of a pattern with an output.
type matcher struct {
	p      *Pattern
	got    []string
	names  *names
	pair   []int // by pattern line: its output line, or none
	owner  []int // by output line: its pattern line, or none
	effort effort
}

const none = -1

// Steps that a comparison may take: the search for a match, beside 16 for each
// byte and line, and after it the alignment of what does not match. A step
// takes some 50 ns.
const (
	searchSteps = 1 << 19
	alignSteps  = 1 << 23
)

func newMatcher(p *Pattern, got []string) *matcher {
	m := &matcher{p: p, got: got, names: newNames(len(p.names)), pair: make([]int, len(p.lines)), owner: make([]int, len(got))}
	size := len(p.text) + len(p.lines) + len(got)
	for _, s := range got {
		size += len(s)
	}
	m.effort.limit = searchSteps + 16*size
	m.forget()
	return m
}

// forget undoes what a search has found.
func (m *matcher) forget() {
	for i := range m.pair {
		m.pair[i] = none
	}
	for i := range m.owner {
		m.owner[i] = none
	}
	m.names.undo(0)
}

// match looks for an assignment of output lines to pattern lines and leaves
// it in pair, owner and names.
func (m *matcher) match() bool {
	if len(m.p.lines) == 0 {
		return len(m.got) == 0
	}
	switch m.p.mode {
	case Unordered:
		return m.unordered()
	case Interleave:
		return m.interleave()
	default:
		return m.sequence(m.wanted(), count(len(m.got)), yes)
	}
}

// wanted returns the numbers of all pattern lines. In mode Contains an
// ellipsis that nobody wrote, none, stands at either end; not of an empty
// pattern, which would take everything.
func (m *matcher) wanted() []int {
	all := count(len(m.p.lines))
	if m.p.mode == Contains && len(all) > 0 {
		all = append(slices.Insert(all, 0, none), none)
	}
	return all
}

// ellipsis reports whether pattern line w is "...".
func (m *matcher) ellipsis(w int) bool { return w == none || m.p.lines[w].ellipsis }

// hasEllipsis reports whether the pattern allows further lines anywhere.
func (m *matcher) hasEllipsis() bool {
	return slices.ContainsFunc(m.p.lines, func(l line) bool { return l.ellipsis })
}

// fits reports whether pattern line w takes output line g, whatever the names
// in it stand for.
func (m *matcher) fits(w, g int) bool {
	l := &m.p.lines[w]
	if l.elems == nil {
		return l.text == m.got[g]
	}
	t := m.trial(w, g)
	t.names = nil
	return t.fits()
}

// take pairs pattern line w with output line g, if it fits and its names
// agree, and goes on with then. Where then returns false it tries other values
// of the names in the line.
func (m *matcher) take(w, g int, then func() bool) bool {
	m.effort.step()
	l := &m.p.lines[w]
	if l.elems == nil && l.text != m.got[g] {
		return false
	}
	m.link(w, g)
	if l.elems == nil {
		return then()
	}
	t := m.trial(w, g)
	if t.lastName = m.lastFree(l); t.lastName == none {
		return t.fits() && then()
	}
	mark := m.names.mark()
	tried := map[string]bool{}
	t.then = func() bool {
		values := m.names.since(mark)
		if tried[values] {
			return false
		}
		tried[values] = true
		return then()
	}
	return t.fits()
}

// lastFree returns the last element of l whose name has no value yet, or none.
func (m *matcher) lastFree(l *line) int {
	for i := len(l.elems) - 1; i >= 0 && l.bound; i-- {
		if name := l.elems[i].name; name > 0 && m.names.line[name] == 0 {
			return i
		}
	}
	return none
}

func (m *matcher) link(w, g int) { m.pair[w], m.owner[g] = g, w }

func (m *matcher) unlink(w int) {
	m.owner[m.pair[w]] = none
	m.pair[w] = none
}

func (m *matcher) trial(w, g int) *trial {
	l := &m.p.lines[w]
	return &trial{elems: l.elems, s: m.got[g], number: w + 1, names: m.names, repeats: l.repeated, effort: &m.effort}
}

// count returns 0, 1, ..., n-1.
func count(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}
