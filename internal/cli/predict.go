package cli

import (
	"fmt"
	"strings"

	"example/workbook/internal/book"
	"example/workbook/internal/match"
	"example/workbook/runner"
)

// forecast is a prediction and what the runs of its snippet say about it.
type forecast struct {
	prediction *book.Prediction
	right      int   // index of the choice that every run bears out
	err        error // why that is not one choice
}

// forecasts holds the predictions about s against its runs, each of which must
// bear out the same one choice.
func (ex *executor) forecasts(s *book.Snippet, results []runner.Result) []forecast {
	var all []forecast
	for _, p := range predictionsOf(ex.src.book, s) {
		f := forecast{prediction: p}
		for i, res := range results {
			right, err := bornOut(p, res.Run.Stdout())
			if err == nil && i > 0 && right != f.right {
				err = fmt.Errorf("%v: %s bears out choice %d, %s choice %d: one of the engines is wrong, or the output varies",
					p.Pos, results[0].Run.Engine, f.right+1, res.Run.Engine, right+1)
			}
			if f.err == nil {
				f.right, f.err = right, err
			}
		}
		all = append(all, f)
	}
	return all
}

// predictionsOf are the predictions of the book that a run of s decides.
func predictionsOf(b *book.Book, s *book.Snippet) []*book.Prediction {
	var found []*book.Prediction
	for _, c := range b.Chapters {
		for _, p := range c.Predictions {
			if p.Snippet == s {
				found = append(found, p)
			}
		}
	}
	return found
}

// predict lets the predictions about s decide a run that is right so far.
func (ex *executor) predict(s *book.Snippet, o *outcome) {
	o.forecasts = nil
	if o.verdict != runner.Pass {
		return
	}
	var wrong []string
	switch {
	case s.NoRun:
		for _, p := range predictionsOf(ex.src.book, s) {
			wrong = append(wrong, fmt.Sprintf("%v: no run decides this prediction: %s is compiled only (no_run)", p.Pos, s.ID))
		}
	default:
		o.forecasts = ex.forecasts(s, o.results)
		for _, f := range o.forecasts {
			if f.err != nil {
				wrong = append(wrong, f.err.Error())
			}
		}
	}
	if wrong != nil {
		o.verdict, o.reason = runner.Fail, strings.Join(wrong, "\n")
	}
}

// bornOut is the choice that an output bears out. The error says of each
// condition which line meets it, or which one comes close.
func bornOut(p *book.Prediction, output string) (int, error) {
	right, err := p.Right(output)
	if err == nil {
		return right, nil
	}
	var b strings.Builder
	for i, c := range p.Choices {
		for _, condition := range c.When {
			fmt.Fprintf(&b, "\n  choice %d: %q: %s", i+1, condition, printedFor(condition, output))
		}
	}
	return 0, fmt.Errorf("%w%s", err, b.String())
}

// printedFor says which line of an output a condition is about.
func printedFor(condition, output string) string {
	pattern, err := match.Compile(condition+"\n", match.Exact)
	if err != nil {
		return err.Error()
	}
	closest, shared := "", 0
	for line := range lines(output) {
		if pattern.Match(line + "\n").OK {
			return fmt.Sprintf("printed, %q", line)
		}
		if n := commonPrefix(condition, line); n > shared {
			closest, shared = line, n
		}
	}
	if shared < 3 {
		return "no line like it was printed"
	}
	return fmt.Sprintf("not printed, but %q", closest)
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
