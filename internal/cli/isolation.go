package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"example/workbook/internal/book"
	"example/workbook/internal/machine"
	"example/workbook/internal/progress"
	"example/workbook/runner"
	"example/workbook/runner/isolate"
)

// confinement are the flags that say what snippets may do to the machine.
type confinement struct {
	isolation string
	trust     bool
	limits    []string
}

func (c *confinement) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&c.isolation, "isolation", "auto", "how far snippets must be kept apart from this machine: auto, "+strings.Join(isolate.Names(), ", "))
	f.BoolVar(&c.trust, "trust", false, "run the snippets of this book also where they cannot be isolated fully, and let those that need processes start them")
	f.StringSliceVar(&c.limits, "limit", nil, "`NAME=N`: a limit of each run: time, output, memory, processes, files or disk (such as memory=2GiB); with processes, snippets that need them may start some")
	_ = cmd.RegisterFlagCompletionFunc("isolation", cobra.FixedCompletions(append([]string{"auto"}, isolate.Names()...), cobra.ShellCompDirectiveNoFileComp))
}

// apply sets r to what the flags demand.
func (c *confinement) apply(r *runner.Runner) error {
	var err error
	if r.Isolation, err = isolate.Parse(c.isolation); err != nil {
		return fmt.Errorf("--isolation: %w", err)
	}
	for _, limit := range c.limits {
		name, value, _ := strings.Cut(limit, "=")
		if err := setLimit(r, name, value); err != nil {
			return fmt.Errorf("--limit %s: %w", limit, err)
		}
	}
	return nil
}

var errLimit = errors.New("write one of time=30s, output=1MiB, memory=1GiB, processes=1000, files=1000, disk=64MiB")

func setLimit(r *runner.Runner, name, value string) error {
	if name == "time" {
		d, err := time.ParseDuration(value)
		if err != nil || d <= 0 {
			return errLimit
		}
		r.Timeout, r.TimeLimit = d, d
		return nil
	}
	n, err := parseSize(value)
	if err != nil {
		return errLimit
	}
	switch name {
	case "output":
		r.OutputLimit = n
	case "memory":
		r.MemoryLimit = n
	case "disk":
		r.DiskLimit = n
	case "processes":
		r.ProcessLimit = int(n)
	case "files":
		r.FileLimit = int(n)
	default:
		return errLimit
	}
	return nil
}

