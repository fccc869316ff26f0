// Package near finds the word that a writer has probably meant.
package near

import (
	"strings"
	"unicode/utf8"
)

// Word returns the option with the least distance from word, whatever the case of
// their letters, if that is small enough for a slip of the fingers: a third of the
// word, three letters at most. Of several it returns the first.
func Word(word string, options []string) (near string, ok bool) {
	const longest = 200 // the distance takes quadratic time
	if len(word) > longest {
		return "", false
	}
	word = strings.ToLower(word)
	limit := min((utf8.RuneCountInString(word)+1)/3, 3)
	for _, o := range options {
		if len(o) > longest {
			continue
		}
		if d := Distance(word, strings.ToLower(o)); d <= limit {
			near, ok, limit = o, true, d-1
		}
	}
	return near, ok
}

// Distance counts the insertions, deletions, replacements and swaps of neighbours
// that turn a into b. It takes time proportional to the product of their lengths.
func Distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	before, last, row := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := range s {
		row[0] = i + 1
		for j := range t {
			cost := 1
			if s[i] == t[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(t)]
}
