package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example/workbook/internal/book"
	"example/workbook/internal/evidence"
	"example/workbook/internal/evidence/picture"
	"example/workbook/runner"
)

// traceOptions are the flags of trace.
type traceOptions struct {
	confinement
	engine   string
	timeout  time.Duration
	figure   string
	format   string
	width    int
	recorded bool
}

// traceFormats are what trace can print.
var traceFormats = [...]string{"text", "svg", "table", "marks", "structure", "json", "schema", "perfetto"}

func newTrace(env *Env, dir *string) *cobra.Command {
	var opt traceOptions
	cmd := &cobra.Command{
		Use:   "trace SNIPPET",
		Short: "show what the threads of a snippet did, as the kernel saw it",
		Long: `Trace runs a snippet, records each of its system calls, and draws them: which
thread made which call, what came back, where it slept, and what woke it.

Figures:
  calls   every call with its result, time going down
  lanes   the overview: a line for each thread, time to the right

Formats:
  text       for the terminal (default)
  svg        a picture in a file of its own, in the reader's colour scheme
  table      every call as a table, in Markdown
  marks      the objects of the kernel where the program calls lab.Mark
  structure  what recordings are compared by: without times and without luck
  json       the whole record, for other programs
  schema     what that record consists of, as JSON Schema
  perfetto   for ui.perfetto.dev and chrome://tracing

With --recorded nothing is run: it shows the recording beside the program, which
feeds the pages of the book.`,
		Example: `  workbook trace socket/accept_loop
  workbook trace socket/accept_loop --figure lanes
  workbook trace socket/accept_loop --format perfetto > accept_loop.json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("trace shows one snippet: workbook trace socket/accept_loop; workbook list shows what there is")
			}
			return nil
		},
		ValidArgsFunction: completeSelectors(env, dir),
		RunE: func(cmd *cobra.Command, args []string) error {
			return trace(cmd.Context(), env, *dir, args, opt)
		},
	}
	f := cmd.Flags()
	f.StringVar(&opt.figure, "figure", "", "what is drawn: calls or lanes (default: what the page shows, else what fits)")
	f.StringVar(&opt.format, "format", traceFormats[0], "what is printed: "+strings.Join(traceFormats[:], ", "))
	f.StringVar(&opt.engine, "engine", "auto", "engine that executes the snippet: auto, yaegi or go")
	f.DurationVar(&opt.timeout, "timeout", 0, "time limit of the run, if the snippet sets none (default 10s)")
	f.IntVar(&opt.width, "width", 0, "columns of text (default: those of the terminal, else 80), or pixels of an SVG (default 700)")
	f.BoolVar(&opt.recorded, "recorded", false, "show the recording beside the program and run nothing")
	_ = cmd.RegisterFlagCompletionFunc("figure", cobra.FixedCompletions([]string{"calls", "lanes"}, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(traceFormats[:], cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("engine", cobra.FixedCompletions(engineNames[:3], cobra.ShellCompDirectiveNoFileComp))
	opt.flags(cmd)
	return cmd
}

func (o *traceOptions) check() error {
	if _, ok := picture.ParseKind(o.figure); o.figure != "" && !ok {
		return fmt.Errorf("--figure %s: there are calls and lanes", o.figure)
	}
	known := false
	for _, f := range traceFormats {
		known = known || f == o.format
	}
	if !known {
		return fmt.Errorf("--format %s: there are %s", o.format, strings.Join(traceFormats[:], ", "))
	}
	if o.engine == "both" {
		return errors.New("--engine both: trace shows one run; use yaegi or go")
	}
	if o.width < 0 {
		return fmt.Errorf("--width %d: more than 0", o.width)
	}
	return nil
}

func trace(ctx context.Context, env *Env, dir string, args []string, opt traceOptions) error {
	ro := runOptions{confinement: opt.confinement, engine: opt.engine, timeout: opt.timeout, jobs: 1, repeat: 1}
	if err := errors.Join(opt.check(), ro.check()); err != nil {
		return err
	}
	src, err := openSource(env, dir, args)
	if err != nil {
		return err
	}
	snippets, err := src.selected()
	if err != nil {
		return err
	}
	if len(snippets) > 1 {
		return fmt.Errorf("%s means %s: trace shows one, such as %s", args[0], count(len(snippets), "snippet"), snippets[0].ID)
	}
	s := snippets[0]
	t, err := src.traceOf(ctx, s, ro, opt.recorded)
	if err != nil {
		return err
	}
	return opt.print(env.Stdout, s, t)
}

// traceOf runs s, or reads its recording.
func (src *source) traceOf(ctx context.Context, s *book.Snippet, ro runOptions, recorded bool) (*evidence.Trace, error) {
	if recorded {
		t, err := runner.ReadRecording(src.book.FS, s)
		if err == nil && t == nil {
			err = fmt.Errorf("%s has no recording: make one with workbook accept %s", s.ID, src.selector(s))
		}
		return t, err
	}
	r, err := ro.confined(ctx, src)
	if err != nil {
		return nil, err
	}
	ex, err := newExecutor(src, r, ro)
	if err != nil {
		return nil, err
	}
	if why := ex.whyNot(s); why != "" {
		return nil, &exitError{exitEnvironment, fmt.Errorf("%s is not run: %s", s.ID, why)}
	}
	o := &outcome{snippet: s}
	ex.once(ctx, s, o)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	for _, res := range o.results {
		if res.Run != nil && res.Run.Evidence != nil {
			return res.Run.Evidence, nil
		}
	}
	reason := cmp.Or(o.reason, "only calls of golang.org/x/sys/unix are, on Linux, unless evidence=off stands above the snippet")
	return nil, &exitError{exitEnvironment, fmt.Errorf("nothing was recorded of %s: %s", s.ID, reason)}
}

// print writes t as the flags ask for.
func (o *traceOptions) print(w io.Writer, s *book.Snippet, t *evidence.Trace) error {
	kind, _ := picture.ParseKind(cmp.Or(o.figure, s.Figure))
	if kind != picture.Calls && kind != picture.Lanes {
		kind = ""
	}
	fig := picture.Figure{Trace: t, Kind: kind, Title: s.Title, ID: s.ID}
	var err error
	var data []byte
	switch o.format {
	case "svg":
		fig.Width = o.width
		data = []byte(fig.File())
	case "table":
		data = []byte(fig.Table().Markdown())
	case "marks":
		data = []byte(fig.Marks().Markdown())
	case "structure":
		data = []byte(t.Structure())
	case "json":
		data, err = t.Encode()
	case "schema":
		data = []byte(evidence.JSONSchema())
	case "perfetto":
		data, err = picture.Perfetto(t)
	default:
		out := newScreen(w)
		data = []byte(fig.Text(picture.TextOptions{Width: cmp.Or(o.width, out.width), Color: out.color}))
	}
	if err == nil {
		_, err = w.Write(data)
	}
	return err
}
