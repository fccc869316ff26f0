package book

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"example/workbook/internal/match"
)

// loose loads one Markdown file.
func loose(text string) (*Book, error) {
	return LoadFiles(fstest.MapFS{"notes.md": {Data: []byte(text)}}, "notes.md")
}

// first is the first problem of err, "" when there is none.
func first(err error) string {
	var ps Problems
	if !errors.As(err, &ps) {
		return ""
	}
	return ps[0].Error()
}

// TestLimits holds that texts for which goldmark would take minutes are refused
// before it sees them, or read at once.
func TestLimits(t *testing.T) {
	deepList := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.Repeat(" ", 2*i) + "- x\n")
		}
		return b.String()
	}
	tests := []struct{ name, text, want string }{
		{"quotes", "a\n\n" + strings.Repeat(">", 2000) + " deep", "notes.md:3:1: quotes and lists nest deeper than 100"},
		{"quotes with blanks", strings.Repeat("> ", 101), "notes.md:1:1: quotes and lists nest deeper than 100"},
		{"quotes within the limit", strings.Repeat(">", 100) + "x", ""},
		{"lists by indentation", deepList(300), "notes.md:101:1: quotes and lists nest deeper than 100"},
		{"lists within the limit", deepList(100), ""},
		{"lists in a quote", "> " + strings.ReplaceAll(deepList(101), "\n", "\n> "), "notes.md:100:1: quotes and lists nest deeper than 100"},
		{"lists on one line", strings.Repeat("- ", 101) + "x", "notes.md:1:1: quotes and lists nest deeper than 100"},
		{"ordered lists on one line", strings.Repeat("1. ", 101) + "x", "notes.md:1:1: quotes and lists nest deeper than 100"},
		{"lists behind lazy lines", strings.Repeat(deepList(60)+"lazy\n", 1) + strings.Repeat(" ", 120) + strings.Repeat("- ", 60) + "x", "notes.md:62:1: quotes and lists nest deeper than 100"},
		{"a rule is no list", strings.Repeat("* ", 300), ""},
		{"a long list is not deep", strings.Repeat("- x\n", 5000), ""},
		{"emphasis", strings.Repeat("*a_", 2000), "notes.md:1:3001: more than 2000 brackets"},
		{"brackets", strings.Repeat("[", 60_000), "notes.md:1:2001: more than 2000 brackets"},
		{"brackets over lines", strings.Repeat("[x](y)\n", 1001), "notes.md:1001:1: more than 2000 brackets"},
		{"back-quotes in a heading", "# " + strings.Repeat("` `` ", 1000), "notes.md:1:3336: more than 2000 brackets"},
		{"brackets in a table cell", "|a|\n|-|\n|" + strings.Repeat("[", 2001) + "|", "notes.md:3:2002: more than 2000 brackets"},
		{"brackets in many cells", "|a|\n|-|\n" + strings.Repeat("|[x]|\n", 5000), ""},
		{"brackets in code", "```\n" + strings.Repeat("[", 60_000) + "\n```\n", ""},
		{"link references", strings.Repeat("[a]: b\n", 2001), "notes.md:2001:1: more than 2000 link references"},
		{"link references in quotes", strings.Repeat("> [a]: b\n", 2001), "notes.md:2001:1: more than 2000 link references"},
		{"open HTML", strings.Repeat("x <a <!-- ", 5000), "notes.md:1:10003: more than 2000 brackets"},
		{"a wide table", "|" + strings.Repeat("a|", 10_000) + "\n|" + strings.Repeat("-|", 10_000) + "\n" + strings.Repeat("|"+strings.Repeat("b|", 10_000)+"\n", 20), ""},
		{"many headings", strings.Repeat("# h\n\n", 30_000), ""},
		{"many short lines", strings.Repeat("a\n", 100_000), ""},
		{"a long line", "a\n" + strings.Repeat("a", maxLine+1), fmt.Sprintf("notes.md:2:1: line of %d bytes is longer than the limit (%d)", maxLine+1, maxLine)},
		{"a line of the longest length", strings.Repeat("a", maxLine), ""},
		{"a large chapter", strings.Repeat("a\n", maxFile), "notes.md: larger than the limit (1048576 bytes)"},
		{"large front matter", "---\ntitle: x" + strings.Repeat("\n# comment", 7000) + "\n---\n", "notes.md:1:1: front matter of 70009 bytes is larger"},
		{"UTF-16", "\xff\xfe#\x00", "notes.md:1:1: this looks like UTF-16"},
		{"UTF-16 the other way", "\xfe\xff\x00#", "notes.md:1:1: this looks like UTF-16"},
		{"deep YAML", "---\na: " + strings.Repeat("[", 101) + strings.Repeat("]", 101) + "\n---\n", "notes.md:2:104: nesting deeper than 100"},
		{"very deep YAML", "---\na: " + strings.Repeat("[", 60_000) + "\n---\n", "notes.md:2:1: not YAML: exceeded max depth of 10000"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := loose(test.text)
			if got := first(err); !strings.HasPrefix(got, test.want) || test.want == "" && got != "" {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestConfigLimits holds that a mkdocs.yml may be large, but not without end.
func TestConfigLimits(t *testing.T) {
	nav := func(depth int) string {
		var b strings.Builder
		b.WriteString("site_name: B\nnav:\n")
		for i := range depth {
			fmt.Fprintf(&b, "%s- L%d:\n", strings.Repeat("  ", i+1), i)
		}
		return b.String() + strings.Repeat("  ", depth+1) + "- index.md\n"
	}
	tests := []struct{ name, text, want string }{
		{"nav in sections", nav(20), ""},
		{"nav nests deeply", nav(200), "mkdocs.yml:52:103: nesting deeper than 100"},
		{"large", "site_name: B\n" + strings.Repeat("# comment\n", maxConfig), "mkdocs.yml: larger than the limit"},
		{"not UTF-8", "site_name: \xff", "mkdocs.yml:1:12: not UTF-8"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Load(fstest.MapFS{"mkdocs.yml": {Data: []byte(test.text)}, "docs/index.md": {}})
			if got := first(err); !strings.HasPrefix(got, test.want) || test.want == "" && got != "" {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestLinks holds that symbolic links inside the book are followed, and that
// none leads out of it.
func TestLinks(t *testing.T) {
	dir := t.TempDir()
	root := filepath.Join(dir, "book")
	files := map[string]string{
		"book/mkdocs.yml":          "site_name: B\n",
		"book/docs/01-a.md":        "<!-- workbook: file=snippets/a/x/main.go -->\n```go\npackage main\n```\n",
		"book/elsewhere/main.go":   "package main\n",
		"book/snippets/a/x/ignore": "",
		"outside.go":               "package outside\n",
		"outside.md":               "# secret\n",
	}
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	link := func(target, name string) {
		t.Helper()
		name = filepath.Join(root, name)
		if err := os.RemoveAll(name); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, name); err != nil {
			t.Skip(err)
		}
	}
	const outside = "a symbolic link leads out of the book: put the file itself there"
	tests := []struct{ name, target, link, want string }{
		{"file in the book", "../../../elsewhere/main.go", "snippets/a/x/main.go", ""},
		{"file outside", "../../../../outside.go", "snippets/a/x/main.go", "snippets/a/x/main.go: " + outside},
		{"absolute", filepath.Join(dir, "outside.go"), "snippets/a/x/main.go", "snippets/a/x/main.go: " + outside},
		{"around a corner", "../../../elsewhere/../elsewhere/main.go", "snippets/a/x/main.go", "snippets/a/x/main.go: " + outside},
		{"loop", "main.go", "snippets/a/x/main.go", "snippets/a/x/main.go: "},
		{"chapter", "../../outside.md", "docs/02-b.md", "docs/02-b.md: " + outside},
	}
	for _, test := range tests {
		link("../../../elsewhere/main.go", "snippets/a/x/main.go")
		link(test.target, test.link)
		_, err := Load(os.DirFS(root))
		if got := first(err); !strings.HasPrefix(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// TestNotAFile holds that what is no regular file is not opened: a named pipe
// would wait for ever.
func TestNotAFile(t *testing.T) {
	fsys := fstest.MapFS{
		"mkdocs.yml":        {Data: []byte("site_name: B")},
		"docs/pipe.md":      {Mode: os.ModeNamedPipe},
		"docs/folder.md/x":  {},
		"snippets/a/x/a.go": {},
	}
	_, err := Load(fsys)
	if got, want := first(err), "docs/pipe.md: not a file: only regular files can be read"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestPos holds that a position without a line or a column is still one.
func TestPos(t *testing.T) {
	tests := []struct {
		pos  Pos
		want string
	}{
		{Pos{"a.md", 3, 4}, "a.md:3:4"}, {Pos{"a.md", 3, 0}, "a.md:3"}, {Pos{"a.md", 0, 4}, "a.md"},
		{Pos{"", 3, 4}, "3:4"}, {Pos{"a\nb.md", 1, 1}, `"a\nb.md":1:1`}, {Pos{}, ""},
	}
	for _, test := range tests {
		if got := test.pos.String(); got != test.want {
			t.Errorf("%#v = %q, want %q", test.pos, got, test.want)
		}
	}
}

// TestForeignBodies holds that a chapter rewrites its own texts only.
func TestForeignBodies(t *testing.T) {
	const text = "```go\npackage main\n```\n```output\nx\n```\n"
	b, err := LoadFiles(fstest.MapFS{"a.md": {Data: []byte(text)}, "b.md": {Data: []byte(text)}}, "a.md", "b.md")
	if err != nil {
		t.Fatal(err)
	}
	e := b.Chapters[1].Snippets[0].Output
	if _, err := b.Chapters[0].SetBodies(map[*Expectation]string{e: "y"}); first(err) != "b.md:5:1: this text does not stand in a.md" {
		t.Errorf("got %v", err)
	}
	changes, err := b.SetBodies(map[*Expectation]string{e: "y", b.Chapters[0].Snippets[0].Output: "x"})
	if err != nil || len(changes) != 1 || changes[0].Chapter != b.Chapters[1] || !bytes.Contains(changes[0].New, []byte("\ny\n")) {
		t.Errorf("got %v, %v", changes, err)
	}
}

// TestSetTooLong holds that a chapter stays within its limits.
func TestSetTooLong(t *testing.T) {
	b, err := loose("```go\npackage main\n```\n> ```output\n> x\n> ```\n")
	if err != nil {
		t.Fatal(err)
	}
	e := b.Chapters[0].Snippets[0].Output
	for text, want := range map[string]string{
		"a\n" + strings.Repeat("x", maxLine-2): "",
		"a\n" + strings.Repeat("x", maxLine-1): "notes.md:4:3: line 2 of the new text cannot be written here: the line is too long",
		strings.Repeat("x\n", maxFile/2):       "notes.md:4:3: line 1 of the new text cannot be written here: the file would be larger than the limit (1048576 bytes)",
	} {
		if _, err := b.SetBodies(map[*Expectation]string{e: text}); first(err) != want {
			t.Errorf("got %q, want %q", first(err), want)
		}
	}
}

// TestSync holds that a change names the listings that were stale, and no
// others.
func TestSync(t *testing.T) {
	listing := func(text string) string {
		return "<!-- workbook: file=snippets/a/x/main.go -->\n```go\n" + text + "```\n\n"
	}
	b, err := Load(fstest.MapFS{
		"mkdocs.yml":           {Data: []byte("site_name: B")},
		"docs/a.md":            {Data: []byte(listing("package main\n") + listing("stale\n") + listing("package main\n"))},
		"snippets/a/x/main.go": {Data: []byte("package main\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	changes, err := b.Sync()
	if err != nil || len(changes) != 1 || len(changes[0].Listings) != 1 || changes[0].Listings[0].Line != 7 {
		t.Errorf("got %+v, %v", changes, err)
	}
}

// TestLoadedTwice holds that the same file is one chapter.
func TestLoadedTwice(t *testing.T) {
	fsys := fstest.MapFS{"a.md": {}, "x/a.md": {}}
	b, err := LoadFiles(fsys, "a.md", "x/a.md", "a.md")
	if err != nil || len(b.Chapters) != 2 {
		t.Fatalf("%v, %v", b.Chapters, err)
	}
	if _, err := LoadFiles(fsys, "gone.md"); first(err) != "gone.md: no such file" {
		t.Errorf("got %v", err)
	}
}

// TestPlaceholders holds that what is wrong with a pattern is reported at its
// place in the file.
func TestPlaceholders(t *testing.T) {
	const line = "a <fd#>"
	var syntax *match.SyntaxError
	if _, err := match.Compile("fine\n"+line, match.Exact); !errors.As(err, &syntax) || syntax.Line != 2 {
		t.Fatalf("%q is no mistake any more: %v", line, err)
	}
	tests := []struct {
		text      string
		line, col int // of the first byte of the pattern's second line
	}{
		{"```go\npackage main\n```\n\n> ```output\n> fine\n> a <fd#>\n> ```\n", 7, 3},
		{"```go\npackage main\n\nfunc main() {\n\t// Output:\n\t// fine\n\t// a <fd#>\n}\n```\n", 7, 5},
		{"```go\npackage main\n\nfunc main() {\n\t// Output: fine\n\t//a <fd#>\n}\n```\n", 6, 4},
	}
	for _, test := range tests {
		_, err := loose(test.text)
		want := fmt.Sprintf("notes.md:%d:%d: %s", test.line, test.col+syntax.Col-1, syntax.Msg)
		if got := first(err); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	var chapter strings.Builder
	chapter.WriteString("# Socket\n\n")
	for i := 0; chapter.Len() < 30_000; i++ {
		fmt.Fprintf(&chapter, `## Section %d about `+"`accept`"+`

A listener is a socket in another state. *Accept* takes finished [connections](https://example.com/%d)
off a queue; it does not make them. The kernel has made them before, and the client may have sent
data already, which waits in the socket that accept will give you.

- one thing
- another, with `+"`code`"+`
  and a second line

<!-- workbook: name=accept_%d timeout=2s needs=linux -->
`+"```go"+`
// Accept_%d takes one connection and says who it is from.
package main

import (
	"fmt"
	"net"
)

func main() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go net.Dial("tcp", ln.Addr().String())
	conn, err := ln.Accept()
	fmt.Println(conn, err)
}
`+"```"+`

`+"```output"+`
listening on 127.0.0.1:<port>
accepted from 127.0.0.1:<port>
`+"```"+`

`, i, i, i, i)
	}
	fsys := fstest.MapFS{"notes.md": {Data: []byte(chapter.String())}}
	b.SetBytes(int64(chapter.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := LoadFiles(fsys, "notes.md"); err != nil {
			b.Fatal(err)
		}
	}
}
