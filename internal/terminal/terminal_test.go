package terminal_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"example/workbook/internal/terminal"
)

var update = flag.Bool("update", false, "write what is rendered into the cases")

// Each file of testdata is a text and how it is rendered. Its first line says
// what must hold, its second, if it is a number, the width.
func TestCases(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txtar")
	if len(files) == 0 {
		t.Fatal("no cases")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var st terminal.Style
			for line := range strings.Lines(string(a.Comment)) {
				if n, err := strconv.Atoi(strings.TrimSpace(line)); err == nil {
					st.Width = n
				}
				st.Color = st.Color || strings.TrimSpace(line) == "color"
			}
			got := strings.ReplaceAll(terminal.Render(string(a.Files[0].Data), st), "\x1b", "ESC")
			if *update {
				a.Files[1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(a), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(a.Files[1].Data), got); diff != "" {
				t.Errorf("- want, + got:\n%s", diff)
			}
		})
	}
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Whatever the text, rendering ends, nothing in it acts on the terminal, and
// words that fit are not pushed over the edge.
func FuzzRender(f *testing.F) {
	f.Add("# a\n\n> *b* `c`\n\n1. d\n   - e\n\n| a | b |\n|---|---|\n| c | d |\n\n```go\nx\n```\n<del>y</del> &amp; \\* [z](http://x)\n", 30)
	f.Add("\x1b[31m\u202e\r\x00\ttext ![a](b) <a@b.c> ***x***\n\n- \n\n---\n", 0)
	f.Fuzz(func(t *testing.T, text string, width int) {
		for _, color := range []bool{false, true} {
			got := escapes.ReplaceAllString(terminal.Render(text, terminal.Style{Width: width, Color: color}), "")
			if i := strings.IndexFunc(got, func(r rune) bool { return r < ' ' && r != '\n' || r == '\u202e' || r == 0x7f }); i >= 0 {
				t.Errorf("%q has a control character at %d", got, i)
			}
		}
		for _, b := range terminal.Parse([]byte(text)).Blocks() {
			if b.Line < 1 || b.Line > strings.Count(text, "\n")+1 {
				t.Errorf("a block begins at line %d of %q", b.Line, text)
			}
		}
	})
}

// Blocks know their lines, which is how directives are found; front matter and
// line ends of Windows change nothing about that.
func TestLines(t *testing.T) {
	text := "---\ntitle: x\n---\n# One\r\n\r\nText\r\nmore.\n\n<!-- a\nb -->\n\n- x\n\n```go\ny\n```\n\n```\n```\n\n## Two *b*\n"
	var got []string
	for _, b := range terminal.Parse([]byte(text)).Blocks() {
		got = append(got, strconv.Itoa(b.Line)+" "+strings.TrimSpace(b.Text))
	}
	want := []string{"4 One", "6 ", "9 <!-- a\nb -->", "12 ", "14 go", "14 ", "21 Two b"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("- want, + got:\n%s", diff)
	}
}
