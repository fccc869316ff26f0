package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example/workbook/internal/book"
	"example/workbook/internal/progress"
	"example/workbook/internal/terminal"
	"example/workbook/runner"
)

func newExercise(env *Env, dir *string) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "exercise",
		Short: "list the exercises, start one, check it, take a hint",
		Long: `Exercise lists the exercises of the book and how far you are with each.

Start puts a program into a folder of yours, which you complete. Check runs it
and compares what it prints with what the chapter asks for. Without a name,
check, hint and solution mean the exercise that you worked on last.`,
		Example: `  workbook exercise
  workbook exercise start socket/second_client
  workbook exercise check --watch
  workbook exercise hint`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
				return fmt.Errorf("unknown command %q: did you mean %q?", "exercise "+args[0], "exercise "+near[0])
			}
			return fmt.Errorf("unknown command %q: write start, check, hint or solution before the name", "exercise "+args[0])
		},
		SuggestionsMinimumDistance: 2,
		RunE: func(*cobra.Command, []string) error {
			l, err := newLearner(env, *dir)
			if err != nil {
				return err
			}
			l.listExercises()
			return nil
		},
	}
	cmd.AddCommand(newStart(env, dir), newCheck(env, dir), newHint(env, dir), newSolution(env, dir))
	return cmd
}

// completeExercises offers the names of the exercises to the shell.
func completeExercises(env *Env, dir *string) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		src, err := openSource(env, *dir, nil)
		if err != nil || len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var names []cobra.Completion
		for _, ex := range exercises(src.book) {
			names = append(names, cobra.CompletionWithDesc(ex.ID, ex.Title))
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// listExercises shows all exercises with their state.
func (l *learner) listExercises() {
	p := l.progress()
	all := exercises(l.src.book)
	if len(all) == 0 {
		fmt.Fprintln(l.out, "This book has no exercises.")
		return
	}
	width, solved := 0, 0
	for _, ex := range all {
		width = max(width, len(ex.ID))
	}
	var next *book.Exercise
	for _, c := range l.src.book.Chapters {
		if len(c.Exercises) == 0 {
			continue
		}
		fmt.Fprintln(l.out, l.out.paint(bold, fmt.Sprintf("%s  %s", chapterName(c), c.Title)))
		for _, ex := range c.Exercises {
			e := p.Exercises[ex.ID]
			mark := " "
			if e.IsSolved() {
				mark = l.out.paint(green, "x")
				solved++
			} else if next == nil {
				next = ex
			}
			line := fmt.Sprintf("%-*s  %s", width, ex.ID, ex.Title)
			fmt.Fprintf(l.out, "  [%s] %s%s\n", mark, line, l.out.paint(dim, stateOf(ex, e)))
		}
		fmt.Fprintln(l.out)
	}
	fmt.Fprintf(l.out, "%d of %s solved.", solved, count(len(all), "exercise"))
	switch {
	case next == nil:
		fmt.Fprintln(l.out)
	case p.Exercises[next.ID].Started.IsZero():
		fmt.Fprintf(l.out, " Next: workbook exercise start %s\n", next.ID)
	default:
		fmt.Fprintf(l.out, " Next: workbook exercise check %s --watch\n", next.ID)
	}
}

// stateOf says how far the reader is, in a few words behind the title.
func stateOf(ex *book.Exercise, e progress.Exercise) string {
	var words []string
	switch {
	case e.IsSolved():
		words = append(words, "solved")
	case !e.Started.IsZero():
		words = append(words, "begun in "+shortPath(e.Folder))
	}
	if e.Hints > 0 {
		words = append(words, fmt.Sprintf("%d of %s", min(e.Hints, len(ex.Hints)), count(len(ex.Hints), "hint")))
	}
	if e.GaveUp {
		words = append(words, "solution seen before")
	}
	if words == nil {
		return ""
	}
	return " (" + strings.Join(words, "; ") + ")"
}

// shortPath is a path as seen from the current folder, where it lies below it.
func shortPath(name string) string {
	here, err := os.Getwd()
	if err != nil {
		return name
	}
	if rel, err := filepath.Rel(here, name); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return name
}

// exercise is the one with a name, or without a name the one that the reader
// worked on last.
func (l *learner) exercise(args []string) (*book.Exercise, error) {
	if len(args) > 0 {
		return findExercise(l.src.book, args[0])
	}
	last := l.progress().Exercise
	if last == "" {
		return nil, errors.New("which exercise? 'workbook exercise' lists them")
	}
	return findExercise(l.src.book, last)
}

func newStart(env *Env, dir *string) *cobra.Command {
	var folder string
	var reset bool
	cmd := &cobra.Command{
		Use:   "start NAME",
		Short: "put the beginning of an exercise into a folder of yours",
		Long: `Start puts the program that an exercise begins with into exercises/CHAPTER/NAME
below the current folder, or into the folder that --dir names. Beside it goes
what Go and your editor need to understand it.

A program that is there already is never overwritten. With --reset it is kept
under a new name, main.go.1 for example, and you begin anew.`,
		Example: `  workbook exercise start socket/second_client
  workbook exercise start second_client --dir /tmp/try
  workbook exercise start socket/second_client --reset`,
		Args:              oneExercise,
		ValidArgsFunction: completeExercises(env, dir),
		RunE: func(_ *cobra.Command, args []string) error {
			l, err := newLearner(env, *dir)
			if err != nil {
				return err
			}
			ex, err := findExercise(l.src.book, args[0])
			if err != nil {
				return err
			}
			return l.start(ex, folder, reset)
		},
	}
	cmd.Flags().StringVarP(&folder, "dir", "d", "", "folder for the program (default exercises/CHAPTER/NAME)")
	cmd.Flags().BoolVar(&reset, "reset", false, "begin anew; the program that is there is kept under another name")
	return cmd
}

func oneExercise(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return errors.New("name one exercise: 'workbook exercise' lists them")
	}
	return nil
}

