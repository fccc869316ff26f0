package lint_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"example/workbook/internal/lint"
)

var update = flag.Bool("update", false, "write what is said into the files of testdata")

// Each file of testdata has pairs: NAME/differs.md is a construct that the two
// readers take differently, with what is said of it in NAME/said, and
// NAME/same.md is the rewrite, of which nothing is said. mkdocs.yml, if there is
// one, is that of the whole file.
func TestCheck(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var extensions *lint.Extensions
		var said string
		for i, f := range archive.Files {
			switch {
			case f.Name == "mkdocs.yml":
				if extensions, err = lint.ReadExtensions(f.Data); err != nil {
					t.Fatal(err)
				}
			case strings.HasSuffix(f.Name, "differs.md"):
				said = say(f, extensions)
				if said == "" {
					t.Errorf("%s: %s: nothing is said", file, f.Name)
				}
			case strings.HasSuffix(f.Name, "same.md"):
				if got := say(f, extensions); got != "" {
					t.Errorf("%s: %s: this is said:\n%s", file, f.Name, got)
				}
			case strings.HasSuffix(f.Name, "said") && *update:
				archive.Files[i].Data = []byte(said)
			case strings.HasSuffix(f.Name, "said"):
				if said != string(f.Data) {
					t.Errorf("%s: %s: got\n%swant\n%s", file, f.Name, said, f.Data)
				}
			default:
				t.Errorf("%s: what is %s?", file, f.Name)
			}
		}
		if *update {
			if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func say(f txtar.File, extensions *lint.Extensions) string {
	var b strings.Builder
	for _, p := range lint.Check("f.md", f.Data, extensions) {
		fmt.Fprintln(&b, p)
	}
	return b.String()
}

// FuzzCheck holds that no text makes the check fail.
func FuzzCheck(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, a := range archive.Files {
			f.Add(a.Data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, p := range lint.Check("f.md", data, nil) {
			if p.Line < 1 || p.Col < 1 {
				t.Errorf("no place: %v", p)
			}
		}
	})
}

// The book itself looks the same everywhere.
func TestBook(t *testing.T) {
	config, err := os.ReadFile("../../mkdocs.yml")
	if err != nil {
		t.Fatal(err)
	}
	extensions, err := lint.ReadExtensions(config)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../../chapters/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no chapters: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range lint.Check(file, data, extensions) {
			t.Error(p)
		}
	}
}
