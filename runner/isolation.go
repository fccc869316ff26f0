package runner

import (
	"context"
	"sync"

	"example/workbook/runner/isolate"
)

// Isolation is how far the runs of a Runner are kept apart from the machine.
type Isolation struct {
	Level isolate.Level
	// Lacks says for each stronger level what the system refused.
	Lacks []Lack
}

// Lack is a level that cannot be had here.
type Lack struct {
	Level isolate.Level
	Err   *isolate.Refusal
}

// Isolated finds out how far runs are kept apart, by starting one without a
// program, unless there has been a run. The error says that the level which the
// Runner demands cannot be had.
func (r *Runner) Isolated(ctx context.Context) (Isolation, error) {
	if r.warmed != nil {
		<-r.warmed
	}
	if known := r.box.known(); known.Level != 0 {
		return known, nil
	}
	if err := r.try(ctx); err != nil {
		return Isolation{}, err
	}
	return r.box.known(), nil
}

// findings is what a Runner has found out about isolation. Runs may overlap.
type findings struct {
	mu sync.Mutex
	Isolation
}

// known returns what was found; its Level is zero when nothing was.
func (f *findings) known() Isolation {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.Isolation
}

// first is the level to try first.
func (f *findings) first(demanded isolate.Level) isolate.Level {
	if level := f.known().Level; level != 0 {
		return level
	}
	return max(demanded, isolate.Full)
}

func (f *findings) found(level isolate.Level) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Level = level
}

func (f *findings) refused(level isolate.Level, why *isolate.Refusal) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n := len(f.Lacks); n == 0 || f.Lacks[n-1].Level < level {
		f.Lacks = append(f.Lacks, Lack{level, why})
	}
}

// Known is what Isolated has found out so far, or a run; its Level is zero when
// there was neither.
func (r *Runner) Known() Isolation { return r.box.known() }
