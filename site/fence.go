package site

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"

	"example/workbook/internal/book"
	"example/workbook/site/highlight"
	"example/workbook/site/markdown"
)

// info is what stands behind the marks that open a fence.
type info struct {
	lang, title string
	marked      func(line int) bool // nil for none
	numbers     bool
	first       int
}

// parseInfo reads "go", "go title="x" hl_lines="1 3-4"" and "{.go title="x"}".
func parseInfo(text string) info {
	var in info
	text = strings.TrimSpace(text)
	braced := strings.HasPrefix(text, "{")
	text = strings.Trim(text, "{}")
	for i, word := range splitQuoted(text) {
		key, value, isPair := strings.Cut(word, "=")
		value = strings.Trim(value, `"'`)
		switch {
		case isPair && key == "title":
			in.title = value
		case isPair && key == "tab" && in.title == "": // of old versions of MkDocs' superfences
			in.title = value
		case isPair && key == "hl_lines":
			in.marked = lineSet(value)
		case isPair && key == "linenums":
			in.numbers = true
			in.first, _ = strconv.Atoi(value)
		case isPair || strings.HasPrefix(word, "{"):
		case braced && in.lang == "" && strings.HasPrefix(word, "."):
			in.lang = word[1:]
		case !braced && i == 0:
			in.lang = word
		}
	}
	return in
}

// splitQuoted splits at blanks outside quotation marks.
func splitQuoted(text string) []string {
	var words []string
	var quote rune
	start := -1
	for i, r := range text {
		blank := quote == 0 && (r == ' ' || r == '\t')
		if !blank && start < 0 {
			start = i
		}
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'':
			quote = r
		case blank && start >= 0:
			words = append(words, text[start:i])
			start = -1
		}
	}
	if start >= 0 {
		words = append(words, text[start:])
	}
	return words
}

// lineSet reads "1 3-5".
func lineSet(text string) func(int) bool {
	var ranges [][2]int
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' }) {
		from, to, isRange := strings.Cut(word, "-")
		a, err := strconv.Atoi(from)
		if err != nil {
			continue
		}
		b := a
		if isRange {
			if b, err = strconv.Atoi(to); err != nil {
				continue
			}
		}
		ranges = append(ranges, [2]int{a, b})
	}
	return func(line int) bool {
		for _, r := range ranges {
			if line >= r[0] && line <= r[1] {
				return true
			}
		}
		return false
	}
}

// fence renders a fenced code block by the part that it plays in the book.
func (w *writer) fence(n *ast.FencedCodeBlock) []byte {
	code := w.lineText(n.Lines())
	in := info{}
	if n.Info != nil {
		in = parseInfo(string(n.Info.Segment.Value(w.src)))
	}
	f := w.fenceAt(n)
	w.terms.add(code, 1)
	w.out.words += len(code) / 24 // code is read more slowly than prose is counted
	if f != nil && f.Expectation == nil && (f.Lang == "output" || f.Lang == "stderr" || f.Lang == "error") {
		w.out.verified = false // of another program than ours
	}
	switch {
	case f != nil && f.Expectation != nil:
		return w.expectation(f, in, code)
	case f != nil && (f.Snippet != nil || f.Listing != nil):
		return w.program(f, in, code)
	case isCommand(in.lang):
		return w.command(in, code)
	}
	return w.plainCode(in, code)
}

// fenceAt finds the book's fence for a code block.
func (w *writer) fenceAt(n *ast.FencedCodeBlock) *book.Fence {
	var at int
	switch {
	case n.Info != nil:
		at = n.Info.Segment.Start
	case n.Lines().Len() > 0:
		at = max(n.Lines().At(0).Start-1, 0)
	default:
		return nil
	}
	o := w.origin(w.line(at))
	if o.file != w.page.chapter.Path {
		return nil
	}
	return w.fences[o.line]
}

// figureHead begins a figure with code. A script makes its name a link to it:
// the address would be a thirtieth of the page.
func figureHead(class, id string) []byte {
	b := append([]byte(`<figure class="`), class...)
	if id != "" {
		b = append(append(b, `" id="`...), html.EscapeString(id)...)
	}
	return append(b, `"><figcaption>`...)
}

const preCode = `</figcaption><pre tabindex="0"><code>`

