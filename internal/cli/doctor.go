package cli

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"example/workbook/internal/book"
	"example/workbook/internal/machine"
	"example/workbook/runner"
)

func newDoctor(env *Env, dir *string) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "tell what this machine allows and which snippets that affects",
		Long: `Doctor tries what the snippets of the book ask for with needs=, and says for each thing that the
machine refuses why, how to mend it, and which snippets are skipped because of it.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			src, err := openSource(env, *dir, nil)
			if err != nil {
				return err
			}
			doctor(cmd.Context(), newScreen(env.Stdout), src.book)
			return nil
		},
	}
}

func doctor(ctx context.Context, out *screen, b *book.Book) {
	r := new(runner.Runner)
	row := func(ok bool, name, detail string) {
		word := out.paint(green, "yes")
		if !ok {
			word = out.paint(yellow, "no ")
		}
		fmt.Fprintf(out, "  %s  %-16s %s\n", word, name, detail)
	}
	fmt.Fprintf(out, "%s, %s/%s, %s\n\n", machine.Kernel(), runtime.GOOS, runtime.GOARCH, count(runtime.NumCPU(), "processor"))
	row(true, "engine yaegi", "the interpreter in this program, for the standard library of "+runtime.Version())
	if cgo() {
		row(false, "fast deadlocks", "this program was built with cgo, whose threads hide a deadlock from Go: a snippet that\n"+
			strings.Repeat(" ", 24)+"deadlocks is stopped at its time limit; build with CGO_ENABLED=0")
	}
	isolationDoctor(ctx, r, row)
	witness := machine.Witness()
	row(witness.OK, "evidence", witness.Detail)
	missing := map[string]bool{}
	for _, need := range book.Needs() {
		if need.Name != "go" && !needed(b, need.Name) {
			continue
		}
		fact, ok := isolationFact(ctx, r, need.Name)
		if !ok {
			fact, ok = machine.Probe(need.Name)
		}
		if !ok {
			continue
		}
		name := need.Name
		if name == "go" {
			name = "engine go"
		}
		row(fact.OK, name, fact.Detail)
		missing[need.Name] = !fact.OK
	}
	fmt.Fprintln(out)
	if !affected(out, b, missing) {
		fmt.Fprintln(out, "Every snippet of the book can run here.")
	}
}

// needed reports whether a snippet of b asks for the requirement called name.
func needed(b *book.Book, name string) bool {
	for _, c := range b.Chapters {
		for _, s := range c.Snippets {
			if slices.Contains(s.Needs, name) {
				return true
			}
		}
	}
	return false
}

// affected lists the snippets that the missing requirements keep from running.
func affected(out *screen, b *book.Book, missing map[string]bool) bool {
	found := false
	for _, c := range b.Chapters {
		for _, s := range c.Snippets {
			needs := slices.DeleteFunc(slices.Clone(s.Needs), func(n string) bool { return !missing[n] })
			if s.Engine == "go" && missing["go"] && !slices.Contains(needs, "go") {
				needs = append(needs, "go")
			}
			if len(needs) == 0 {
				continue
			}
			if !found {
				fmt.Fprintln(out, "Skipped on this machine:")
			}
			found = true
			fmt.Fprintf(out, "  %s needs %s\n", s.ID, strings.Join(needs, ", "))
		}
	}
	return found
}

// cgo reports whether this binary was built with cgo.
func cgo() bool {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return false
	}
	for _, s := range info.Settings {
		if s.Key == "CGO_ENABLED" {
			return s.Value == "1"
		}
	}
	return false
}
