package cli

import (
	"iter"
	"strings"

	"example/workbook/internal/match"
)

// visible returns what a program printed in a form that a terminal shows and
// does not obey: line ends and tabs stay, everything else that is not to be
// seen becomes text such as <x1b> or <U+202E>.
func visible(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = match.Visible(line)
	}
	return strings.Join(lines, "\n")
}

// lines yields the lines of s without their ends.
func lines(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.Lines(s) {
			if !yield(strings.TrimSuffix(line, "\n")) {
				return
			}
		}
	}
}
