package figure

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"example/workbook/internal/evidence/picture"
)

const root = "../.."

func all(t *testing.T) []Figure {
	t.Helper()
	figures, err := All(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	return figures
}

// The files of the book are what the program draws, and no others.
func TestCommittedFigures(t *testing.T) {
	names := map[string]bool{}
	for _, f := range all(t) {
		names[f.Name+".svg"] = true
		got, err := os.ReadFile(filepath.Join(root, Folder, f.Name+".svg"))
		if err != nil {
			t.Error(err)
		} else if string(got) != f.File() {
			t.Errorf("%s/%s.svg is not what the program draws: run go generate ./internal/figure", Folder, f.Name)
		}
	}
	entries, err := os.ReadDir(filepath.Join(root, Folder))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !names[e.Name()] {
			t.Errorf("%s/%s is drawn by nobody: delete it", Folder, e.Name())
		}
	}
}

// onPhone is how wide a page shows a figure on a phone of 360 pixels: TestBrowser
// of the package site measures it.
const onPhone = 344

// A figure is well-formed, asks nobody for anything, and has letters that can be
// read on a phone.
func TestFiles(t *testing.T) {
	size := regexp.MustCompile(`font:(?:600 )?([0-9.]+)px`)
	for _, f := range all(t) {
		text := f.File()
		for d := xml.NewDecoder(strings.NewReader(text)); ; {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
		}
		for _, word := range []string{"@import", "url(http", "href", "<script", "<foreignObject"} {
			if strings.Contains(text, word) {
				t.Errorf("%s contains %s", f.Name, word)
			}
		}
		if !strings.Contains(text, "<title id=") || !strings.Contains(text, "<desc id=") || f.Title == "" || f.Desc == "" {
			t.Errorf("%s has no title or no description", f.Name)
		}
		if !strings.Contains(text, "prefers-color-scheme:dark") {
			t.Errorf("%s has no colours for the dark", f.Name)
		}
		sizes := size.FindAllStringSubmatch(text, -1)
		if len(sizes) == 0 {
			t.Errorf("%s names no size of letters", f.Name)
		}
		for _, m := range sizes {
			if px, err := strconv.ParseFloat(m[1], 64); err != nil || px*onPhone/width < 12 {
				t.Errorf("%s: letters of %s px are %.1f px on a phone, want 12", f.Name, m[1], px*onPhone/width)
			}
		}
	}
}

// No text meets another one or ends outside.
func TestRoom(t *testing.T) {
	for _, f := range all(t) {
		if what := f.sheet.Crowded(); what != "" {
			t.Errorf("%s: %s", f.Name, what)
		}
	}
	s := picture.NewSheet("test", 50, 50)
	s.Text(10, 20, plain, "one", "two")
	if what := s.Crowded(); what != "" {
		t.Errorf("two lines: %s", what)
	}
	s.Text(20, 24, plain, "on")
	if s.Crowded() == "" {
		t.Error("a text on another one is not noticed")
	}
}

// Each figure stands in a chapter, with its title as the image's text, and the
// same in words or in letters folded up below it.
func TestShown(t *testing.T) {
	image := regexp.MustCompile(`(?m)^!\[(.*)\]\(figures/([a-z_]+)\.svg\)\n\n<details markdown>\n<summary>The same as text</summary>\n\n(?:.+\n)`)
	shown := map[string]string{}
	chapters, err := filepath.Glob(filepath.Join(root, "chapters/*.md"))
	if err != nil || len(chapters) == 0 {
		t.Fatal("no chapters", err)
	}
	for _, name := range chapters {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		found := image.FindAllStringSubmatch(string(text), -1)
		if n := strings.Count(string(text), "](figures/"); n != len(found) {
			t.Errorf("%s: %d figures, of which %d have \"The same as text\" below them", name, n, len(found))
		}
		for _, m := range found {
			shown[m[2]] = m[1]
		}
	}
	for _, f := range all(t) {
		if shown[f.Name] != f.Title {
			t.Errorf("%s is shown as %q, want %q", f.Name, shown[f.Name], f.Title)
		}
		delete(shown, f.Name)
	}
	for name := range shown {
		t.Errorf("a chapter shows %s.svg, which nobody draws", name)
	}
}

// Two figures show what programs have printed: the chapter has the same output.
func TestNumbers(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "chapters/07-eventloop.md"))
	if err != nil {
		t.Fatal(err)
	}
	number := map[bool]int{true: 1}
	for _, st := range signalSteps {
		for mode, event := range map[string]bool{"level": st.level, "edge ": st.edge} {
			line := regexp.MustCompile(mode + `: ` + st.what + ` ` + st.did + ` *: events ` + strconv.Itoa(number[event]) + `\b`)
			if !line.Match(text) {
				t.Errorf("signal: the chapter's output has no line %s", line)
			}
		}
	}
	herd := herd()
	for in, want := range map[string]string{
		"all in accept +":                     "All in accept: they stand in one line, and N is woken",
		"a loop each, level-triggered +":      "each wakes its thread, N level-triggered",
		"a loop each, EPOLLEXCLUSIVE +":       "N with EPOLLEXCLUSIVE",
		"one loop for all, level-triggered +": "one instance, which wakes N level-triggered",
		"one loop for all, edge-triggered +":  "and N edge-triggered",
	} {
		m := regexp.MustCompile(`(?m)^` + in + `woken: (\d of 8)$`).FindSubmatch(text)
		if m == nil {
			t.Errorf("herd: the chapter has no line %s", in)
		} else if want := strings.Replace(want, "N", string(m[1]), 1); !strings.Contains(herd.Desc, want) {
			t.Errorf("herd does not say %q", want)
		}
	}
}

// The last chapter says what was recorded, and under which conditions.
func TestRecording(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "chapters/09-choice.md"))
	if err != nil {
		t.Fatal(err)
	}
	chapter := string(text)
	r, err := ReadRecording(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Idle) == 0 || len(r.Servers) == 0 || r.Runs < 2 {
		t.Errorf("%d numbers of clients, %d servers, %d runs", len(r.Idle), len(r.Servers), r.Runs)
	}
	for name, table := range r.Tables() {
		if !strings.Contains(chapter, "("+strings.TrimPrefix(Folder, "chapters/")+"/"+name+".svg)\n\n<details markdown>\n<summary>The same as text</summary>\n\n"+table+"\n</details>") {
			t.Errorf("below the figure %s the chapter has another table than this:\n\n%s", name, table)
		}
	}
	if want := "Recorded on " + r.ConditionsText(); !strings.Contains(strings.Join(strings.Fields(chapter), " "), want) {
		t.Errorf("the chapter does not say %q", want)
	}
}
