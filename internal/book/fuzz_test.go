package book

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"golang.org/x/tools/txtar"
)

// seed gives f the chapters of the cases.
func seed(f *testing.F, add func(chapter []byte)) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			if isMarkdown(file.Name) {
				add([]byte(unpicture(string(file.Data))))
			}
		}
	}
}

// FuzzChapter holds that no bytes make Load panic, that each problem has a
// place in the file, and that setting the same texts changes no byte.
func FuzzChapter(f *testing.F) {
	seed(f, func(chapter []byte) { f.Add(chapter) })
	f.Fuzz(func(t *testing.T, chapter []byte) {
		b, err := loose(string(chapter))
		checkProblems(t, chapter, err)
		checkUnchanged(t, b)
		for _, c := range b.Chapters {
			for _, s := range c.Snippets {
				if s.Pos.Line > 0 && bytes.ContainsAny(s.Source, "\x00") {
					t.Errorf("%s: NUL in a program", s.ID)
				}
			}
		}
	})
}

func checkProblems(t *testing.T, chapter []byte, err error) {
	var ps Problems
	if err != nil && !errors.As(err, &ps) {
		t.Fatalf("not Problems: %v", err)
	}
	lines := bytes.Count(chapter, []byte("\n")) + 1
	for _, p := range ps {
		if p.Line < 0 || p.Line > lines || p.Col < 0 || p.File != "notes.md" || strings.ContainsFunc(p.Msg, unicode.IsControl) {
			t.Errorf("bad problem: %#v", p)
		}
	}
}

// FuzzSetBodies holds that a new text is either refused or reads back exactly,
// that nothing outside the bodies changes, and that setting it again changes
// nothing.
func FuzzSetBodies(f *testing.F) {
	seed(f, func(chapter []byte) {
		for _, text := range []string{"", "new\n", "\n a\n\tb\n\n", "```\n", "a\r\n \n"} {
			f.Add(chapter, text, text)
		}
	})
	f.Fuzz(func(t *testing.T, chapter []byte, one, two string) {
		b, err := loose(string(chapter))
		if err != nil {
			return
		}
		all := expectations(b)
		texts := map[*Expectation]string{}
		for i, e := range all {
			if i%2 == 0 {
				texts[e] = one
			} else {
				texts[e] = two
			}
		}
		c := b.Chapters[0]
		data, err := c.SetBodies(texts)
		if err != nil {
			checkProblems(t, chapter, err)
			return
		}
		again, _ := loose(string(data))
		now := expectations(again)
		if len(now) != len(all) {
			t.Fatalf("%d expectations, then %d:\n%q", len(all), len(now), data)
		}
		for i, e := range now {
			if want := all[i].normal(texts[all[i]]); e.Text != want || e.Mode != all[i].Mode {
				t.Errorf("text %d is %q, want %q", i, e.Text, want)
			}
		}
		if a, b := outside(c), outside(again.Chapters[0]); a != b {
			t.Errorf("outside the bodies:\n%q\nthen\n%q", a, b)
		}
		same := map[*Expectation]string{}
		for i, e := range now {
			same[e] = texts[all[i]]
		}
		if twice, err := again.Chapters[0].SetBodies(same); err != nil || !bytes.Equal(twice, data) {
			t.Errorf("the second time: %v\n%q\nthe first time\n%q", err, twice, data)
		}
	})
}

// outside is the chapter without the texts that are expected in it, and without
// blank lines of comments, which belong to an output comment or do not.
func outside(c *Chapter) string {
	var b strings.Builder
	at := 0
	for _, f := range c.Fences {
		from, to := at, at
		var kept []byte
		switch {
		case f.Expectation != nil:
			from, to = c.src.lines[f.open+1].raw, c.src.lines[f.end].raw
		case f.Snippet != nil && f.Snippet.Output != nil && f.Snippet.Output.body.comment != nil:
			body := f.Snippet.Output.body
			spots := body.comment.spots
			for _, s := range spots[:len(spots)-1] {
				line, _ := body.place.at(s.line, 0)
				b.Write(c.Source[at:body.raw(s.line, s.head)])
				at = c.src.lines[line].end
			}
			s := spots[len(spots)-1]
			head, _ := body.place.at(s.line, 0)
			last, _ := body.place.at(max(body.comment.end-1, s.line), 0)
			from, to = c.src.lines[head-1].end, c.src.lines[last].end
			if s.code > 0 { // from where it may move below
				from = body.raw(s.line, s.code)
			}
			kept = c.Source[body.raw(s.line, s.slashes):body.raw(s.line, s.head)]
		default:
			continue
		}
		b.Write(c.Source[at:from])
		b.Write(kept)
		at = to
	}
	b.Write(c.Source[at:])
	var kept []string
	for l := range strings.Lines(b.String()) {
		if !strings.HasSuffix(strings.TrimSpace(l), "//") {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, "")
}

// FuzzConfig holds that no bytes in mkdocs.yml make Load panic.
func FuzzConfig(f *testing.F) {
	names, _ := filepath.Glob("testdata/book_*.txtar")
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range txtar.Parse(data).Files {
			if file.Name == configFile {
				f.Add([]byte(unpicture(string(file.Data))))
			}
		}
	}
	f.Fuzz(func(t *testing.T, config []byte) {
		fsys := fstest.MapFS{configFile: {Data: config}, "docs/index.md": {}, "docs/a.md": {}}
		_, err := Load(fsys)
		var ps Problems
		if err != nil && !errors.As(err, &ps) {
			t.Fatalf("not Problems: %v", err)
		}
	})
}

// FuzzGoFile holds that no bytes in a Go file make the regions of it panic.
func FuzzGoFile(f *testing.F) {
	f.Add([]byte("package main\n// --8<-- [start:x]\n// #region y\nfunc main() {\n// Output: x\n}\n// #endregion\n// --8<-- [end:x]\n"))
	f.Fuzz(func(t *testing.T, program []byte) {
		fsys := fstest.MapFS{
			configFile:             {Data: []byte("site_name: B")},
			"docs/a.md":            {Data: []byte("<!-- workbook: file=snippets/a/x/main.go region=x -->\n```go\n```\n")},
			"snippets/a/x/main.go": {Data: program},
		}
		b, _ := Load(fsys)
		checkUnchanged(t, b)
		changes, err := b.Sync()
		if err != nil || len(changes) == 0 {
			return
		}
		fsys["docs/a.md"] = &fstest.MapFile{Data: changes[0].New}
		b, _ = Load(fsys)
		if changes, err := b.Sync(); err != nil || len(changes) > 0 {
			t.Errorf("after sync: %v, %v", changes, err)
		}
	})
}
