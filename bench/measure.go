package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// sample is what one build took.
type sample struct {
	cpu, wall time.Duration // cpu is user and system time
	memory    int64         // peak, in bytes, of the largest process
}

// key names the samples of one tool and size.
type key struct {
	tool  string
	n     int
	again bool // nothing had changed since the build before
}

// results are all samples, each list in the order of the rounds.
type results struct {
	opt     *options
	out     io.Writer
	samples map[key][]sample
	slow    []key         // those that were not done within the limit
	save    time.Duration // median from a save to the new page
	saveAt  int           // chapters of the book that was saved
}

// measure builds a book with all tools in turn, each time from nothing and then
// once more. A tool that is not done within the limit is left out of the turns that
// follow.
func (r *results) measure(ctx context.Context, tools []*tool, n int) error {
	for range r.opt.rounds {
		for _, t := range tools {
			if slices.Contains(r.slow, key{t.name, n, false}) {
				continue
			}
			if err := r.putAside(t.site(r.opt.dir, n)); err != nil {
				return err
			}
			for _, again := range []bool{false, true} {
				s, err := r.once(ctx, t, n)
				if errors.Is(err, context.DeadlineExceeded) {
					r.slow = append(r.slow, key{t.name, n, false})
					break
				}
				if err != nil {
					return fmt.Errorf("%s, %d chapters: %w", t.name, n, err)
				}
				k := key{t.name, n, again}
				r.samples[k] = append(r.samples[k], s)
			}
		}
	}
	return nil
}

// putAside moves an old site away. To delete it would cost the build that follows:
// for five seconds, ext4 asks of every inode that it could give to a new file
// whether it was just deleted (recently_deleted in Linux' fs/ext4/ialloc.c), which
// took 40 % of a build of 100 chapters.
func (r *results) putAside(site string) error {
	if _, err := os.Stat(site); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	folder, err := os.MkdirTemp(r.opt.dir, aside)
	if err != nil {
		return err
	}
	return os.Rename(site, filepath.Join(folder, "site"))
}

// removeAside deletes the sites that were put aside.
func removeAside(dir string) {
	list, _ := filepath.Glob(filepath.Join(dir, aside+"*"))
	for _, name := range list {
		_ = os.RemoveAll(name)
	}
}

const aside = "aside-" // what the folders of the sites begin with

func (r *results) once(ctx context.Context, t *tool, n int) (sample, error) {
	ctx, cancel := context.WithTimeout(ctx, r.opt.limit)
	defer cancel()
	cmd := t.command(ctx, r.opt.dir, n)
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	start := time.Now()
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return sample{}, ctx.Err()
		}
		return sample{}, fmt.Errorf("%w\n%s", err, said.String())
	}
	s := sample{wall: time.Since(start), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.memory = int64(usage.Maxrss)
		if runtime.GOOS == "linux" { // getrusage(2): in kilobytes; elsewhere in bytes
			s.memory *= 1024
		}
	}
	return s, nil
}

func (s sample) cpuTime() float64  { return s.cpu.Seconds() }
func (s sample) wallTime() float64 { return s.wall.Seconds() }
func (s sample) peak() float64     { return float64(s.memory) }

// median of a quantity of the samples.
func (r *results) median(k key, of func(sample) float64) float64 {
	var values []float64
	for _, s := range r.samples[k] {
		values = append(values, of(s))
	}
	return median(values)
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	values = slices.Sorted(slices.Values(values))
	middle := len(values) / 2
	if len(values)%2 == 0 {
		return (values[middle-1] + values[middle]) / 2
	}
	return values[middle]
}

// ratios are those of a quantity of two tools, round by round: what disturbs a
// round disturbs both.
func (r *results) ratios(a, b key, of func(sample) float64) []float64 {
	var list []float64
	for i, s := range r.samples[a] {
		if i < len(r.samples[b]) {
			if below := of(r.samples[b][i]); below > 0 {
				list = append(list, of(s)/below)
			}
		}
	}
	return list
}

