package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"time"

	"github.com/aymanbagabas/go-udiff"
	"github.com/spf13/cobra"

	"example/workbook/internal/book"
	"example/workbook/internal/evidence"
	"example/workbook/internal/machine"
	"example/workbook/internal/match"
	"example/workbook/runner"
)

// acceptOptions are the flags of accept.
type acceptOptions struct {
	confinement
	engine  string
	timeout time.Duration
	repeat  int
	dryRun  bool
}

func newAccept(env *Env, dir *string) *cobra.Command {
	var opt acceptOptions
	cmd := &cobra.Command{
		Use:   "accept [SELECTOR...]",
		Short: "take what snippets print as their new expected output",
		Long: `Accept runs snippets and writes what they printed into their output fences. In
evidence fences it keeps the sentences that still hold, mends their numbers, and
takes out the others; an empty one gets the sentences that the runs bear out. The
recording of a snippet with evidence or a figure is written beside its program.

It changes nothing but the bodies of these fences. Lines and placeholders that
still fit stay as they are, so that <port> stays <port>. A snippet that ends in a
way its chapter does not expect, or that prints something else at each run, is
not accepted: say what varies with a placeholder (<port>, <n>, <dur>, a line ...)
and accept again.

The output comes from the compiled program where there is a Go toolchain: the
interpreter is checked against it, not the other way round.`,
		Example: `  workbook accept socket/accept_loop
  workbook accept --dry-run chapter3
  workbook accept README.md`,
		ValidArgsFunction: completeSelectors(env, dir),
		RunE: func(cmd *cobra.Command, args []string) error {
			return accept(cmd.Context(), env, *dir, args, opt)
		},
	}
	f := cmd.Flags()
	f.StringVar(&opt.engine, "engine", "", "engine whose output is taken: go or yaegi (default go, yaegi where there is no toolchain)")
	f.DurationVar(&opt.timeout, "timeout", 0, "time limit of a run whose snippet sets none (default 10s)")
	f.IntVar(&opt.repeat, "repeat", 3, "runs that must print the same")
	f.BoolVarP(&opt.dryRun, "dry-run", "n", false, "show what would change and write nothing")
	opt.flags(cmd)
	return cmd
}

func accept(ctx context.Context, env *Env, dir string, args []string, opt acceptOptions) error {
	src, err := openSource(env, dir, args)
	if err != nil {
		return err
	}
	if src.dir == "" && !opt.dryRun {
		return errEmbedded
	}
	snippets, err := src.selected()
	if err != nil {
		return err
	}
	ex, err := acceptExecutor(ctx, src, opt)
	if err != nil {
		return err
	}
	out := newScreen(env.Stdout)
	bodies := map[*book.Expectation]string{}
	recordings := map[*book.Snippet]*evidence.Trace{}
	var refused int
	for _, s := range snippets {
		if s.Output == nil && s.Stderr == nil && s.Error == nil && s.Evidence == nil && !src.wantsRecording(s) {
			continue
		}
		if why := ex.whyNot(s); why != "" {
			if s.Skip == "" { // the chapter does not say so itself
				fmt.Fprintf(out, "%s: skipped: %s\n", s.ID, why)
			}
			continue
		}
		out.progress("running " + s.ID)
		a, err := ex.accept(ctx, s, opt.repeat)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			refused++
			fmt.Fprintf(out, "%s: not accepted: %v\n", s.ID, err)
			continue
		}
		maps.Copy(bodies, a.bodies)
		if a.note != "" {
			fmt.Fprintf(out, "%s: %s\n", s.ID, a.note)
		}
		if a.recording != nil {
			recordings[s] = a.recording
		}
	}
	out.wipe()
	changes, err := src.book.SetBodies(bodies)
	if err != nil {
		return err
	}
	for _, c := range changes {
		if err := src.rewrite(out, c, opt.dryRun); err != nil {
			return err
		}
	}
	for _, s := range snippets {
		if t := recordings[s]; t != nil {
			if err := src.writeRecording(out, s, t, opt.dryRun); err != nil {
				return err
			}
		}
	}
	switch {
	case refused > 0:
		return &exitError{status: exitFailed}
	case len(changes) == 0 && len(recordings) == 0:
		fmt.Fprintln(out, "nothing to accept: every expected output fits")
	}
	return nil
}

var errEmbedded = errors.New("the book inside the program cannot be changed: clone the repository and run the command there, or name a folder with --book")

