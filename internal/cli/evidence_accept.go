package cli

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"example/workbook/internal/book"
	"example/workbook/internal/evidence"
	"example/workbook/runner"
)

// accepted is what the runs of a snippet change.
type accepted struct {
	bodies    map[*book.Expectation]string
	recording *evidence.Trace // nil when the one beside the program stays
	runs      []*evidence.Trace
	note      string // why there is no recording
}

// wantsEvidence tells whether the evidence of s must be looked at although its
// run passes: an empty fence asks for sentences, and a fence or a figure for a
// recording.
func (src *source) wantsEvidence(s *book.Snippet) bool {
	if s.Evidence != nil {
		if sentences, err := evidence.Parse(s.Evidence.Text); err == nil && sentences.Len() == 0 {
			return true
		}
	}
	recorded, _ := runner.ReadRecording(src.book.FS, s)
	return recorded == nil && src.wantsRecording(s) // there is none, or it cannot be read
}

// wantsRecording tells whether s is to have a recording beside its program.
func (src *source) wantsRecording(s *book.Snippet) bool {
	file, ok := runner.RecordingOf(s)
	return ok && (s.Evidence != nil || s.Figure == "calls" || s.Figure == "lanes" || src.hasFile(file))
}

// acceptEvidence makes the text of the evidence fence and the recording of what
// the runs did. What varies from run to run cannot be recorded: where the writer
// asks for a recording, that is an error.
func (a *accepted) acceptEvidence(src *source, s *book.Snippet) error {
	if len(a.runs) == 0 {
		return nil
	}
	for _, t := range a.runs {
		if t.Lost > 0 {
			return errors.New("it makes too many system calls to be recorded: write evidence=off in the workbook comment above it")
		}
		if len(t.Calls) == 0 && src.wantsRecording(s) {
			return errors.New("no system call of it was recorded: workbook doctor says what this machine allows; if it makes none, take its evidence out")
		}
	}
	if s.Evidence != nil {
		sentences, err := evidence.Parse(s.Evidence.Text)
		if err != nil {
			return fmt.Errorf("%v: %w", s.Evidence.Pos, err)
		}
		if text := sentences.Accept(a.runs...); text != s.Evidence.Text {
			a.bodies[s.Evidence] = text
		}
	}
	if !src.wantsRecording(s) {
		return nil
	}
	file, _ := runner.RecordingOf(s)
	old, err := runner.ReadRecording(src.book.FS, s)
	if err != nil {
		old = nil
	}
	diff := a.compare(old)
	switch {
	case diff == "":
	case src.hasFile(file) || s.Figure == "calls" || s.Figure == "lanes":
		return fmt.Errorf("two runs did different things, so neither can be the recording: let the program wait for facts (lab.Await) where the order matters, or write evidence=off\n%s", diff)
	default:
		a.note = "no recording, and no figure: its runs differ in what they do, not only in when\n" + strings.TrimRight(diff, "\n")
		return nil
	}
	best := a.runs[0]
	for _, t := range a.runs[1:] {
		// The most telling one; of several, the one that was held up least.
		if n := cmp.Compare(sightings(t), sightings(best)); n > 0 || n == 0 && length(t) < length(best) {
			best = t
		}
	}
	if old != nil && old.Order == best.Order && evidence.Compare(old, best) == "" {
		return nil // times alone are no reason to write a file
	}
	if best.Order == evidence.ByDescriptor && (old == nil || old.Order != best.Order) {
		a.note = "in which order a thread serves its descriptors differs from run to run: what it does with each of them is compared"
	}
	a.recording = best
	return nil
}

// compare gives the runs the strictest order in which they agree, and says in
// which way they differ when there is none. A recording that leaves something to
// luck goes on to do so: a few runs cannot disprove it.
func (a *accepted) compare(old *evidence.Trace) string {
	diff := ""
	for _, order := range []evidence.Order{"", evidence.ByDescriptor} {
		if old != nil && old.Order == evidence.ByDescriptor && order == "" {
			continue
		}
		for _, t := range a.runs {
			t.Order = order
		}
		diff = ""
		for _, t := range a.runs[1:] {
			if diff == "" {
				diff = evidence.Compare(a.runs[0], t)
			}
		}
		if diff == "" {
			return ""
		}
	}
	return diff
}

// length is how long the calls of a run took, with what was between them.
func length(t *evidence.Trace) int64 {
	end := int64(0)
	for i := range t.Calls {
		if !t.Calls[i].Open {
			end = max(end, t.Calls[i].T1)
		}
	}
	return end
}

// sightings is how often the kernel was seen to say that a thread sleeps.
func sightings(t *evidence.Trace) int {
	n := 0
	for i := range t.Calls {
		if t.Calls[i].Seen > 0 {
			n++
		}
	}
	return n
}

// writeRecording writes the recording of s beside its program.
func (src *source) writeRecording(out *screen, s *book.Snippet, t *evidence.Trace, dryRun bool) error {
	file, _ := runner.RecordingOf(s)
	data, err := t.Encode()
	if err != nil {
		return err
	}
	what := "recorded"
	if src.hasFile(file) {
		what = "recorded anew"
	}
	if dryRun {
		fmt.Fprintf(out, "%s: would be %s, %s\n", file, what, count(len(t.Calls), "call"))
		return nil
	}
	if err := src.write(file, data); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %s, %s\n", file, what, count(len(t.Calls), "call"))
	return nil
}
