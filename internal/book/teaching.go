package book

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"

	"example/workbook/internal/match"
)

// Prediction is a list of choices of which one is what a program will do. Which
// one it is nobody writes down: a run decides.
type Prediction struct {
	Pos      // of the directive
	Chapter  *Chapter
	Snippet  *Snippet // nil where there is no such snippet, which is a problem
	Question string   // Markdown of the paragraph above
	Choices  []Choice

	id string
}

// Choice is one answer to a Prediction.
type Choice struct {
	Pos         // of the directive's key for it
	Text string // Markdown
	// When holds patterns of package match, of one line each. The choice is
	// right if the program prints a line for every one of them.
	When []string
	Note string // Markdown: what one has to believe to choose it; empty where the chapter does not say
}

// Right returns the index of the choice that a program's output bears out. The
// error says which ones it bears out where that is not exactly one.
func (p *Prediction) Right(output string) (int, error) {
	var right []int
	for i := range p.Choices {
		if p.Choices[i].holds(output) {
			right = append(right, i)
		}
	}
	if len(right) == 1 {
		return right[0], nil
	}
	if len(right) == 0 {
		return 0, fmt.Errorf("%v: the run bears out none of the choices: compare their conditions with what %s prints", p.Pos, p.id)
	}
	var numbers []string
	for _, i := range right {
		numbers = append(numbers, strconv.Itoa(i+1))
	}
	return 0, fmt.Errorf("%v: the run bears out the choices %s: give them conditions of which one run of %s can meet only one", p.Pos, strings.Join(numbers, " and "), p.id)
}

func (c *Choice) holds(output string) bool {
	for _, line := range c.When {
		pattern, err := match.Compile(line+"\n", match.Contains)
		if err != nil || !pattern.Match(output).OK {
			return false
		}
	}
	return len(c.When) > 0
}

// Exercise is a program that the reader completes.
type Exercise struct {
	Pos            // of the directive
	ID      string // CHAPTER/NAME
	Chapter *Chapter
	Name    string
	Title   string // the heading
	Text    string // Markdown of the section, without what it folds away

	// Starter is what the reader begins with; it does not yet do what Solution
	// does. Both have the expectations of the section, which are Solution's.
	// Their ids are ID/starter and ID/solution.
	Starter, Solution *Snippet

	Hints []string // Markdown, from a slight one to a plain one
	Why   string   // Markdown that the section folds away with the solution
}

// Exercise returns the exercise with the id, or nil.
func (b *Book) Exercise(id string) *Exercise {
	for _, c := range b.Chapters {
		for _, ex := range c.Exercises {
			if ex.ID == id {
				return ex
			}
		}
	}
	return nil
}

// predictionMark is a list of choices in a chapter.
type predictionMark struct {
	directives []directive
	line, col  int // of the list
	question   string
	choices    []string
	notes      []string
	notesLine  int
}

// exerciseMark is the section of a chapter that belongs to an exercise.
type exerciseMark struct {
	directives []directive
	line, end  int // of the heading, and behind the last line
	level      int
	title      string
	folded     []*detailsMark
}

// detailsMark is a details element with Markdown inside.
type detailsMark struct {
	summary        string
	line, from, to int // of the opening tag, of the Markdown inside, behind it
	end            int // line behind the closing tag
}

// has tells whether a directive sets a key.
func (d *directive) has(key string) bool {
	return slices.ContainsFunc(d.settings, func(st setting) bool { return st.key == key })
}

// orphan says what is wrong with a directive that stands above nothing it
// could be for.
func (d *directive) orphan() string {
	switch {
	case d.has("predict"):
		return "predict above no list: put it directly above the list of the choices"
	case d.has("exercise"):
		return "exercise above no heading: put it directly above the heading of the exercise"
	}
	return "directive above no fence: put it directly above the fence it is for, in the same list item or quote"
}

// section begins and ends exercises at a heading. It returns the directives
// that are not for a heading.
func (d *document) section(n *ast.Heading, waiting []directive) []directive {
	if n.Lines().Len() == 0 {
		return waiting
	}
	line := d.src.lineOf(d.base + n.Lines().At(0).Start)
	if d.exercise != nil && n.Level <= d.exercise.level {
		d.endSection(line)
	}
	if !slices.ContainsFunc(waiting, func(dir directive) bool { return dir.has("exercise") }) {
		return waiting
	}
	d.endSection(line)
	d.exercise = &exerciseMark{directives: waiting, line: line, level: n.Level, title: d.heading}
	d.exercises = append(d.exercises, d.exercise)
	return nil
}

func (d *document) endSection(line int) {
	if d.exercise != nil {
		d.exercise.end = line
		d.exercise = nil
	}
}

// choices takes a list that a prediction stands above, or the notes on one. It
// returns the directives that are not for a list.
func (d *document) choices(n *ast.List, waiting []directive) []directive {
	if p := d.answers; p != nil && d.details != nil && p.notes == nil {
		p.notes, p.notesLine = d.items(n), d.src.lineOf(d.firstByte(n))
	}
	if !slices.ContainsFunc(waiting, func(dir directive) bool { return dir.has("predict") }) {
		return waiting
	}
	p := &predictionMark{directives: waiting, question: d.question(n), choices: d.items(n)}
	p.line, p.col = d.src.at(d.firstByte(n))
	d.predictions = append(d.predictions, p)
	d.answers = p
	return nil
}

