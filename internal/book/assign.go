package book

import (
	"cmp"
	"errors"
	"path"
	"slices"
	"strconv"
	"strings"

	"example/workbook/internal/match"
	"example/workbook/internal/near"
)

// assigner gives the fences of one chapter their parts, from top to bottom.
type assigner struct {
	*loader
	chapter *Chapter
	report  *report

	goFence *Fence // the last one
	other   *Fence // the last one below it in a language that is not ours
	broken  bool   // it is a listing that could not be connected; the reason is reported
	unnamed int
	names   map[string]*Snippet

	exercises map[*exerciseMark]*Exercise // nil for one that cannot be used
}

func (l *loader) assign(c *Chapter, d *document) {
	a := &assigner{loader: l, chapter: c, report: &report{src: c.src}, names: map[string]*Snippet{}, exercises: map[*exerciseMark]*Exercise{}}
	switch {
	case c.src == nil: // it could not be read
	case path.Ext(c.Path) == ".go":
		a.loneProgram()
	case d != nil:
		a.takeExercises(d)
		for _, f := range d.fences {
			a.fence(f)
		}
		a.finishExercises()
		a.takePredictions(d)
	}
	l.take(a.report)
}

// loneProgram makes the only snippet of a Go file that was loaded by name.
func (a *assigner) loneProgram() {
	c := a.chapter
	s := a.program(c, c.Path)
	s.Name, s.ID, s.Show = "main", c.Slug+"/main", s.Pos
	s.Title = cmp.Or(s.Title, path.Base(c.Path))
	c.Title = s.Title
	c.Snippets = append(c.Snippets, s)
}

func (a *assigner) fence(f *fence) {
	lang, wrong := language(f.info)
	word, _, _ := strings.Cut(f.info, " ")
	fence := &Fence{Pos: a.report.src.pos(f.open, f.col), Lang: cmp.Or(lang, word), fence: f}
	a.chapter.Fences = append(a.chapter.Fences, fence)
	if key, ok := unreadKey(f.info); ok && lang != "" {
		a.report.warn(f.open, f.infoCol, "```%s: %s is not read here: write it into a comment <!-- workbook: %s --> above", f.info, key, inComment(key))
	}
	switch {
	case lang == "go":
		a.goFence, a.other = fence, nil
		a.swallowed(f)
		set := settingsOf(f.directives, aboveProgram, "a fence of go", a.report)
		if set.has("file") {
			a.broken = !a.listing(fence, &set)
		} else {
			a.snippet(fence, &set)
		}
	case lang != "" && a.foreign(f, lang):
	case lang != "":
		if wrong != "" {
			a.report.problem(f.open, f.infoCol, "```%s: %s", f.info, wrong)
		}
		a.expectation(fence, lang)
	default:
		a.inert(f)
		a.other = fence
	}
}

// inComment is how a key is written in a comment.
func inComment(key string) string {
	if isFlag(key) {
		return key
	}
	return key + "=..."
}

// foreign tells whether an output, stderr or error fence shows what something
// else has printed than a program of the book: the nearest fence above is in
// another language, or nothing in the chapter is in Go. It warns where the
// program further above has no such fence yet, and a writer may mean it.
func (a *assigner) foreign(f *fence, lang string) bool {
	if len(f.directives) > 0 || f.exercise != nil || lang == "evidence" {
		return false
	}
	if a.other == nil {
		return !a.runs(a.chapter)
	}
	if a.goFence == nil {
		return true
	}
	s := a.goFence.Snippet
	open := s == nil || *s.slot(lang) == nil
	if open && printsNothing(a.other.Lang) {
		return false
	}
	if open {
		a.report.warn(f.open, f.col, "this %s fence is not checked, for the fence above it, at line %d, is not in Go: put it directly below the program that prints it", lang, a.other.Line)
	}
	return true
}

// swallowed reports a fence inside a Go program: somebody forgot to close the
// program, and Markdown takes the end of the next fence for its end.
func (a *assigner) swallowed(f *fence) {
	for i, line := range strings.Split(f.text(a.chapter.src, false), "\n") {
		info, ok := strings.CutPrefix(strings.TrimLeft(line, " "), f.marks)
		if lang, _ := language(info); ok && lang != "" {
			row, col := f.at(i, len(line)-len(strings.TrimLeft(line, " ")))
			a.report.problem(row, col, "a fence of %s inside the go fence opened at line %d, which is never closed before it: close that one with %s", lang, f.open+1, f.marks)
			return
		}
	}
}

// inert looks at a fence in a language that is not ours.
func (a *assigner) inert(f *fence) {
	for _, d := range f.directives {
		a.report.problem(d.line, d.col, "directive above a fence of %s: only go fences run; write ```go or remove the comment", cmp.Or(f.info, "no language"))
	}
	if lang, ok := misspelt(f.info); ok && len(f.directives) == 0 {
		a.report.warn(f.open, f.infoCol, "a fence of %s is not checked: did you mean %s?", f.info, lang)
	}
}

