package main

import (
	"io/fs"
	"regexp"
	"testing"

	"example/workbook/internal/book"
)

// The book in the binary has no problem and nothing to look at.
func TestBook(t *testing.T) {
	b, err := book.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Warnings) > 0 {
		t.Errorf("warnings:\n%v", b.Warnings)
	}
	changes, err := b.Sync()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		t.Errorf("%s: a listing differs from its file: run go run . sync", c.File)
	}
	if got, err := b.Select("chapter3"); err != nil || len(got) == 0 || got[0].Chapter.Slug != "socket" {
		t.Errorf("chapter3 selects %v, %v, want the snippets of socket", got, err)
	}
}

// MkDocs empties site_dir, whose default is site: the Go package. And chapters
// are not in docs, its default of docs_dir.
func TestFolders(t *testing.T) {
	config, err := fs.ReadFile(files, "mkdocs.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"docs_dir: chapters", "site_dir: public"} {
		if !regexp.MustCompile(`(?m)^` + line + `$`).Match(config) {
			t.Errorf("mkdocs.yml has no line %q", line)
		}
	}
}
