package book

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write the want files of testdata anew")

// TestCases runs the behaviours in testdata; its README explains the format.
func TestCases(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) < 90 {
		t.Fatalf("%d cases, %v", len(names), err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			a := txtar.Parse(data)
			if len(bytes.TrimSpace(a.Comment)) == 0 {
				t.Error("the case does not say what must hold")
			}
			got := outcome(t, a)
			if *update {
				a.Files = append(slices.DeleteFunc(a.Files, isWant), got...)
				if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			compare(t, a, got)
		})
	}
}

func isWant(f txtar.File) bool { return strings.HasPrefix(f.Name, "want/") }

func compare(t *testing.T, a *txtar.Archive, got []txtar.File) {
	found := map[string]string{}
	for _, f := range got {
		found[f.Name] = string(f.Data)
	}
	wants := 0
	for _, f := range a.Files {
		if !isWant(f) {
			continue
		}
		wants++
		if found[f.Name] != string(f.Data) {
			t.Errorf("%s:\n--- got\n%s--- want\n%s", f.Name, found[f.Name], f.Data)
		}
		delete(found, f.Name)
	}
	for name, data := range found {
		if name == "want/problems" || name == "want/warnings" {
			t.Errorf("unexpected %s:\n%s", name, data)
		}
	}
	if wants == 0 {
		t.Error("the case wants nothing")
	}
}

// outcome is everything that a case may want. A want/book is made when the case
// has no other want, or one of its own.
func outcome(t *testing.T, a *txtar.Archive) []txtar.File {
	fsys := fstest.MapFS{}
	texts := map[string]string{}
	var loose []string
	for _, f := range a.Files {
		name := unpicture(f.Name)
		switch {
		case isWant(f):
		case strings.HasPrefix(name, "set/"):
			texts[strings.TrimPrefix(name, "set/")] = unpicture(string(f.Data))
		default:
			fsys[name] = &fstest.MapFile{Data: []byte(unpicture(string(f.Data))), Mode: 0o644}
			if isMarkdown(name) || !strings.Contains(name, "/") {
				loose = append(loose, name)
			}
		}
	}
	b, err := (*Book)(nil), error(nil)
	if _, ok := fsys[configFile]; ok || len(loose) == 0 || strings.HasPrefix(loose[0], "docs/") {
		b, err = Load(fsys)
	} else {
		b, err = LoadFiles(fsys, loose...)
	}
	var got []txtar.File
	add := func(name, data string) {
		if data != "" {
			got = append(got, txtar.File{Name: "want/" + name, Data: []byte(picture(data))})
		}
	}
	if err != nil {
		add("problems", err.Error()+"\n")
	}
	if len(b.Warnings) > 0 {
		add("warnings", b.Warnings.Error()+"\n")
	}
	checkUnchanged(t, b)
	if len(texts) > 0 {
		changes, err := b.SetBodies(named(t, b, texts))
		add("set", showChanges(fsys, changes, err))
	}
	selects := false
	for _, f := range a.Files {
		if sel, ok := strings.CutPrefix(f.Name, "want/select "); ok {
			selects = true
			snippets, err := b.Select(strings.Fields(sel)...)
			add("select "+sel, showSelected(snippets, err))
		}
	}
	if hasFile(a, "want/sync") {
		changes, err := b.Sync()
		add("sync", cmp.Or(showChanges(fsys, changes, err), "nothing\n"))
	}
	if hasFile(a, "want/book") || len(got) == 0 && !selects {
		add("book", dump(b))
	}
	return got
}

func hasFile(a *txtar.Archive, name string) bool {
	return slices.ContainsFunc(a.Files, func(f txtar.File) bool { return f.Name == name })
}