const (
	exercisesDir = "exercises" // below the reader's current folder
	mainFile     = "main.go"
)

// start puts the starter of ex into the reader's folder.
func (l *learner) start(ex *book.Exercise, folder string, reset bool) error {
	module := folder
	if folder == "" {
		module = exercisesDir
		folder = filepath.Join(exercisesDir, filepath.FromSlash(ex.ID))
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return &exitError{exitEnvironment, err}
	}
	file := filepath.Join(folder, mainFile)
	said, err := putStarter(file, ex.Starter.Source, reset)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already, and stays as it is: go on with it, or keep it under another name and begin anew:\n  workbook exercise start %s --reset", file, ex.ID)
	} else if err != nil {
		return &exitError{exitEnvironment, err}
	}
	if err := l.putModule(module); err != nil {
		return &exitError{exitEnvironment, err}
	}
	abs, err := filepath.Abs(folder)
	if err != nil {
		return &exitError{exitEnvironment, err}
	}
	l.note(func(p *progress.Progress) {
		e := p.Exercises[ex.ID]
		e.Folder, e.Started = abs, time.Now().UTC().Truncate(time.Second)
		p.SetExercise(ex.ID, e)
	})
	if said != "" {
		fmt.Fprintln(l.out, said)
	}
	l.task(ex)
	fmt.Fprintf(l.out, "Your program: %s\nChange it, and check it at each save:\n  workbook exercise check %s --watch\n", file, ex.ID)
	if len(ex.Hints) > 0 {
		fmt.Fprintf(l.out, "If you are stuck (%s):\n  workbook exercise hint %s\n", count(len(ex.Hints), "hint"), ex.ID)
	}
	return nil
}

// task shows what an exercise asks for.
func (l *learner) task(ex *book.Exercise) {
	fmt.Fprintf(l.out, "%s\n\n", l.out.paint(bold, ex.Title))
	for _, b := range terminal.Parse([]byte(ex.Text)).Blocks() {
		if words := promised(b); words != "" {
			fmt.Fprintln(l.out, words)
		}
		if text := b.Render(l.out.style()); text != "" {
			fmt.Fprintln(l.out, text)
		}
	}
}

