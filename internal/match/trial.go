package match

import "strings"

// trial is the comparison of one line of the pattern with one of the output.
//
// It tries the elements from left to right and goes back where one does not
// fit. What failed once is remembered, so that, names apart, no element is
// tried twice at one place.
type trial struct {
	elems    []element
	s        string
	number   int         // of the pattern line, from 1
	names    *names      // nil: names need not agree
	loose    bool        // bounds need not hold either
	repeats  bool        // a name stands twice, so a failure may be due to its value
	lastName int         // the last element that may set a name
	then     func() bool // what must hold for the names, once all fits; nil: nothing
	effort   *effort

	ends     []int          // where each element ends in s, after success
	dead     map[place]bool // typed placeholders that failed
	deadFrom []int          // <...> failed at this place + 1 and behind it
	stuck    place          // the farthest that an element failed
	within   int            // how much of the literal text fitted there
	start    int            // mark of names before the comparison
	asked    int            // how often then was asked
}

// place is an element and where it was tried.
type place struct{ elem, pos int }

// fits reports whether the whole line matches.
func (t *trial) fits() bool {
	first, last := &t.elems[0], &t.elems[len(t.elems)-1]
	if first.literal() && !strings.HasPrefix(t.s, first.text) || last.literal() && !strings.HasSuffix(t.s, last.text) {
		t.effort.step()
		return false
	}
	return t.run()
}

// run is fits without the quick way out, so that stuck says where.
func (t *trial) run() bool {
	t.ends = make([]int, len(t.elems))
	t.start = t.names.mark()
	return t.from(0, 0)
}

func (t *trial) from(e, pos int) bool {
	t.effort.step()
	if t.effort.spent() {
		return false
	}
	if e == len(t.elems) {
		return pos == len(t.s) && t.ask() || t.fail(e, pos, 0)
	}
	switch el := &t.elems[e]; {
	case el.any:
		return t.anything(e, pos)
	case el.kind != nil:
		return t.typed(e, pos) || t.fail(e, pos, 0)
	case !strings.HasPrefix(t.s[pos:], el.text):
		return t.fail(e, pos, commonPrefix(el.text, t.s[pos:]))
	default:
		t.ends[e] = pos + len(el.text)
		return t.from(e+1, t.ends[e])
	}
}

// fail notes that an element failed at pos, behind the first bytes of its text.
func (t *trial) fail(e, pos, within int) bool {
	if pos += within; pos > t.stuck.pos || pos == t.stuck.pos && e > t.stuck.elem {
		t.stuck, t.within = place{e, pos}, within
	}
	return false
}

func (t *trial) ask() bool {
	t.asked++
	return t.then == nil || t.then()
}

// remembers reports whether an element that failed will fail again at the same
// place: then was asked asked times when it began. Names that this line has
// set may have other values next time.
func (t *trial) remembers(asked int) bool {
	return t.names.mark() == t.start || !t.repeats && t.asked == asked
}

// anything tries <...> from short to long. Where it failed, it fails at every
// later place too: what it can reach from there it has tried.
func (t *trial) anything(e, pos int) bool {
	if t.deadFrom == nil {
		t.deadFrom = make([]int, len(t.elems))
	}
	if t.deadFrom[e] > 0 && pos >= t.deadFrom[e]-1 {
		return false
	}
	if e == len(t.elems)-1 {
		t.ends[e] = len(t.s)
		return t.ask()
	}
	next, asked := &t.elems[e+1], t.asked
	for p := pos; p <= len(t.s); p++ {
		if next.literal() {
			i := strings.Index(t.s[p:], next.text)
			if i < 0 {
				t.fail(e+1, p, 0)
				break
			}
			p += i
		}
		t.ends[e] = p
		if t.from(e+1, p) {
			return true
		}
		if t.decided(e, asked) {
			return false
		}
	}
	if t.remembers(asked) {
		t.deadFrom[e] = pos + 1
	}
	return false
}

func (t *trial) typed(e, pos int) bool {
	if t.dead[place{e, pos}] || e > 0 && t.elems[e-1].any && insideWord(t.s, pos) {
		return false
	}
	el := &t.elems[e]
	mark, asked, tried := t.names.mark(), t.asked, false
	for end := range ends(t.elems, e, t.s, pos) {
		t.effort.step()
		tried = true
		text := t.s[pos:end]
		if !t.loose && el.outside(text) != "" || !t.names.agree(el.name, text, t.number) {
			continue
		}
		t.ends[e] = end
		if t.from(e+1, end) {
			return true
		}
		t.names.undo(mark)
		if t.decided(e, asked) {
			return false
		}
	}
	if tried && t.remembers(asked) {
		if t.dead == nil {
			t.dead = map[place]bool{}
		}
		t.dead[place{e, pos}] = true
	}
	return false
}

// decided reports whether then was asked since asked and no name follows that
// could give it other values.
func (t *trial) decided(e, asked int) bool { return t.asked > asked && e > t.lastName }

// ends yields where the typed placeholder elems[e] may end when it begins at
// pos: as far as it can, then shorter where the text that follows it begins.
func ends(elems []element, e int, s string, pos int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		k := elems[e].kind
		n := k.scan(s[pos:])
		if n == 0 {
			return
		}
		var next element
		if e+1 < len(elems) {
			next = elems[e+1]
		}
		if next.any && insideWord(s, pos+n) {
			return
		}
		if !yield(pos+n) || !next.literal() || next.text == "" {
			return
		}
		for end := pos + n - 1; ; end-- {
			i := strings.LastIndex(s[pos+1:min(end+len(next.text), len(s))], next.text)
			if i < 0 {
				return
			}
			end = pos + 1 + i
			if (k.prefix || k.scan(s[pos:end]) == end-pos) && !yield(end) {
				return
			}
		}
	}
}

// insideWord reports whether pos splits a word or a number of s.
func insideWord(s string, pos int) bool {
	if pos == 0 || pos == len(s) || !isWord(s[pos]) {
		return pos > 0 && pos+1 < len(s) && s[pos] == '.' && isDigit(s[pos-1]) && isDigit(s[pos+1])
	}
	before := byte(' ')
	if pos > 1 {
		before = s[pos-2]
	}
	switch c := s[pos-1]; c {
	case '.':
		return isDigit(before) && isDigit(s[pos])
	case '-':
		return !isWord(before) && isDigit(s[pos])
	default:
		return isWord(c)
	}
}

// outside says on which side of its bounds text lies: "above 150ms", or
// nothing.
func (e *element) outside(text string) string {
	switch {
	case e.lo != "" && e.kind.cmp(text, e.lo) < 0:
		return "below " + e.lo
	case e.hi != "" && e.kind.cmp(text, e.hi) > 0:
		return "above " + e.hi
	}
	return ""
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