// preNumbered is the same with numbers that the writer asks for.
const preNumbered = `</figcaption><pre tabindex="0" class="numbered"><code>`

// program renders a listing, or a program that stands whole in the chapter.
func (w *writer) program(f *book.Fence, in info, code []byte) []byte {
	s := f.Snippet
	id, role, name := "listing", "", ""
	if s != nil {
		id, role, name = w.anchor(s), roleOf(s), s.ID
		if !w.shown[s] {
			w.shown[s] = true
			w.out.programs++
		}
	}
	if ls := f.Listing; ls != nil {
		name = ls.File
		if ls.Region != "" {
			id += "-" + ls.Region
		}
	}
	id = w.unique(id)
	b := append(make([]byte, 0, 512+6*len(code)), figureHead("code go", id)...)
	b = append(b, `<a class="name">`...)
	if in.title != "" {
		b = highlight.AppendEscaped(b, []byte(in.title))
	} else {
		b = appendName(b, name, f.Listing != nil)
	}
	b = append(b, `</a>`...)
	if ls := f.Listing; ls != nil && ls.Region != "" {
		b = append(b, `<span class="region">`...)
		b = highlight.AppendEscaped(b, []byte(ls.Region))
		b = append(b, `</span>`...)
	}
	if role != "" {
		b = append(b, `<span class="role">`...)
		b = append(b, role...)
		b = append(b, `</span>`...)
	}
	if in.numbers {
		b = append(b, preNumbered...)
	} else {
		b = append(b, preCode...)
	}
	b = highlight.Append(b, "go", code, highlight.Options{First: in.first, Marked: in.marked, Numbers: in.numbers})
	b = append(b, "</code></pre>"...)
	switch {
	case s == nil:
	case s.Skip != "":
		b = append(b, `<p class="prov"><span class="no">Not run: `...)
		b = highlight.AppendEscaped(b, []byte(s.Skip))
		b = append(b, `</span></p>`...)
	case s.Output == nil && s.Stderr == nil && s.Error == nil && f.Listing == nil:
		b = w.provenance(b, s)
	}
	return append(b, "</figure>\n"...)
}

// anchor is what the ids of a snippet's figures begin with.
func (w *writer) anchor(s *book.Snippet) string {
	if s.Chapter == w.page.chapter && s.Name != "" {
		return strings.ReplaceAll(s.Name, "/", "-")
	}
	return strings.ReplaceAll(s.ID, "/", "-")
}

// appendName writes the path of a file, of which small screens leave out the
// first folders.
func appendName(b []byte, name string, isFile bool) []byte {
	dir := 0
	if isFile {
		dir = strings.LastIndexByte(name, '/')
		dir = strings.LastIndexByte(name[:max(dir, 0)], '/') + 1
	}
	if dir > 0 {
		b = append(b, `<span class="dir">`...)
		b = highlight.AppendEscaped(b, []byte(name[:dir]))
		b = append(b, `</span>`...)
	}
	return highlight.AppendEscaped(b, []byte(name[dir:]))
}

// roleOf says in two words what becomes of a program, unless it is run and must end
// well.
func roleOf(s *book.Snippet) string {
	switch {
	case s.Skip != "":
		return "not run"
	case s.NoRun:
		return "compiled only"
	case s.Error != nil:
		return "must fail"
	}
	return ""
}

// expectation renders what a program must print, with what the run said.
func (w *writer) expectation(f *book.Fence, in info, code []byte) []byte {
	s := f.Snippet
	kind := f.Lang
	title := map[string]string{"stderr": "Error output", "error": "How it fails", "evidence": "What the kernel saw"}[kind]
	ex := w.exerciseOf(s)
	if ex != nil && title == "" {
		title = "What your program must print"
	}
	id := w.unique(w.anchor(s) + "-" + orElse(kind, "output"))
	b := figureHead("code out "+kind, id)
	b = append(b, `<a class="name">`...)
	b = highlight.AppendEscaped(b, []byte(cmp.Or(in.title, title, "Output")))
	b = append(b, `</a>`...)
	b = w.verdict(b, s)
	b = append(b, preCode...)
	if kind == "evidence" {
		b = highlight.Append(b, "", code, highlight.Options{})
	} else {
		b = appendOutput(b, code)
	}
	b = append(b, "</code></pre>"...)
	last := s.Evidence == nil || s.Evidence == f.Expectation
	if last && s.Chapter == w.page.chapter {
		b = w.provenance(b, s)
	}
	b = append(b, "</figure>\n"...)
	if last {
		b = w.figure(b, s)
	}
	return b
}

