package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"example/workbook/internal/book"
	"example/workbook/internal/machine"
	"example/workbook/runner"
)

// runOptions are the flags of run.
type runOptions struct {
	engine  string
	jobs    int
	timeout time.Duration
	repeat  int
	json    bool
	output  bool

	noEvidence bool
	confinement
}

func newRun(env *Env, dir *string) *cobra.Command {
	var opt runOptions
	cmd := &cobra.Command{
		Use:   "run [SELECTOR...]",
		Short: "run snippets and check what they print",
		Long: `Run executes snippets, each in a process of its own, and checks their output
against the output fences of the book. Without a selector it runs the whole book.

A selector names what to run:
  chapter3, 3, socket          a chapter by number or by name
  chapters/03-socket.md        a chapter by its file
  socket/accept_loop           one snippet
  socket/second_client         one exercise: its starter must fail, its solution pass
  snippets/socket/accept_loop  one snippet by its folder
  README.md, ../x/notes.md     any Markdown file: its go fences are checked
  hello.go                     any Go program: it is run and its output shown

Engines:
  auto    the interpreter in this program; a snippet that it cannot run rightly
          is compiled where there is a Go toolchain (default)
  yaegi   the interpreter only
  go      the Go toolchain only
  both    each snippet interpreted and compiled; they must agree

The exit status is 0 when every check held, 1 when one did not, 2 when the book
or the arguments are at fault, 3 when the machine is, 130 after an interrupt.`,
		Example: `  workbook run chapter3
  workbook run socket/accept_loop --output
  workbook run --engine both --repeat 20
  workbook run --json | jq -r 'select(.verdict == "fail") | .id'`,
		ValidArgsFunction: completeSelectors(env, dir),
		RunE: func(cmd *cobra.Command, args []string) error {
			return run(cmd.Context(), env, *dir, args, opt)
		},
	}
	f := cmd.Flags()
	f.StringVar(&opt.engine, "engine", "auto", "engine that executes the snippets: auto, yaegi, go or both")
	f.IntVarP(&opt.jobs, "jobs", "j", runtime.NumCPU(), "how many snippets run side by side")
	f.DurationVar(&opt.timeout, "timeout", 0, "time limit of a run whose snippet sets none (default 10s)")
	f.IntVar(&opt.repeat, "repeat", 1, "run each snippet so many times; all must pass")
	f.BoolVar(&opt.json, "json", false, "print one JSON object a line for each snippet")
	f.BoolVar(&opt.noEvidence, "no-evidence", false, "record no system calls, and check no evidence fences")
	f.BoolVarP(&opt.output, "output", "o", false, "show what the snippets printed")
	opt.flags(cmd)
	_ = cmd.RegisterFlagCompletionFunc("engine", cobra.FixedCompletions(engineNames, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

var engineNames = []string{"auto", "yaegi", "go", "both"}

func (o *runOptions) check() error {
	if !slices.Contains(engineNames, o.engine) {
		return fmt.Errorf("engine %q: there are %s", o.engine, strings.Join(engineNames, ", "))
	}
	if o.jobs < 1 {
		return fmt.Errorf("--jobs %d: at least 1", o.jobs)
	}
	if o.repeat < 1 {
		return fmt.Errorf("--repeat %d: at least 1", o.repeat)
	}
	if o.timeout < 0 {
		return fmt.Errorf("--timeout %v: more than 0", o.timeout)
	}
	return nil
}

func run(ctx context.Context, env *Env, dir string, args []string, opt runOptions) error {
	if err := opt.check(); err != nil {
		return err
	}
	var live *textReporter // shows output while it is printed
	r := &runner.Runner{Timeout: opt.timeout, Tee: func(c runner.Chunk) {
		if live != nil {
			live.show(c)
		}
	}}
	if err := opt.apply(r); err != nil {
		return err
	}
	if opt.engine != "go" {
		r.Warm() // while the book is read
		defer r.Close()
	}
	src, err := openSource(env, dir, args)
	if err != nil {
		return err
	}
	snippets, err := src.selected()
	if err != nil {
		return err
	}
	if err := opt.admit(ctx, env, src, r); err != nil {
		return err
	}
	if err := src.checkRecordings(snippets); err != nil {
		return err
	}
	opt.output = opt.output || src.programs()
	ex, err := newExecutor(src, r, opt)
	if err != nil {
		return err
	}
	var rep reporter
	if opt.json {
		rep = &jsonReporter{w: env.Stdout}
	} else {
		text := newTextReporter(env, src, opt, snippets)
		text.gathers = true
		text.isolation = func() string { return isolationLine(r) }
		if text.live = opt.output && len(snippets) == 1 && opt.engine != "both" && opt.repeat == 1; text.live {
			live = text
		}
		rep = text
	}
	for _, w := range src.book.Warnings {
		fmt.Fprintf(env.Stderr, "warning: %v\n", w)
	}
	start := time.Now()
	var sum tally
	for o := range ex.all(ctx, snippets, rep.started) {
		if ctx.Err() != nil {
			break
		}
		sum.add(o)
		rep.finished(o)
	}
	if ctx.Err() != nil {
		rep.end(nil, 0)
		return context.Cause(ctx)
	}
	rep.end(&sum, time.Since(start))
	return sum.err()
}

// tally counts verdicts.
type tally struct {
	pass, fail, skip, broken int
	exercises                int // among them
}

func (t *tally) add(o *outcome) {
	if o.exercise != nil {
		t.exercises++
	}
	switch o.verdict {
	case runner.Pass:
		t.pass++
	case runner.Fail:
		t.fail++
	case runner.Skip:
		t.skip++
	case runner.Error:
		t.broken++
	}
}

func (t *tally) err() error {
	switch {
	case t.fail > 0:
		return &exitError{status: exitFailed}
	case t.broken > 0:
		return &exitError{status: exitEnvironment}
	}
	return nil
}

// executor runs snippets the way the options ask for.
type executor struct {
	src    *source
	opt    runOptions
	runner *runner.Runner
	facts  map[string]machine.Fact // what the snippets of this run need
	mu     sync.Mutex
	goOnce func() bool                // is there a toolchain
	own    func() (*book.Book, error) // in this binary
}

func newExecutor(src *source, r *runner.Runner, opt runOptions) (*executor, error) {
	r.Root, r.Module = src.mod, src.env.Embedded
	if cache, err := os.UserCacheDir(); err == nil {
		r.Prepared = filepath.Join(cache, "workbook", "prepared")
	}
	r.NoEvidence = r.NoEvidence || opt.noEvidence
	ex := &executor{src: src, opt: opt, runner: r, facts: map[string]machine.Fact{}}
	ex.own = sync.OnceValues(func() (*book.Book, error) { return book.Load(src.env.Embedded) })
	ex.goOnce = sync.OnceValue(func() bool { return ex.fact("go").OK })
	if (opt.engine == "go" || opt.engine == "both") && !ex.goOnce() {
		return nil, &exitError{exitEnvironment, fmt.Errorf("engine %s: %s", opt.engine, ex.fact("go").Detail)}
	}
	return ex, nil
}

// outcome is what became of one snippet.
type outcome struct {
	snippet *book.Snippet
	verdict runner.Verdict
	reason  string
	results []runner.Result // one per engine of the run that decided
	took    time.Duration   // of that run
	times   int             // how many times it was run

	exercise  *book.Exercise // that snippet stands for; nil for all others
	forecasts []forecast     // what the run says about the predictions on it
}

// all runs the snippets side by side and yields their outcomes in the order of
// the book.
func (ex *executor) all(ctx context.Context, snippets []*book.Snippet, started func(*book.Snippet)) func(func(*outcome) bool) {
	return func(yield func(*outcome) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var wg sync.WaitGroup
		defer wg.Wait()
		defer cancel()
		done := make([]chan *outcome, len(snippets))
		for i := range done {
			done[i] = make(chan *outcome, 1)
		}
		next := make(chan int)
		wg.Go(func() {
			defer close(next)
			for i := range snippets {
				select {
				case next <- i:
				case <-ctx.Done():
					return
				}
			}
		})
		for range min(ex.opt.jobs, len(snippets)) {
			wg.Go(func() {
				for i := range next {
					started(snippets[i])
					done[i] <- ex.one(ctx, snippets[i])
				}
			})
		}
		for i := range snippets {
			select {
			case o := <-done[i]:
				if !yield(o) {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}
}

// one runs a snippet as often as asked and stops at the first run that fails.
func (ex *executor) one(ctx context.Context, s *book.Snippet) *outcome {
	o := &outcome{snippet: s, exercise: ex.src.tasks[s]}
	if reason := ex.whyNot(s); reason != "" {
		o.verdict, o.reason = runner.Skip, reason
		return o
	}
	for o.times < ex.opt.repeat {
		o.times++
		start := time.Now()
		ex.once(ctx, s, o)
		if ex.predict(s, o); o.exercise != nil && o.verdict == runner.Pass {
			ex.unsolved(ctx, o.exercise, o)
		}
		o.took = time.Since(start)
		if o.verdict != runner.Pass || ctx.Err() != nil {
			break
		}
	}
	return o
}

// whyNot is the reason to skip s, or "".
func (ex *executor) whyNot(s *book.Snippet) string {
	if s.Skip != "" {
		return s.Skip
	}
	if s.Engine == "go" && ex.opt.engine == "yaegi" {
		return "this snippet is for the compiler (engine=go)"
	}
	if s.Engine == "go" && !ex.goOnce() {
		return "needs go: " + ex.fact("go").Detail
	}
	for _, need := range s.Needs {
		if f := ex.fact(need); !f.OK {
			return fmt.Sprintf("needs %s: %s", need, f.Detail)
		}
		if need == processes && !ex.grants(s) {
			return "needs processes: a book may start them only if you allow it: add --limit processes=100, or --trust"
		}
	}
	return ""
}

func (ex *executor) fact(name string) machine.Fact {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	f, ok := ex.facts[name]
	if !ok {
		if f, ok = isolationFact(context.Background(), ex.runner, name); !ok {
			f, _ = machine.Probe(name)
		}
		ex.facts[name] = f
	}
	return f
}

// once runs s with each engine that is asked for and lets the results decide.
func (ex *executor) once(ctx context.Context, s *book.Snippet, o *outcome) {
	o.results = o.results[:0]
	o.verdict, o.reason = runner.Pass, ""
	for _, e := range ex.engines(s) {
		res, err := ex.check(ctx, s, e)
		if err != nil {
			o.verdict, o.reason = runner.Error, err.Error()
			return
		}
		if res.Refused && ex.opt.engine == "auto" {
			if !ex.goOnce() {
				o.verdict, o.reason = runner.Skip, res.Reason+" (no Go toolchain here)"
				o.results = append(o.results, res)
				return
			}
			if res, err = ex.check(ctx, s, runner.Go); err != nil {
				o.verdict, o.reason = runner.Error, err.Error()
				return
			}
		}
		o.results = append(o.results, res)
		if res.Verdict != runner.Pass && o.verdict == runner.Pass {
			o.verdict, o.reason = res.Verdict, res.Reason
		}
	}
	if len(o.results) == 2 && o.verdict == runner.Pass {
		if why := runner.Compare(&o.results[0], &o.results[1]); why != "" {
			o.verdict, o.reason = runner.Fail, why
		}
	}
}

func (ex *executor) engines(s *book.Snippet) []runner.Engine {
	switch {
	case s.Engine == "go" || ex.opt.engine == "go":
		return []runner.Engine{runner.Go}
	case ex.opt.engine == "both":
		return []runner.Engine{runner.Go, runner.Yaegi}
	}
	return []runner.Engine{runner.Yaegi}
}

func (ex *executor) check(ctx context.Context, s *book.Snippet, e runner.Engine) (runner.Result, error) {
	run, err := ex.runner.Run(ctx, ex.program(s), e)
	if err != nil {
		return runner.Result{}, err
	}
	res := runner.Check(s, run)
	ex.recorded(s, &res)
	return res, nil
}

// selected are the snippets that the selectors name, with those that stand for
// exercises.
func (s *source) selected() ([]*book.Snippet, error) {
	snippets, err := s.choose(s.rest)
	if err != nil {
		return nil, err
	}
	if len(snippets) == 0 {
		return nil, errors.New("nothing to run: no go fence or snippet folder is selected")
	}
	return snippets, nil
}

// completeSelectors offers the chapters and snippets of the book to the shell.
func completeSelectors(env *Env, dir *string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
		src, err := openSource(env, *dir, nil)
		if err != nil {
			return nil, cobra.ShellCompDirectiveDefault
		}
		var names []cobra.Completion
		for _, c := range src.book.Chapters {
			names = append(names, cobra.CompletionWithDesc(chapterName(c), c.Title))
			if !strings.Contains(prefix, "/") {
				continue
			}
			for _, s := range c.Snippets {
				names = append(names, cobra.CompletionWithDesc(s.ID, s.Title))
			}
			for _, ex := range c.Exercises {
				names = append(names, cobra.CompletionWithDesc(ex.ID, "exercise: "+ex.Title))
			}
		}
		for _, c := range src.book.Chapters {
			if c.Slug != chapterName(c) {
				names = append(names, cobra.CompletionWithDesc(c.Slug, c.Title))
			}
		}
		return names, cobra.ShellCompDirectiveDefault
	}
}
