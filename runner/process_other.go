//go:build !linux

package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"example/workbook/runner/ahead"
	"example/workbook/runner/interp"
	"example/workbook/runner/isolate"
	"example/workbook/runner/lean"
)

// Systems other than Linux have no child subreaper: a run is a process group
// here, and a daemon that leaves the group outlives the run. The order of the
// two streams is that of two readers. On macOS sandbox-exec(1) keeps a run away
// from the reader's files and from other machines.

// drainGrace is how long output may stay open after the end of a program,
// because something that it started has it.
const drainGrace = 200 * time.Millisecond

func awaitRequest() { os.Exit(3) }

const aloneArg = lean.Alone

func executeAlone() { os.Exit(3) }

// try finds out whether there is a sandbox, which is what level basic is here.
func (r *Runner) try(ctx context.Context) error {
	if r.box.known().Level != 0 {
		return nil
	}
	level, err := isolate.Off, error(nil)
	if r.Isolation != isolate.Off {
		if err = isolate.CanSandbox(ctx); err == nil {
			level = isolate.Basic
		}
	}
	if r.Isolation != 0 && r.Isolation != level {
		if err == nil {
			err = errors.New("only Linux has it: run the workbook in a Linux virtual machine")
		}
		return fmt.Errorf("isolation %v cannot be had: %w", r.Isolation, err)
	}
	if no := (*isolate.Refusal)(nil); errors.As(err, &no) {
		r.box.refused(isolate.Basic, no)
	}
	r.box.found(level)
	return nil
}

// tee is one stream on its way into the recorder.
type tee struct {
	mu      *sync.Mutex
	rec     *recorder
	stream  Stream
	flooded chan<- struct{}
}

func (t *tee) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rec.add(t.stream, p)
	if t.rec.flooded() {
		select {
		case t.flooded <- struct{}{}:
		default:
		}
	}
	return len(p), nil
}

// execute runs cmd and returns when its process group has been killed.
func (r *Runner) execute(ctx context.Context, cmd *command) (*outcome, error) {
	if err := r.try(ctx); err != nil {
		return nil, err
	}
	if err := cmd.folder.Make(); err != nil {
		return nil, err
	}
	var mu sync.Mutex
	rec := newRecorder(cmd.output, cmd.tee)
	flooded := make(chan struct{}, 1)
	var stdout, stderr io.Writer = &tee{&mu, rec, Stdout, flooded}, &tee{&mu, rec, Stderr, flooded}
	c := &exec.Cmd{
		Path: cmd.path, Args: cmd.args, Env: cmd.env, Dir: cmd.dir,
		Stdout: stdout, Stderr: stderr, WaitDelay: drainGrace,
	}
	if cmd.extra != nil {
		c.ExtraFiles = []*os.File{cmd.extra}
	}
	level := r.box.known().Level
	if level == isolate.Basic {
		c.Path, c.Args = isolate.Sandboxed(string(cmd.folder), cmd.path, cmd.args)
	}
	ownGroup(c)
	start := time.Now()
	if err := c.Start(); err != nil {
		return nil, fmt.Errorf("starting a process for the run: %w", err)
	}
	out := &outcome{level: level, pid: c.Process.Pid, exited: true}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	var limit <-chan time.Time
	if cmd.timeout > 0 {
		timer := time.NewTimer(cmd.timeout)
		defer timer.Stop()
		limit = timer.C
	}
	var waitErr error
	select {
	case waitErr = <-ended:
		out.duration = time.Since(start)
		killGroup(c)
	case <-ctx.Done():
		killGroup(c)
		<-ended
		return nil, context.Cause(ctx)
	case <-flooded:
		out.flooded = true
		killGroup(c)
		waitErr = <-ended
	case <-limit:
		out.timedOut = true
		killGroup(c)
		waitErr = <-ended
	}
	if out.duration == 0 {
		out.duration = time.Since(start)
	}
	var exit *exec.ExitError
	if waitErr != nil && !errors.As(waitErr, &exit) && !errors.Is(waitErr, exec.ErrWaitDelay) {
		return nil, waitErr
	}
	out.status, _ = c.ProcessState.Sys().(syscall.WaitStatus)
	out.cpu = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	mu.Lock()
	defer mu.Unlock()
	out.output, out.dropped, out.gap = rec.output()
	return out, nil
}

// interpreter is a child that will be started when its request is there.
type interpreter struct {
	runner *Runner
	cmd    *command
}

func (r *Runner) startInterpreter(cmd *command, _ *ahead.Interpreter) (*interpreter, error) {
	exe := r.Executable
	if exe == "" {
		var err error
		if exe, err = os.Executable(); err != nil {
			return nil, err
		}
	}
	cmd.path, cmd.args = exe, []string{"workbook", interp.ChildArg}
	return &interpreter{r, cmd}, nil
}

func (i *interpreter) finish(ctx context.Context, mem *os.File) (*outcome, error) {
	i.cmd.extra = mem
	return i.runner.execute(ctx, i.cmd)
}

func (i *interpreter) abandon() {}

// keep makes the folder of a run.
func (r *Runner) keep(f ahead.Folder) (release func(), err error) { return func() {}, f.Make() }

func mostFiles() int { return 0 }