func (r *results) print(tools []*tool, n int) {
	fmt.Fprintf(r.out, "\n%d chapters, medians of %d\n", n, r.opt.rounds)
	fmt.Fprintf(r.out, "%-10s %9s %9s %9s   %s\n", "", "CPU s", "wall s", "peak MB", "nothing changed: CPU s, wall s")
	for _, t := range tools {
		first, again := key{t.name, n, false}, key{t.name, n, true}
		if slices.Contains(r.slow, first) {
			fmt.Fprintf(r.out, "%-10s not built in %v\n", t.name, r.opt.limit)
			continue
		}
		fmt.Fprintf(r.out, "%-10s %9.3f %9.3f %9.1f   %.3f, %.3f\n", t.name, r.median(first, sample.cpuTime), r.median(first, sample.wallTime),
			r.median(first, sample.peak)/1e6, r.median(again, sample.cpuTime), r.median(again, sample.wallTime))
	}
	for _, t := range tools {
		if t.name == ours || len(r.samples[key{ours, n, false}]) == 0 {
			continue
		}
		a, b := key{ours, n, false}, key{t.name, n, false}
		if slices.Contains(r.slow, a) || slices.Contains(r.slow, b) {
			continue
		}
		cpu, wall, memory := r.ratios(a, b, sample.cpuTime), r.ratios(a, b, sample.wallTime), r.ratios(a, b, sample.peak)
		fmt.Fprintf(r.out, "%s / %s: CPU %s, wall %s, memory %s\n", ours, t.name, spread(cpu), spread(wall), spread(memory))
	}
}

func spread(ratios []float64) string {
	return fmt.Sprintf("%.3f (%.3f to %.3f)", median(ratios), slices.Min(ratios), slices.Max(ratios))
}

// goal is what a book of workbook must not cost more than.
type goal struct {
	what      string
	got, most float64
	unit      string
	had       bool // it was measured
}

// goals prints what is met and missed, and returns how many are missed.
func (r *results) goals() int {
	ratio := func(what string, a, b key, most float64) goal {
		list := r.ratios(a, b, sample.cpuTime)
		return goal{what, median(list), most, "", len(list) > 0}
	}
	hundred, thousand, five := key{ours, 100, false}, key{ours, 1000, false}, key{ours, 5000, false}
	unchanged := key{ours, 1000, true}
	list := []goal{
		ratio("CPU at 1,000 chapters, of Hugo's", thousand, key{"hugo", 1000, false}, 0.30),
		ratio("CPU at 100 chapters, of MkDocs + Material's", hundred, key{"mkdocs", 100, false}, 0.08),
		ratio("CPU of 5,000 chapters, of that of 1,000", five, thousand, 5.5),
		{"peak memory at 1,000 chapters", r.median(thousand, sample.peak) / 1e6, 150, " MB", len(r.samples[thousand]) > 0},
		{"a build of 1,000 chapters when nothing has changed", r.median(unchanged, sample.wallTime) * 1e3, 50, " ms", len(r.samples[unchanged]) > 0},
		{fmt.Sprintf("from a save to the page, at %d chapters", r.saveAt), r.save.Seconds() * 1e3, 20, " ms", r.saveAt > 0},
	}
	fmt.Fprintf(r.out, "\nGoals\n")
	missed := 0
	for _, g := range list {
		switch {
		case !g.had:
			fmt.Fprintf(r.out, "  not measured  %s: at most %g%s\n", g.what, g.most, g.unit)
		case g.got > g.most:
			missed++
			fmt.Fprintf(r.out, "  missed        %s: %.3f%s, at most %g\n", g.what, g.got, g.unit, g.most)
		default:
			fmt.Fprintf(r.out, "  met           %s: %.3f%s, at most %g\n", g.what, g.got, g.unit, g.most)
		}
	}
	return missed
}
