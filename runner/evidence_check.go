package runner

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"example/workbook/internal/book"
	"example/workbook/internal/evidence"
	"example/workbook/internal/match"
)

// The fences of a Mismatch that are no output.
const (
	// EvidenceFence holds sentences about the system calls of a run.
	EvidenceFence = "evidence"
	// Recording is no fence but the committed recording of a snippet.
	Recording = "recording"
)

// checkEvidence compares what was recorded with the evidence fence, and notes
// what the run left behind.
func (r *Result) checkEvidence() {
	s, t := r.snippet, r.Run.Evidence
	if t == nil {
		if s.Evidence != nil {
			r.Notes = append(r.Notes, "its evidence fence was not checked: nothing was recorded")
		}
		return
	}
	if s.Evidence == nil {
		r.noteLeft(nil)
		return
	}
	sentences, err := evidence.Parse(s.Evidence.Text)
	if err != nil {
		r.Verdict, r.Reason = Error, fmt.Sprintf("%v: evidence fence: %v", s.Evidence.Pos, err)
		return
	}
	if t.Lost > 0 {
		r.Verdict = Fail
		r.Reason = fmt.Sprintf("%s too many for a recording, so its evidence says nothing: let it make fewer calls, or write evidence=off in the workbook comment above it", evidence.Counted(t.Lost, "system call was", "system calls were"))
		return
	}
	findings := sentences.Check(t)
	var doubts []string
	failed := false
	for _, f := range findings {
		failed = failed || f.Verdict == evidence.Fails
		if f.Verdict == evidence.Unconfirmed && !slices.Contains(doubts, f.Fact) {
			doubts = append(doubts, f.Fact)
		}
	}
	for _, d := range doubts {
		r.Notes = append(r.Notes, "not confirmed who slept: "+d)
	}
	if failed {
		r.Mismatches = append(r.Mismatches, Mismatch{
			Expectation: s.Evidence, Fence: EvidenceFence, Got: factText(s.Evidence.Text, findings),
			Result: compareText(s.Evidence.Text, factText(s.Evidence.Text, findings)), Findings: findings,
		})
	}
	r.noteLeft(findings)
}

// factText is the text of a fence with what the run did instead of the
// sentences that fail.
func factText(text string, findings []evidence.Finding) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for _, f := range findings {
		if f.Verdict == evidence.Fails {
			lines[f.Line-1] = f.Fact
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// compareText compares two texts line by line. Placeholders mean nothing in them.
func compareText(want, got string) *match.Result {
	p, _ := match.Compile("", match.Exact) // an empty pattern is none too difficult
	if literal, err := match.Compile(p.Accept(want), match.Exact); err == nil {
		p = literal
	}
	return p.Match(got)
}

// noteLeft notes what the program did not give back, unless a sentence of its
// fence says so.
func (r *Result) noteLeft(findings []evidence.Finding) {
	said := func(words string) bool {
		return slices.ContainsFunc(findings, func(f evidence.Finding) bool { return strings.HasPrefix(f.Sentence, words) })
	}
	left := r.Run.Evidence.Left
	if n := len(left.Descriptors); n > 0 && !said("left open:") && !said("nothing is left open") {
		var each []string
		for _, d := range left.Descriptors[:min(n, 6)] {
			each = append(each, fmt.Sprintf("%d (%s)", d.FD, cmp.Or(d.Name, d.Kind)))
		}
		if n > 6 {
			each = append(each, fmt.Sprintf("%d more", n-6))
		}
		r.Left = append(r.Left, fmt.Sprintf("left open when it ended: %s %s", pluralOf(n, "descriptor"), strings.Join(each, ", ")))
	}
	if n := len(left.Threads); n > 0 && !said("no thread is left") && !said("thread ") {
		r.Left = append(r.Left, fmt.Sprintf("still there when it ended: %s %s", pluralOf(n, "thread"), strings.Join(left.Threads[:min(n, 6)], ", ")))
	}
}

func pluralOf(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

// RecordingOf is where the committed recording of a snippet lies, and whether
// it may have one: the program of a folder has it beside its main.go.
func RecordingOf(s *book.Snippet) (file string, ok bool) {
	if path.Base(s.File) != "main.go" || s.NoEvidence {
		return "", false
	}
	return path.Join(path.Dir(s.File), evidence.FileName), true
}

// ReadRecording reads the committed recording of a snippet out of a book. It is
// nil where there is none.
func ReadRecording(fsys fs.FS, s *book.Snippet) (*evidence.Trace, error) {
	file, ok := RecordingOf(s)
	if !ok {
		return nil, nil
	}
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		return nil, nil // none, or one that nobody can read
	}
	t, err := evidence.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return t, nil
}

// CompareRecording makes a pass a failure when the run did something else than
// the committed recording says, in its structure: the calls of each thread and
// what came of them.
func (r *Result) CompareRecording(recorded *evidence.Trace) {
	if recorded == nil || r.Run == nil || r.Run.Evidence == nil || r.Verdict != Pass && len(r.Mismatches) == 0 {
		return
	}
	now := r.Run.Evidence
	diff := evidence.Compare(recorded, now)
	if diff == "" {
		return
	}
	file, _ := RecordingOf(r.snippet)
	want, got := recorded.Structure(), now.Structure()
	r.Mismatches = append(r.Mismatches, Mismatch{
		Expectation: &book.Expectation{Pos: book.Pos{File: file}, Snippet: r.snippet, Text: want},
		Fence:       Recording, Got: got, Result: compareText(want, got), Difference: diff,
	})
	r.decide()
}

// decide makes the verdict of the mismatches.
func (r *Result) decide() {
	if len(r.Mismatches) == 0 || r.Verdict == Error {
		return
	}
	var printed, did []string
	for _, m := range r.Mismatches {
		switch m.Fence {
		case EvidenceFence:
			did = append(did, fmt.Sprintf("it did not do what the evidence fence at %v says: %s", lineOf(m.Expectation), firstFact(m.Findings)))
		case Recording:
			did = append(did, "it did something else than its recording "+m.Expectation.Pos.File)
		default:
			printed = append(printed, fmt.Sprintf("the %s fence at %v", m.Fence, lineOf(m.Expectation)))
		}
	}
	if len(printed) > 0 {
		did = append([]string{"it printed something else than " + strings.Join(printed, " and ")}, did...)
	}
	r.Verdict, r.Reason = Fail, strings.Join(did, "; ")
}

func firstFact(findings []evidence.Finding) string {
	for _, f := range findings {
		if f.Verdict == evidence.Fails {
			return f.Fact
		}
	}
	return ""
}
