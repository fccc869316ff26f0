// Package cli is the workbook command: it reads arguments, calls the packages
// below, prints what they found and turns it into an exit status.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"example/workbook/internal/book"
	"example/workbook/internal/evidence"
	"example/workbook/internal/terminal"
)

// Exit statuses of the command. A command that a signal ended exits with 128
// plus the signal's number, as a shell reports it.
const (
	exitFailed      = 1 // a check did not hold
	exitBadInput    = 2 // the arguments, a chapter or mkdocs.yml is at fault
	exitEnvironment = 3 // the machine is: no toolchain, a full disk
)

// Env is what the command needs from outside.
type Env struct {
	Embedded       fs.FS // the book in the binary, used where no book is on disk
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// Run executes the command line args, without the name of the program, and
// returns the exit status.
func Run(args []string, env Env) int {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	stop := cancelOnSignal(cancel)
	defer stop()

	if os.Getenv("GOGC") == "" {
		// A command is short: up to 16 MiB without a collection of garbage, whose
		// workers would need the processors that the interpreter starts on.
		debug.SetGCPercent(400)
	}
	out := &checkedWriter{w: env.Stdout}
	env.Stdout = out
	root := newRoot(&env)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)

	var sig signalled
	switch {
	case errors.As(context.Cause(ctx), &sig):
		fmt.Fprintf(env.Stderr, "workbook: %v, everything it started is stopped\n", sig)
		return 128 + int(sig)
	case err == nil && out.err != nil:
		err = &exitError{exitEnvironment, fmt.Errorf("standard output: %w", out.err)}
	}
	return report(env.Stderr, err)
}

// report prints err and returns the status it stands for.
func report(w io.Writer, err error) int {
	if err == nil {
		return 0
	}
	status := exitBadInput
	var exit *exitError
	if errors.As(err, &exit) {
		status, err = exit.status, exit.err
	} else if ofMachine(err) {
		status = exitEnvironment
	}
	var problems book.Problems
	switch {
	case err == nil: // the command has said it all
	case errors.As(err, &problems):
		fmt.Fprintln(w, visible(problems.Error()))
		fmt.Fprintf(w, "workbook: %s, nothing was run or written\n", count(len(problems), "problem"))
	default:
		fmt.Fprintf(w, "workbook: %s\n", visible(err.Error()))
	}
	return status
}

// ofMachine reports whether err says that the machine has no more of something,
// which no argument and no chapter can be blamed for.
func ofMachine(err error) bool {
	return slices.ContainsFunc([]error{syscall.ENOSPC, syscall.EROFS, syscall.EDQUOT, syscall.EIO, syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM}, func(errno error) bool {
		return errors.Is(err, errno)
	})
}

// exitError carries an exit status other than exitBadInput. A nil err means
// that the command has already told the user why.
type exitError struct {
	status int
	err    error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.status)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// signalled is the cause of a context that a signal ended.
type signalled syscall.Signal

func (s signalled) Error() string { return syscall.Signal(s).String() }

// cancelOnSignal cancels at the first SIGINT, SIGTERM or SIGHUP. A second one
// ends the process as it would without us.
func cancelOnSignal(cancel context.CancelCauseFunc) (stop func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	done := make(chan struct{})
	go func() {
		select {
		case s := <-c:
			signal.Stop(c)
			cancel(signalled(s.(syscall.Signal)))
		case <-done:
			signal.Stop(c)
		}
	}()
	return func() { close(done) }
}

// checkedWriter remembers the first error, so that a full disk behind a
// redirected standard output does not look like success.
type checkedWriter struct {
	w   io.Writer
	err error
}

func (c *checkedWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	if err != nil && c.err == nil {
		c.err = err
	}
	return n, err
}

func newRoot(env *Env) *cobra.Command {
	var dir string
	root := &cobra.Command{
		Use:   "workbook",
		Short: "run, check and read a book of Go programs about blocking and non-blocking I/O",
		Long: `Workbook runs the Go programs of a Markdown book on your machine, each in a
process of its own, and checks what they print against what the book says.

The book is the folder with mkdocs.yml. The current folder's is used where there
is one; otherwise the book inside this program, which needs no files and no Go.`,
		Example: `  workbook                           where you are and what to do next
  workbook learn                     read the book here, predict, and run
  workbook run chapter3              run and check the programs of chapter 3
  workbook run socket/accept_loop --output
  workbook run README.md             check the Go in any Markdown file`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
				return fmt.Errorf("unknown command %q: did you mean %q?", args[0], near[0])
			}
			return fmt.Errorf("unknown command %q: see 'workbook --help'; to run a chapter or a snippet, write: workbook run %s", args[0], strings.Join(args, " "))
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := newLearner(env, dir)
			if err != nil {
				return err
			}
			return l.resume(cmd.Context())
		},
		Version:                    version(),
		SuggestionsMinimumDistance: 2,

		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w: see '%s --help'", err, cmd.CommandPath())
	})
	root.PersistentFlags().StringVarP(&dir, "book", "C", "", "folder of the book (default: the current folder, else the book inside the program)")
	root.AddCommand(
		newLearn(env, &dir),
		newExercise(env, &dir),
		newProgress(env, &dir),
		newRun(env, &dir),
		newList(env, &dir),
		newTrace(env, &dir),
		newAccept(env, &dir),
		newSync(env, &dir),
		newDoctor(env, &dir),
		newTopic(env, "markdown", "what may stand in a chapter, a README, any Markdown", book.Reference),
		newTopic(env, "evidence", "the sentences of evidence fences", evidence.Reference),
		newBuild(env, &dir),
		newLint(env, &dir),
	)
	return root
}

// newTopic is what workbook help NAME tells: Markdown, some of which takes long to
// put together.
func newTopic(env *Env, name, short string, text func() string) *cobra.Command {
	cmd := &cobra.Command{Use: name, Short: short}
	cmd.SetHelpFunc(func(*cobra.Command, []string) {
		out := newScreen(env.Stdout)
		fmt.Fprint(out, terminal.Render(text(), out.style()))
	})
	return cmd
}

// version is that of this module, of the interpreter's Go, and of the system.
func version() string {
	v := "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		v = info.Main.Version
	}
	return fmt.Sprintf("%s, %s %s/%s", v, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// count writes n with the noun in the number it asks for.
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