// snippet makes a snippet of a go fence.
func (a *assigner) snippet(fence *Fence, set *settings) {
	f := fence.fence
	c := a.chapter
	s := &Snippet{Chapter: c, Name: set.name, File: c.Path, Show: fence.Pos, set: map[string]Pos{}}
	fence.Snippet = s
	if s.Name == "" {
		a.unnamed++
		s.ID = c.Slug + "/" + strconv.Itoa(a.unnamed)
	} else {
		s.ID = c.Slug + "/" + s.Name
		a.unique(s, set.at["name"])
	}
	s.Source = []byte(f.text(c.src, false))
	if isInclude(s.Source) {
		a.report.problem(f.open+1, f.indent(), "the include is not followed, and GitHub would show it instead of code: put <!-- workbook: file=PATH region=NAME --> above an empty fence, and let workbook sync fill it")
	}
	s.Indent = f.indent()
	s.Pos = c.src.pos(f.open+1, s.Indent)
	s.Title = synopsis(s.Source)
	if s.Title == "" {
		s.Title = cmp.Or(f.heading, c.Title)
	}
	s.take(set, a.report)
	p := place{src: c.src, fence: f}
	s.takeComment(p, &a.report.problems)
	suspects(s.Source, p, &a.report.warnings)
	c.Snippets = append(c.Snippets, s)
}

// unique reports a name that another snippet of the chapter has.
func (a *assigner) unique(s *Snippet, at Pos) {
	if first := a.names[s.Name]; first != nil {
		a.report.problems.add(at, "name %q is taken by the snippet at line %d: choose another", s.Name, first.Show.Line)
		return
	}
	a.names[s.Name] = s
	if a.root == "" {
		return
	}
	main := path.Join(a.root, a.chapter.Slug, s.Name, "main.go")
	if a.programs[main] != nil {
		a.report.problems.add(at, "name %q is taken by %s: choose another, or show that file with file=%s", s.Name, main, main)
	}
}

// take copies what a directive says about a program. The program of a folder
// may be shown by several listings; each key counts once.
func (s *Snippet) take(set *settings, r *report) {
	for key, at := range set.at {
		if slices.Contains([]string{"file", "region", "name", "exercise"}, key) {
			continue
		}
		if first, twice := s.set[key]; twice {
			r.problems.add(at, "%s of %s is set at %v already: say it once", key, s.ID, first)
			continue
		}
		s.set[key] = at
		switch key {
		case "timeout":
			s.Timeout = set.timeout
		case "needs":
			s.Needs = set.needs
		case "skip":
			s.Skip = set.skip
		case "no_run":
			s.NoRun = set.noRun
		case "exit":
			s.Exit = set.exit
		case "engine":
			s.Engine = set.engine
		case "evidence":
			s.NoEvidence = set.noEvidence
		case "figure":
			s.Figure = set.figure
		case "caption":
			s.Caption = set.caption
		case "slow":
			s.Slow = set.isSlow
		}
	}
}

// listing connects a go fence with the file that it shows. It returns false
// when that cannot be done.
func (a *assigner) listing(fence *Fence, set *settings) bool {
	f, c := fence.fence, a.chapter
	ls := &Listing{Pos: fence.Pos, Chapter: c, File: set.file, Region: set.region, Text: f.text(c.src, false)}
	ls.Want, ls.body = ls.Text, body{place: place{src: c.src, fence: f}}
	fence.Listing = ls
	c.Listings = append(c.Listings, ls)
	if ls.File == "" {
		return false // its path is no path
	}
	at := set.at["file"]
	if path.Ext(ls.File) != ".go" {
		a.report.problems.add(at, "file=%s: a go fence can show .go files only", ls.File)
		return false
	}
	file := a.listed(ls)
	if file.err != nil {
		if s := a.programs[ls.File]; s != nil {
			a.show(s, fence)
		} else if !file.reported {
			a.report.problems.add(at, "%s: %s: %s", ls.File, readError(file.err, maxFile), a.otherFile(ls.File))
		}
		return false
	}
	a.connect(fence, set)
	if _, ok := file.regions[ls.Region]; ls.Region != "" && !ok {
		a.report.problems.add(set.at["region"], "%s has no region %q: mark it with // --8<-- [start:%s] (%s)", ls.File, ls.Region, ls.Region, suggest(ls.Region, file.names))
		return true
	}
	ls.Want = file.shown(ls.Region)
	return true
}

// listed reads the file of a listing. Loose Markdown may mean its own folder.
func (a *assigner) listed(ls *Listing) *goFile {
	if a.root == "" {
		near := path.Join(path.Dir(a.chapter.Path), ls.File)
		if f := a.file(near); f.err == nil {
			ls.File = near
			return f
		}
	}
	return a.file(ls.File)
}

// connect finds the snippet of which a listing shows the program.
func (a *assigner) connect(fence *Fence, set *settings) {
	ls := fence.Listing
	s := a.programs[ls.File]
	if s == nil && a.root == "" && path.Base(ls.File) == "main.go" {
		s = a.program(a.chapter, ls.File)
		if a.programs == nil {
			a.programs = map[string]*Snippet{}
		}
		a.programs[ls.File] = s
	}
	if s == nil {
		for key, at := range set.at {
			if key != "file" && key != "region" {
				a.report.problems.add(at, "%s says nothing here: %s is no snippet, so it is not run", key, ls.File)
			}
		}
		return
	}
	fence.Snippet, ls.Snippet = s, s
	s.take(set, a.report)
	a.show(s, fence)
}

