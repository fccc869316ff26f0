package match

import (
	"slices"
	"sort"
	"strings"
)

// unordered pairs literal lines by their text, then lines with names, whose
// values decide what fits elsewhere, and at last all other lines with
// placeholders as a maximum matching.
func (m *matcher) unordered() bool {
	missing, named, typed := m.takeLiterals()
	left := m.unowned()
	more := len(named) + len(typed)
	if missing || more > len(left) || more < len(left) && !m.hasEllipsis() {
		return false
	}
	return m.assignNamed(named, left, func() bool {
		if m.assignTyped(typed) {
			return true
		}
		for _, w := range typed {
			if m.pair[w] != none {
				m.unlink(w)
			}
		}
		return false
	})
}

// takeLiterals pairs every literal line with an output line of that text and
// returns the other lines of the pattern.
func (m *matcher) takeLiterals() (missing bool, named, typed []int) {
	byText := map[string][]int{}
	for g, text := range m.got {
		byText[text] = append(byText[text], g)
	}
	for w := range m.p.lines {
		switch l := &m.p.lines[w]; {
		case l.ellipsis:
		case l.bound:
			named = append(named, w)
		case l.elems != nil:
			typed = append(typed, w)
		default:
			if list := byText[l.text]; len(list) > 0 {
				m.link(w, list[0])
				byText[l.text] = list[1:]
			} else {
				missing = true
			}
		}
	}
	return missing, named, typed
}

func (m *matcher) unowned() []int {
	var left []int
	for g, w := range m.owner {
		if w == none {
			left = append(left, g)
		}
	}
	return left
}

// assignNamed pairs the lines want, then goes on with then. It goes back
// where values of names lead nowhere.
func (m *matcher) assignNamed(want, left []int, then func() bool) bool {
	if len(want) == 0 {
		return then()
	}
	tried := map[string]bool{}
	for _, g := range left {
		if m.owner[g] != none || tried[m.got[g]] {
			continue
		}
		tried[m.got[g]] = true
		if m.take(want[0], g, func() bool { return m.assignNamed(want[1:], left, then) }) {
			return true
		}
		m.unlink(want[0])
		if m.effort.spent() {
			return false
		}
	}
	return false
}

// assignTyped pairs the lines want with output lines that are still free, and
// reports whether it found one for each.
func (m *matcher) assignTyped(want []int) bool {
	a := assignment{m: m, left: m.unowned(), seen: make([]int, len(m.got))}
	slices.SortStableFunc(a.left, func(g, h int) int { return strings.Compare(m.got[g], m.got[h]) })
	done := 0
	for i, w := range want {
		if a.pairFree(w) || done == i && a.augment(w, i+1) {
			done++
		}
	}
	return done == len(want)
}

// assignment is a bipartite matching that grows along augmenting paths.
type assignment struct {
	m    *matcher
	left []int // output lines, in the order of their texts
	seen []int // by output line: the round that looked at it last
}

// candidates returns the output lines that begin as pattern line w does.
func (a *assignment) candidates(w int) []int {
	first := a.m.p.lines[w].elems[0]
	if !first.literal() {
		return a.left
	}
	text := func(i int) string { return a.m.got[a.left[i]] }
	from := sort.Search(len(a.left), func(i int) bool { return text(i) >= first.text })
	n := sort.Search(len(a.left)-from, func(i int) bool { return !strings.HasPrefix(text(from+i), first.text) })
	return a.left[from : from+n]
}

func (a *assignment) pairFree(w int) bool {
	for _, g := range a.candidates(w) {
		if a.m.owner[g] == none && a.m.fits(w, g) {
			a.m.link(w, g)
			return true
		}
	}
	return false
}

// augment gives w an output line whose owner can take another one.
func (a *assignment) augment(w, round int) bool {
	for _, g := range a.candidates(w) {
		if a.seen[g] == round || !a.m.fits(w, g) {
			continue
		}
		a.seen[g] = round
		if owner := a.m.owner[g]; owner == none || a.augment(owner, round) {
			a.m.link(w, g)
			return true
		}
	}
	return false
}