// parseSize reads a number above 0, with KiB, MiB or GiB behind it if it is one
// of bytes.
func parseSize(text string) (int64, error) {
	shift := 0
	for unit, by := range map[string]int{"KiB": 10, "MiB": 20, "GiB": 30} {
		if number, ok := strings.CutSuffix(text, unit); ok {
			text, shift = number, by
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 || n > 1<<40>>shift {
		return 0, fmt.Errorf("size %q: not a number", text)
	}
	return n << shift, nil
}

// admit sees to it that the snippets of src may run at the level that this
// machine allows: a book from elsewhere needs a word of the reader where it is
// not isolated fully. The book in the program, a Go file named by hand, and a
// level named by hand need none.
func (c *confinement) admit(ctx context.Context, env *Env, src *source, r *runner.Runner) error {
	demanded := r.Isolation != 0
	if !demanded && (c.trust || src.dir == "" || src.programs()) {
		return nil
	}
	box, err := r.Isolated(ctx)
	if err != nil {
		return &exitError{exitEnvironment, err}
	}
	if demanded || box.Level == isolate.Full || isTrusted(src) {
		return nil
	}
	why := fmt.Sprintf("isolation %v: %s", box.Level, box.Level.Describe())
	file, ok := env.Stdin.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return &exitError{exitEnvironment, fmt.Errorf("%s: add --trust if you trust this book, or see 'workbook doctor'", why)}
	}
	fmt.Fprintf(env.Stderr, "%s\nRun the programs of %s all the same? You are asked once for this book. [y/N] ", why, bookPath(src))
	answer, err := bufio.NewReader(env.Stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if a := strings.ToLower(strings.TrimSpace(answer)); a != "y" && a != "yes" {
		return &exitError{exitEnvironment, errors.New("nothing was run")}
	}
	return trust(src)
}

// processes is what a snippet needs that starts others.
const processes = "processes"

// grants reports whether s, which asks for processes, may start them: where the
// command line says so, in a book that the reader trusts, and in programs of the
// book in this binary.
func (ex *executor) grants(s *book.Snippet) bool {
	if ex.src.dir == "" || ex.opt.trust || ex.runner.ProcessLimit > 0 || isTrusted(ex.src) {
		return true
	}
	own, err := ex.own()
	if err != nil {
		return false
	}
	task := ex.src.tasks[s]
	if task == nil {
		task = ex.src.book.Exercise(s.ID) // then s is what the reader has made of it
	}
	if task == nil {
		found, err := own.Select(s.ID)
		return err == nil && len(found) == 1 && same(s, found[0])
	}
	ours := own.Exercise(task.ID)
	return ours != nil && same(task.Starter, ours.Starter) && same(task.Solution, ours.Solution)
}

// same reports whether two programs are the same one, and ours asks for processes.
func same(s, ours *book.Snippet) bool {
	return ours != nil && bytes.Equal(s.Source, ours.Source) && slices.Contains(ours.Needs, processes)
}

// program is s as the reader lets it run. A Go file cannot ask for anything, so
// there the command line alone decides.
func (ex *executor) program(s *book.Snippet) runner.Program {
	p := runner.Of(s)
	if path.Ext(s.Chapter.Path) == ".go" && ex.runner.ProcessLimit > 0 {
		p.NoProcesses = false
	}
	return p
}

// confined returns a Runner for the snippets of src that may run as the flags and
// the machine allow.
func (o *runOptions) confined(ctx context.Context, src *source) (*runner.Runner, error) {
	r := &runner.Runner{Timeout: o.timeout}
	if err := o.apply(r); err != nil {
		return nil, err
	}
	return r, o.admit(ctx, src.env, src, r)
}

// bookPath is the folder that names the book of src.
func bookPath(src *source) string {
	path := src.dir
	if src.loose {
		path = src.book.Chapters[0].Path
	}
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// trustFile lists the books that the reader trusts, a path a line. It lies beside
// the reader's progress.
func trustFile() (string, error) {
	file, err := progress.Path()
	return filepath.Join(filepath.Dir(file), "trusted"), err
}

func isTrusted(src *source) bool {
	file, err := trustFile()
	if err != nil {
		return false
	}
	text, err := os.ReadFile(file)
	return err == nil && slices.Contains(strings.Split(string(text), "\n"), bookPath(src))
}

func trust(src *source) error {
	file, err := trustFile()
	if err != nil {
		return fmt.Errorf("remembering that you trust this book: %w: use --trust", err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, bookPath(src))
	return errors.Join(err, f.Close())
}

// isolationFact is what r gives its runs beside what the machine does.
func isolationFact(ctx context.Context, r *runner.Runner, name string) (machine.Fact, bool) {
	if name != "private-network" && name != "root" {
		return machine.Fact{}, false
	}
	box, err := r.Isolated(ctx)
	if err != nil {
		return machine.Fact{}, false
	}
	if name == "root" && !box.Level.Private() {
		return machine.Fact{}, false // then it is the user that counts
	}
	fact := machine.Fact{Name: name, OK: box.Level.Private()}
	switch {
	case !fact.OK:
		fact.Detail = fmt.Sprintf("isolation is %v: see 'workbook doctor'", box.Level)
	case name == "root":
		fact.Detail = "user id 0 in namespaces of the run's own"
	default:
		fact.Detail = "each run has a network of its own"
	}
	return fact, true
}

// isolationLine is the one line about isolation below the results of runs.
func isolationLine(r *runner.Runner) string {
	level := r.Known().Level
	if level == 0 {
		return ""
	}
	line := fmt.Sprintf("isolation: %v (%s)", level, level.Describe())
	if level != isolate.Full && r.Isolation == 0 {
		line += ": workbook doctor says why"
	}
	return line
}

// isolationDoctor tells how runs are isolated here, and what would make it better.
func isolationDoctor(ctx context.Context, r *runner.Runner, row func(ok bool, name, detail string)) {
	box, err := r.Isolated(ctx)
	if err != nil {
		row(false, "isolation", err.Error())
		return
	}
	row(box.Level == isolate.Full, "isolation", fmt.Sprintf("%v: %s", box.Level, box.Level.Describe()))
	for _, lack := range box.Lacks {
		row(false, fmt.Sprintf("  level %v", lack.Level), fmt.Sprintf("%v: %s", lack.Err, lack.Err.Mend()))
	}
}
