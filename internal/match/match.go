// Package match compares what a program printed with what a chapter expects.
//
// A pattern is compared line by line, and a line that holds none of the
// following is compared byte by byte:
//
//	...              alone on a line: any number of lines, also none
//	<...>            inside a line: any text, also none
//	<port>           a typed placeholder; [Placeholders] lists them all
//	<fd#a>           the same, named: wherever #a stands, the text is the same
//	<dur:90ms..2s>   the same, bounded: MIN..MAX, MIN.. or ..MAX
//	<n#a:1..3>       named and bounded
//	<x0d> <U+202E>   one byte, one character that a chapter cannot show
//	\<port> \...     the text itself
//
// Anything else in angle brackets is text: Go prints <nil> and <-chan int>.
// A backslash is text too, unless it stands before something listed above;
// there \\ is one backslash.
//
// # What a placeholder takes
//
// <...> takes as little as lets the rest of the line match. A typed
// placeholder takes as much as it can, but leaves the text that follows it.
// Beside <...> it takes whole words and numbers only: the 3 of "13 lines" is
// nothing that "<...><n:1..3> lines" may take.
//
// # What it costs
//
// Lines without placeholders cost what comparing them costs, in every mode.
// Names make a pattern ambiguous, and to find their values is NP-hard in
// general: the matcher takes the first ones that fit, goes back to try others,
// and gives up after a number of steps in proportion to the input. Then the
// report says so.
package match

import (
	"slices"
	"strings"
)

// Mode says in which order the lines of an output may come.
type Mode int

const (
	// Exact is the lines of the pattern in its order.
	Exact Mode = iota

	// Unordered is the lines of the pattern in any order. With a "..." there
	// may be further lines.
	Unordered

	// Interleave is the lines of each actor in their order, the actors mixed
	// in any way. The actor of a line is the text before its first colon; in a
	// pattern, before the first one outside placeholders. Lines without a
	// colon are one actor. A "..." allows further lines of every actor at its
	// place, and further actors.
	Interleave

	// Contains is the lines of the pattern without a gap, somewhere in the
	// output; with "..." between them, in several places, in order. An empty
	// pattern is contained in an empty output only.
	Contains
)

// modes are the words by which a chapter asks for a mode, at their Mode.
var modes = [...]string{"exact", "unordered", "interleave", "contains"}

// ParseMode returns the mode that a chapter asks for by the word s. Exact has
// no word: it is what a chapter gets that asks for nothing.
func ParseMode(s string) (Mode, bool) {
	for m := Unordered; m <= Contains; m++ {
		if modes[m] == s {
			return m, true
		}
	}
	return Exact, false
}

// String returns the word for m.
func (m Mode) String() string { return modes[m] }

// Pattern is an expected output, ready to be compared. It does not change, so
// several goroutines may use one.
type Pattern struct {
	text  string
	mode  Mode
	lines []line
	names map[string]int // numbers, from 1, of the names after "#"
}

// Compile reads the expected output want. Its error is a *SyntaxError.
func Compile(want string, mode Mode) (*Pattern, error) {
	p := &Pattern{text: want, mode: mode}
	texts := splitLines(want)
	p.lines = make([]line, len(texts))
	for i, text := range texts {
		if err := p.parseLine(i, text); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Match compares got with the pattern.
func (p *Pattern) Match(got string) *Result {
	m := newMatcher(p, splitLines(got))
	ok := m.match()
	r := &Result{mode: p.mode, gaveUp: !ok && m.effort.spent(), found: ok, steps: m.effort.steps}
	m.effort = effort{limit: alignSteps}
	if ok {
		r.Rows = m.rows(m.found())
	} else {
		m.forget()
		r.Rows = m.rows(m.alignment())
	}
	r.OK = !slices.ContainsFunc(r.Rows, func(row Row) bool { return !row.Same })
	return r
}

// splitLines cuts s at its line feeds. A final line feed ends the last line
// and begins none.
func splitLines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}
