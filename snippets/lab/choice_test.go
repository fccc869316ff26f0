package lab_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example/workbook/internal/figure"
)

// The table of the designs says what their programs print and what was recorded.
func TestTableOfDesigns(t *testing.T) {
	chapter := read(t, "chapters/09-choice.md")
	rec, err := figure.ReadRecording(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`(?m)^\| \[([^]]+)\]\(#[^)]+\) \| (.*) \|$`).FindAllStringSubmatch(chapter, -1)
	if len(rows) != 9 {
		t.Fatalf("the table of the designs has %d rows, want 9", len(rows))
	}
	for _, row := range rows {
		name := program(t, chapter, row[1])
		want := []string{fmt.Sprint(lines(t, name))}
		want = append(want, answers(t, chapter, name)...)
		want = append(want, cell(rec.Servers[name].Memory), cell(rec.Servers[name].Sleeps))
		if got := strings.Split(row[2], " | "); !slices.Equal(got, want) {
			t.Errorf("%s:\ngot  %q\nwant %q", row[1], got, want)
		}
	}
	if want := fmt.Sprintf("%d runs", rec.Runs); !strings.Contains(chapter, want) {
		t.Errorf("the chapter does not say that there were %s", want)
	}
}

// cell is how the table writes a spread.
func cell(s figure.Spread) string {
	return fmt.Sprintf("%.0f (%.0f to %.0f)", s.Median, s.Min, s.Max)
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// program is the name of the program below the heading of a design.
func program(t *testing.T, chapter, heading string) string {
	_, section, _ := strings.Cut(chapter, "\n### "+heading+"\n")
	m := regexp.MustCompile(`file=snippets/choice/(\w+)/main\.go`).FindStringSubmatch(section)
	if m == nil {
		t.Fatalf("no program below the heading %q", heading)
	}
	return m[1]
}

// lines counts the server's lines, without blank ones and comments.
func lines(t *testing.T, program string) int {
	text := read(t, "snippets/choice/"+program+"/main.go")
	_, text, _ = strings.Cut(text, "[start:server]\n")
	text, _, _ = strings.Cut(text, "// --8<-- [end:server]")
	n := 0
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "//") {
			n++
		}
	}
	return n
}

// answers are the five answers and the threads that wait, from the program's
// output on the page.
func answers(t *testing.T, chapter, program string) []string {
	_, section, _ := strings.Cut(chapter, "file=snippets/choice/"+program+"/main.go")
	_, output, _ := strings.Cut(section, "```output\n")
	output, _, _ = strings.Cut(output, "```")
	var cells []string
	for _, line := range strings.Split(output, "\n") {
		if strings.HasPrefix(line, "yes ") {
			cells = append(cells, "yes")
		} else if strings.HasPrefix(line, "no ") {
			cells = append(cells, "no")
		}
		_, threads, ok := strings.Cut(line, "threads that wait      : ")
		if ok {
			cells = append(cells, threads)
		}
	}
	if len(cells) != 6 {
		t.Fatalf("%s prints %d answers, want 6: %q", program, len(cells), cells)
	}
	return cells
}
