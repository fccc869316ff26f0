package compare

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"

	"example/workbook/internal/book"
	"example/workbook/runner/ahead"
	"example/workbook/runner/interp"
	"example/workbook/runner/lower"
)

// Outcome is what became of a program.
type Outcome struct {
	Problems book.Problems // why it was rejected or refused
	Refused  bool          // Go accepts it, the interpreter does not
	Broken   string        // the interpreter did not take the lowered text
	Late     bool          // it was killed when the context ended
	Exit     int
	Stdout   string
	Stderr   string
}

// String is the outcome for a message of a test.
func (o Outcome) String() string {
	switch {
	case o.Refused:
		return "refused: " + o.Problems.Error()
	case o.Problems != nil:
		return "rejected: " + o.Problems.Error()
	case o.Broken != "":
		return "broken: " + o.Broken
	case o.Late:
		return "not ended:\n" + o.Stdout
	}
	return fmt.Sprintf("exit %d\n%s", o.Exit, o.Stdout)
}

// Same says whether two programs did the same, as far as a reader sees it.
func (o Outcome) Same(p Outcome) bool {
	return o.Problems == nil && p.Problems == nil && o.Broken == "" && p.Broken == "" &&
		o.Late == p.Late && o.Exit == p.Exit && o.Stdout == p.Stdout
}

// Child must be called first in main: the binary starts itself again to
// interpret a program.
func Child() {
	if len(os.Args) > 1 && os.Args[1] == interp.ChildArg {
		interp.Main()
	}
}

// Interpret lowers and interprets a program in the folder dir.
func Interpret(ctx context.Context, dir string, p lower.Program, env ...string) (Outcome, error) {
	prepared, err := lower.Prepare(p)
	if err != nil {
		var problems book.Problems
		if !errors.As(err, &problems) {
			return Outcome{}, err
		}
		return Outcome{Problems: problems, Refused: lower.Check(p) == nil}, nil
	}
	r := &interp.Request{File: p.File, Line: p.Line, Col: p.Col, Source: prepared.Source, Original: p.Source}
	mem, err := r.Memory()
	if err != nil {
		return Outcome{}, err
	}
	defer mem.Close()
	self, err := os.Executable()
	if err != nil {
		return Outcome{}, err
	}
	cmd := exec.CommandContext(ctx, self, interp.ChildArg)
	cmd.Env = slices.Concat(os.Environ(), ahead.Environment(), env)
	cmd.ExtraFiles = []*os.File{mem}
	o, err := run(ctx, dir, cmd)
	if err != nil {
		return Outcome{}, err
	}
	reports, err := interp.Reports(mem)
	if err != nil {
		return Outcome{}, err
	}
	for _, report := range reports {
		if report.Kind == interp.Broken || report.Kind == interp.Rejected {
			o.Broken = fmt.Sprint(report.Text(), " ", report.Problems)
		}
	}
	return o, nil
}

// Compiled runs a binary that Build or BuildAll made in the folder dir.
func Compiled(ctx context.Context, dir, program string, args ...string) (Outcome, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Args[0] = "snippet" // as of every run
	return run(ctx, dir, cmd)
}

func run(ctx context.Context, dir string, cmd *exec.Cmd) (Outcome, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.Dir = &stdout, &stderr, dir
	// What the program has started may hold the pipes open.
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay) {
		return Outcome{}, err
	}
	return Outcome{
		Exit:   cmd.ProcessState.ExitCode(),
		Stdout: stdout.String(),
		Stderr: stderr.String(),
		Late:   ctx.Err() != nil,
	}, nil
}
