package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"example/workbook/internal/book"
	"example/workbook/internal/machine"
	"example/workbook/runner"
	"example/workbook/site"
)

// buildOptions are the flags of build.
type buildOptions struct {
	run     runOptions
	strict  bool
	noRun   bool
	noCache bool
	dir     string
	watch   bool
	addr    string // where a watch serves
}

func newBuild(env *Env, dir *string) *cobra.Command {
	var opt buildOptions
	cmd := &cobra.Command{
		Use:   "build",
		Short: "turn the book into a static site",
		Long: `Build writes the book as static pages into the folder that mkdocs.yml names with
site_dir. They need no server and no JavaScript, and ask no other host for
anything.

Every program that a page shows is run first, and must do what the page says:
a run that fails leaves the site as it was. Runs are remembered, by the program,
the engine, the version of Go and the kernel; what has not changed is not run
again. With --no-run nothing is run, and pages say so; what is wrong with programs
is then a warning.

mkdocs.yml is read as MkDocs reads it. A setting that has no effect here is named
as a warning; nothing in it is ever executed.

The exit status is 0 when the site was built, 1 when a program failed or, with
--strict, there was a warning, 2 when the book is at fault, 3 when the machine is.`,
		Example: `  workbook build
  workbook build --strict --engine both --no-cache
  workbook build --no-run --site-dir /tmp/site`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if opt.watch {
				return previewBook(cmd.Context(), env, *dir, opt)
			}
			return build(cmd.Context(), env, *dir, opt)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&opt.strict, "strict", false, "fail where there is a warning")
	f.BoolVar(&opt.noRun, "no-run", false, "run nothing, and mark the pages as not verified")
	f.BoolVar(&opt.noCache, "no-cache", false, "run everything, also what has not changed")
	f.StringVarP(&opt.dir, "site-dir", "d", "", "folder for the site (default: site_dir of mkdocs.yml)")
	f.StringVar(&opt.run.engine, "engine", "auto", "engine that executes the snippets: auto, yaegi, go or both")
	f.IntVarP(&opt.run.jobs, "jobs", "j", runtime.NumCPU(), "how many snippets and pages are worked on side by side")
	f.BoolVarP(&opt.watch, "watch", "w", false, "serve the pages on this machine, and rebuild them when a file is saved")
	f.StringVar(&opt.addr, "addr", "127.0.0.1:8000", "address of --watch")
	_ = cmd.RegisterFlagCompletionFunc("engine", cobra.FixedCompletions(engineNames, cobra.ShellCompDirectiveNoFileComp))
	opt.run.repeat = 1
	opt.run.flags(cmd)
	return cmd
}

func build(ctx context.Context, env *Env, dir string, opt buildOptions) error {
	if err := opt.run.check(); err != nil {
		return err
	}
	options := site.Options{Root: bookDir(dir), Dir: opt.dir, Strict: opt.strict, Jobs: opt.run.jobs, Getenv: os.Getenv}
	if report := upToDate(&options, opt); report != nil {
		return built(env, report, count(report.Files, "file")+", as they were: nothing has changed")
	}
	src, err := openToBuild(env, dir, opt.noRun)
	if err != nil {
		return err
	}
	if src.dir == "" && opt.dir == "" {
		return fmt.Errorf("the book is the one inside the program: say where its site should go, with --site-dir")
	}
	if debug.SetMemoryLimit(-1) == math.MaxInt64 { // the reader has set none
		if isLarge(src.book) {
			defer debug.SetGCPercent(debug.SetGCPercent(100))
		} else {
			defer debug.SetMemoryLimit(debug.SetMemoryLimit(memoryLimit))
		}
	}
	options.Root, options.Changed, options.Figure = src.dir, src.changed(), src.figure
	if !opt.noRun {
		runs, err := verify(ctx, env, src, opt)
		if err != nil {
			return err
		}
		options.Run = func(s *book.Snippet) *site.Run { return runs[s] }
		for _, run := range runs {
			if !run.Passed { // it may run where the machine allows more
				options.Key = ""
			}
		}
	}
	start := time.Now()
	report, err := site.Build(ctx, src.book, options)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, site.ErrWarnings):
		warn(env, report)
		return &exitError{exitFailed, fmt.Errorf("%s, and --strict: the site was not touched", count(len(report.Warnings), "warning"))}
	case err != nil:
		return err
	}
	return built(env, report, fmt.Sprintf("%s in %s, %d written, in %s", count(report.Pages, "page"), count(report.Files, "file"), report.Written, duration(time.Since(start))))
}