// show notes the fence that shows the program of a folder first.
func (a *assigner) show(s *Snippet, fence *Fence) {
	if s.Show != (Pos{}) {
		return
	}
	s.Show = fence.Pos
	if s.Title == "" {
		s.Title = cmp.Or(fence.heading, a.chapter.Title)
	}
	s.Chapter.Snippets = append(s.Chapter.Snippets, s)
}

// otherFile suggests what a listing could have meant.
func (a *assigner) otherFile(name string) string {
	var names []string
	for p := range a.programs {
		names = append(names, p)
	}
	for _, e := range a.list(path.Dir(name)) {
		if p := path.Join(path.Dir(name), e.Name()); path.Ext(p) == ".go" && !slices.Contains(names, p) {
			names = append(names, p)
		}
	}
	slices.Sort(names)
	if meant, ok := near.Word(name, names); ok {
		return "did you mean " + meant + "?"
	}
	return "write the path from the root of the book"
}

// expectation gives an output, stderr or error fence to the snippet above it.
func (a *assigner) expectation(fence *Fence, lang string) {
	f := fence.fence
	above := aboveOutput
	if lang == "evidence" {
		above = aboveEvidence
	}
	set := settingsOf(f.directives, above, "a fence of "+lang, a.report)
	s, ok := a.owner(f, lang)
	if !ok {
		return
	}
	e := &Expectation{Snippet: s, Text: f.text(a.chapter.src, true), Mode: set.mode, body: body{place: place{src: a.chapter.src, fence: f}}}
	e.Pos = e.body.at(0, 0)
	slot := s.slot(lang)
	if first := *slot; first != nil {
		what := "a second " + lang + " fence for"
		if first.Trim {
			what = "an output fence beside the // Output: comment of"
		}
		a.report.problem(f.open, f.col, "%s %s: the first stands at %v; keep one", what, s.ID, first.body.start())
		return
	}
	*slot, fence.Snippet, fence.Expectation = e, s, e
}

// owner is the snippet that an output, stderr, error or evidence fence is for:
// in an exercise the solution, unless a program stands between.
func (a *assigner) owner(f *fence, lang string) (*Snippet, bool) {
	var above *Snippet
	if a.goFence != nil {
		above = a.goFence.Snippet
	}
	if f.exercise != nil && (above == nil || a.goFence.open < f.exercise.line) {
		ex := a.exercises[f.exercise]
		if ex == nil { // the reason is reported
			return nil, false
		}
		return ex.Solution, true
	}
	if a.goFence == nil {
		a.report.problem(f.open, f.col, "%s fence without a program: put it below the go fence that prints it", lang)
		return nil, false
	}
	if above == nil && !a.broken {
		a.report.problem(f.open, f.col, "%s fence of the listing at line %d, which is not run: only %s/CHAPTER/NAME/main.go is", lang, a.goFence.Line, snippetsDir)
	}
	return above, above != nil
}

func (s *Snippet) slot(lang string) **Expectation {
	switch lang {
	case "evidence":
		return &s.Evidence
	case "stderr":
		return &s.Stderr
	case "error":
		return &s.Error
	}
	return &s.Output
}

// takeComment makes the output comment of a program its expected output.
func (s *Snippet) takeComment(p place, ps *Problems) {
	c, wrong := findOutputComment(string(s.Source))
	if c == nil {
		return
	}
	if wrong != "" {
		ps.add(p.pos(c.spots[0].line, c.spots[0].slashes), "this comment is not compared with the output: %s", wrong)
		return
	}
	e := &Expectation{Snippet: s, Text: c.text, Trim: true, body: body{place: p, comment: c}}
	e.Pos = e.body.at(0, 0)
	if c.unordered {
		e.Mode = match.Unordered
	}
	s.Output = e
}

// checkExpectations reports placeholders that the matcher does not know, and
// expectations that are never compared.
func (l *loader) checkExpectations(s *Snippet) {
	l.checkSentences(s)
	for _, e := range []*Expectation{s.Output, s.Stderr, s.Evidence} {
		if e != nil && s.NoRun {
			l.problems.add(e.body.start(), "expected output of a program that does not run: no_run stands at %v; remove one of them, or write skip=\"reason\"", s.set["no_run"])
		}
	}
	for _, e := range []*Expectation{s.Output, s.Stderr, s.Error} {
		if e == nil {
			continue
		}
		_, err := match.Compile(e.Text, e.Mode)
		var syntax *match.SyntaxError
		if errors.As(err, &syntax) {
			l.problems.add(e.body.at(syntax.Line-1, syntax.Col-1), "%s", syntax.Msg)
		} else if err != nil {
			l.problems.add(e.Pos, "%v", err)
		}
	}
}
