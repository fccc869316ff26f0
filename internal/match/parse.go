package match

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	ellipsis = "..."
	anyText  = "<...>"
)

// SyntaxError is a mistake in a pattern. Line and Col count from 1 inside the
// pattern, Col in bytes.
type SyntaxError struct {
	Line, Col int
	Msg       string // what: how to mend it
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Col, e.Msg) }

// line is one line of a pattern.
type line struct {
	src      string // as the chapter has it
	ellipsis bool
	text     string    // what the line takes, if elems is nil
	elems    []element // all of it, if there are placeholders
	bound    bool      // holds a name
	repeated bool      // holds a name twice
}

// element is a piece of a line: literal text, <...> or a typed placeholder.
type element struct {
	text   string // literal text; for the others, as the chapter has it
	kind   *kind  // nil: literal text or <...>
	any    bool
	at     int    // byte offset in the line
	name   int    // number of its name in the pattern, from 1; 0: none
	lo, hi string // bounds; "" is open
}

func (e *element) literal() bool { return e.kind == nil && !e.any }

func (p *Pattern) parseLine(number int, src string) error {
	l := &p.lines[number]
	l.src, l.text = src, src
	if src == ellipsis {
		l.ellipsis = true
		return nil
	}
	if isEscapedEllipsis(src) {
		l.text = src[1:]
		return nil
	}
	if strings.IndexByte(src, '<') < 0 {
		return nil
	}
	elems, err := p.parseElements(src)
	if err != nil {
		err.Line = number + 1
		return err
	}
	if len(elems) == 1 && elems[0].literal() {
		l.text = elems[0].text
		return nil
	}
	l.elems = elems
	l.findNames()
	return nil
}

