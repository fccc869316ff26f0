package match

import (
	"slices"
	"strings"
)

// actor is who prints some of the lines of an output.
type actor struct {
	name  string
	typed bool  // of a pattern: there are placeholders in name
	lines []int // in order; of a pattern with every "..."
	used  bool  // of an output: paired
}

// interleave pairs each actor of the pattern with one of the output, by name
// or, where the name has placeholders, with one that is left and whose lines
// fit. A "..." stands for further lines of every actor, and for further
// actors.
func (m *matcher) interleave() bool {
	want, got := m.wantActors(), m.gotActors()
	if len(want) > len(got) || len(want) < len(got) && !m.hasEllipsis() {
		return false
	}
	byName := map[string]*actor{}
	for _, g := range got {
		byName[g.name] = g
	}
	named := 0
	for ; named < len(want) && !want[named].typed; named++ {
		g := byName[want[named].name]
		if g == nil {
			return false
		}
		g.used = true
	}
	got = slices.DeleteFunc(got, func(g *actor) bool { return g.used })
	return m.assignActors(want, byName, got)
}

// assignActors pairs the actors want: those without placeholders by their
// names, the others with one of free.
func (m *matcher) assignActors(want []*actor, byName map[string]*actor, free []*actor) bool {
	if len(want) == 0 {
		return true
	}
	rest := func() bool { return m.assignActors(want[1:], byName, free) }
	if !want[0].typed {
		return m.sequence(want[0].lines, byName[want[0].name].lines, rest)
	}
	for _, g := range free {
		m.effort.step()
		if g.used {
			continue
		}
		g.used = true
		if m.sequence(want[0].lines, g.lines, rest) {
			return true
		}
		g.used = false
		if m.effort.spent() {
			return false
		}
	}
	return false
}

// wantActors returns the actors of the pattern, those without placeholders
// first.
func (m *matcher) wantActors() []*actor {
	var actors, typed []*actor
	byName := map[string]*actor{}
	var before []int // the last "..." so far
	for w := range m.p.lines {
		l := &m.p.lines[w]
		if l.ellipsis {
			before = []int{w}
			for _, a := range byName {
				if last := a.lines[len(a.lines)-1]; !m.ellipsis(last) {
					a.lines = append(a.lines, w)
				}
			}
			continue
		}
		name, isTyped := l.actor()
		a := byName[name]
		if a == nil {
			a = &actor{name: name, typed: isTyped, lines: slices.Clone(before)}
			byName[name] = a
			if isTyped {
				typed = append(typed, a)
			} else {
				actors = append(actors, a)
			}
		}
		a.lines = append(a.lines, w)
	}
	return append(actors, typed...)
}

func (m *matcher) gotActors() []*actor {
	var actors []*actor
	byName := map[string]*actor{}
	for g, text := range m.got {
		name := actorOf(text)
		a := byName[name]
		if a == nil {
			a = &actor{name: name}
			byName[name] = a
			actors = append(actors, a)
		}
		a.lines = append(a.lines, g)
	}
	return actors
}

// actorOf returns the text up to the first colon of a line, or "".
func actorOf(text string) string { return text[:strings.IndexByte(text, ':')+1] }

// actor returns the actor of a pattern line, and whether there are
// placeholders in it: a colon inside a placeholder does not end its name.
func (l *line) actor() (name string, typed bool) {
	if l.elems == nil {
		return actorOf(l.text), false
	}
	for _, e := range l.elems {
		if !e.literal() {
			name, typed = name+"\n", true // no text has a line feed, so this name is like no other
		} else if a := actorOf(e.text); a != "" {
			return name + a, typed
		}
		name += e.text
	}
	return "", false
}
