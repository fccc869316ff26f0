package book

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// shown is how many names a message lists before it gives up.
const shown = 16

// suggest ends a message about an unknown word: it names the option that the
// writer probably meant, or else what there is.
func suggest(word string, options []string) string {
	if near, ok := nearest(word, options); ok {
		return "did you mean " + strconv.Quote(near) + "?"
	}
	switch len(options) {
	case 0:
		return "there is none"
	case 1:
		return "there is only " + options[0]
	}
	names := slices.Clone(options)
	rest := ""
	if len(names) > shown {
		rest = ", and " + strconv.Itoa(len(names)-shown) + " more"
		names = names[:shown]
	}
	return "there are " + strings.Join(names, ", ") + rest
}

// nearest returns the option with the least edit distance from word, if that
// is small enough for a slip of the fingers.
func nearest(word string, options []string) (string, bool) {
	const longest = 200 // the distance takes quadratic time
	if len(word) > longest {
		return "", false
	}
	word = strings.ToLower(word)
	limit := min((utf8.RuneCountInString(word)+1)/3, 3)
	best, found := "", false
	for _, o := range options {
		if len(o) > longest {
			continue
		}
		if d := distance(word, strings.ToLower(o)); d <= limit {
			best, found, limit = o, true, d-1
		}
	}
	return best, found
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that turn a into b.
func distance(a, b string) int {
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