// Commands collect seldom, see [Run], and a build is over before there is much to
// collect: up to the limit, which a book of a thousand chapters reaches. A book that
// would not fit below the limit is collected as it grows; so is a chapter whose tree
// of marks and headings may alone be larger, for at the limit the collector would
// take half of the time.
const (
	memoryLimit  = 96 << 20  // bytes
	largeBook    = 12 << 20  // bytes of Markdown
	largeChapter = 256 << 10 // bytes of Markdown
)

func isLarge(b *book.Book) bool {
	size := 0
	for _, c := range b.Chapters {
		if len(c.Source) > largeChapter {
			return true
		}
		size += len(c.Source)
	}
	return size > largeBook
}

func warn(env *Env, report *site.Report) {
	for _, w := range report.Warnings {
		fmt.Fprintf(env.Stderr, "warning: %s\n", w)
	}
}

func built(env *Env, report *site.Report, what string) error {
	warn(env, report)
	fmt.Fprintf(env.Stdout, "%s: %s\n", report.Dir, what)
	if report.Without != "" {
		fmt.Fprintf(env.Stdout, "%s\n", report.Without)
	}
	return nil
}

// bookDir is the folder of the book on disk, or "" for the one in the program.
func bookDir(dir string) string {
	if dir == "" && exists(config) {
		return "."
	}
	return dir
}

// upToDate looks whether there is anything to do, before it reads the book: it
// returns the report of the build before where no file of the book has changed
// since, nor this program, nor what it was asked for.
func upToDate(options *site.Options, opt buildOptions) *site.Report {
	if options.Root == "" || opt.noCache {
		return nil
	}
	fsys := os.DirFS(options.Root)
	c, err := book.ReadConfig(fsys)
	if err != nil {
		return nil
	}
	h := sha256.New()
	for _, name := range c.Files {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil
		}
		_, _ = h.Write(data)
	}
	fmt.Fprintln(h, thisProgram(), opt.run.engine, opt.noRun, opt.strict)
	if !opt.noRun {
		fmt.Fprintln(h, system())
		if opt.run.engine == "go" || opt.run.engine == "both" {
			fmt.Fprintln(h, machine.GoVersion())
		}
	}
	for _, name := range variables(c.Root) {
		fmt.Fprintf(h, "%s=%q\n", name, os.Getenv(name))
	}
	if !stampTrees(h, fsys, c.DocsDir, "snippets", "go.mod", "go.sum") {
		return nil
	}
	if dir := history(options.Root); dir != "" && !stampTrees(h, os.DirFS(dir), "HEAD", "logs/HEAD") {
		return nil
	}
	options.Key = hex.EncodeToString(h.Sum(nil))
	report, ok := site.Unchanged(c, fsys, *options)
	if !ok || opt.strict && len(report.Warnings) > 0 {
		return nil
	}
	return report
}

// variables are the names in the !ENV of a mkdocs.yml, with its defaults.
func variables(n *yaml.Node) []string {
	if n == nil {
		return nil
	}
	if n.Tag == "!ENV" && n.Kind == yaml.ScalarNode {
		return []string{n.Value}
	}
	var names []string
	for _, c := range n.Content {
		if n.Tag == "!ENV" {
			names = append(names, c.Value)
		}
		names = append(names, variables(c)...)
	}
	return names
}

// thisProgram names the program that is running, also where it has no version.
func thisProgram() string {
	file, err := os.Executable()
	if err != nil {
		return version()
	}
	info, err := os.Stat(file)
	if err != nil {
		return version()
	}
	return fmt.Sprint(version(), info.Size(), info.ModTime().UnixNano())
}

