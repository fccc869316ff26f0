// Bench compares the time and the memory that site builders take for one and
// the same book: workbook, Hugo, mdBook, and MkDocs with its theme Material.
//
// The book is generated, and always the same: chapters of 8 KB with 4 fences of
// Go each. Each tool gets it in its own notation and builds all of it with
// highlighted code. The tools run in turn, so that a machine that gets slower
// hurts all of them alike, and ratios are taken within a turn. Workbook builds
// with --no-run, because the others run no program either: its pages say that
// nothing on them was verified.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const usage = `Usage: go run ./bench [flags]
       go run ./bench -write DIR -for TOOL -n CHAPTERS

Builds one generated book with workbook, Hugo, mdBook and MkDocs + Material, in
turn, and prints CPU time (user + system), wall time and peak memory of each, and
the ratios of workbook to the others. Tools that are not on this machine are
named and left out. Workbook builds with --no-run, for the others run nothing
either.

  go run ./bench                          the usual sizes, and what a save costs
  go run ./bench -n 100 -tools workbook,mkdocs -rounds 5
  go run ./bench -n 1000,5000 -tools workbook -check
  go run ./bench -write /tmp/book -for hugo -n 100

Flags:
`

// options are the flags.
type options struct {
	sizes    []int
	tools    []string
	rounds   int
	saves    int
	dir      string
	limit    time.Duration
	check    bool
	write    string
	notation string // whose notation -write uses
	paths    map[string]*string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

func readOptions(args []string, stderr io.Writer) (*options, error) {
	opt := &options{paths: map[string]*string{}}
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Usage = func() {
		fmt.Fprint(stderr, usage)
		f.PrintDefaults()
	}
	sizes := f.String("n", "100,1000,5000", "numbers of chapters")
	tools := f.String("tools", strings.Join(toolNames(), ","), "what is measured")
	f.IntVar(&opt.rounds, "rounds", 3, "how often each tool builds each book; medians are printed")
	f.IntVar(&opt.saves, "saves", 20, "how many saves of a chapter are timed with build --watch; 0 for none")
	f.StringVar(&opt.dir, "dir", "", "folder for the books and sites, which is kept (default: one that is removed)")
	f.DurationVar(&opt.limit, "limit", 5*time.Minute, "the longest that one build may take")
	f.BoolVar(&opt.check, "check", false, "exit with 1 where a goal is missed")
	f.StringVar(&opt.write, "write", "", "only write the book into this folder")
	f.StringVar(&opt.notation, "for", "workbook", "the tool in whose notation -write writes")
	for _, name := range toolNames() {
		opt.paths[name] = f.String(name, "", "the program "+name+" (default: from PATH; workbook is compiled)")
	}
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	if f.NArg() > 0 {
		return nil, fmt.Errorf("%s: there are flags only: see go run ./bench -h", f.Arg(0))
	}
	for text := range strings.SplitSeq(*sizes, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 1 {
			return nil, fmt.Errorf("-n %s: write numbers of chapters, such as 100,1000", *sizes)
		}
		opt.sizes = append(opt.sizes, n)
	}
	for name := range strings.SplitSeq(*tools, ",") {
		if !slices.Contains(toolNames(), strings.TrimSpace(name)) {
			return nil, fmt.Errorf("-tools %s: there are %s", name, strings.Join(toolNames(), ", "))
		}
		opt.tools = append(opt.tools, strings.TrimSpace(name))
	}
	if !slices.Contains(toolNames(), opt.notation) {
		return nil, fmt.Errorf("-for %s: there are %s", opt.notation, strings.Join(toolNames(), ", "))
	}
	opt.rounds = max(opt.rounds, 1)
	return opt, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	opt, err := readOptions(args, stderr)
	if err != nil {
		return err
	}
	if opt.write != "" {
		return writeBook(opt.write, dialectOf(opt.notation), opt.sizes[0])
	}
	if opt.dir == "" {
		if opt.dir, err = os.MkdirTemp("", "bench-"); err != nil {
			return err
		}
		defer os.RemoveAll(opt.dir)
	}
	if opt.dir, err = filepath.Abs(opt.dir); err != nil {
		return err
	}
	defer removeAside(opt.dir)
	tools, err := findTools(ctx, opt, stdout)
	if err != nil {
		return err
	}
	r := &results{opt: opt, out: stdout, samples: map[key][]sample{}}
	for _, n := range opt.sizes {
		for _, t := range tools {
			if err := t.prepare(opt.dir, n); err != nil {
				return err
			}
		}
		if err := r.measure(ctx, tools, n); err != nil {
			return err
		}
		r.print(tools, n)
	}
	if i := slices.IndexFunc(tools, func(t *tool) bool { return t.name == ours }); i >= 0 && opt.saves > 0 {
		n := min(slices.Max(opt.sizes), 1000)
		if err := tools[i].prepare(opt.dir, n); err != nil {
			return err
		}
		if r.save, err = timeSaves(ctx, tools[i].path, tools[i].book(opt.dir, n), opt.saves); err != nil {
			return err
		}
		r.saveAt = n
	}
	if missed := r.goals(); missed > 0 && opt.check {
		return fmt.Errorf("%d goals missed", missed)
	}
	return nil
}

// compile builds the workbook of this repository.
func compile(ctx context.Context, dir string) (string, error) {
	file := filepath.Join(dir, "workbook-binary")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", file, "example/workbook")
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, said)
	}
	return file, nil
}