// promised introduces a fence that says what a solved program does.
func promised(b terminal.Block) string {
	if b.Kind != terminal.Fence {
		return ""
	}
	switch b.Text {
	case "output":
		return "What it must print:"
	case "stderr":
		return "What it must write to standard error:"
	case "error":
		return "How it must fail:"
	case "evidence":
		return "What the kernel must have done:"
	}
	return ""
}

// putStarter writes a starter into a new file. With reset, what was there is
// kept in a copy with a number, which the answer names.
func putStarter(file string, source []byte, reset bool) (said string, err error) {
	old, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return "", err
	case bytes.Equal(old, source):
		return "", nil
	case !reset:
		return "", fs.ErrExist
	default:
		backup, err := progress.Backup(file, old)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("What was in %s is kept in %s.\n", file, backup), book.WriteFile(file, source)
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return "", err
	}
	_, err = f.Write(source)
	return "", errors.Join(err, f.Close())
}

// putModule makes dir a Go module in which the reader's programs build: with
// the go.mod of the book's module and the package that snippets share. What is
// there already stays.
func (l *learner) putModule(dir string) error {
	if exists(filepath.Join(dir, "go.mod")) {
		return nil
	}
	r := &runner.Runner{Module: l.src.env.Embedded}
	if l.src.mod != "" {
		r.Module = os.DirFS(l.src.mod)
	}
	if _, err := fs.Stat(r.Module, "go.mod"); err != nil {
		r.Module = nil
	}
	temp, err := os.MkdirTemp(dir, ".module-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	made := filepath.Join(temp, "module")
	if err := r.WriteModule(made); err != nil {
		return err
	}
	// go.mod comes last: without it, the next start makes the rest anew.
	parts := []string{"snippets", "runner", "go.sum", "go.mod"}
	if l.src.mod != "" && !exists(filepath.Join(l.src.mod, "runner", "record")) {
		parts = slices.DeleteFunc(parts, func(name string) bool { return name == "runner" }) // another book's module
	}
	for _, name := range parts {
		err := os.Rename(filepath.Join(made, name), filepath.Join(dir, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}

// file is the reader's program for ex: in the folder given, in the default one,
// or where it was started.
func (l *learner) file(ex *book.Exercise, folder string) (string, error) {
	tried := []string{folder}
	if folder == "" {
		tried = []string{filepath.Join(exercisesDir, filepath.FromSlash(ex.ID))}
		if started := l.progress().Exercises[ex.ID].Folder; started != "" {
			tried = append(tried, started)
		}
	}
	for _, dir := range tried {
		if file := filepath.Join(dir, mainFile); exists(file) {
			return shortPath(file), nil
		}
	}
	return "", fmt.Errorf("there is no %s: begin with: workbook exercise start %s", filepath.Join(tried[0], mainFile), ex.ID)
}

func newCheck(env *Env, dir *string) *cobra.Command {
	var folder string
	var watch bool
	opt := runOptions{jobs: 1, repeat: 1}
	cmd := &cobra.Command{
		Use:   "check [NAME]",
		Short: "run your program and compare it with what the exercise asks for",
		Long: `Check runs your program for an exercise and compares what it prints with what the
chapter asks for. With --watch it does so again each time you save, until the
program passes or you press ^C.

The exit status is 0 when the program passes, 1 when it does not, 2 when it was
not started yet, 3 when the machine is at fault.`,
		Example: `  workbook exercise check socket/second_client
  workbook exercise check --watch`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeExercises(env, dir),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := newLearner(env, *dir)
			if err != nil {
				return err
			}
			ex, err := l.exercise(args)
			if err != nil {
				return err
			}
			file, err := l.file(ex, folder)
			if err != nil {
				return err
			}
			c, err := newChecker(cmd.Context(), l, ex, file, opt)
			if err != nil {
				return err
			}
			if watch {
				return c.watch(cmd.Context())
			}
			passed, err := c.check(cmd.Context())
			if err == nil && !passed {
				err = &exitError{status: exitFailed}
			}
			return err
		},
	}
	f := cmd.Flags()
	f.StringVarP(&folder, "dir", "d", "", "folder of your program (default: where it was started)")
	f.BoolVarP(&watch, "watch", "w", false, "check again at each save")
	f.StringVar(&opt.engine, "engine", "auto", "engine that executes it: auto, yaegi, go or both")
	opt.flags(cmd)
	_ = cmd.RegisterFlagCompletionFunc("engine", cobra.FixedCompletions(engineNames, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// checker checks one program of the reader's.
type checker struct {
	*learner
	ex     *book.Exercise
	file   string
	opt    runOptions
	runner *executor
}

func newChecker(ctx context.Context, l *learner, ex *book.Exercise, file string, opt runOptions) (*checker, error) {
	if err := opt.check(); err != nil {
		return nil, err
	}
	r, err := opt.confined(ctx, l.src)
	if err != nil {
		return nil, err
	}
	run, err := newExecutor(l.src, r, opt)
	if err != nil {
		return nil, err
	}
	return &checker{learner: l, ex: ex, file: file, opt: opt, runner: run}, nil
}

// attempt is the reader's program as a snippet that has to do what the solution
// does.
func (c *checker) attempt() (*book.Snippet, error) {
	b, err := book.LoadFiles(hereFS{}, filepath.ToSlash(c.file))
	if err != nil {
		return nil, err
	}
	s := *c.ex.Solution
	own := b.Chapters[0].Snippets[0]
	s.ID, s.Title = c.ex.ID, c.ex.Title
	s.File, s.Pos, s.Source, s.Indent = own.File, own.Pos, own.Source, own.Indent
	return &s, nil
}

// check runs the reader's program once and says how it went.
func (c *checker) check(ctx context.Context) (passed bool, err error) {
	o, err := c.try(ctx)
	if err != nil {
		return false, err
	}
	return c.tell(o)
}

// try runs the reader's program. The outcome is nil when it is no text that can
// be run, which the reader is told.
func (c *checker) try(ctx context.Context) (*outcome, error) {
	s, err := c.attempt()
	var problems book.Problems
	if errors.As(err, &problems) {
		fmt.Fprintln(c.out, problems)
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	c.out.progress("running " + c.file)
	o := c.runner.one(ctx, s)
	c.out.wipe()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return o, nil
}

// tell says how a run went.
func (c *checker) tell(o *outcome) (passed bool, err error) {
	if o == nil {
		return false, nil
	}
	rep := newTextReporter(c.src.env, c.src, c.opt, []*book.Snippet{o.snippet})
	rep.line(o)
	switch o.verdict {
	case runner.Pass:
		c.solved()
		return true, nil
	case runner.Skip:
		return false, &exitError{exitEnvironment, fmt.Errorf("this machine cannot check %s: %s", c.ex.ID, o.reason)}
	case runner.Error:
		return false, &exitError{exitEnvironment, errors.New(o.reason)}
	}
	if o.reason != "" && !mismatched(o) {
		rep.indented(visible(o.reason))
	}
	for _, res := range o.results {
		res.Left = nil // which is not what is asked for
		rep.failure(o, res)
	}
	c.note(func(p *progress.Progress) { p.SetExercise(c.ex.ID, p.Exercises[c.ex.ID]) }) // the one worked on last
	c.offer()
	return false, nil
}

// solved notes the success and says what comes next.
func (c *checker) solved() {
	var e progress.Exercise
	c.note(func(p *progress.Progress) {
		e = p.Exercises[c.ex.ID]
		if !e.IsSolved() {
			e.Solved = time.Now().UTC().Truncate(time.Second)
		}
		p.SetExercise(c.ex.ID, e)
	})
	fmt.Fprintf(c.out, "%s %s does what the chapter asks for.\n", c.out.paint(green, "Solved:"), c.file)
	fmt.Fprintf(c.out, "  to compare it with ours: workbook exercise solution %s\n", c.ex.ID)
	p := c.progress()
	for _, ex := range exercises(c.src.book) {
		if !p.Exercises[ex.ID].IsSolved() && ex != c.ex && ex.Chapter.Number >= c.ex.Chapter.Number {
			fmt.Fprintf(c.out, "  the next one:            workbook exercise start %s\n", ex.ID)
			return
		}
	}
}

// offer names the next hint, while there is one.
func (c *checker) offer() {
	taken := c.progress().Exercises[c.ex.ID].Hints
	switch left := len(c.ex.Hints) - taken; {
	case left > 0:
		fmt.Fprintf(c.out, "  stuck? hint %d of %d: workbook exercise hint %s\n", taken+1, len(c.ex.Hints), c.ex.ID)
	default:
		fmt.Fprintf(c.out, "  stuck? workbook exercise solution %s --give-up\n", c.ex.ID)
	}
}

func newHint(env *Env, dir *string) *cobra.Command {
	return &cobra.Command{
		Use:               "hint [NAME]",
		Short:             "show the next hint",
		Long:              `Hint shows the next hint for an exercise. How many you have taken is kept.`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeExercises(env, dir),
		RunE: func(_ *cobra.Command, args []string) error {
			l, err := newLearner(env, *dir)
			if err != nil {
				return err
			}
			ex, err := l.exercise(args)
			if err != nil {
				return err
			}
			l.hint(ex)
			return nil
		},
	}
}

// hint shows the next hint on ex, or the last one again.
func (l *learner) hint(ex *book.Exercise) {
	if len(ex.Hints) == 0 {
		fmt.Fprintf(l.out, "%s has no hints.\n", ex.ID)
		return
	}
	taken := l.progress().Exercises[ex.ID].Hints
	if taken >= len(ex.Hints) {
		taken = len(ex.Hints) - 1
		fmt.Fprintln(l.out, "That was the last hint. Once more:")
	}
	l.note(func(p *progress.Progress) {
		e := p.Exercises[ex.ID]
		e.Hints = max(e.Hints, taken+1)
		p.SetExercise(ex.ID, e)
	})
	fmt.Fprintln(l.out, l.out.paint(bold, fmt.Sprintf("Hint %d of %d", taken+1, len(ex.Hints))))
	fmt.Fprintln(l.out)
	l.markdown(ex.Hints[taken])
}

func newSolution(env *Env, dir *string) *cobra.Command {
	var giveUp bool
	cmd := &cobra.Command{
		Use:   "solution [NAME]",
		Short: "show a solution",
		Long: `Solution shows the solution of an exercise that you have solved. Before that it
asks whether you mean it; where nobody can be asked, --give-up is the answer.`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeExercises(env, dir),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := newLearner(env, *dir)
			if err != nil {
				return err
			}
			ex, err := l.exercise(args)
			if err != nil {
				return err
			}
			return l.solution(cmd.Context(), ex, giveUp)
		},
	}
	cmd.Flags().BoolVar(&giveUp, "give-up", false, "show it although the exercise is not solved")
	return cmd
}

// solution shows the solution of ex once the reader has earned it, or insists.
func (l *learner) solution(ctx context.Context, ex *book.Exercise, giveUp bool) error {
	if !l.progress().Exercises[ex.ID].IsSolved() {
		if !giveUp && l.keys.terminal() {
			answer, err := l.ask(ctx, fmt.Sprintf("%s is not solved yet. Show its solution all the same? (y/N)", ex.ID))
			if err != nil {
				return err
			}
			giveUp = answer == "y"
		}
		if !giveUp {
			return &exitError{exitFailed, fmt.Errorf("%s is not solved yet: check it with 'workbook exercise check %s', or add --give-up", ex.ID, ex.ID)}
		}
		l.note(func(p *progress.Progress) {
			e := p.Exercises[ex.ID]
			e.GaveUp = true
			p.SetExercise(ex.ID, e)
		})
	}
	fmt.Fprintln(l.out, l.out.paint(dim, "// "+ex.Solution.File))
	for line := range lines(string(ex.Solution.Source)) {
		if !strings.HasPrefix(strings.TrimSpace(line), "// --8<--") {
			fmt.Fprintln(l.out, visible(line))
		}
	}
	for _, b := range terminal.Parse([]byte(ex.Why)).Blocks() {
		if text := b.Render(l.out.style()); b.Kind != terminal.Fence && text != "" {
			fmt.Fprint(l.out, "\n", text)
		}
	}
	return nil
}