// verify runs the programs of the book, but those whose runs are remembered. It
// fails when one of them does not do what its page says.
func verify(ctx context.Context, env *Env, src *source, opt buildOptions) (map[*book.Snippet]*site.Run, error) {
	snippets, err := src.choose(nil)
	if err != nil || len(snippets) == 0 {
		return nil, err
	}
	r, err := opt.run.confined(ctx, src)
	if err != nil {
		return nil, err
	}
	ex, err := newExecutor(src, r, opt.run)
	if err != nil {
		return nil, err
	}
	if opt.noCache {
		r.Prepared = ""
	}
	memory := newMemory(src, opt)
	runs := map[*book.Snippet]*site.Run{}
	var todo []*book.Snippet
	for _, s := range snippets {
		if run := memory.recall(s); run != nil {
			src.note(runs, s, run)
			continue
		}
		todo = append(todo, s)
	}
	if opt.run.engine != "go" && len(todo) > 0 {
		r.Warm()
		defer r.Close()
	}
	rep := newTextReporter(env, src, opt.run, todo)
	rep.gathers = true
	start := time.Now()
	var sum tally
	for o := range ex.all(ctx, todo, rep.started) {
		if ctx.Err() != nil {
			break
		}
		sum.add(o)
		src.note(runs, o.snippet, runOf(o))
		switch o.verdict {
		case runner.Fail, runner.Error:
			rep.finished(o)
		default:
			rep.passed(o)
			memory.keep(o.snippet, runs[o.snippet])
		}
	}
	if ctx.Err() != nil {
		rep.end(nil, 0)
		return nil, context.Cause(ctx)
	}
	rep.out.wipe()
	if err := sum.err(); err != nil {
		rep.end(&sum, time.Since(start))
		fmt.Fprintln(env.Stderr, "workbook: the site was not touched: it would show what is not true")
		return nil, err
	}
	return runs, nil
}

// note keeps the run of a snippet, also under the solution of the exercise that
// it stands for.
func (s *source) note(runs map[*book.Snippet]*site.Run, snippet *book.Snippet, run *site.Run) {
	runs[snippet] = run
	if ex := s.tasks[snippet]; ex != nil {
		runs[ex.Solution] = run
	}
}

// passed takes o off the progress line.
func (r *textReporter) passed(o *outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done++
	if i := slices.Index(r.running, o.snippet.ID); i >= 0 {
		r.running = slices.Delete(r.running, i, i+1)
	}
	r.draw()
}

// runOf is what a page says of a run.
func runOf(o *outcome) *site.Run {
	run := &site.Run{Passed: o.verdict == runner.Pass, Failed: o.verdict == runner.Fail, Reason: o.reason, When: time.Now().UTC().Truncate(time.Second)}
	for i, res := range o.results {
		if res.Run == nil {
			continue
		}
		run.Engines = append(run.Engines, string(res.Run.Engine))
		if i == 0 {
			run.Stdout = res.Run.Stdout()
		}
		run.Go = runtime.Version()
		if res.Run.Engine == runner.Go {
			run.Go = machine.GoVersion()
		}
	}
	run.System = system()
	return run
}

// system names the kernel and the processor.
func system() string { return machine.Kernel() + " " + runtime.GOARCH }

// memory is the runs of earlier builds, in files named by all that decides how
// a run comes out: the program and what the chapter expects of it, the packages
// of the book, the engine, this program, the version of Go and the kernel. The
// zero value remembers nothing.
type memory struct {
	dir    string
	common string
	src    *source
}

func newMemory(src *source, opt buildOptions) *memory {
	cache, err := os.UserCacheDir()
	if opt.noCache || err != nil {
		return &memory{}
	}
	h := sha256.New()
	fmt.Fprintln(h, thisProgram(), opt.run.engine, system(), machine.GoVersion())
	hashTrees(h, src.book.FS, "snippets/lab", "go.mod", "go.sum")
	return &memory{filepath.Join(cache, "workbook", "runs"), hex.EncodeToString(h.Sum(nil)), src}
}

// hashTrees adds files, and the files of folders, to a hash. What is not there
// adds nothing.
func hashTrees(h hash.Hash, fsys fs.FS, names ...string) {
	type file struct {
		name string
		data []byte
	}
	var files []*file
	for _, top := range names {
		_ = fs.WalkDir(fsys, top, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && book.CheckFile(fsys, name) == nil {
				files = append(files, &file{name: name})
			}
			return nil
		})
	}
	var wg sync.WaitGroup
	share := (len(files) + runtime.NumCPU() - 1) / runtime.NumCPU()
	for part := range slices.Chunk(files, max(share, 1)) {
		wg.Go(func() {
			for _, f := range part {
				data, _ := fs.ReadFile(fsys, f.name)
				sum := sha256.Sum256(data)
				f.data = sum[:]
			}
		})
	}
	wg.Wait()
	for _, f := range files {
		fmt.Fprintf(h, "%s %x\n", f.name, f.data)
	}
}

