package book

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Change is a file of the book with new contents, to be given to WriteFile.
type Change struct {
	File     string     // path below the root of the book
	Chapter  *Chapter   // nil when File is a program
	Old, New []byte     // Old is the file as it was loaded
	Listings []*Listing // those that Sync brought up to date
}

// Sync returns the chapters in which listings differ from the file or region
// that they show, with these listings brought up to date. The error is Problems.
func (b *Book) Sync() ([]Change, error) {
	var changes []Change
	var problems Problems
	for _, c := range b.Chapters {
		var rw rewriter
		change := Change{File: c.Path, Chapter: c, Old: c.Source}
		for _, ls := range c.Listings {
			if ls.Text != ls.Want {
				rw.set(ls.body, ls.Want)
				change.Listings = append(change.Listings, ls)
			}
		}
		data, ps := rw.apply(c.src)
		if problems = append(problems, ps...); len(ps) == 0 && len(rw.jobs) > 0 {
			change.New = data
			changes = append(changes, change)
		}
	}
	return changes, problems.err()
}

// SetBodies returns the files in which the texts of these expectations stand,
// chapters and programs with an // Output: comment, after they have become the
// given ones. Files that stay as they are are not among them. The error is
// Problems: a text that would close its fence, or that a chapter cannot hold.
func (b *Book) SetBodies(texts map[*Expectation]string) ([]Change, error) {
	files := map[*source]*rewriter{}
	var sources []*source
	for e, text := range texts {
		src := e.body.src
		if files[src] == nil {
			files[src] = &rewriter{}
			sources = append(sources, src)
		}
		files[src].set(e.body, e.normal(text))
	}
	slices.SortFunc(sources, func(a, b *source) int { return cmp.Compare(a.file, b.file) })
	var changes []Change
	var problems Problems
	for _, src := range sources {
		data, ps := files[src].apply(src)
		if problems = append(problems, ps...); len(ps) > 0 || string(data) == string(src.raw) {
			continue
		}
		change := Change{File: src.file, Old: src.raw, New: data}
		if i := slices.IndexFunc(b.Chapters, func(c *Chapter) bool { return c.src == src }); i >= 0 {
			change.Chapter = b.Chapters[i]
		}
		changes = append(changes, change)
	}
	return changes, problems.err()
}

// SetBodies returns the source of the chapter after the texts of these
// expectations, which must stand in it, have become the given ones. Everything
// else keeps its bytes. The error is Problems.
func (c *Chapter) SetBodies(texts map[*Expectation]string) ([]byte, error) {
	var rw rewriter
	var problems Problems
	for e, text := range texts {
		if e.body.src != c.src {
			problems.add(e.Pos, "this text does not stand in %s", c.Path)
			continue
		}
		rw.set(e.body, e.normal(text))
	}
	data, ps := rw.apply(c.src)
	if problems = append(problems, ps...); len(problems) > 0 {
		return nil, problems.err()
	}
	return data, nil
}

