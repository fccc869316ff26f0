package runner

import (
	"context"

	"golang.org/x/sys/unix"

	"example/workbook/runner/ahead"
)

// try starts a run without a program.
func (r *Runner) try(ctx context.Context) error {
	f, err := ahead.NewFolder()
	if err != nil {
		return err
	}
	defer f.Remove()
	out, err := r.execute(ctx, r.command(f))
	if err != nil {
		return err
	}
	return out.broken
}

// mostFiles is how many descriptors a process may have, if nothing else limits it.
func mostFiles() int {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &l) != nil {
		return 0
	}
	return int(l.Max)
}