// checkUnchanged holds for every book: setting the texts that are there
// changes no byte.
func checkUnchanged(t *testing.T, b *Book) {
	t.Helper()
	for _, c := range b.Chapters {
		if c.src == nil {
			continue
		}
		same := map[*Expectation]string{}
		for _, e := range expectations(b) {
			if e.body.src == c.src {
				same[e] = e.Text
			}
		}
		if got, err := c.SetBodies(same); err != nil || !bytes.Equal(got, c.Source) {
			t.Errorf("%s: setting the same texts: %v, got\n%q\nwant\n%q", c.Path, err, got, c.Source)
		}
	}
}

func expectations(b *Book) []*Expectation {
	var all []*Expectation
	for _, c := range b.Chapters {
		for _, s := range c.Snippets {
			for _, e := range []*Expectation{s.Output, s.Stderr, s.Error} {
				if e != nil {
					all = append(all, e)
				}
			}
		}
	}
	return all
}

// named finds the expectations that "socket/1/output" and the like mean.
func named(t *testing.T, b *Book, texts map[string]string) map[*Expectation]string {
	found := map[*Expectation]string{}
	for name, text := range texts {
		snippets, err := b.Select(path.Dir(name))
		if err != nil || len(snippets) != 1 {
			t.Fatalf("set/%s: %d snippets, %v", name, len(snippets), err)
		}
		e := *snippets[0].slot(path.Base(name))
		if e == nil {
			t.Fatalf("set/%s: nothing is expected there", name)
		}
		found[e] = text
	}
	return found
}

// showChanges prints the lines that changes take away and bring.
func showChanges(fsys fstest.MapFS, changes []Change, err error) string {
	var b strings.Builder
	if err != nil {
		fmt.Fprintln(&b, err)
	}
	for _, c := range changes {
		old := strings.SplitAfter(string(fsys[c.File].Data), "\n")
		now := strings.SplitAfter(string(c.New), "\n")
		from := 0
		for from < len(old) && from < len(now) && old[from] == now[from] {
			from++
		}
		tail := 0
		for tail < len(old)-from && tail < len(now)-from && old[len(old)-1-tail] == now[len(now)-1-tail] {
			tail++
		}
		fmt.Fprintf(&b, "%s:%d\n", c.File, from+1)
		for _, l := range old[from : len(old)-tail] {
			fmt.Fprintf(&b, "-%s\n", strings.TrimSuffix(l, "\n"))
		}
		for _, l := range now[from : len(now)-tail] {
			fmt.Fprintf(&b, "+%s\n", strings.TrimSuffix(l, "\n"))
		}
	}
	return b.String()
}

func showSelected(snippets []*Snippet, err error) string {
	if err != nil {
		return err.Error() + "\n"
	}
	var b strings.Builder
	for _, s := range snippets {
		fmt.Fprintln(&b, s.ID)
	}
	return cmp.Or(b.String(), "nothing\n")
}

// dump prints all that a book says about itself.
func dump(b *Book) string {
	var w strings.Builder
	fmt.Fprintf(&w, "book %q\n", b.Title)
	for _, c := range b.Chapters {
		fmt.Fprintf(&w, "chapter %d %s %s %q\n", c.Number, c.Slug, c.Path, c.Title)
		for _, f := range c.Fences {
			fmt.Fprintf(&w, "  %d:%d %s%s\n", f.Line, f.Col, cmp.Or(f.Lang, "-"), role(f))
		}
		for _, s := range c.Snippets {
			dumpSnippet(&w, s)
		}
		for _, p := range c.Predictions {
			dumpPrediction(&w, p)
		}
		for _, ex := range c.Exercises {
			dumpExercise(&w, ex)
		}
	}
	return w.String()
}

func dumpPrediction(w *strings.Builder, p *Prediction) {
	fmt.Fprintf(w, "prediction %s at %v %q\n", p.Snippet.ID, p.Pos, p.Question)
	for _, c := range p.Choices {
		fmt.Fprintf(w, "  %q if %q note %q\n", c.Text, c.When, c.Note)
	}
}