func acceptExecutor(ctx context.Context, src *source, opt acceptOptions) (*executor, error) {
	engine := opt.engine
	if engine == "" {
		engine = "go"
		if machine.GoVersion() == "" {
			engine = "yaegi"
		}
	}
	if engine != "go" && engine != "yaegi" {
		return nil, fmt.Errorf("engine %q: accept takes the output of go or of yaegi", engine)
	}
	ro := runOptions{confinement: opt.confinement, engine: engine, timeout: opt.timeout, jobs: 1, repeat: max(opt.repeat, 1)}
	if err := ro.check(); err != nil {
		return nil, err
	}
	r, err := ro.confined(ctx, src)
	if err != nil {
		return nil, err
	}
	return newExecutor(src, r, ro)
}

// accept runs s and returns what must change so that its expectations and its
// recording fit. It fails when nothing could: the program ended otherwise than
// expected, or does something else each time.
func (ex *executor) accept(ctx context.Context, s *book.Snippet, repeat int) (*accepted, error) {
	a := &accepted{bodies: map[*book.Expectation]string{}}
	engine := ex.engines(s)[0]
	for i := range max(repeat, 1) {
		res, err := ex.check(ctx, s, engine)
		if err != nil {
			return nil, err
		}
		if i == 0 && res.Verdict == runner.Pass && !ex.src.wantsEvidence(s) {
			return a, nil
		}
		if res.Verdict != runner.Pass && len(res.Mismatches) == 0 {
			return nil, fmt.Errorf("%s: mend the program, or say with an error fence or exit= that it must end so", res.Reason)
		}
		if res.Run != nil && res.Run.Evidence != nil {
			a.runs = append(a.runs, res.Run.Evidence)
		}
		if err := a.take(res.Mismatches, i == 0); err != nil {
			return nil, err
		}
	}
	return a, a.acceptEvidence(ex.src, s)
}

// take makes bodies of what the first run printed, and checks that further runs
// print the same.
func (a *accepted) take(list []runner.Mismatch, first bool) error {
	for _, m := range list {
		if m.Fence == runner.EvidenceFence || m.Fence == runner.Recording {
			continue // they are made of all runs together
		}
		if first {
			text, err := acceptText(m)
			if err != nil {
				return err
			}
			a.bodies[m.Expectation] = text
			continue
		}
		if err := stillFits(m, a.bodies[m.Expectation]); err != nil {
			return err
		}
	}
	return nil
}

func acceptText(m runner.Mismatch) (string, error) {
	p, err := match.Compile(m.Expectation.Text, m.Expectation.Mode)
	if err != nil {
		return "", err
	}
	return p.Accept(m.Got), nil
}

// stillFits reports the first line in which a further run printed something else.
func stillFits(m runner.Mismatch, text string) error {
	p, err := match.Compile(text, m.Expectation.Mode)
	if err != nil {
		return err
	}
	res := p.Match(m.Got)
	if res.OK {
		return nil
	}
	for _, row := range res.Rows {
		if !row.Same {
			return fmt.Errorf("two runs differ: %q in one, %q in the next: write a placeholder for what varies (<n>, <port>, <dur>, <...>, a line ...)", row.WantText, row.GotText)
		}
	}
	return errors.New("two runs differ: write placeholders for what varies")
}

// rewrite shows what changes of a file and writes it, unless somebody else has
// changed the file since the book was read.
func (s *source) rewrite(out *screen, c book.Change, dryRun bool) error {
	out.showDiff(c.File, c.Old, c.New)
	if dryRun {
		return nil
	}
	now, err := fs.ReadFile(s.book.FS, c.File)
	if err != nil {
		return &exitError{exitEnvironment, err}
	}
	if !bytes.Equal(now, c.Old) {
		return fmt.Errorf("%s was changed while the snippets ran: nothing is written to it; run the command again", c.File)
	}
	return s.write(c.File, c.New)
}

// showDiff prints a unified diff with terminal escapes made visible.
func (s *screen) showDiff(name string, old, new []byte) {
	s.wipe()
	before, after := string(old), string(new)
	const context = 3
	text, err := udiff.ToUnified(name, name, before, udiff.Lines(before, after), context)
	if err != nil { // the edits do not fit the text, which are its own
		panic(err)
	}
	for line := range lines(text) {
		text := visible(line)
		switch {
		case len(line) > 0 && line[0] == '+':
			text = s.paint(green, text)
		case len(line) > 0 && line[0] == '-':
			text = s.paint(red, text)
		}
		fmt.Fprintln(s.w, text)
	}
}
