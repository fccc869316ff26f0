package book

import (
	"slices"
	"strconv"
	"strings"

	"example/workbook/internal/near"
)

// shown is how many names a message lists before it gives up.
const shown = 16

// suggest ends a message about an unknown word: it names the option that the
// writer probably meant, or else what there is.
func suggest(word string, options []string) string {
	if meant, ok := near.Word(word, options); ok {
		return "did you mean " + strconv.Quote(meant) + "?"
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