// isEscapedEllipsis reports whether s is "..." behind backslashes.
func isEscapedEllipsis(s string) bool {
	return len(s) > len(ellipsis) && strings.TrimLeft(s, `\`) == ellipsis
}

func (p *Pattern) parseElements(src string) ([]element, *SyntaxError) {
	var elems []element
	text := func(at int, s string) {
		if last := len(elems) - 1; last >= 0 && elems[last].literal() {
			elems[last].text += s
		} else if s != "" {
			elems = append(elems, element{text: s, at: at})
		}
	}
	from := 0 // src[from:] is not yet in elems
	for i := 0; i < len(src); i++ {
		t, ok := readTag(src[i:])
		if !ok {
			continue
		}
		slashes := backslashes(src[from:i])
		text(from, src[from:i-slashes+slashes/2])
		from = i + len(t.src)
		if slashes%2 == 1 {
			text(i, t.src)
		} else if t.char != "" {
			text(i, t.char)
		} else {
			e, err := p.placeholder(t)
			if err != nil {
				err.Col += i
				return nil, err
			}
			e.at = i
			elems = append(elems, e)
		}
		i = from - 1
	}
	text(from, src[from:])
	return elems, nil
}

// tag is text in angle brackets that means something: <name#bind:bounds>.
type tag struct {
	src, name, tail string
	char            string // what <x0d> and <U+202E> stand for
}

// readTag reads the tag at the start of s. A tag has a known name followed by
// ">", "#" or ":"; whether the rest makes sense is not looked at.
func readTag(s string) (tag, bool) {
	t, ok := readAngle(s)
	if !ok {
		return t, false
	}
	if t.char = characterOf(t.name); t.char != "" {
		return t, t.tail == ""
	}
	return t, t.name == ellipsis || kinds().by[t.name] != nil
}

// readAngle reads anything in angle brackets at the start of s.
func readAngle(s string) (t tag, ok bool) {
	if s == "" || s[0] != '<' {
		return t, false
	}
	end := 1 + strings.IndexAny(s[1:], "<>")
	if end == 0 || s[end] == '<' {
		return t, false
	}
	t.src, t.name = s[:end+1], s[1:end]
	if i := strings.IndexAny(t.name, "#:"); i >= 0 {
		t.name, t.tail = t.name[:i], t.name[i:]
	}
	return t, true
}

// characterOf returns what the name of <x0d> or <U+202E> stands for.
func characterOf(name string) string {
	if hex, ok := strings.CutPrefix(name, "x"); ok && len(hex) == 2 && hex == strings.ToLower(hex) {
		if n, err := strconv.ParseUint(hex, 16, 8); err == nil && n != '\n' {
			return string([]byte{byte(n)})
		}
	}
	if hex, ok := strings.CutPrefix(name, "U+"); ok && len(hex) >= 4 && len(hex) <= 6 && hex == strings.ToUpper(hex) {
		if n, err := strconv.ParseUint(hex, 16, 32); err == nil && n != '\n' && utf8.ValidRune(rune(n)) {
			return string(rune(n))
		}
	}
	return ""
}

// placeholder reads name and bounds of t. Columns of its errors count from 0
// at the "<".
func (p *Pattern) placeholder(t tag) (element, *SyntaxError) {
	e := element{text: t.src, kind: kinds().by[t.name], any: t.name == ellipsis}
	tail, at := t.tail, 1+len(t.name)
	fail := func(format string, args ...any) (element, *SyntaxError) {
		return e, &SyntaxError{Col: at + 1, Msg: t.src + ": " + fmt.Sprintf(format, args...) + fmt.Sprintf(`; for the text itself write \%s`, t.src)}
	}
	if e.any && tail != "" {
		return fail("%s has neither name nor bounds: use <word%s> or another typed placeholder", anyText, tail)
	}
	if strings.HasPrefix(tail, "#") {
		name, rest, bounded := strings.Cut(tail[1:], ":")
		if !isName(name) {
			return fail("the name %q is not one: use letters, digits, - and _, as in <%s#a>", name, t.name)
		}
		e.name = p.nameNumber(name)
		tail, at = "", at+1+len(name)
		if bounded {
			tail = ":" + rest
		}
	}
	if e.kind != nil {
		e.lo, e.hi = e.kind.lo, e.kind.hi
	}
	if tail == "" {
		return e, nil
	}
	if problem := e.readBounds(tail[1:]); problem != "" {
		at++
		return fail("%s", problem)
	}
	return e, nil
}

// readBounds reads MIN..MAX and returns what is wrong with it.
func (e *element) readBounds(s string) (problem string) {
	k := e.kind
	if k.cmp == nil {
		return fmt.Sprintf("<%s> has no bounds", k.name)
	}
	if bounds, name, ok := strings.Cut(s, "#"); ok {
		return fmt.Sprintf("the name comes before the bounds: <%s#%s:%s>", k.name, name, bounds)
	}
	lo, hi, ok := strings.Cut(s, "..")
	if !ok || lo == "" && hi == "" {
		return "bounds are MIN..MAX, MIN.. or ..MAX, as in " + k.bounds
	}
	for _, b := range []string{lo, hi} {
		if b != "" && k.scan(b) != len(b) {
			return fmt.Sprintf("%q is not %s: bounds look like %s", b, k.takes, k.bounds)
		}
	}
	if lo != "" && hi != "" && k.cmp(lo, hi) > 0 {
		return fmt.Sprintf("nothing lies between %s and %s: write the smaller bound first, %s..%s", lo, hi, hi, lo)
	}
	for _, b := range []string{lo, hi} {
		if b != "" && (k.lo != "" && k.cmp(b, k.lo) < 0 || k.hi != "" && k.cmp(b, k.hi) > 0) {
			return fmt.Sprintf("%s is out of range: <%s> takes %s", b, k.name, k.takes)
		}
	}
	if lo != "" {
		e.lo = lo
	}
	if hi != "" {
		e.hi = hi
	}
	return ""
}

func isName(s string) bool {
	for i := range len(s) {
		if !isAlnum(s[i]) && s[i] != '-' && s[i] != '_' {
			return false
		}
	}
	return s != ""
}

// nameNumber returns the number of name in the pattern, from 1.
func (p *Pattern) nameNumber(name string) int {
	if p.names == nil {
		p.names = map[string]int{}
	}
	if p.names[name] == 0 {
		p.names[name] = len(p.names) + 1
	}
	return p.names[name]
}

func (l *line) findNames() {
	seen := map[int]bool{}
	for _, e := range l.elems {
		if e.name > 0 {
			l.bound = true
			l.repeated = l.repeated || seen[e.name]
			seen[e.name] = true
		}
	}
}

// backslashes counts the backslashes at the end of s.
func backslashes(s string) int { return len(s) - len(strings.TrimRight(s, `\`)) }
