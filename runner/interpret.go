package runner

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"example/workbook/internal/book"
	"example/workbook/runner/ahead"
	"example/workbook/runner/interp"
)

// interpret is the engine Yaegi: it hands p to a child that is this binary.
func (r *Runner) interpret(ctx context.Context, p *Program) (*Run, error) {
	if p.NoRun {
		return p.checkOnly()
	}
	// The child is on its way while the program is checked.
	next := r.nextChild(p)
	made, run, err := r.prepare(p)
	request := made.request
	started := <-next
	c := started.child
	if started.err != nil {
		if run != nil {
			return run, nil
		}
		return nil, errors.Join(started.err, err)
	}
	defer c.folder.Remove()
	if err != nil || run != nil {
		c.abandon()
		return run, err
	}
	request.Recorded = r.records(p)
	mem, err := request.Memory()
	if err != nil {
		c.abandon()
		return nil, err
	}
	defer mem.Close()
	var rec *recording
	if request.Recorded {
		if rec, err = startRecording(mem); err != nil {
			c.abandon()
			return nil, err
		}
		defer rec.close()
	}
	c.cmd.timeout, c.cmd.alone = r.timeout(p), p.NoProcesses
	out, err := c.finish(ctx, mem)
	if err != nil {
		return nil, err
	}
	reports, err := interp.Reports(mem)
	if err != nil {
		return nil, err
	}
	run = p.newRun(Yaegi, c.cmd, out, (&transcript{p, request, reports}).examine)
	run.Evidence = rec.trace(p, Yaegi)
	run.clean(c.folder)
	run.read(p, reports)
	if made.keep != nil {
		made.keep()
	}
	for _, w := range made.warnings {
		run.Notes = append(run.Notes, w.Error())
	}
	return run, nil
}

// child is a process that waits for a program to interpret.
type child struct {
	*interpreter
	cmd    *command
	folder ahead.Folder
}

// Warm starts the process of the next interpreted run ahead of time, beside
// whatever the caller does until that run. It may be called once, when all
// fields but Root and Module are set, and before any run; without it, everything
// works, 10 ms later. Close ends a process that no run came for.
func (r *Runner) Warm() {
	warm, warmed := make(chan *child, 1), make(chan struct{})
	r.warm, r.warmed = warm, warmed
	go func() {
		defer close(warm)
		defer close(warmed)
		if c, err := r.newChild(false); err == nil { // else the run will say why
			warm <- c
		}
	}()
}

// Close ends what Warm has started and no run has used.
func (r *Runner) Close() {
	if r.warm == nil {
		return
	}
	if c := <-r.warm; c != nil {
		c.abandon()
		c.folder.Remove()
	}
}

// startedChild is a child or why there is none.
type startedChild struct {
	*child
	err error
}

// nextChild gives the child that Warm has started, if p may have that, or starts
// one, beside what the caller does.
func (r *Runner) nextChild(p *Program) <-chan startedChild {
	next := make(chan startedChild, 1)
	go func() {
		if r.warm != nil && !p.Superuser {
			if c := <-r.warm; c != nil {
				next <- startedChild{child: c}
				return
			}
		}
		c, err := r.newChild(p.Superuser)
		next <- startedChild{c, err}
	}()
	return next
}

func (r *Runner) newChild(superuser bool) (*child, error) {
	a := ahead.Take()
	var f ahead.Folder
	var err error
	if a != nil {
		f = a.Folder
	} else if f, err = ahead.NewFolder(); err != nil {
		return nil, err
	}
	cmd := r.command(f)
	cmd.superuser = superuser
	cmd.env = append(cmd.env, ahead.Environment()...)
	if ahead.Cgo {
		cmd.stack = ahead.SmallStack
	}
	started, err := r.startInterpreter(cmd, a)
	if err != nil {
		f.Remove()
		return nil, err
	}
	return &child{started, cmd, f}, nil
}

// transcript is what an interpreter was asked and what it reported.
type transcript struct {
	program *Program
	request *interp.Request
	reports []interp.Report
}

