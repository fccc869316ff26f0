package markdown_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"example/workbook/site/markdown"
)

var update = flag.Bool("update", false, "write what comes out into the files of testdata")

// Each file of testdata is a notation: the comment says what must hold, in.md is
// what an author writes, out.html what becomes of it.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	md := markdown.New(markdown.All())
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			if err := md.Convert(archive.Files[0].Data, &got); err != nil {
				t.Fatal(err)
			}
			if *update {
				archive.Files = append(archive.Files[:1], txtar.File{Name: "out.html", Data: got.Bytes()})
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if len(archive.Files) != 2 || got.String() != string(archive.Files[1].Data) {
				t.Errorf("got\n%s", got.String())
			}
		})
	}
}

// FuzzConvert holds that no text makes the reader fail or loop.
func FuzzConvert(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(archive.Files[0].Data))
	}
	md := markdown.New(markdown.All())
	f.Fuzz(func(t *testing.T, source string) {
		var out bytes.Buffer
		if err := md.Convert([]byte(source), &out); err != nil {
			t.Fatal(err)
		}
	})
}

// The ids are those that Python-Markdown 3.7 makes of the same headings.
func TestSlugs(t *testing.T) {
	var s markdown.Slugs
	for _, c := range []struct{ text, want string }{
		{"The loop", "the-loop"}, {"The loop", "the-loop_1"}, {"The loop", "the-loop_2"}, {"The loop 1", "the-loop-1"},
		{"Größe & Überraschung — Ω", "groe-uberraschung"}, {"What's new?", "whats-new"},
		{"The go test -run flag: a - b", "the-go-test-run-flag-a-b"}, {"snake_case and CamelCase", "snake_case-and-camelcase"},
		{"日本語", "_1"}, {"中文", "_2"}, {"", "_3"}, {"a_1", "a_1"}, {"a_1", "a_2"}, {"-x-", "-x-"}, {"ﬁne ½", "fine-12"},
	} {
		if got := s.Make(c.text); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

// Ids of headings that read the same are counted, not looked for: a chapter of
// 1 MiB has room for 170,000 of them.
func TestManySlugs(t *testing.T) {
	var s markdown.Slugs
	s.Take("same_3")
	s.Take("same_5")
	start, got := time.Now(), ""
	for range 100_000 {
		got = s.Make("same")
	}
	if got != "same_100001" {
		t.Errorf("the last id is %s", got)
	}
	if got = s.Make("same_3"); got != "same_100002" {
		t.Errorf("same_3 becomes %s", got)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}
