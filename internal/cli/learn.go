package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"example/workbook/internal/book"
	"example/workbook/internal/evidence/picture"
	"example/workbook/internal/progress"
	"example/workbook/internal/terminal"
	"example/workbook/runner"
)

func newLearn(env *Env, dir *string) *cobra.Command {
	opt := runOptions{jobs: 1, repeat: 1}
	cmd := &cobra.Command{
		Use:   "learn [CHAPTER]",
		Short: "read the book here, predict, and run its programs",
		Long: `Learn goes through a chapter in the terminal: you read, predict what a program
will do, see it run, and learn which answer the run bears out. Without a chapter
it goes on where you stopped.

Enter goes on, a number answers, s skips a question, b goes back, q stops; after
a run, t shows what its threads did, as the kernel saw it. What you have read and
predicted is kept: 'workbook progress' shows it.`,
		Example: `  workbook learn
  workbook learn chapter3`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeChapters(env, dir),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := newLearner(env, *dir)
			if err != nil {
				return err
			}
			var c *book.Chapter
			section := ""
			if len(args) > 0 {
				if c, err = findChapter(l.src.book, args[0]); err != nil {
					return err
				}
			} else {
				c, section = l.place()
			}
			return l.learn(cmd.Context(), c, section, opt)
		},
	}
	cmd.Flags().StringVar(&opt.engine, "engine", "auto", "engine that executes the programs: auto, yaegi or go")
	opt.flags(cmd)
	_ = cmd.RegisterFlagCompletionFunc("engine", cobra.FixedCompletions([]string{"auto", "yaegi", "go"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// completeChapters offers the names of the chapters to the shell.
func completeChapters(env *Env, dir *string) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		src, err := openSource(env, *dir, nil)
		if err != nil || len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var names []cobra.Completion
		for _, c := range lessons(src.book) {
			names = append(names, cobra.CompletionWithDesc(chapterName(c), c.Title), cobra.CompletionWithDesc(c.Slug, c.Title))
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// lessons are the chapters to read in order: those with a number, or all of a
// book without numbers.
func lessons(b *book.Book) []*book.Chapter {
	var numbered []*book.Chapter
	for _, c := range b.Chapters {
		if c.Number >= 0 {
			numbered = append(numbered, c)
		}
	}
	if numbered == nil {
		return b.Chapters
	}
	return numbered
}

// place is where the reader stopped: at first the beginning of the book. The
// chapter is nil when there is none.
func (l *learner) place() (c *book.Chapter, section string) {
	all := lessons(l.src.book)
	if len(all) == 0 {
		return nil, ""
	}
	at := l.progress().Place
	for _, c := range all {
		if c.Slug == at.Chapter {
			return c, at.Section
		}
	}
	return all[0], ""
}

// lesson is a chapter being read.
type lesson struct {
	*learner
	ctx     context.Context
	chapter *book.Chapter
	pages   []page
	opt     runOptions
	runner  *executor

	outcomes map[*book.Snippet]*outcome // of this session
	asked    map[*book.Prediction]bool
	choices  map[*book.Prediction]int // index of the answer
	shown    int                      // lines since the last stop
}

// learn reads chapter c from a section on, and the ones after it.
func (l *learner) learn(ctx context.Context, c *book.Chapter, section string, opt runOptions) error {
	if c == nil {
		return fmt.Errorf("%s: this book has no chapter to read", l.src.book.Title)
	}
	if err := opt.check(); err != nil {
		return err
	}
	if opt.engine == "both" {
		return errors.New("engine both: learn runs each program once: auto, yaegi or go")
	}
	r := &runner.Runner{}
	if err := opt.apply(r); err != nil {
		return err
	}
	if opt.engine != "go" {
		r.Warm() // while the reader reads
		defer r.Close()
	}
	if err := opt.admit(ctx, l.src.env, l.src, r); err != nil {
		return err
	}
	ex, err := newExecutor(l.src, r, opt)
	if err != nil {
		return err
	}
	for c != nil {
		s := &lesson{
			learner: l, ctx: ctx, chapter: c, pages: pages(c), opt: opt, runner: ex,
			outcomes: map[*book.Snippet]*outcome{}, choices: map[*book.Prediction]int{}, asked: map[*book.Prediction]bool{},
		}
		finished, err := s.read(section)
		if err != nil || !finished {
			return err
		}
		c, section = l.next(c), ""
		if c == nil {
			fmt.Fprintln(l.out, "That was the last chapter. What is left: workbook progress")
			return nil
		}
		l.note(func(p *progress.Progress) { p.Place = progress.Place{Chapter: c.Slug} })
		answer, err := l.ask(ctx, fmt.Sprintf("That was the chapter. Next: %s. [Enter: go on, q: stop]", c.Title))
		if err != nil || answer == keyQuit {
			return err
		}
		fmt.Fprintln(l.out)
	}
	return nil
}

// next is the chapter after c, nil after the last.
func (l *learner) next(c *book.Chapter) *book.Chapter {
	all := lessons(l.src.book)
	for i := range all {
		if all[i] == c && i+1 < len(all) {
			return all[i+1]
		}
	}
	return nil
}

// read goes through the pages. It returns true behind the last one.
func (s *lesson) read(section string) (finished bool, err error) {
	at := 0
	for i := range s.pages {
		if section != "" && s.pages[i].section == section {
			at = i
			break
		}
	}
	for at < len(s.pages) {
		p := &s.pages[at]
		s.note(func(saved *progress.Progress) {
			saved.Place = progress.Place{Chapter: s.chapter.Slug, Section: p.section}
		})
		answer, err := s.show(p)
		if answer == keyEnter && err == nil {
			answer, err = s.stop(p)
		}
		switch {
		case err != nil:
			return false, err
		case s.ctx.Err() != nil:
			return false, context.Cause(s.ctx)
		case answer == keyQuit:
			s.farewell(p)
			return false, nil
		case answer == keyBack:
			at = max(at-1, 0)
			fmt.Fprintln(s.out)
			continue
		}
		if p.last {
			s.note(func(saved *progress.Progress) { saved.HasRead(s.chapter.Slug, p.section) })
		}
		at++
	}
	return true, nil
}

func (s *lesson) farewell(p *page) {
	fmt.Fprintf(s.out, "Stopped in %s, %q. To go on: workbook learn\n", chapterName(s.chapter), p.section)
}

// show shows a page. Where that takes more than a screen, it stops between; the
// answer is then what the reader wants, otherwise keyEnter.
func (s *lesson) show(p *page) (answer string, err error) {
	s.shown = 0
	for _, part := range p.parts {
		switch {
		case part.run != nil:
			s.run(part.run)
		case part.exercise != nil:
			s.begin(part.exercise)
		case part.evidence != nil:
			s.print("The kernel says:\n" + indent(part.evidence.Text))
		case part.text != "":
			s.print(part.text + "\n")
		default:
			text := part.block.Render(s.out.style())
			if text == "" {
				continue
			}
			if s.full(text) {
				if answer, err = s.ask(s.ctx, "[Enter: more, b: back, q: stop]"); answer != keyEnter || err != nil {
					return answer, err
				}
				s.shown = 0
			}
			s.print(text)
		}
		if s.ctx.Err() != nil {
			return keyQuit, context.Cause(s.ctx)
		}
	}
	return keyEnter, nil
}

// print prints lines and an empty one.
func (s *lesson) print(text string) {
	fmt.Fprintln(s.out, text)
	s.shown += strings.Count(text, "\n") + 1
}

// full tells whether text would push what the reader has not read off a terminal.
func (s *lesson) full(text string) bool {
	if !s.keys.terminal() || s.shown == 0 {
		return false
	}
	f, ok := underlying(s.src.env.Stdout).(*os.File)
	if !ok {
		return false
	}
	_, height, err := term.GetSize(int(f.Fd()))
	return err == nil && s.shown+strings.Count(text, "\n")+2 > height
}

// stop asks what the page ends with until the answer means something.
func (s *lesson) stop(p *page) (string, error) {
	for {
		question := "[Enter: go on, b: back, q: stop]"
		seen := s.trace(p)
		if seen != nil {
			question = "[Enter: go on, t: what the kernel saw, b: back, q: stop]"
		}
		switch p.stop {
		case stopRun:
			question = fmt.Sprintf("[Enter: run %s, b: back, q: stop]", p.run.ID)
		case stopAsk:
			s.choicesOf(p.ask)
			question = fmt.Sprintf("Your prediction? [1-%d, s: skip, b: back, q: stop]", len(p.ask.Choices))
		}
		answer, err := s.ask(s.ctx, question)
		if err != nil || answer == keyBack || answer == keyQuit {
			return answer, err
		}
		if p.stop == stopAsk && s.takes(p.ask, answer) {
			return keyEnter, nil
		}
		switch {
		case answer == keyEnter && p.stop == stopAsk:
			fmt.Fprintln(s.out, "Choose one first: a wrong prediction is what you remember.")
			continue
		case answer == keyEnter:
			return answer, nil
		case answer == "t" && seen != nil:
			fmt.Fprintln(s.out, seen.Text(picture.TextOptions{Width: s.out.style().Width, Color: s.out.color}))
			continue
		}
		fmt.Fprintf(s.out, "%q means nothing here.\n", visible(answer))
	}
}

// trace is the picture of the run that a page begins with, nil where nothing was
// recorded.
func (s *lesson) trace(p *page) *picture.Figure {
	if len(p.parts) == 0 || p.parts[0].run == nil {
		return nil
	}
	snippet := p.parts[0].run
	o := s.outcomes[snippet]
	if o == nil || len(o.results) == 0 || snippet.Figure == "none" {
		return nil
	}
	run := o.results[len(o.results)-1].Run
	if run == nil || run.Evidence == nil || len(run.Evidence.Calls) == 0 {
		return nil
	}
	kind, _ := picture.ParseKind(snippet.Figure)
	return &picture.Figure{Trace: run.Evidence, Kind: kind, Title: snippet.Title, ID: snippet.ID}
}

// takes takes an answer to a prediction, which may be none. Where the snippet
// has run already the result comes at once.
func (s *lesson) takes(p *book.Prediction, answer string) bool {
	n, err := strconv.Atoi(answer)
	switch {
	case answer == "s":
		delete(s.choices, p)
	case err != nil || n < 1 || n > len(p.Choices):
		return false
	default:
		s.choices[p] = n - 1
		fmt.Fprintf(s.out, "You predict %d.\n\n", n)
	}
	s.asked[p] = true
	if o := s.outcomes[p.Snippet]; o != nil {
		s.resolve(p, printed(o))
	}
	return true
}

func (s *lesson) choicesOf(p *book.Prediction) {
	var b strings.Builder
	for i, c := range p.Choices {
		fmt.Fprintf(&b, "%d. %s\n", i+1, strings.ReplaceAll(c.Text, "\n", "\n   "))
	}
	fmt.Fprintln(s.out, terminal.Render(b.String(), s.out.style()))
}

// run shows a run of a snippet and what it says about the reader's predictions.
// A second time it shows the same run again.
func (s *lesson) run(snippet *book.Snippet) {
	o := s.outcomes[snippet]
	if o == nil {
		s.out.progress("running " + snippet.ID)
		o = s.runner.one(s.ctx, snippet)
		s.out.wipe()
		if s.ctx.Err() != nil {
			return
		}
		s.outcomes[snippet] = o
	}
	rep := newTextReporter(s.src.env, s.src, s.opt, []*book.Snippet{snippet})
	rep.opt.output = true // it is shown below
	switch {
	case o.verdict == runner.Skip || len(o.results) == 0:
		fmt.Fprintf(s.out, "%s cannot run here: %s\n", snippet.ID, visible(o.reason))
		if snippet.Output != nil {
			fmt.Fprintln(s.out, "The page says that it prints:")
			s.print(indent(snippet.Output.Text))
		}
	default:
		run := o.results[len(o.results)-1].Run
		for _, c := range run.Output {
			rep.stream(c.Stream, c.Data)
		}
		if text := run.Stdout() + run.Stderr(); text != "" && !strings.HasSuffix(text, "\n") {
			fmt.Fprintln(s.out)
		}
		s.shown += len(run.Output)
		rep.line(o)
		if o.verdict == runner.Fail {
			if o.reason != "" && !mismatched(o) {
				rep.indented(visible(o.reason))
			}
			for _, res := range o.results {
				rep.failure(o, res)
			}
		}
		fmt.Fprintln(s.out)
	}
	var asked []*book.Prediction
	for _, p := range predictionsOf(s.src.book, snippet) {
		if s.asked[p] {
			asked = append(asked, p)
		}
	}
	for _, p := range asked {
		if len(asked) > 1 {
			s.print(terminal.Render(p.Question, s.out.style()))
		}
		s.resolve(p, printed(o))
	}
}

// printed is the output of a run, or of one that could not be, what the page
// says that it would be.
func printed(o *outcome) string {
	if len(o.results) > 0 && o.results[len(o.results)-1].Run != nil && o.verdict != runner.Skip {
		return o.results[len(o.results)-1].Run.Stdout()
	}
	if o.snippet.Output != nil {
		return o.snippet.Output.Text
	}
	return ""
}

// resolve tells which choice an output bears out, what the reader's own would
// have meant, and keeps the result.
func (s *lesson) resolve(p *book.Prediction, output string) {
	right, err := p.Right(output)
	if err != nil {
		fmt.Fprintln(s.out, "This run bears out none of the answers, or more than one of them.")
		return
	}
	choice, predicted := s.choices[p]
	said := func(i int) string { return fmt.Sprintf("%d. %s", i+1, strings.TrimRight(p.Choices[i].Text, "\n")) }
	switch {
	case predicted && choice == right:
		fmt.Fprintln(s.out, s.out.paint(green, "You predicted it:"))
	case predicted:
		fmt.Fprintln(s.out, s.out.paint(yellow, "You predicted:"))
		s.markdown(said(choice))
		s.why(p.Choices[choice].Note)
		fmt.Fprintln(s.out, s.out.paint(green, "The run bears out:"))
	default:
		fmt.Fprintln(s.out, s.out.paint(green, "The run bears out:"))
	}
	s.markdown(said(right))
	s.why(p.Choices[right].Note)
	if predicted {
		key := predictionKey(s.src.book, p)
		s.note(func(saved *progress.Progress) {
			saved.Predict(key, progress.Prediction{Choice: choice + 1, Right: choice == right})
		})
	}
}

// why shows a note on a choice.
func (s *lesson) why(note string) {
	if note != "" {
		st := s.out.style()
		st.Width = cmp.Or(st.Width, 80) - 3
		fmt.Fprint(s.out, indentBy("   ", terminal.Render(note, st)))
	}
	fmt.Fprintln(s.out)
}

// begin says how to begin an exercise, or that it is solved.
func (s *lesson) begin(ex *book.Exercise) {
	state := s.progress().Exercises[ex.ID]
	switch {
	case state.IsSolved():
		s.print(s.out.paint(green, "You have solved this one.") + "\n")
	case state.Started.IsZero():
		s.print(fmt.Sprintf("To begin: workbook exercise start %s\n", ex.ID))
	default:
		s.print(fmt.Sprintf("You have begun it in %s. To check it: workbook exercise check %s --watch\n", shortPath(state.Folder), ex.ID))
	}
}

func indent(text string) string { return indentBy("    ", visible(text)) }

func indentBy(lead, text string) string {
	var b strings.Builder
	for line := range lines(text) {
		b.WriteString(strings.TrimRight(lead+line, " ") + "\n")
	}
	return b.String()
}