// stampTrees adds the names, sizes and times of files, and of the files of
// folders, to a hash: of each when it was written and, where the system keeps it,
// when anything about it was changed last, which nobody can set. It returns false
// where a symbolic link hides what it leads to.
func stampTrees(h hash.Hash, fsys fs.FS, names ...string) bool {
	plain := true
	for _, top := range names {
		_ = fs.WalkDir(fsys, top, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return nil
			}
			info, err := d.Info()
			if err != nil || !info.Mode().IsRegular() {
				plain = false
				return nil
			}
			fmt.Fprintf(h, "%s %d %d %d\n", name, info.Size(), info.ModTime().UnixNano(), changeTime(info))
			return nil
		})
	}
	return plain
}

// file is where the run of s is remembered.
func (m *memory) file(s *book.Snippet) string {
	h := sha256.New()
	fmt.Fprintln(h, m.common, s.ID, s.Timeout, s.NoRun, s.Exit, s.Engine, s.Skip, s.Needs)
	_, _ = h.Write(s.Source)
	if ex := m.src.tasks[s]; ex != nil {
		fmt.Fprintf(h, "%q %q", ex.Starter.Source, ex.Solution.Source)
	}
	if file, ok := runner.RecordingOf(s); ok {
		data, _ := fs.ReadFile(m.src.book.FS, file)
		fmt.Fprintf(h, "%x\n", sha256.Sum256(data))
	}
	for _, e := range []*book.Expectation{s.Output, s.Stderr, s.Error, s.Evidence} {
		if e != nil {
			fmt.Fprintln(h, e.Mode, e.Trim, len(e.Text), e.Text)
		} else {
			fmt.Fprintln(h, "none")
		}
	}
	for _, p := range s.Chapter.Predictions {
		if p.Snippet == s {
			for _, c := range p.Choices {
				fmt.Fprintf(h, "%q\n", c.When)
			}
		}
	}
	return filepath.Join(m.dir, hex.EncodeToString(h.Sum(nil)[:16])+".json")
}

// recall returns the remembered run of s, or nil.
func (m *memory) recall(s *book.Snippet) *site.Run {
	if m.dir == "" {
		return nil
	}
	data, err := os.ReadFile(m.file(s))
	if err != nil {
		return nil
	}
	var run site.Run
	if json.Unmarshal(data, &run) != nil || !run.Passed {
		return nil
	}
	return &run
}

// keep remembers a run that passed. Where that cannot be done, it is run again
// next time.
func (m *memory) keep(s *book.Snippet, run *site.Run) {
	if m.dir == "" || !run.Passed {
		return
	}
	data, err := json.Marshal(run)
	if err != nil || os.MkdirAll(m.dir, 0o755) != nil {
		return
	}
	_ = book.WriteFile(m.file(s), data)
}

// history is the folder in which Git keeps what it knows of the work tree that dir
// is in, or "".
func history(dir string) string {
	top := above(dir, ".git")
	if top == "" {
		return ""
	}
	dir = filepath.Join(top, ".git")
	data, err := os.ReadFile(dir)
	if err != nil {
		return dir
	}
	// In a work tree beside the repository it is a file.
	dir = strings.TrimSpace(strings.TrimPrefix(string(data), "gitdir:"))
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(top, dir)
	}
	return dir
}

// changed tells when a file of the book was last committed, where it is in a
// repository. The history is asked once, and only if somebody wants to know.
func (s *source) changed() func(string) time.Time {
	if above(s.dir, ".git") == "" { // without a process that would have to say so
		return nil
	}
	times := sync.OnceValue(func() map[string]time.Time {
		out, err := exec.Command("git", "-C", s.dir, "-c", "core.quotePath=off", "log", "--relative", "--name-only", "--format=%x01%ct", "--", s.book.DocsDir).Output()
		found := map[string]time.Time{}
		if err != nil {
			return found
		}
		var when time.Time
		for line := range strings.Lines(string(out)) {
			line = strings.TrimSuffix(line, "\n")
			if text, ok := strings.CutPrefix(line, "\x01"); ok {
				seconds, _ := strconv.ParseInt(text, 10, 64)
				when = time.Unix(seconds, 0).UTC()
			} else if name := path.Clean(line); line != "" && found[name].IsZero() {
				found[name] = when
			}
		}
		return found
	})
	return func(name string) time.Time { return times()[name] }
}
