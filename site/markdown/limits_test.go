package markdown_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"example/workbook/site/markdown"
)

// Text that somebody wrote to keep the reader busy takes about as long as other
// text of its size: within 2 s on a machine with nothing else to do.
func TestHostile(t *testing.T) {
	if testing.Short() {
		t.Skip("reads many megabytes, slowly under the race detector")
	}
	numbered := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	fill := func(text string) string { return strings.Repeat(text, 1<<20/len(text)) }
	for _, tt := range []struct{ name, text string }{
		{"abbreviations", numbered("*[A%d]: long\n", 30_000) + "\n" + numbered("A%d and\n", 30_000)},
		{"one abbreviation", "*[A]: long\n\n" + strings.Repeat("A ", 400_000)},
		{"long abbreviations", numbered("*["+strings.Repeat("a ", 28)+"%d]: b\n", 5_000) + "\n" + strings.Repeat("a ", 250_000)},
		{"slashes", fill("/// note\n")},
		{"emphasis", fill("*a_")}, {"emphasis in lines", fill("*a_*a_*a_*a_*a_\n")},
		{"emphasis in paragraphs", fill(strings.Repeat("*a_", 700) + "\n\n")},
		{"brackets", fill("[")}, {"images", fill("![[")}, {"links that do not end", fill("[a](<b")},
		{"links in paragraphs", fill(strings.Repeat("[a](b", 900) + "\n\n")},
		{"tags", fill("<a b='")}, {"footnotes", fill("[^1]\n")}, {"code", fill("` `` ")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			var out bytes.Buffer
			if err := markdown.New(markdown.All()).Convert([]byte(tt.text), &out); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("%d bytes took %v", len(tt.text), took)
			}
		})
	}
}
