package site

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// What would keep the parser busy for minutes is refused, or read as far as can be
// done in time, also where it comes from an include; both say where.
func TestLimits(t *testing.T) {
	for _, tt := range []struct{ name, text, err, warning string }{
		{"quotes", "one\n" + strings.Repeat(">", 200), "parts/a.md:2: quotes and lists nest deeper than 100", ""},
		{"footnotes", strings.Repeat("[^1]: ", 200), "parts/a.md:1: quotes and lists nest deeper than 100", ""},
		{"definitions", strings.Repeat(": ", 200), "parts/a.md:1: quotes and lists nest deeper than 100", ""},
		{"table", "|" + strings.Repeat("a|", 5000) + "\n|" + strings.Repeat("-|", 5000) + "\n" + strings.Repeat("|a|\n", 1000), "parts/a.md:61: a table of more than 300000 cells", ""},
		{"references", strings.Repeat("[a]: b\n", 30_000), "parts/a.md:20001: more than 2000", ""},
		{"marks", "one\n\n" + strings.Repeat("*a_*a_*a_\n", 10_000), "", "parts/a.md:344:4: too many brackets"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, report, err := buildMemory(fstest.MapFS{
				"mkdocs.yml":    {Data: []byte("site_name: A\nmarkdown_extensions: [pymdownx.snippets]\n")},
				"docs/index.md": {Data: []byte("# A\n\n--8<-- \"parts/a.md\"\n")},
				"parts/a.md":    {Data: []byte(tt.text)},
			}, false)
			switch {
			case tt.err != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.err)):
				t.Errorf("got %v, want %s", err, tt.err)
			case tt.warning != "" && err != nil:
				t.Error(err)
			case tt.warning != "" && !strings.Contains(strings.Join(report.Warnings, "\n"), tt.warning):
				t.Errorf("got %q, want %s", report.Warnings, tt.warning)
			}
		})
	}
}

// Many links that lead nowhere do not take longer to name than to read.
func TestManyWrongLinks(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a megabyte, slowly under the race detector")
	}
	text := "# A\n\n"
	var b strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&b, "## h%d\n\n[a](#x%d) [b](x%d.md)\n\n", i, i, i)
	}
	start := time.Now()
	_, report, err := buildMemory(fstest.MapFS{
		"mkdocs.yml":    {Data: []byte("site_name: A\n")},
		"docs/index.md": {Data: []byte(text + b.String())},
	}, false)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Warnings) < 40_000 || !strings.Contains(report.Warnings[0], "did you mean") {
		t.Errorf("%d warnings, the first is %s", len(report.Warnings), report.Warnings[0])
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}