// appendOutput marks what stands for text that varies.
func appendOutput(b, code []byte) []byte {
	code = append(code[:len(code):len(code)], '\n')
	for len(code) > 1 || len(code) == 1 && code[0] != '\n' {
		i := indexPlaceholder(code)
		if i < 0 {
			break
		}
		end := i + strings.IndexByte(string(code[i:]), '>') + 1
		b = highlight.AppendEscaped(b, code[:i])
		b = append(b, `<var>`...)
		b = highlight.AppendEscaped(b, code[i:end])
		b = append(b, `</var>`...)
		code = code[end:]
	}
	if len(code) > 0 {
		code = code[:len(code)-1]
	}
	return highlight.AppendEscaped(b, code)
}

// indexPlaceholder finds a placeholder such as <pid>, <fd#a>, <n:1..3> or <...>.
func indexPlaceholder(code []byte) int {
	for i := range code {
		if code[i] != '<' || i > 0 && code[i-1] == '\\' {
			continue
		}
		rest := string(code[i+1 : min(len(code), i+40)])
		name, _, ok := strings.Cut(rest, ">")
		if !ok {
			continue
		}
		name, _, _ = strings.Cut(name, "#")
		name, _, _ = strings.Cut(name, ":")
		if isPlaceholder(name) {
			return i
		}
	}
	return -1
}

// command renders commands for a shell, each with its prompt, which is not part
// of what a reader copies.
func (w *writer) command(in info, code []byte) []byte {
	b := []byte(`<figure class="code run">`)
	if in.title != "" {
		b = append(b, `<figcaption><span class="name">`...)
		b = highlight.AppendEscaped(b, []byte(in.title))
		b = append(b, `</span></figcaption>`...)
	}
	b = append(b, `<pre tabindex="0"><code>`...)
	b = highlight.Append(b, "sh", code, highlight.Options{Lines: true, Marked: in.marked})
	return append(b, "</code></pre></figure>\n"...)
}

// isCommand tells whether a language is that of a shell without outputs.
func isCommand(lang string) bool {
	switch lang {
	case "sh", "bash", "shell", "zsh":
		return true
	}
	return false
}

func (w *writer) plainCode(in info, code []byte) []byte {
	b := []byte(`<figure class="code">`)
	if in.title != "" || in.lang != "" {
		b = append(b, `<figcaption><span class="name">`...)
		b = highlight.AppendEscaped(b, []byte(cmp.Or(in.title, in.lang)))
		b = append(b, `</span></figcaption>`...)
	}
	b = append(b, `<pre tabindex="0"`...)
	if in.numbers {
		b = append(b, ` class="numbered"`...)
	}
	b = append(b, `><code>`...)
	b = highlight.Append(b, in.lang, code, highlight.Options{First: in.first, Marked: in.marked, Numbers: in.numbers})
	return append(b, "</code></pre></figure>\n"...)
}

// unique makes an id that no other element of the page has.
func (w *writer) unique(id string) string {
	for n := w.listings[id]; ; n++ {
		try := id
		if n > 0 {
			try = fmt.Sprintf("%s-%d", id, n+1)
		}
		if w.slugs.Free(try) {
			w.listings[id] = n + 1
			w.slugs.Take(try)
			w.out.ids = append(w.out.ids, try)
			return try
		}
	}
}

// verdict says in the head of an output whether a run has borne it out.
func (w *writer) verdict(b []byte, s *book.Snippet) []byte {
	run := w.runOf(s)
	switch {
	case run == nil:
		w.out.verified = false
		return append(b, `<span class="role no">not verified</span>`...)
	case run.Passed:
		return append(b, `<span class="role ok">verified</span>`...)
	}
	w.out.verified = false
	if run.Failed {
		return append(b, `<span class="role bad">the run says otherwise</span>`...)
	}
	return append(b, `<span class="role no">not run here</span>`...)
}