// question is the text above a list of choices: from the paragraph that begins
// with a word in bold type on, which is how a prediction is announced, or else
// the paragraph right above.
func (d *document) question(n ast.Node) string {
	var parts []string
	for prev := n.PreviousSibling(); prev != nil && len(parts) < 4; prev = prev.PreviousSibling() {
		if prev.Kind() == ast.KindHTMLBlock {
			continue
		}
		if prev.Kind() != ast.KindParagraph {
			break
		}
		text := strings.TrimSpace(string(d.passage(prev.Lines()).text))
		parts = append([]string{text}, parts...)
		if strings.HasPrefix(text, "**") {
			return strings.Join(parts, "\n\n")
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return parts[len(parts)-1]
}

// items returns the Markdown of the items of a list. Paragraphs of one item are
// separated by a blank line.
func (d *document) items(list *ast.List) []string {
	var items []string
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		var blocks []string
		for b := item.FirstChild(); b != nil; b = b.NextSibling() {
			if text := strings.TrimSpace(string(d.passage(b.Lines()).text)); text != "" {
				blocks = append(blocks, text)
			}
		}
		items = append(items, strings.Join(blocks, "\n\n"))
	}
	return items
}

// firstByte is the offset in the source at which the text of a block begins.
func (d *document) firstByte(n ast.Node) int {
	for n.Type() == ast.TypeBlock {
		if lines := n.Lines(); lines.Len() > 0 {
			return d.base + lines.At(0).Start
		}
		if n.FirstChild() == nil {
			break
		}
		n = n.FirstChild()
	}
	return d.base
}

// fold notes the Markdown between <details> and </details>.
func (d *document) fold(n *ast.HTMLBlock) {
	p := d.passage(n.Lines())
	text := strings.ToLower(string(p.text))
	if strings.HasPrefix(text, "<details") && d.details == nil {
		lines := n.Lines()
		m := &detailsMark{line: d.src.lineOf(d.base + lines.At(0).Start)}
		m.from = d.src.lineOf(d.base+lines.At(lines.Len()-1).Start) + 1
		if _, rest, ok := strings.Cut(string(p.text), "<summary>"); ok {
			m.summary, _, _ = strings.Cut(rest, "</summary>")
		}
		d.details = m
	}
	if m := d.details; m != nil && strings.Contains(text, "</details>") {
		m.to = d.src.lineOf(d.base + n.Lines().At(0).Start)
		m.end = m.to + n.Lines().Len()
		if d.exercise != nil {
			d.exercise.folded = append(d.exercise.folded, m)
		}
		d.details = nil
		d.answers = nil
	}
}

// markdown returns the lines from from on up to to.
func (s *source) markdown(from, to int) string {
	var b strings.Builder
	for i := from; i < min(to, len(s.lines)); i++ {
		b.Write(s.rawLine(i))
		b.WriteByte('\n')
	}
	return strings.Trim(b.String(), "\n")
}

func (s *source) lineOf(offset int) int {
	line, _ := s.at(offset)
	return line
}

// takePredictions reads the predictions of a chapter. Their snippets are
// connected when all chapters are read.
func (a *assigner) takePredictions(d *document) {
	for _, m := range d.predictions {
		set := settingsOf(m.directives, abovePrediction, "a list", a.report)
		at, ok := set.at["predict"]
		if !ok || set.predict == "" {
			continue // its value is missing, which is reported
		}
		p := &Prediction{Pos: at, Chapter: a.chapter, Question: m.question, id: set.predict}
		for i, text := range m.choices {
			c := Choice{Pos: set.at[strconv.Itoa(i+1)], Text: text}
			if condition, ok := set.conditions[i+1]; ok {
				c.When = a.conditions(condition, c.Pos)
			} else if !set.has(strconv.Itoa(i + 1)) {
				a.report.problems.add(at, "choice %d has no condition: write %d=\"the line of the output that makes it right\"", i+1, i+1)
			}
			if i < len(m.notes) {
				c.Note = m.notes[i]
			}
			p.Choices = append(p.Choices, c)
		}
		for n := range set.conditions {
			if n > len(m.choices) {
				a.report.problems.add(set.at[strconv.Itoa(n)], "there is no choice %d: the list at line %d has %d", n, m.line+1, len(m.choices))
			}
		}
		if m.notes != nil && len(m.notes) != len(m.choices) {
			a.report.problem(m.notesLine, 0, "notes: %d, choices: %d: write a note for each choice, in the same order", len(m.notes), len(m.choices))
		}
		if len(m.choices) < 2 {
			a.report.problem(m.line, m.col, "a prediction with one choice: write two or more")
		}
		a.chapter.Predictions = append(a.chapter.Predictions, p)
	}
}

// conditions splits what makes a choice right into patterns.
func (a *assigner) conditions(text string, at Pos) []string {
	var patterns []string
	for line := range strings.SplitSeq(text, " && ") {
		if _, err := match.Compile(line+"\n", match.Contains); err != nil {
			a.report.problems.add(at, "%q: %v", line, err)
		}
		patterns = append(patterns, line)
	}
	return patterns
}

// connectPrediction finds the snippet that decides a prediction.
func (l *loader) connectPrediction(p *Prediction) {
	var ids []string
	for _, c := range l.book.Chapters {
		for _, s := range c.Snippets {
			if s.ID == p.id {
				p.Snippet = s
			}
			ids = append(ids, s.ID)
		}
	}
	if p.Snippet == nil {
		l.problems.add(p.Pos, "predict=%s: there is no such snippet: %s", p.id, suggest(p.id, ids))
	}
}

// takeExercises finds the programs of the exercises of a chapter.
func (a *assigner) takeExercises(d *document) {
	for _, m := range d.exercises {
		set := settingsOf(m.directives, aboveExercise, "a heading", a.report)
		at := set.at["exercise"]
		if set.exercise == "" {
			continue // its value is missing, which is reported
		}
		name, ok := strings.CutPrefix(set.exercise, a.chapter.Slug+"/")
		switch {
		case !ok || !isName(name):
			a.report.problems.add(at, "exercise=%s: write exercise=%s/NAME, with up to %d lower-case letters, digits, _ and -", set.exercise, a.chapter.Slug, maxName)
			continue
		case a.root == "":
			a.report.problems.add(at, "exercise=%s: only a book with %s has exercises, for they need folders of their own", set.exercise, configFile)
			continue
		}
		dir := path.Join(a.root, set.exercise)
		ex := &Exercise{Pos: at, ID: set.exercise, Chapter: a.chapter, Name: name, Title: m.title}
		if used, exists := a.deeper[dir]; exists && used {
			a.report.problems.add(at, "exercise=%s is above another heading already: one of them needs a name of its own", set.exercise)
			continue
		}
		a.deeper[dir] = true
		ex.Starter = a.exerciseProgram(ex, dir, "starter", &set)
		ex.Solution = a.exerciseProgram(ex, dir, "solution", &set)
		if ex.Starter == nil || ex.Solution == nil {
			continue
		}
		m.describe(ex, d.src)
		a.exercises[m] = ex
		a.chapter.Exercises = append(a.chapter.Exercises, ex)
	}
}

// exerciseProgram is the starter or the solution, or nil where there is none.
func (a *assigner) exerciseProgram(ex *Exercise, dir, role string, set *settings) *Snippet {
	main := path.Join(dir, role, "main.go")
	if _, err := fs.Stat(a.fsys, main); err != nil {
		a.report.problems.add(ex.Pos, "exercise=%s: there is no %s: write the program there", ex.ID, main)
		return nil
	}
	s := a.program(a.chapter, main)
	s.Name, s.ID, s.Show = ex.Name+"/"+role, ex.ID+"/"+role, ex.Pos
	s.Title = ex.Title
	s.take(set, a.report)
	return s
}

// describe takes the texts of an exercise out of its section.
func (m *exerciseMark) describe(ex *Exercise, src *source) {
	at := m.line + 1
	var text []string
	solved := false // what stands below the solution does not belong to the task
	for _, f := range m.folded {
		text = append(text, src.markdown(at, f.line))
		at = f.end
		inside := src.markdown(f.from, f.to)
		if strings.HasPrefix(strings.ToLower(f.summary), "hint") {
			ex.Hints = append(ex.Hints, inside)
		} else {
			ex.Why = strings.TrimPrefix(ex.Why+"\n\n"+inside, "\n\n")
			solved = true
		}
	}
	if !solved {
		text = append(text, src.markdown(at, m.end))
	}
	text = slices.DeleteFunc(text, func(s string) bool { return s == "" })
	ex.Text = strings.Trim(strings.Join(text, "\n\n"), "\n")
}

// finishExercises gives the starters the expectations of their solutions.
func (a *assigner) finishExercises() {
	for _, ex := range a.chapter.Exercises {
		s, from := ex.Starter, ex.Solution
		s.Output, s.Stderr, s.Error, s.Evidence = from.Output, from.Stderr, from.Error, from.Evidence
		if cmp.Or(s.Output, s.Stderr, s.Error, s.Evidence) == nil {
			a.report.problems.add(ex.Pos, "exercise=%s expects nothing: put an output fence with what the solved program prints into its section", ex.ID)
		}
	}
}

// unasked warns of exercise folders that no chapter has.
func (l *loader) unasked() {
	var dirs []string
	for dir, used := range l.deeper {
		if !used {
			dirs = append(dirs, dir)
		}
	}
	slices.Sort(dirs)
	for _, dir := range dirs {
		id := strings.TrimPrefix(dir, l.root+"/")
		l.warnings.add(Pos{File: dir}, "no chapter has this exercise: put <!-- workbook: exercise=%s --> above a heading, or remove the folder", id)
	}
}
