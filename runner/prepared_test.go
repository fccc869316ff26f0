package runner

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"example/workbook/internal/book"
	"example/workbook/runner/lower"
)

// A program that was kept is found as it was, and no other one is: not with other
// text, not at another place, not of another binary, not when its file is damaged.
func TestShelf(t *testing.T) {
	s := newShelf(filepath.Join(t.TempDir(), "new"))
	p := lower.Program{Name: "a/b", File: "a.md", Line: 3, Col: 1, Source: []byte("package main\n")}
	for _, want := range []*lower.Prepared{
		{Source: []byte("package main\nfunc main() {}\n")},
		{Source: []byte("lowered\n"), Warnings: book.Problems{{Pos: book.Pos{File: "a.md", Line: 4, Col: 2}, Msg: "a\nb"}}},
		{Source: []byte{}},
	} {
		s.keep(p, want)
		if got := s.find(p); !reflect.DeepEqual(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	want := &lower.Prepared{Source: []byte("the text")}
	s.keep(p, want)
	entries, err := os.ReadDir(s.dir)
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	other := p
	other.Source = []byte("package main")
	moved := p
	moved.Line++
	named := p
	named.File = "b.md"
	for _, q := range []lower.Program{other, moved, named} {
		if s.find(q) != nil {
			t.Errorf("found %+v", q)
		}
	}
	if (shelf{s.dir, s.binary + "1"}).find(p) != nil || (shelf{}).find(p) != nil {
		t.Error("found by another binary")
	}
	file := filepath.Join(s.dir, entries[0].Name())
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, damaged := range [][]byte{nil, text[:len(text)-1], bytes.Replace(text, []byte("the"), []byte("teh"), 1), append(text[:len(text):len(text)], 0), make([]byte, len(text))} {
		if err := os.WriteFile(file, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := s.find(p); got != nil {
			t.Errorf("%q gives %q", damaged, got)
		}
	}
	s.keep(p, want)
	if got := s.find(p); !reflect.DeepEqual(got, want) {
		t.Errorf("not mended: %q", got)
	}
}

// A run takes what was kept, and keeps what was not.
func TestPrepared(t *testing.T) {
	r := newRunner(t)
	r.Prepared = t.TempDir()
	p := Program{Name: "one", File: "main.go", Source: []byte(hello)}
	if run := mustRun(t, r, p, Yaegi); run.Stdout() != "hello\n" {
		t.Fatal(run.Stdout())
	}
	s := newShelf(r.Prepared)
	kept := s.find(p.forLower())
	if kept == nil {
		t.Fatal("nothing is kept")
	}
	s.keep(p.forLower(), &lower.Prepared{Source: bytes.Replace(kept.Source, []byte("hello"), []byte("kept"), 1)})
	if run := mustRun(t, r, p, Yaegi); run.Stdout() != "kept\n" {
		t.Errorf("it ran anew: %q", run.Stdout())
	}
	p.Source = []byte("package main\nfunc main() { x }\n")
	for range 2 {
		if run := mustRun(t, r, p, Yaegi); run.End != Rejected {
			t.Errorf("it %s", run.Explain())
		}
	}
}
