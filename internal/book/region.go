package book

import (
	"slices"
	"strings"
)

// goFile is a Go file that chapters show or run.
type goFile struct {
	src     *source
	text    string // with LF line ends
	marks   map[int]bool
	regions map[string]region
	names   []string // of the regions, in their order

	err      error // why it cannot be read
	reported bool  // that is a problem of its own already
}

// report makes a problem of it that the file cannot be read, once.
func (f *goFile) report(name string, ps *Problems) {
	if !f.reported {
		ps.add(Pos{File: name}, "%s", readError(f.err, maxFile))
		f.reported = true
	}
}

// region is a part of a file: the lines between its marks. Lines count from 0.
type region struct {
	start, end int // of the marks
}

// mark is a line such as // --8<-- [start:loop] that begins or ends a region.
type mark struct {
	kind      markKind
	name      string // "" for an #endregion without one
	line, col int    // from 0
}

type markKind int

const (
	noMark markKind = iota
	startMark
	endMark
	badMark
)

// newGoFile finds the regions of a file and reports marks that do not fit.
func newGoFile(src *source, r *report) *goFile {
	f := &goFile{src: src, text: string(src.text), marks: map[int]bool{}, regions: map[string]region{}}
	if !strings.Contains(f.text, "8<") && !strings.Contains(f.text, "region") && !strings.Contains(f.text, "ANCHOR") {
		return f
	}
	var open []mark
	for i := range src.lines {
		text := string(src.rawLine(i))
		m := parseMark(text)
		m.line, m.col = i, len(text)-len(strings.TrimLeft(text, " \t"))
		switch m.kind {
		case badMark:
			r.problem(i, m.col, "unknown mark: write // --8<-- [start:NAME] or // --8<-- [end:NAME]")
		case startMark:
			open = f.start(m, open, r)
		case endMark:
			open = f.end(m, open, r)
		}
		if m.kind != noMark {
			f.marks[i] = true
		}
	}
	for _, o := range open {
		r.problem(o.line, o.col, "region %q is never closed: mark its end with // --8<-- [end:%s]", o.name, o.name)
	}
	return f
}

// start opens a region.
func (f *goFile) start(m mark, open []mark, r *report) []mark {
	if first, twice := f.regions[m.name]; twice {
		r.problem(m.line, m.col, "region %q began at line %d already: give it another name", m.name, first.start+1)
		return open
	}
	if at := slices.IndexFunc(open, func(o mark) bool { return o.name == m.name }); at >= 0 {
		r.problem(m.line, m.col, "region %q began at line %d already and has not ended", m.name, open[at].line+1)
		return open
	}
	return append(open, m)
}

// end closes the region that the mark names, or without a name the last one.
func (f *goFile) end(m mark, open []mark, r *report) []mark {
	at := len(open) - 1
	for at >= 0 && m.name != "" && open[at].name != m.name {
		at--
	}
	switch {
	case at < 0 && m.name == "":
		r.problem(m.line, m.col, "#endregion ends nothing: write // #region NAME above")
		return open
	case at < 0:
		var names []string
		for _, o := range open {
			names = append(names, o.name)
		}
		r.problem(m.line, m.col, "region %q ends here but does not begin above: %s", m.name, suggest(m.name, names))
		return open
	}
	name := open[at].name
	f.regions[name] = region{open[at].line, m.line}
	f.names = append(f.names, name)
	return slices.Delete(open, at, at+1)
}

// parseMark reads the three ways in which editors and tools mark regions:
// pymdownx --8<--, #region and mdBook's ANCHOR.
func parseMark(line string) mark {
	comment, ok := strings.CutPrefix(strings.TrimSpace(line), "//")
	if !ok {
		return mark{}
	}
	comment = strings.TrimSpace(comment)
	if rest, ok := scissors(comment); ok {
		return sectionMark(rest)
	}
	word, name, _ := strings.Cut(comment, " ")
	name = strings.TrimSpace(name)
	switch {
	case word == "#region" && name != "":
		return mark{kind: startMark, name: name}
	case word == "#endregion":
		return mark{kind: endMark, name: name}
	case word == "ANCHOR:" && name != "" && !strings.Contains(name, " "):
		return mark{kind: startMark, name: name}
	case word == "ANCHOR_END:" && name != "" && !strings.Contains(name, " "):
		return mark{kind: endMark, name: name}
	}
	return mark{}
}

// scissors cuts --8<-- off, of which pymdownx takes any number of dashes.
func scissors(s string) (rest string, ok bool) {
	rest = strings.TrimLeft(s, "-")
	if rest == s {
		return "", false
	}
	tail, ok := strings.CutPrefix(rest, "8<-")
	return strings.TrimSpace(strings.TrimLeft(tail, "-")), ok
}

// sectionMark reads what stands behind --8<--.
func sectionMark(s string) mark {
	inner, ok := strings.CutPrefix(s, "[")
	if ok {
		inner, ok = strings.CutSuffix(inner, "]")
	}
	word, name, colon := strings.Cut(inner, ":")
	word, name = strings.TrimSpace(word), strings.TrimSpace(name)
	switch {
	case !ok || !colon || name == "":
	case word == "start":
		return mark{kind: startMark, name: name}
	case word == "end":
		return mark{kind: endMark, name: name}
	}
	return mark{kind: badMark}
}

// shown is the text that a listing of the region has, or of the whole file for
// the name "": without marks, without the indentation that all lines share and
// without blank lines at both ends.
func (f *goFile) shown(name string) string {
	from, to := 0, len(f.src.lines)
	if name != "" {
		r := f.regions[name]
		from, to = r.start+1, r.end
	}
	var lines []string
	taken := false // a mark was taken out above
	for i := from; i < to; i++ {
		if f.marks[i] {
			taken = true
			continue
		}
		text := strings.TrimRight(string(f.src.rawLine(i)), " \t\r")
		if n := len(lines); taken && n > 0 {
			switch above := lines[n-1]; {
			case text == "" && (above == "" || strings.HasSuffix(above, "{") || strings.HasSuffix(above, "(")):
				continue // the blank line belonged to the mark
			case above == "" && strings.Trim(text, " \t})") == "":
				lines = lines[:n-1]
			}
		}
		taken = false
		lines = append(lines, text)
	}
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	if len(lines) == 0 {
		return ""
	}
	unindent(lines)
	return strings.Join(lines, "\n") + "\n"
}

// unindent takes the blanks away that all lines begin with.
func unindent(lines []string) {
	common := lines[0][:len(lines[0])-len(strings.TrimLeft(lines[0], " \t"))]
	for _, l := range lines {
		for l != "" && !strings.HasPrefix(l, common) {
			common = common[:len(common)-1]
		}
	}
	for i, l := range lines {
		lines[i] = strings.TrimPrefix(l, common)
	}
}
