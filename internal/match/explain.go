package match

import (
	"fmt"
	"strings"

	"example/workbook/internal/near"
)

// note says why a line does not match. Where it names another line of the
// pattern, that line stands between before and after.
type note struct {
	before string
	line   int // 0: none
	after  string
}

// Notes returns what can be said on why r does not match. The first line of
// the pattern is line first of the chapter.
func (r *Row) Notes(first int) []string {
	var list []string
	for _, n := range r.notes {
		s := n.before
		if n.line > 0 {
			s += fmt.Sprint(max(first, 1)+n.line-1) + n.after
		}
		list = append(list, s)
	}
	return list
}

// explain says why pattern line w, which has placeholders, does not take
// output line g; stuck is where the comparison got to.
func (m *matcher) explain(w, g int, stuck place) []note {
	loose := m.trial(w, g)
	loose.loose, loose.names = true, nil
	if loose.run() {
		return m.violations(loose)
	}
	notes := m.hints(w, m.got[g])
	if len(notes) > 0 || stuck.elem == len(loose.elems) {
		return notes
	}
	if e := loose.elems[stuck.elem]; e.kind != nil {
		here := "the line ends here"
		if rest := loose.s[stuck.pos:]; rest != "" {
			here = "here stands " + firstWord(rest)
		}
		notes = append(notes, note{before: fmt.Sprintf("%s takes %s; %s", e.text, e.kind.takes, here)})
	}
	return notes
}

// violations lists the bounds and names that t, which did not look at them,
// breaks.
func (m *matcher) violations(t *trial) []note {
	var notes []note
	mark := m.names.mark()
	defer m.names.undo(mark)
	pos := 0
	for i, e := range t.elems {
		text := t.s[pos:t.ends[i]]
		pos = t.ends[i]
		if e.kind == nil {
			continue
		}
		if side := e.outside(text); side != "" {
			notes = append(notes, note{before: fmt.Sprintf("%s: got %s, %s", e.text, brief(text), side)})
		}
		if !m.names.agree(e.name, text, t.number) {
			was := fmt.Sprintf("%s was %s on line ", e.text, brief(m.names.text[e.name]))
			notes = append(notes, note{was, m.names.line[e.name], ", here " + brief(text)})
		}
	}
	return notes
}

// hints says where pattern line w reads as if its author meant something else
// than what it says. got is the output line beside it, if there is one.
func (m *matcher) hints(w int, got string) []note {
	l := &m.p.lines[w]
	var notes []note
	if s := strings.TrimSpace(l.src); s == "…" || s == ellipsis && l.src != s {
		notes = append(notes, note{before: `only "..." alone on its line, without blanks, stands for any lines`})
	}
	for i := range len(l.src) {
		if t, ok := readTag(l.src[i:]); ok {
			if t.char == "" && backslashes(l.src[:i])%2 == 0 && strings.Contains(got, t.src) {
				notes = append(notes, note{before: fmt.Sprintf(`the output has the text %s itself: write \%s`, t.src, t.src)})
			}
		} else if t, ok := readAngle(l.src[i:]); ok && !strings.Contains(got, t.src) {
			if meant := nearest(t.name); meant != "" {
				notes = append(notes, note{before: fmt.Sprintf("%s is no placeholder, so it is text: did you mean %s?", brief(t.src), meant)})
			}
		}
	}
	return notes
}

// nearest returns the placeholders whose names look most like name: one
// letter off, or two where the name is longer than four.
func nearest(name string) string {
	lower := strings.ToLower(name)
	var list []string
	best := min(2, len(name)/5+1)
	for _, k := range kinds().list {
		if len(name) < 2 || len(k.name) < 2 || len(name) > len(k.name)+best {
			continue
		}
		switch d := near.Distance(lower, k.name); {
		case d > best:
			continue
		case d < best:
			best, list = d, nil
		}
		list = append(list, "<"+k.name+">")
	}
	if strings.Trim(name, ".…") == "" && name != "" {
		list = []string{anyText}
	}
	if n := len(list); n > 1 {
		return strings.Join(list[:n-1], ", ") + " or " + list[n-1]
	}
	return strings.Join(list, "")
}

// firstWord returns the first word of s, which is not empty, in quotes.
func firstWord(s string) string {
	word := s
	if i := strings.IndexAny(s, " \t"); i == 0 {
		return "a blank"
	} else if i > 0 {
		word = s[:i]
	}
	return `"` + brief(word) + `"`
}
