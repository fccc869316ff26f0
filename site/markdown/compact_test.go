package markdown_test

import (
	"strings"
	"testing"

	"example/workbook/site/markdown"
)

// Compact text is the same text: a blank for the end of a line, unless it may be in
// a language that has no blanks, and quotation marks without an entity.
func TestCompact(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{"one\ntwo *three*\nfour", "<p>one two <em>three</em> four</p>\n"},
		{"one  \ntwo", "<p>one<br>\ntwo</p>\n"},
		{"你好\n世界", "<p>你好\n世界</p>\n"},
		{`say "a & b" or \"c\"`, `<p>say "a &amp; b" or &quot;c&quot;</p>` + "\n"},
		{"`a\nb`", "<p><code>a b</code></p>\n"},
		{`[x](y "z")`, `<p><a href="y" title="z">x</a></p>` + "\n"},
	} {
		var out strings.Builder
		if err := markdown.New(markdown.Features{Compact: true}).Convert([]byte(c.source), &out); err != nil {
			t.Fatal(err)
		}
		if out.String() != c.want {
			t.Errorf("%q: got %q, want %q", c.source, out.String(), c.want)
		}
	}
}
