package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example/workbook/internal/book"
	"example/workbook/runner"
	"example/workbook/runner/lean"
	"example/workbook/site/markdown"
)

// A child does not initialise the packages that package lean names, which the
// command does, and imports none of them.
func TestLean(t *testing.T) {
	source, err := os.ReadFile("runner/lean/lean.go")
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, m := range regexp.MustCompile(`(?m)^//go:linkname \w+ (\S+)\.\.inittask$`).FindAllSubmatch(source, -1) {
		named = append(named, string(m[1]))
	}
	list := func(args ...string) []string {
		deps, err := exec.Command("go", append([]string{"list", "-deps"}, args...)...).Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.Fields(string(deps))
	}
	imported := list("./runner/interp", "./runner/supervisor", "./runner/isolate")
	command, child := initialised(t, "-test.run=^$"), initialised(t, lean.Await)
	for _, pkg := range named {
		if slices.Contains(imported, pkg) {
			t.Errorf("a child imports %s", pkg)
		}
		if !strings.Contains(command, "\ninit "+pkg+" ") {
			t.Errorf("the command does not initialise %s: package lean need not name it", pkg)
		}
		if strings.Contains(child, "\ninit "+pkg+" ") {
			t.Errorf("a child initialises %s", pkg)
		}
	}
	// The linker lets nobody at the tasks of the standard library.
	ours := list("-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".")
	for _, m := range regexp.MustCompile(`(?m)^init (\S+) @.* (\d+) bytes`).FindAllStringSubmatch(child, -1) {
		size, _ := strconv.Atoi(m[2])
		if pkg := m[1]; size > 8<<10 && slices.Contains(ours, pkg) && !slices.Contains(imported, pkg) {
			t.Errorf("a child initialises %s, which takes %d bytes, and does not import it: name it in package lean", pkg, size)
		}
	}
	if !strings.Contains(child, "\ninit net/http ") {
		t.Errorf("no child: %s", child)
	}
}

// initialised is what the runtime says about the packages that this binary
// initialises when it is started with arg.
func initialised(t *testing.T, arg string) string {
	cmd := exec.Command(os.Args[0], arg)
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	out, _ := cmd.CombinedOutput() // a child finds no request and fails
	return string(out)
}

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

// Each of the 94 sentences is settled in a chapter, and the appendix says where:
// one row each, with a verdict, and a link to a section that names the sentence.
func TestClaims(t *testing.T) {
	const claims, appendix = 94, "appendix-verdicts.md"
	b, err := book.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	chapters := map[string][]section{} // by file name, without appendices
	var verdicts string
	for _, c := range b.Chapters {
		switch name := path.Base(c.Path); {
		case name == appendix:
			verdicts = string(c.Source)
		case !strings.HasPrefix(name, "appendix-"):
			chapters[name] = sections(string(c.Source))
		}
	}

	rows, counts := map[string]int{}, map[string]int{"right": 0, "imprecise": 0, "wrong": 0, "question": 0, "opinion": 0}
	for _, line := range strings.Split(verdicts, "\n") {
		if !strings.HasPrefix(line, "| C") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if len(cells) != 4 {
			t.Errorf("%s has %d cells, want 4: no., verdict, sentence<br>precisely, link<br>programs", cells[0], len(cells))
			continue
		}
		claim, verdict := cells[0], cells[1]
		sentence, precisely, _ := strings.Cut(cells[2], "<br>")
		place, _, _ := strings.Cut(cells[3], "<br>")
		rows[claim]++
		if _, ok := counts[verdict]; !ok {
			t.Errorf("%s: no verdict is called %q", claim, verdict)
		}
		counts[verdict]++
		if sentence == "" || precisely == "" {
			t.Errorf("%s: a cell is empty", claim)
		}
		if err := settles(chapters, claim, place); err != nil {
			t.Errorf("%s: %v", claim, err)
		}
	}
	for n := 1; n <= claims; n++ {
		claim := fmt.Sprintf("C%02d", n)
		if rows[claim] != 1 {
			t.Errorf("%s has %d rows in %s, want 1", claim, rows[claim], appendix)
		}
		delete(rows, claim)
	}
	for claim := range rows {
		t.Errorf("%s names %s, and there are %d sentences", appendix, claim, claims)
	}
	for verdict, n := range counts {
		if !regexp.MustCompile(fmt.Sprintf(`(?m)^\| %s \| .* \| %d \|$`, verdict, n)).MatchString(verdicts) {
			t.Errorf("%s does not say that %d sentences have the verdict %s", appendix, n, verdict)
		}
	}
}

// The programs that the appendices send a reader to are there.
func TestAppendixPrograms(t *testing.T) {
	b, err := book.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	program := regexp.MustCompile("`([a-z]+/[a-z_]+)`")
	for _, c := range b.Chapters {
		name := path.Base(c.Path)
		if !strings.HasPrefix(name, "appendix-") || name == "appendix-lab.md" || name == "appendix-probes.md" || name == "appendix-interpreter.md" {
			continue // those name packages in the same way
		}
		for _, m := range program.FindAllSubmatch(c.Source, -1) {
			id := string(m[1])
			if found, _ := b.Select(id); len(found) == 0 && b.Exercise(id) == nil {
				t.Errorf("%s: no program is called %q", c.Path, id)
			}
		}
	}
}

// section is a heading with all that stands below it, also under headings of
// lower levels.
type section struct {
	id, text string
	level    int
}

// sections splits a chapter. Lines in fences are text, whatever they begin with.
func sections(source string) []section {
	heading := regexp.MustCompile("^(#{1,6}) +(.+)$")
	var found []section
	var ids markdown.Slugs
	fenced := false
	for _, line := range strings.Split(source, "\n") {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		if h := heading.FindStringSubmatch(line); h != nil && !fenced {
			found = append(found, section{id: ids.Make(strings.ReplaceAll(h[2], "`", "")), level: len(h[1])})
		}
		// The line belongs to the last section, and to those that hold it.
		level := 7
		for i := len(found) - 1; i >= 0; i-- {
			if s := &found[i]; s.level < level {
				s.text += line + "\n"
				level = s.level
			}
		}
	}
	return found
}

// settles reports what is wrong with a link to the section that settles a claim.
func settles(chapters map[string][]section, claim, place string) error {
	link := regexp.MustCompile(`^\[.+\]\(([^)#]+)#([^)]+)\)$`).FindStringSubmatch(place)
	if link == nil {
		return fmt.Errorf("%q is no link to a section of a chapter", place)
	}
	for _, s := range chapters[link[1]] {
		if s.id != link[2] {
			continue
		}
		if !regexp.MustCompile(`\b` + claim + `\b`).MatchString(s.text) {
			return fmt.Errorf("the section %s of %s does not name it", link[2], link[1])
		}
		return nil
	}
	return fmt.Errorf("no chapter %s with a section %s", link[1], link[2])
}

// A figure says what one sees in it, a choice that the run refutes says what one would have to believe to take it,
// and each chapter from the first on asks for three exercises or more.
func TestTeaching(t *testing.T) {
	b, err := book.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	snippets, err := b.Select()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range snippets {
		if file, ok := runner.RecordingOf(s); ok && s.Caption == "" && s.Figure != "none" {
			if _, err := fs.Stat(files, file); err == nil {
				t.Errorf("%s: the figure of %s has no caption: say what one sees in it", s.Show, s.ID)
			}
		}
	}
	for _, c := range b.Chapters {
		name := path.Base(c.Path)
		if strings.HasPrefix(name, "appendix-") || name == "index.md" {
			continue
		}
		if n := len(c.Exercises); n < 3 && !strings.HasPrefix(name, "00-") {
			t.Errorf("%s has %d exercises, want 3 or more", c.Path, n)
		}
		for _, p := range c.Predictions {
			refuted := 0
			for i, choice := range p.Choices {
				if choice.Note == "" {
					t.Errorf("%s: choice %d has no note", p.Pos, i+1)
				}
				if strings.Contains(choice.Note, "would have to believe") {
					refuted++
				}
			}
			if refuted != len(p.Choices)-1 {
				t.Errorf("%s: %d of %d choices say what one would have to believe, want all but one", p.Pos, refuted, len(p.Choices))
			}
		}
	}
}
