package match_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"example/workbook/internal/match"
)

// firstLine is the line of the chapter at which the patterns of the cases
// begin.
const firstLine = 41

// TestCases runs the files in testdata. Each begins with a sentence that says
// what must hold. Sections: "want", with a mode after it; "got"; "accept",
// which says that the two do not match and what Accept makes of them;
// "error", that the pattern has a mistake; "values", what the placeholders
// take; "report", with the width and "color" after it. A section that is
// "quoted" holds one Go string.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) < 80 {
		t.Fatalf("%d cases: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(strings.TrimSpace(string(archive.Comment)), ".") {
				t.Error("no sentence says what must hold")
			}
			c, err := readCase(archive)
			if err != nil {
				t.Fatal(err)
			}
			runCase(t, c)
		})
	}
}

// testCase holds the sections of a file; nil where there is none.
type testCase struct {
	want, got             string
	mode                  match.Mode
	accept, fault, values *string
	report                *string
	opt                   match.FormatOptions
}

func readCase(archive *txtar.Archive) (testCase, error) {
	c := testCase{opt: match.FormatOptions{FirstLine: firstLine}}
	for _, f := range archive.Files {
		words := strings.Fields(f.Name)
		text := string(f.Data)
		for _, w := range words[1:] {
			mode, isMode := match.ParseMode(w)
			width, err := strconv.Atoi(w)
			switch {
			case isMode:
				c.mode = mode
			case w == "quoted":
				if text, err = strconv.Unquote(strings.TrimSpace(text)); err != nil {
					return c, err
				}
			case w == "color":
				c.opt.Color = true
			case err == nil:
				c.opt.Width = width
			default:
				return c, fmt.Errorf("unknown word %q in section %q", w, f.Name)
			}
		}
		switch words[0] {
		case "want":
			c.want = text
		case "got":
			c.got = text
		case "accept":
			c.accept = &text
		case "error":
			c.fault = &text
		case "values":
			c.values = &text
		case "report":
			c.report = &text
		default:
			return c, fmt.Errorf("unknown section %q", f.Name)
		}
	}
	return c, nil
}

func runCase(t *testing.T, c testCase) {
	p, err := match.Compile(c.want, c.mode)
	if c.fault != nil {
		equal(t, "error", fmt.Sprintln(err), *c.fault)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	r := p.Match(c.got)
	if r.OK != (c.accept == nil) {
		t.Errorf("OK is %v", r.OK)
	}
	accept := c.want
	if c.accept != nil {
		accept = *c.accept
	}
	equal(t, "accept", p.Accept(c.got), accept)
	if c.values != nil {
		equal(t, "values", values(r), *c.values)
	}
	if c.report != nil {
		equal(t, "report", report(r, c.opt), *c.report)
	}
	checkRows(t, r, c.want, c.got, c.mode)
	checkAccept(t, p, c.want, c.got, c.mode)
}

func values(r *match.Result) string {
	var b strings.Builder
	for _, row := range r.Rows {
		for _, v := range row.Values {
			b.WriteString(strings.TrimSpace(v.Placeholder+" = "+v.Text) + "\n")
		}
	}
	return b.String()
}

// report returns the report as the cases hold it: escapes made visible.
func report(r *match.Result, opt match.FormatOptions) string {
	var b bytes.Buffer
	r.Format(&b, opt)
	return strings.ReplaceAll(b.String(), "\x1b", "ESC")
}

func equal(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n%s\nwant:\n%s", what, got, want)
	}
}
