package site_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// block is a heading or a block of code of a page.
type block struct{ kind, id, text string }

// TestMkDocs builds the book a second time, with MkDocs and its theme Material,
// and holds that readers of both find the same headings at the same addresses
// and the same code and outputs.
func TestMkDocs(t *testing.T) {
	if testing.Short() {
		t.Skip("starts MkDocs")
	}
	theirs := buildWithMkDocs(t)
	ours, pages := buildBook(t)
	for _, name := range pages {
		if name == "404.html" {
			continue
		}
		want := blocksOf(t, filepath.Join(theirs, name), "headerlink")
		got := blocksOf(t, filepath.Join(ours, name), "pl")
		if len(want) < 2 {
			t.Errorf("%s: MkDocs shows %d headings and blocks of code", name, len(want))
		}
		for i := range max(len(got), len(want)) {
			var g, w block
			if i < len(got) {
				g = got[i]
			}
			if i < len(want) {
				w = want[i]
			}
			if g != w {
				t.Errorf("%s: number %d is\n%+q\nwith MkDocs it is\n%+q", name, i, g, w)
				break // what follows is moved
			}
		}
	}
}

// buildWithMkDocs returns the folder of the book's site as MkDocs makes it. A
// warning is a failure there.
func buildWithMkDocs(t *testing.T) string {
	t.Helper()
	found, err := exec.LookPath("mkdocs")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no MkDocs: install the packages mkdocs and mkdocs-material")
		}
		t.Skip("no MkDocs on this machine")
	}
	dir := filepath.Join(t.TempDir(), "site")
	said, err := exec.Command(found, "build", "--strict", "--config-file", filepath.Join("..", "mkdocs.yml"), "--site-dir", dir).CombinedOutput()
	if err != nil {
		if bytes.Contains(said, []byte("Unrecognised theme name")) && os.Getenv("CI") == "" {
			t.Skip("no theme Material for MkDocs on this machine")
		}
		t.Fatalf("mkdocs build: %v\n%s", err, said)
	}
	if bytes.Contains(said, []byte("WARNING")) {
		t.Errorf("mkdocs build warns:\n%s", said)
	}
	return dir
}

// blocksOf reads the headings and the blocks of code of a page, in order. Links
// of a heading to itself, which have the class link, are left out. The text of
// a page holds nothing of what a chapter says to this program only.
func blocksOf(t *testing.T, file, link string) []block {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var article *html.Node
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "article" {
			article = n
			break
		}
	}
	if article == nil {
		t.Fatalf("%s: no article", file)
	}
	all := textOf(article, "", "pre", "code")
	for _, leak := range []string{"<!--", "-->", "workbook: ", "--8<--", "markdown=\"1\""} {
		if at := strings.Index(all, leak); at >= 0 {
			t.Errorf("%s: %q is in the text: %q", file, leak, all[max(0, at-60):min(len(all), at+60)])
		}
	}
	var found []block
	for n := range article.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "h1", "h2", "h3", "h4", "h5", "h6":
			found = append(found, block{n.Data, attribute(n, "id"), strings.TrimSpace(textOf(n, link))})
		case "pre":
			found = append(found, block{kind: n.Data, text: strings.TrimRight(spaces(textOf(n, "")), "\n")})
		}
	}
	return found
}

// spaces is text with spaces in place of tabs: Python-Markdown has replaced them
// before it looks at anything.
func spaces(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		column := 0
		for _, r := range line {
			if r != '\t' {
				b.WriteRune(r)
				column++
				continue
			}
			n := 4 - column%4
			b.WriteString(strings.Repeat(" ", n))
			column += n
		}
	}
	return b.String()
}

// textOf is the text in n, without the elements of a class and of some kinds.
func textOf(n *html.Node, class string, kinds ...string) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	if class != "" && slices.Contains(strings.Fields(attribute(n, "class")), class) || slices.Contains(kinds, n.Data) {
		return ""
	}
	var b strings.Builder
	for c := range n.ChildNodes() {
		b.WriteString(textOf(c, class, kinds...))
	}
	return b.String()
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