func dumpExercise(w *strings.Builder, ex *Exercise) {
	fmt.Fprintf(w, "exercise %s %q at %v\n", ex.ID, ex.Title, ex.Pos)
	dumpSnippet(w, ex.Solution)
	fmt.Fprintf(w, "  text %q\n  hints %q\n  why %q\n", ex.Text, ex.Hints, ex.Why)
}

func role(f *Fence) string {
	switch {
	case f.Expectation != nil:
		return " of " + f.Snippet.ID
	case f.Listing != nil:
		s := fmt.Sprintf(" shows %s", f.Listing.File)
		if f.Listing.Region != "" {
			s += " " + f.Listing.Region
		}
		if f.Listing.Text != f.Listing.Want {
			s += ", stale"
		}
		if f.Snippet != nil {
			s += ", snippet " + f.Snippet.ID
		}
		return s
	case f.Snippet != nil:
		return " is " + f.Snippet.ID
	}
	return ""
}

func dumpSnippet(w *strings.Builder, s *Snippet) {
	fmt.Fprintf(w, "snippet %s %q at %v", s.ID, s.Title, s.Pos)
	if s.Indent > 0 {
		fmt.Fprintf(w, " indent %d", s.Indent)
	}
	if s.Timeout != 0 {
		fmt.Fprintf(w, " timeout %v", s.Timeout)
	}
	if s.Needs != nil {
		fmt.Fprintf(w, " needs %v", s.Needs)
	}
	if s.Skip != "" {
		fmt.Fprintf(w, " skip %q", s.Skip)
	}
	if s.NoRun {
		fmt.Fprint(w, " no_run")
	}
	if s.Exit != 0 {
		fmt.Fprintf(w, " exit %d", s.Exit)
	}
	if s.Engine != "" {
		fmt.Fprintf(w, " engine %s", s.Engine)
	}
	if s.Slow {
		fmt.Fprint(w, " slow")
	}
	if s.NoEvidence {
		fmt.Fprint(w, " no evidence")
	}
	if s.Figure != "" {
		fmt.Fprintf(w, " figure %s", s.Figure)
	}
	if s.Caption != "" {
		fmt.Fprintf(w, " caption %q", s.Caption)
	}
	fmt.Fprintln(w)
	if s.File == s.Chapter.Path {
		for l := range strings.Lines(string(s.Source)) {
			fmt.Fprintf(w, "  | %s", l)
		}
	}
	for _, lang := range streams() {
		e := *s.slot(lang)
		if e == nil {
			continue
		}
		fmt.Fprintf(w, "  %s at %v", lang, e.Pos)
		if e.Mode != 0 {
			fmt.Fprintf(w, " mode %d", e.Mode)
		}
		if e.Trim {
			fmt.Fprint(w, " trim")
		}
		fmt.Fprintln(w)
		for l := range strings.Lines(e.Text) {
			fmt.Fprintf(w, "  > %s", l)
		}
	}
}

var pictures = []string{"␍", "\r", "␉", "\t", "␀", "\x00", "␦", "\xff", "␂", byteOrderMark, "␛", "\x1b", "␇", "\a"}

func unpicture(s string) string {
	s = strings.ReplaceAll(s, "␄\n", "")
	s = strings.ReplaceAll(s, "␠", " ")
	return strings.NewReplacer(pictures...).Replace(s)
}

// picture makes visible what an editor would hide. Tabs stay: programs are full
// of them.
func picture(s string) string {
	s = strings.NewReplacer("\r", "␍", "\x00", "␀", "\xff", "␦", byteOrderMark, "␂").Replace(s)
	var b strings.Builder
	for l := range strings.Lines(s) {
		text := strings.TrimSuffix(l, "\n")
		bare := strings.TrimRight(text, " ")
		b.WriteString(bare + strings.Repeat("␠", len(text)-len(bare)) + l[len(text):])
	}
	return b.String()
}
