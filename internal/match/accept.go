package match

import "strings"

// Accept returns a pattern that matches got and differs from p as little as
// may be: lines that still fit stay as they are, in lines that changed the
// placeholders that still fit stay, and so does each "..." that does. The
// rest is what was printed, with \ before what would read as a placeholder.
// A pattern that matches got comes back byte for byte.
func (p *Pattern) Accept(got string) string {
	r := p.Match(got)
	if r.OK {
		return p.text
	}
	if text := p.rewrite(r); p.isMended(text, got) {
		return text
	}
	var b strings.Builder
	for _, s := range splitLines(got) {
		b.WriteString(escapeLine(s) + "\n")
	}
	return b.String()
}

// isMended reports whether text, as a pattern, matches got and says anything
// about it.
func (p *Pattern) isMended(text, got string) bool {
	q, err := Compile(text, p.mode)
	if err != nil {
		return false
	}
	for i := range q.lines {
		if !q.lines[i].ellipsis {
			return newMatcher(q, splitLines(got)).match()
		}
	}
	return false
}

// rewrite returns the pattern that the rows of r suggest.
func (p *Pattern) rewrite(r *Result) string {
	known := p.knownValues(r)
	var b strings.Builder
	inEllipsis := false // one "..." in a row is enough
	for i := range r.Rows {
		row := &r.Rows[i]
		switch {
		case row.isEllipsis():
			if row.Want != 0 && !inEllipsis {
				b.WriteString(ellipsis + "\n")
				inEllipsis = true
			}
			continue
		case row.Same:
			b.WriteString(row.WantText + "\n")
		case row.Got == 0:
			continue
		default:
			b.WriteString(p.merge(row, known) + "\n")
		}
		inEllipsis = false
	}
	return b.String()
}

// knownValues returns the texts that names stand for in the lines that match.
func (p *Pattern) knownValues(r *Result) *names {
	known := newNames(len(p.names))
	for i := range r.Rows {
		row := &r.Rows[i]
		if !row.Same || row.Want == 0 {
			continue
		}
		value := 0
		for _, e := range p.lines[row.Want-1].elems {
			if !e.literal() {
				known.agree(e.name, row.Values[value].Text, row.Want)
				value++
			}
		}
	}
	return known
}