// normal is the text as an expectation holds it: the last line ends, and of a
// comment the outer blanks are gone.
func (e *Expectation) normal(text string) string {
	if e.Trim {
		text = strings.TrimSpace(text)
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text
}

// rewriter sets texts of one file. It believes nothing: the result is parsed
// again, and must read as it was meant.
type rewriter struct {
	jobs []job
}

type job struct {
	body body
	text string
	edit edit
}

func (rw *rewriter) set(b body, text string) {
	if b.fence != nil && !b.fence.closed {
		return // the book has a problem, and no line to write before
	}
	if e, ok := b.edit(text); ok {
		rw.jobs = append(rw.jobs, job{b, text, e})
	}
}

func (rw *rewriter) apply(src *source) ([]byte, Problems) {
	slices.SortFunc(rw.jobs, func(a, b job) int { return cmp.Compare(a.edit.from, b.edit.from) })
	data := replace(src.raw, rw.jobs)
	if readsAs(src, data, rw.jobs) {
		return data, nil
	}
	var problems Problems
	for _, j := range rw.jobs {
		alone := []job{j}
		if !readsAs(src, replace(src.raw, alone), alone) {
			line, why := j.unfit(len(src.raw) + len(j.edit.new))
			problems.add(j.body.start(), "line %d of the new text cannot be written here: %s", line+1, why)
		}
	}
	if len(problems) == 0 {
		problems.add(Pos{File: src.file}, "the new texts together make the file too large or read otherwise: change fewer at a time")
	}
	return nil, problems
}

func replace(raw []byte, jobs []job) []byte {
	var out []byte
	at := 0
	for _, j := range jobs {
		out = append(append(out, raw[at:j.edit.from]...), j.edit.new...)
		at = j.edit.to
	}
	return append(out, raw[at:]...)
}

// readsAs tells whether data, made from src, has the same fences with the same
// texts, except for the jobs.
func readsAs(src *source, data []byte, jobs []job) bool {
	if len(jobs) == 0 {
		return true
	}
	if len(data) > maxFile {
		return false
	}
	if jobs[0].body.fence == nil {
		r := &report{src: newSource(src.file, data)}
		return checkText(r.src, r) && commentReads(string(r.src.text), jobs[0].text)
	}
	was, now := fencesOf(src, src.raw), fencesOf(src, data)
	if len(was.fences) != len(now.fences) || len(was.report.problems) != len(now.report.problems) {
		return false
	}
	want := map[int]job{}
	for _, j := range jobs {
		want[j.body.fence.open] = j
	}
	for i, f := range was.fences {
		g := now.fences[i]
		text := f.text(was.src, true)
		if j, ok := want[f.open]; !ok {
			if g.text(now.src, true) != text {
				return false
			}
		} else if j.body.comment != nil {
			if !commentReads(g.text(now.src, false), j.text) {
				return false
			}
		} else if g.text(now.src, true) != j.text {
			return false
		}
		if g.info != f.info || g.closed != f.closed {
			return false
		}
	}
	return true
}

func commentReads(program, text string) bool {
	c, wrong := findOutputComment(program)
	return c != nil && wrong == "" && c.text == text
}

// fencesOf reads raw as src was read.
func fencesOf(src *source, raw []byte) *document {
	c := &Chapter{Path: src.file, Source: raw, notation: src.notation}
	r := &report{}
	if d := c.parse(r); d != nil {
		return d
	}
	return &document{report: r}
}

// unfit says which line of the new text cannot be written, and why. The file
// would have up to size bytes.
func (j job) unfit(size int) (line int, why string) {
	if size > maxFile {
		return 0, fmt.Sprintf("the file would be larger than the limit (%d bytes)", maxFile)
	}
	lines := strings.Split(j.text, "\n")
	for i, l := range lines {
		switch {
		case strings.Contains(l, "\x00"):
			return i, "it has a NUL byte"
		case invalidUTF8([]byte(l)) >= 0:
			return i, "it is not UTF-8"
		case len(j.prefix())+len(l) > maxLine:
			return i, "the line is too long"
		case j.body.comment != nil && strings.Contains(l, "\r"):
			return i, "a comment cannot hold a CR"
		case j.body.comment == nil && j.closes(l):
			return i, "the line " + strings.TrimSpace(l) + " would close the fence: use more marks for it"
		case j.body.comment == nil && l != "" && strings.TrimSpace(l) == "":
			line, why = i, "Markdown drops blanks of a line that has nothing else, in a list"
		}
	}
	if c := j.body.comment; why == "" && c != nil && len(c.spots) > 1 {
		return 0, "each of these comments holds a line of the output: put all of it into one at the end of main"
	}
	if why == "" {
		why = "it would not read back the same"
	}
	return line, why
}

// prefix is what a new line gets in front.
func (j job) prefix() string {
	if j.body.comment != nil {
		return strings.Repeat(" ", j.body.comment.spots[0].slashes) + "// "
	}
	return j.body.fence.prefix
}

// closes tells whether a line would close the fence of the job.
func (j job) closes(l string) bool {
	marks := j.body.src.rawLine(j.body.fence.open)[j.body.fence.col:]
	l = strings.Trim(l, " \t\r")
	n := len(l) - len(strings.TrimLeft(l, string(marks[:1])))
	return n == len(l) && n >= len(marks)-len(strings.TrimLeft(string(marks), string(marks[:1])))
}