// examine looks for the program in stacks that show the interpreter.
func (t *transcript) examine(stderr string) (autopsy, bool) {
	clean, goroutines := t.request.Dump([]byte(stderr))
	report, ok := parseCrash(string(clean))
	a := autopsy{own: report.own, text: report.text}
	panicked := t.report(interp.Panicked)
	if r := panicked; r != nil {
		if own, said := strings.CutSuffix(stderr, r.Text()); said {
			a.own, ok = own, true
			a.text, _, _ = strings.Cut(r.Text(), "\n\ngoroutine ")
		}
		if !ok { // it had closed its stderr
			a.own, a.text, ok = stderr, r.Cause(), true
		}
		goroutines = []interp.Goroutine{{Number: r.Goroutine, State: "running", Frames: r.Frames}}
	}
	inner, _ := parseCrash(stderr)
	for _, g := range goroutines {
		own := Goroutine{Number: g.Number}
		own.State, _, _ = strings.Cut(g.State, ", ")
		own.Trace = t.trace(g.Frames)
		if panicked == nil && (own.State == "running" || own.State == "runnable") {
			own.Trace = t.innermost(own.Trace)
		}
		if own.Trace == nil {
			continue
		}
		for _, deep := range inner.goroutines {
			if deep.number == g.Number && own.State != "running" {
				own.Call = deep.called(t.request.File)
			}
		}
		a.goroutines = append(a.goroutines, own)
	}
	return a, ok
}

// report returns the last report of a kind, or nil.
func (t *transcript) report(kind interp.Kind) *interp.Report {
	for i := len(t.reports) - 1; i >= 0; i-- {
		if t.reports[i].Kind == kind {
			return &t.reports[i]
		}
	}
	return nil
}

// trace returns the frames that the author of the program wrote. Those that
// package lower adds stand behind its last line or in its first column, where no
// statement of a function stands.
func (t *transcript) trace(frames []interp.Frame) []Frame {
	p := t.program
	last := max(p.Line, 1) + bytes.Count(p.Source, []byte("\n"))
	var trace []Frame
	for _, f := range frames {
		if f.Line <= last && len(trace) < maxFrames {
			trace = append(trace, Frame{position(f.Position), f.Func})
		}
	}
	return trace
}

// innermost adds to the trace of a goroutine that computes where it does: the
// stack shows only the calls around its innermost function. In there it is in the
// loop that the child reported, or in one that does nothing.
func (t *transcript) innermost(trace []Frame) []Frame {
	if loop := t.report(interp.Looping); loop != nil && len(loop.Frames) > 0 {
		if f := loop.Frames[0]; len(trace) == 0 || trace[0].Call != f.Func {
			trace = append([]Frame{{position(f.Position), f.Func}}, trace...)
		}
	} else if line, function := t.program.emptyLoop(); line > 0 {
		trace = []Frame{{t.program.place(line, 0), function}}
	}
	return trace
}

// read takes over why there was nothing to run.
func (r *Run) read(p *Program, reports []interp.Report) {
	for _, report := range reports {
		if report.Kind != interp.Rejected && report.Kind != interp.Broken {
			continue
		}
		var problems book.Problems
		for _, q := range report.Problems {
			problems = append(problems, book.Problem{Pos: position(q.Position), Msg: q.Msg})
		}
		for _, f := range report.Frames[:min(len(report.Frames), 1)] {
			problems = append(problems, book.Problem{Pos: position(f.Position), Msg: report.Value})
		}
		if problems == nil {
			problems = book.Problems{{Pos: book.Pos{File: p.File}, Msg: report.Value}}
		}
		if report.Kind == interp.Broken {
			for i := range problems {
				problems[i].Msg = "the interpreter cannot run this: " + problems[i].Msg
				if !strings.Contains(problems[i].Msg, "--engine go") {
					problems[i].Msg += ": write it otherwise, or use --engine go"
				}
			}
		}
		r.End, r.ExitCode, r.Refused, r.Problems = Rejected, -1, true, problems
	}
}

// position is a position that the child names.
func position(at interp.Position) book.Pos {
	return book.Pos{File: at.File, Line: at.Line, Col: at.Col}
}
