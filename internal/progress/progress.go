// Package progress keeps what a reader has read, predicted and solved, in one
// small file of the user's state folder.
//
// Several processes may use the file at once: each change is made to what the
// file holds at that moment, under a lock, and replaces it as a whole. A file
// that cannot be read is put aside, never overwritten.
package progress

import (
	"slices"
	"time"
)

// Progress is what one reader has done in one book.
type Progress struct {
	Place       Place                 `json:"place,omitzero"`
	Read        map[string][]string   `json:"read,omitempty"`        // headings of the sections read to their end, by chapter
	Predictions map[string]Prediction `json:"predictions,omitempty"` // by snippet; the second one on a snippet is SNIPPET/2
	Exercises   map[string]Exercise   `json:"exercises,omitempty"`   // by id
	Exercise    string                `json:"exercise,omitempty"`    // id of the one worked on last
}

// Place is where the reader stopped.
type Place struct {
	Chapter string `json:"chapter"` // its slug
	Section string `json:"section"` // heading; empty for the beginning of the chapter
}

// Prediction is what the reader said that a program would do.
type Prediction struct {
	Choice int  `json:"choice"` // from 1
	Right  bool `json:"right"`
}

// Exercise is how far the reader has come with one.
type Exercise struct {
	Folder  string    `json:"folder,omitempty"` // absolute path of the reader's program
	Started time.Time `json:"started,omitzero"`
	Solved  time.Time `json:"solved,omitzero"`
	Hints   int       `json:"hints,omitempty"`   // how many were taken
	GaveUp  bool      `json:"gave_up,omitempty"` // looked at the solution before
}

// IsSolved tells whether the reader's program has passed the check.
func (e Exercise) IsSolved() bool { return !e.Solved.IsZero() }

// HasRead notes that a section of a chapter was read.
func (p *Progress) HasRead(chapter, section string) {
	if !slices.Contains(p.Read[chapter], section) {
		set(&p.Read, chapter, append(p.Read[chapter], section))
	}
}

// Predict notes a prediction.
func (p *Progress) Predict(id string, prediction Prediction) { set(&p.Predictions, id, prediction) }

// SetExercise notes the state of an exercise, which is then the last one worked on.
func (p *Progress) SetExercise(id string, e Exercise) {
	set(&p.Exercises, id, e)
	p.Exercise = id
}

func set[V any](m *map[string]V, key string, value V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[key] = value
}
