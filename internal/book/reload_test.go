package book

import (
	"reflect"
	"testing"
	"testing/fstest"
)

// A chapter that is read anew alone makes the book that Load would make; where
// more than the chapter could differ, it is left to Load.
func TestReload(t *testing.T) {
	fsys := fstest.MapFS{}
	write := func(name, text string) { fsys[name] = &fstest.MapFile{Data: []byte(text)} }
	write("mkdocs.yml", "site_name: B\nnav:\n  - index.md\n  - Named: a.md\n  - p.md\n")
	write("docs/index.md", "# Index\n\n<!-- workbook: file=snippets/index/x/main.go -->\n```go\npackage main\n\nfunc main() {}\n```\n")
	write("docs/p.md", "# P\n\n```go\npackage main\n```\n")
	write("docs/a.md", "# A\n")
	write("docs/loose.md", "# Loose\n")
	write("snippets/index/x/main.go", "package main\n\nfunc main() {}\n")
	for _, c := range []struct {
		file, text string
		ok         bool
	}{
		{"docs/a.md", "# Other\n\ntext\n", true},
		{"docs/a.md", "# Escape &#27;[31m\n", true},
		{"docs/a.md", "# Other\n\n--8<-- \"docs/p.md\"\n", true},
		{"docs/a.md", "# Other\n\n--8<-- \"docs/a.md\"\n", false},     // in a circle
		{"docs/a.md", "# Other\n\n```go\npackage main\n```\n", false}, // it has programs now, and perhaps another name
		{"docs/p.md", "# P\n\n```go\npackage main\n\nfunc main() {}\n```\n\n```output\nx\n```\n", true},
		{"docs/p.md", "# P\n\n<!-- workbook: file=snippets/index/x/main.go -->\n```go\n```\n", false},
		{"docs/p.md", "# P\n\n```go\npackage main\n", false},              // never closed
		{"docs/index.md", "# Index\n\n```go\npackage main\n```\n", false}, // its program is in a folder
		{"docs/loose.md", "# No chapter\n", false},
		{"docs/none.md", "# New\n", false},
	} {
		b, _ := Load(fsys)
		before := fsys[c.file]
		write(c.file, c.text)
		got, ok := b.Reload(c.file)
		want, _ := Load(fsys)
		if ok != c.ok {
			t.Errorf("%s %q: read alone %v", c.file, c.text, ok)
		}
		if ok {
			for i, chapter := range got.Chapters {
				w := want.Chapters[i]
				if chapter.Title != w.Title || chapter.Slug != w.Slug || chapter.Number != w.Number || len(chapter.Snippets) != len(w.Snippets) {
					t.Errorf("%s %q: chapter %+v, want %+v", c.file, c.text, chapter, w)
				}
				for j, s := range chapter.Snippets {
					if !reflect.DeepEqual(s.Output == nil, w.Snippets[j].Output == nil) || s.ID != w.Snippets[j].ID || string(s.Source) != string(w.Snippets[j].Source) {
						t.Errorf("%s: snippet %+v", c.file, s)
					}
				}
			}
			if !reflect.DeepEqual(got.Warnings, want.Warnings) {
				t.Errorf("%s %q: warnings %v, want %v", c.file, c.text, got.Warnings, want.Warnings)
			}
		}
		fsys[c.file] = before
		if before == nil {
			delete(fsys, c.file)
		}
	}
}