// provenance says where, when and by what a program was run, and how to run it.
func (w *writer) provenance(b []byte, s *book.Snippet) []byte {
	b = append(b, `<p class="prov">`...)
	run := w.runOf(s)
	switch {
	case run == nil:
		b = append(b, `<span>Shown as it is written: this build ran no programs.</span>`...)
	case !run.Passed:
		b = append(b, `<span>`...)
		if !run.Failed {
			b = append(b, `Not run: `...)
		}
		b = highlight.AppendEscaped(b, []byte(run.Reason))
		b = append(b, `</span>`...)
	default:
		b = append(b, `<span>`...)
		b = highlight.AppendEscaped(b, []byte(run.where()))
		if !run.When.IsZero() {
			b = append(b, `, <time>`...)
			b = run.When.AppendFormat(b, "2006-01-02")
			b = append(b, `</time>`...)
		}
		b = append(b, `</span>`...)
	}
	ex, command := w.exerciseOf(s), "workbook run "+s.ID
	switch {
	case ex != nil:
		command = "workbook exercise check " + ex.ID
	case bytes.Contains(w.src, []byte("\n"+command+"\n")): // the text has it
		return append(b, `</p>`...)
	default:
		command += " --output"
	}
	b = append(b, `<code class="cmd">`...)
	b = markdown.AppendOptions(b, []byte(command), highlight.AppendEscaped)
	return append(b, `</code></p>`...)
}

// exerciseOf is the exercise of this page that a program solves, or nil.
func (w *writer) exerciseOf(s *book.Snippet) *book.Exercise {
	for _, ex := range w.exercises {
		if ex.Solution == s {
			return ex
		}
	}
	return nil
}

// figure draws the evidence of a run.
func (w *writer) figure(b []byte, s *book.Snippet) []byte {
	if w.opt.Figure == nil || s.Figure == "none" {
		return b
	}
	svg, table := w.opt.Figure(s)
	if svg == "" {
		return b
	}
	w.figures++
	w.out.figures = true
	id := w.unique(strings.ReplaceAll(s.ID, "/", "-") + "-figure")
	b = append(b, `<figure class="ev-figure" id="`...)
	b = append(b, html.EscapeString(id)...)
	b = append(b, `"><div class="picture" tabindex="0" role="group" aria-label="Picture of the run">`...)
	b = append(b, svg...)
	b = append(b, `</div>`...)
	if table != "" {
		b = append(b, `<details class="twin"><summary>The same as a table</summary>`...)
		b = append(b, `<div class="tw" tabindex="0" role="group" aria-label="Table">`...)
		b = append(b, table...)
		b = append(b, `</div></details>`...)
	}
	b = append(b, `<figcaption>Figure `...)
	b = strconv.AppendInt(b, int64(w.figures), 10)
	b = append(b, ". "...)
	if s.Caption != "" {
		b = appendCode(b, s.Caption)
		b = append(b, ` Recorded from <code>`...)
		b = highlight.AppendEscaped(b, []byte(s.ID))
		b = append(b, `</code>.</figcaption>`...)
	} else {
		b = append(b, `What the threads of <code>`...)
		b = highlight.AppendEscaped(b, []byte(s.ID))
		b = append(b, `</code> did, as it was recorded.</figcaption>`...)
	}
	return append(b, "</figure>\n"...)
}

// appendCode adds a text in which code stands between backquotes.
func appendCode(b []byte, text string) []byte {
	for i, part := range strings.Split(text, "`") {
		switch {
		case i%2 == 0:
			b = highlight.AppendEscaped(b, []byte(part))
		default:
			b = append(b, "<code>"...)
			b = markdown.AppendOptions(b, []byte(part), highlight.AppendEscaped)
			b = append(b, "</code>"...)
		}
	}
	return b
}

// exerciseHead stands above the heading of an exercise.
func exerciseHead(ex *book.Exercise) []byte {
	b := []byte(`<p class="eyebrow" data-exercise="`)
	b = append(b, html.EscapeString(ex.ID)...)
	b = append(b, `"><span>Exercise</span> <code class="cmd">workbook exercise start `...)
	b = highlight.AppendEscaped(b, []byte(ex.ID))
	return append(b, "</code></p>\n"...)
}
