package cli

import (
	"context"
	"fmt"

	"example/workbook/internal/book"
	"example/workbook/runner"
)

// unsolved sees to it that the starter of an exercise whose solution passes is
// a fair beginning: it compiles, ends by itself, and does not pass yet.
func (ex *executor) unsolved(ctx context.Context, e *book.Exercise, o *outcome) {
	for _, engine := range ex.engines(e.Starter) {
		res, err := ex.check(ctx, e.Starter, engine)
		if err == nil && res.Refused && ex.opt.engine == "auto" && ex.goOnce() {
			res, err = ex.check(ctx, e.Starter, runner.Go)
		}
		if err != nil {
			o.verdict, o.reason = runner.Error, err.Error()
			return
		}
		if why := unfair(e, &res); why != "" {
			o.verdict, o.reason = runner.Fail, why
			return
		}
	}
}

// unfair says what is wrong with a run of a starter, or "".
func unfair(e *book.Exercise, res *runner.Result) string {
	file := e.Starter.File
	switch {
	case res.Verdict == runner.Pass:
		return fmt.Sprintf("%s passes already: take out of it what the reader is to write, or let the fences of %v expect more", file, e.Pos)
	case res.Run == nil || res.Refused:
		return ""
	case res.Run.End == runner.Rejected:
		return fmt.Sprintf("%s does not compile: a starter has to run, and to print what is still wrong\n%v", file, res.Run.Problems)
	case res.Run.End == runner.TimedOut || res.Run.End == runner.TooMuchOutput:
		what, _ := res.Run.Describe()
		return fmt.Sprintf("%s %s: a starter has to end by itself, and to print what is still wrong", file, what)
	}
	return ""
}
