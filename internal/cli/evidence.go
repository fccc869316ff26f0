package cli

import (
	"fmt"
	"io/fs"
	"strings"

	"example/workbook/internal/book"
	"example/workbook/internal/evidence"
	"example/workbook/internal/evidence/picture"
	"example/workbook/runner"
)

// figure draws the committed recording of a snippet for a page, with the objects
// of the kernel where the program marks them: for wide columns and for phones, and
// the same as tables. Both are empty where there is none.
func (src *source) figure(s *book.Snippet) (svg, table string) {
	t, err := runner.ReadRecording(src.book.FS, s)
	if t == nil || err != nil || s.Figure == "none" || len(t.Calls) == 0 {
		return "", ""
	}
	kind, _ := picture.ParseKind(s.Figure)
	if s.Figure == "" {
		kind = ""
	}
	wide := picture.Figure{Trace: t, Kind: kind, Title: s.Title, ID: s.ID}
	phone := wide
	phone.Width = picture.PhoneWidth
	svg = `<div class="ev-wide">` + wide.SVG() + strings.Join(wide.States(), "") + `</div><div class="ev-phone">` + phone.SVG() + strings.Join(phone.States(), "") + `</div>`
	return svg, wide.Table().HTML("calls") + wide.Marks().HTML("marks")
}

// checkRecordings reports recordings that cannot be read.
func (src *source) checkRecordings(snippets []*book.Snippet) error {
	var problems book.Problems
	for _, s := range snippets {
		if _, err := runner.ReadRecording(src.book.FS, s); err != nil {
			file, _ := runner.RecordingOf(s)
			problems = append(problems, book.Problem{Pos: book.Pos{File: file}, Msg: strings.TrimPrefix(err.Error(), file+": ")})
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

// recorded adds to res what its run did otherwise than the recording.
func (ex *executor) recorded(s *book.Snippet, res *runner.Result) {
	if t, err := runner.ReadRecording(ex.src.book.FS, s); err == nil {
		res.CompareRecording(t)
	}
}

// evidence shows a mismatch that is none of output, and tells whether it is one.
func (r *textReporter) evidence(m runner.Mismatch, engine runner.Engine) bool {
	switch m.Fence {
	case runner.EvidenceFence:
		r.indented(fmt.Sprintf("%v: the run did not do what the evidence fence says (engine %s)", firstDifference(m), engine))
		for _, f := range m.Findings {
			if f.Verdict != evidence.Fails {
				continue
			}
			at := book.Pos{File: m.Expectation.Pos.File, Line: m.Expectation.Pos.Line + f.Line - 1}
			r.indented(fmt.Sprintf("%v: %s", at, r.out.paint(red, "- "+visible(f.Sentence))))
			r.indented(strings.Repeat(" ", len(at.String())+2) + r.out.paint(green, "+ "+visible(f.Fact)))
		}
		return true
	case runner.Recording:
		r.indented(fmt.Sprintf("%s: the run did something else than this recording: - only recorded, + only in this run (engine %s)", m.Expectation.Pos.File, engine))
		for line := range lines(strings.TrimSuffix(m.Difference, "\n")) {
			text := visible(line)
			switch {
			case strings.HasPrefix(line, "  - "):
				text = r.out.paint(red, text)
			case strings.HasPrefix(line, "  + "):
				text = r.out.paint(green, text)
			}
			r.indented(text)
		}
		return true
	}
	return false
}

// traceable tells whether a picture of the run helps to understand the verdict.
func traceable(o *outcome) bool {
	for _, res := range o.results {
		for _, m := range res.Mismatches {
			if m.Fence == runner.EvidenceFence || m.Fence == runner.Recording {
				return true
			}
		}
	}
	return false
}

// findingRecord is a sentence of an evidence fence that is checked.
type findingRecord struct {
	Line     int    `json:"line"`
	Sentence string `json:"sentence"`
	Verdict  string `json:"verdict"` // holds, fails, not confirmed
	Fact     string `json:"fact,omitempty"`
}

// recordEvidence is what --json says about evidence that failed.
func recordEvidence(rec *runRecord, res runner.Result) {
	for _, m := range res.Mismatches {
		for _, f := range m.Findings {
			rec.Evidence = append(rec.Evidence, findingRecord{m.Expectation.Pos.Line + f.Line - 1, f.Sentence, f.Verdict.String(), f.Fact})
		}
		if m.Fence == runner.Recording {
			rec.Recording = m.Difference
		}
	}
}

// hasFile tells whether the book has a file of that name.
func (src *source) hasFile(name string) bool {
	_, err := fs.Stat(src.book.FS, name)
	return err == nil
}
