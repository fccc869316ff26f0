package runner

import (
	"fmt"
	"strings"

	"example/workbook/internal/book"
	"example/workbook/internal/evidence"
	"example/workbook/internal/match"
)

// Verdict says whether a run is what its chapter says.
type Verdict int

// The verdicts.
const (
	Pass  Verdict = iota
	Fail          // it is not: see Result.Reason and Result.Mismatches
	Skip          // it was not run: see Result.Reason
	Error         // it could not be run or checked
)

func (v Verdict) String() string { return [...]string{"pass", "fail", "skip", "error"}[v] }

// Result is a run compared with what its chapter says.
type Result struct {
	Verdict    Verdict
	Reason     string // one sentence, empty for Pass
	Run        *Run   // nil for Skip
	Mismatches []Mismatch
	// Refused is that of the run: another engine may well run the program.
	Refused bool
	// Notes are those of the run, and what the chapter could check but does not.
	Notes []string
	// Left says what the program did not give back: descriptors and threads. A
	// program that ends need not, so it is for who wants to know.
	Left []string

	snippet *book.Snippet
}

// Mismatch is a fence and the text that does not match it, or the committed
// recording of a snippet and the structure of a run that differs from it.
type Mismatch struct {
	Expectation *book.Expectation
	Fence       string // output, stderr, error, EvidenceFence or Recording
	Got         string
	Result      *match.Result

	Findings   []evidence.Finding // of an evidence fence, one for each sentence
	Difference string             // from a recording, as evidence.Compare says it
}

// Check compares a run of s with what the chapter says about it.
//
// The end of the program comes first. Without an error fence or exit=N it must
// end by itself with status 0; with exit=N, with that status. With an error
// fence it must fail: be rejected by the compiler, panic, end with another
// status than 0 or by a signal. The fence then holds, line by line,
//
//	6:2: declared and not used: x   for each thing the compiler rejects, with
//	                                line and column counted in the program
//	panic: boom                     or "fatal error: ...", without goroutines
//	exit status 3                   below what the program wrote to stderr
//	signal: killed
//
// When the end is right, the output fence is compared with stdout and the
// stderr fence with what the program itself wrote to stderr; what the Go runtime
// adds to a panic belongs to the error fence. Text that no fence claims is a
// note and no failure: Go programs log to stderr, and a page need not show it.
//
// The evidence fence is compared with what was recorded of the run; where
// nothing was, that is a note.
//
// A nil run gives the verdict Skip.
func Check(s *book.Snippet, run *Run) Result {
	res := Result{Run: run, snippet: s}
	if run == nil {
		res.Verdict, res.Reason = Skip, s.Skip
		if res.Reason == "" {
			res.Reason = "it was not run"
		}
		return res
	}
	res.Notes = append(res.Notes, run.Notes...)
	res.Refused = run.Refused
	if reason := wrongEnd(s, run); reason != "" {
		res.Verdict, res.Reason = Fail, reason
		return res
	}
	if run.End == Compiled {
		return res
	}
	res.compare("output", s.Output, run.Stdout())
	res.compare("stderr", s.Stderr, run.Printed())
	p := Of(s)
	res.compare("error", s.Error, run.failure(&p, s.Stderr == nil))
	res.checkEvidence()
	res.decide()
	res.noteUnchecked()
	return res
}

// wrongEnd says why a program should not have ended as it did, or "".
func wrongEnd(s *book.Snippet, run *Run) string {
	what, _ := run.Describe()
	switch run.End {
	case TimedOut, TooMuchOutput, TooManyProcesses:
		return "it " + what
	case Rejected:
		if s.Error == nil || run.Refused {
			return "it " + what
		}
		return ""
	case Compiled:
		if s.Error != nil {
			return "it compiles, but an error fence says that it fails"
		}
		return ""
	}
	failed := run.End != Exited || run.ExitCode != 0
	switch {
	case s.Exit != 0 && run.ExitCode != s.Exit:
		return fmt.Sprintf("it %s, not with exit status %d", what, s.Exit)
	case s.Error != nil && !failed:
		return fmt.Sprintf("it %s, but the error fence at %v says that it fails", what, lineOf(s.Error))
	case s.Error == nil && s.Exit == 0 && failed:
		if first, _, _ := strings.Cut(strings.TrimSpace(run.Printed()), "\n"); run.End == Exited && first != "" {
			return fmt.Sprintf("it %s: %s", what, first)
		}
		return "it " + what
	}
	return ""
}

