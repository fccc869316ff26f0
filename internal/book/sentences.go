package book

import (
	"errors"

	"example/workbook/internal/evidence"
)

// checkSentences reports lines of an evidence fence that are no sentences, each
// at its place.
func (l *loader) checkSentences(s *Snippet) {
	e := s.Evidence
	if e == nil {
		return
	}
	_, err := evidence.Parse(e.Text)
	if err == nil {
		return
	}
	list := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		list = joined.Unwrap()
	}
	for _, err := range list {
		var syntax *evidence.SyntaxError
		if errors.As(err, &syntax) {
			l.problems.add(e.body.at(syntax.Line-1, syntax.Col-1), "%s", syntax.Msg)
		} else {
			l.problems.add(e.Pos, "%v", err)
		}
	}
}
