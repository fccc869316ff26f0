package markdown_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"example/workbook/site/markdown"
)

// moduleDir is where the source of goldmark lies, which brings the test suites
// of CommonMark and of GitHub's additions.
func moduleDir(t *testing.T) string {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/yuin/goldmark").Output()
	if err != nil {
		t.Skipf("go list cannot say where goldmark lies: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// plain folds back what a page needs beyond what goldmark writes.
func plain(html string) string {
	for _, r := range []struct{ from, to string }{
		{`<pre tabindex="0">`, `<pre>`},
		{`<div class="tw" tabindex="0" role="group" aria-label="Table"><table>`, `<table>`},
		{`</table></div>`, `</table>`},
		{`<th scope="col"`, `<th`},
		{`<td class="empty"></td>`, `<th></th>`},
		{`<input type="checkbox" disabled checked aria-label="done">`, `<input checked="" disabled="" type="checkbox">`},
		{`<input type="checkbox" disabled aria-label="to do">`, `<input disabled="" type="checkbox">`},
		{` class="ar">`, ` style="text-align:right">`},
		{` class="ac">`, ` style="text-align:center">`},
		{` class="al">`, ` style="text-align:left">`},
	} {
		html = strings.ReplaceAll(html, r.from, r.to)
	}
	return html
}

// TestSpec holds that plain Markdown means here what it means to goldmark, with
// every notation of ours turned on: none takes anything away from CommonMark.
func TestSpec(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(moduleDir(t), "_test", "spec.json"))
	if err != nil {
		t.Skipf("this copy of goldmark has no spec: %v", err)
	}
	var cases []struct {
		Markdown string
		Example  int
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	f := markdown.All()
	f.Tilde = false    // GitHub's meaning of ~ is part of its suite
	f.Formulas = false // \[ begins a formula only for who asks for them
	f.Definitions = false
	ours := markdown.New(f)
	base := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote), goldmark.WithRendererOptions(html.WithUnsafe()))
	for _, c := range cases {
		compare(t, c.Example, c.Markdown, ours, base)
	}
	if len(cases) < 600 {
		t.Errorf("%d examples: the suite has more than 600", len(cases))
	}
}

func compare(t *testing.T, number int, source string, ours, base goldmark.Markdown) {
	t.Helper()
	var got, want bytes.Buffer
	if err := ours.Convert([]byte(source), &got); err != nil {
		t.Fatal(err)
	}
	if err := base.Convert([]byte(source), &want); err != nil {
		t.Fatal(err)
	}
	if plain(got.String()) != want.String() {
		t.Errorf("example %d:\n%s\n--- got\n%s\n--- want\n%s", number, source, got.String(), want.String())
	}
}

// TestGitHub is the same for the suites of tables, task lists, footnotes,
// strikethrough and bare addresses.
func TestGitHub(t *testing.T) {
	dir := filepath.Join(moduleDir(t), "extension", "_test")
	f := markdown.All()
	f.Tilde = false
	f.Formulas = false
	ours := markdown.New(f)
	base := goldmark.New(
		goldmark.WithExtensions(extension.GFM, extension.Footnote, extension.DefinitionList),
		goldmark.WithRendererOptions(html.WithUnsafe()),
	)
	total := 0
	for _, name := range []string{"table.txt", "tasklist.txt", "footnote.txt", "strikethrough.txt", "linkify.txt", "definition_list.txt"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Skipf("this copy of goldmark has no suites: %v", err)
		}
		sources := suite(string(data))
		total += len(sources)
		for i, source := range sources {
			t.Run(name, func(t *testing.T) { compare(t, i+1, source, ours, base) })
		}
	}
	if total < 50 {
		t.Errorf("%d examples: the suites have more", total)
	}
}

// suite takes the Markdown out of goldmark's own test files: each example is a
// number, the Markdown and the HTML, with marks between them.
func suite(text string) []string {
	const mark = "//- - - - - - - - -//\n"
	var sources []string
	for example := range strings.SplitSeq(text, "\n//= =") {
		if parts := strings.Split(example, mark); len(parts) == 3 {
			sources = append(sources, parts[1])
		}
	}
	return sources
}