// lineOf is where the text of e begins; its column says nothing.
func lineOf(e *book.Expectation) book.Pos {
	return book.Pos{File: e.Pos.File, Line: e.Pos.Line}
}

// compare matches got with a fence, if the chapter has it.
func (r *Result) compare(fence string, want *book.Expectation, got string) {
	if want == nil {
		return
	}
	text := want.Text
	if want.Trim {
		text, got = strings.TrimSpace(text), strings.TrimSpace(got)
	}
	pattern, err := match.Compile(text, want.Mode)
	if err != nil {
		r.Verdict, r.Reason = Error, fmt.Sprintf("%v: %s fence: %v", want.Pos, fence, err)
		return
	}
	if m := pattern.Match(got); !m.OK {
		r.Mismatches = append(r.Mismatches, Mismatch{Expectation: want, Fence: fence, Got: got, Result: m})
	}
}

// noteUnchecked notes what was printed and no fence claims.
func (r *Result) noteUnchecked() {
	s, run := r.snippet, r.Run
	if n := lineCount(run.Stdout()); n > 0 && s.Output == nil {
		r.Notes = append(r.Notes, fmt.Sprintf("printed %s that nothing checks: write an empty output fence below it and run workbook accept %s", evidence.Counted(n, "line", "lines"), s.ID))
	}
	if n := lineCount(run.Printed()); n > 0 && s.Stderr == nil && s.Error == nil {
		first, _, _ := strings.Cut(strings.TrimSpace(run.Printed()), "\n")
		r.Notes = append(r.Notes, fmt.Sprintf("wrote %s to stderr that nothing checks: %s", evidence.Counted(n, "line", "lines"), first))
	}
}

// lineCount counts lines; the last one need not have its end.
func lineCount(s string) int {
	n := strings.Count(s, "\n")
	if s != "" && !strings.HasSuffix(s, "\n") {
		n++
	}
	return n
}

// Compare says in which way two runs of one snippet by two engines disagree,
// or "". They agree when they ended alike and printed the same; where the
// chapter has an output fence, what both match counts as the same.
func Compare(a, b *Result) string {
	x, y := a.Run, b.Run
	if x == nil || y == nil {
		return ""
	}
	said := func(r *Run) string { what, _ := r.Describe(); return what }
	switch {
	case x.End != y.End || x.ExitCode != y.ExitCode || x.Signal != y.Signal:
		return fmt.Sprintf("the engines disagree: with %s it %s, with %s it %s", x.Engine, said(x), y.Engine, said(y))
	case a.Verdict != b.Verdict:
		return fmt.Sprintf("the engines disagree: with %s the verdict is %v, with %s %v", x.Engine, a.Verdict, y.Engine, b.Verdict)
	case a.snippet != nil && a.snippet.Output != nil:
		return ""
	}
	line, left, right := firstDifference(x.Stdout(), y.Stdout())
	if line == 0 {
		return ""
	}
	return fmt.Sprintf("the engines print different things, first in line %d: %s %q, %s %q: if that may vary, write an output fence with placeholders", line, x.Engine, left, y.Engine, right)
}

// firstDifference returns the number of the first line in which a and b differ,
// and this line of both; 0 when they are equal.
func firstDifference(a, b string) (line int, left, right string) {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range max(len(x), len(y)) {
		left, right = "", ""
		if i < len(x) {
			left = x[i]
		}
		if i < len(y) {
			right = y[i]
		}
		if left != right || i >= len(x) || i >= len(y) {
			return i + 1, left, right
		}
	}
	return 0, "", ""
}
