package site

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/tools/txtar"

	"example/workbook/internal/book"
)

var update = flag.Bool("update", false, "write what comes out into the files of testdata")

// Each file of testdata is a book and what becomes of it. Its comment says what
// must hold. "want/warnings" and "want/error" are what the build says;
// "want/files" names the files of the site; "want/body/ADDRESS" is what stands
// between the head of an article and its end, and "want/page/ADDRESS" is a whole
// file.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { testCase(t, file) })
	}
}

func testCase(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	for _, f := range archive.Files {
		if !strings.HasPrefix(f.Name, "want/") {
			fsys[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	site, report, err := buildMemory(fsys, bytes.Contains(archive.Comment, []byte("(ran)")))
	for i, f := range archive.Files {
		name, ok := strings.CutPrefix(f.Name, "want/")
		if !ok {
			continue
		}
		got := outcome(name, site, report, err)
		if *update {
			archive.Files[i].Data = []byte(got)
		} else if got != string(f.Data) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, f.Data)
		}
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// buildMemory builds a book into memory. With ran, every program has passed.
func buildMemory(fsys fs.FS, ran bool) (map[string][]byte, *Report, error) {
	return buildWithFigures(fsys, ran, nil)
}

func buildWithFigures(fsys fs.FS, ran bool, figure func(*book.Snippet) (svg, table string)) (map[string][]byte, *Report, error) {
	b, err := book.Load(fsys)
	if err != nil {
		return nil, nil, err
	}
	opt := Options{Figure: figure, Getenv: func(name string) string { return map[string]string{"SITE": "https://env.example/x"}[name] }}
	if ran {
		opt.Run = func(*book.Snippet) *Run {
			return &Run{Passed: true, Engines: []string{"go", "yaegi"}, Go: "go1.26.0", System: "Linux 6.1 amd64", When: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)}
		}
	}
	w, err := newBuilder(b, opt)
	if err != nil {
		return nil, nil, err
	}
	store := &memoryStore{files: map[string][]byte{}}
	report, err := w.build(context.Background(), store)
	return store.files, report, err
}

var hashed = regexp.MustCompile(`assets/(site|figures|tabs|later|more)\.[0-9a-f]{8}\.`)

func outcome(name string, site map[string][]byte, report *Report, err error) string {
	return hashed.ReplaceAllString(plainOutcome(name, site, report, err), "assets/$1.HASH.")
}

func plainOutcome(name string, site map[string][]byte, report *Report, err error) string {
	switch {
	case name == "error":
		if err == nil {
			return "no error\n"
		}
		return err.Error() + "\n"
	case err != nil:
		return fmt.Sprintf("error: %v\n", err)
	case name == "warnings":
		return strings.Join(report.Warnings, "\n") + "\n"
	case name == "files":
		names := sortedKeys(site)
		for i := range names {
			names[i] = hashed.ReplaceAllString(names[i], "assets/$1.HASH.")
		}
		slices.Sort(names)
		return strings.Join(names, "\n") + "\n"
	}
	if address, ok := strings.CutPrefix(name, "body/"); ok {
		return articleOf(string(site[address]))
	}
	return string(site[strings.TrimPrefix(name, "page/")])
}

func articleOf(html string) string {
	_, html, _ = strings.Cut(html, "</header>\n<")
	_, html, ok := strings.Cut(html, "</header>\n")
	if !ok {
		return "no such page\n"
	}
	html, _, _ = strings.Cut(html, "</article>")
	return html
}

// tempBook writes files into a folder and loads the book there.
func tempBook(t *testing.T, files map[string]string) (string, *book.Book) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir, load(t, dir)
}

func load(t *testing.T, dir string) *book.Book {
	t.Helper()
	b, err := book.Load(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func manyChapters(n int) map[string]string {
	files := map[string]string{}
	nav := "nav:\n"
	for i := range n {
		name := fmt.Sprintf("c%03d.md", i)
		nav += "  - " + name + "\n"
		files["docs/"+name] = fmt.Sprintf("# Chapter of %d\n\n## Part\n\ntext %d [next](c%03d.md#part) `x`\n\n```go\nfunc f%d() {}\n```\n", i, i, (i+1)%n, i)
	}
	files["mkdocs.yml"] = "site_name: Many\nsite_url: https://m.example/\nsite_dir: public\n" + nav
	return files
}

func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		files[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// The same book gives the same bytes, in whatever order its pages are made.
func TestDeterministic(t *testing.T) {
	dir, b := tempBook(t, manyChapters(60))
	var first map[string]string
	for i := range 4 {
		out := filepath.Join(dir, fmt.Sprint("out", i))
		if _, err := Build(context.Background(), b, Options{Root: dir, Dir: out, Jobs: 1 + 5*(i%2)}); err != nil {
			t.Fatal(err)
		}
		got := tree(t, out)
		delete(got, markFile) // has the times of the files
		if first == nil {
			first = got
			continue
		}
		for name, text := range first {
			if got[name] != text {
				t.Errorf("build %d: %s differs", i, name)
			}
		}
		if len(got) != len(first) {
			t.Errorf("build %d: %d files, not %d", i, len(got), len(first))
		}
	}
}

// A changed chapter rewrites its page and the index, and nothing else; the files
// that stay are the same files.
func TestIncremental(t *testing.T) {
	dir, b := tempBook(t, manyChapters(20))
	opt := Options{Root: dir}
	build := func() *Report {
		t.Helper()
		r, err := Build(context.Background(), b, opt)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	first := build()
	if first.Written != first.Files {
		t.Errorf("first build: %d of %d files written", first.Written, first.Files)
	}
	site := filepath.Join(dir, "public")
	kept, err := os.Stat(filepath.Join(site, "c001", "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	if r := build(); r.Written != 0 {
		t.Errorf("nothing changed, %d files written", r.Written)
	}
	add(t, filepath.Join(dir, "docs", "c003.md"), "\nunusual\n")
	b = load(t, dir)
	if r := build(); r.Written != 2 {
		t.Errorf("one chapter changed, %d files written: its page and the index are 2", r.Written)
	}
	now, err := os.Stat(filepath.Join(site, "c001", "index.html"))
	if err != nil || !os.SameFile(kept, now) {
		t.Errorf("a page that did not change is another file: %v", err)
	}
	if page := tree(t, site)["c003/index.html"]; !strings.Contains(page, "unusual") {
		t.Error("the changed page was not written")
	}
	// A file that somebody changed is written anew.
	add(t, filepath.Join(site, "c002", "index.html"), "vandal")
	if r := build(); r.Written != 1 {
		t.Errorf("one file of the site was changed, %d written", r.Written)
	}
	if page := tree(t, site)["c002/index.html"]; strings.Contains(page, "vandal") {
		t.Error("the changed file of the site is still there")
	}
	// A chapter that is gone takes its page with it.
	if err := os.Remove(filepath.Join(dir, "docs", "c019.md")); err != nil {
		t.Fatal(err)
	}
	add(t, filepath.Join(dir, "docs", "c018.md"), "")
	yml := filepath.Join(dir, "mkdocs.yml")
	data, _ := os.ReadFile(yml)
	if err := os.WriteFile(yml, bytes.Replace(data, []byte("  - c019.md\n"), nil, 1), 0o644); err != nil {
		t.Fatal(err)
	}
	b = load(t, dir)
	build()
	if _, ok := tree(t, site)["c019/index.html"]; ok {
		t.Error("the page of a chapter that is gone is still there")
	}
}

func add(t *testing.T, file, text string) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// A build that fails leaves the site as it was, and nothing beside it.
func TestFailureLeavesTheSite(t *testing.T) {
	dir, b := tempBook(t, manyChapters(5))
	if _, err := Build(context.Background(), b, Options{Root: dir}); err != nil {
		t.Fatal(err)
	}
	before := tree(t, filepath.Join(dir, "public"))
	add(t, filepath.Join(dir, "docs", "c001.md"), "\n[broken](nowhere.md)\n")
	report, err := Build(context.Background(), load(t, dir), Options{Root: dir, Strict: true})
	if !errors.Is(err, ErrWarnings) || len(report.Warnings) != 1 {
		t.Fatalf("a broken link with Strict: %v, %v", err, report)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Build(ctx, load(t, dir), Options{Root: dir}); err == nil {
		t.Fatal("an interrupted build succeeded")
	}
	after := tree(t, filepath.Join(dir, "public"))
	for name := range before {
		if before[name] != after[name] {
			t.Errorf("%s has changed", name)
		}
	}
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".public") {
			t.Errorf("%s was left behind", e.Name())
		}
	}
}

// A folder that is no site is never touched.
func TestForeignFolder(t *testing.T) {
	files := manyChapters(3)
	files["public/thesis.txt"] = "years of work"
	dir, b := tempBook(t, files)
	if _, err := Build(context.Background(), b, Options{Root: dir}); err == nil || !strings.Contains(err.Error(), "no site that workbook has built") {
		t.Errorf("got %v", err)
	}
	if got := tree(t, filepath.Join(dir, "public")); len(got) != 1 || got["thesis.txt"] == "" {
		t.Errorf("the folder was touched: %v", got)
	}
}

// A cache gives the same pages as a build without one, also when the titles
// around a page change.
func TestCache(t *testing.T) {
	dir, _ := tempBook(t, manyChapters(12))
	var p Preview
	for i, change := range []string{"", "\nmore\n", "\n# Another title\n"} {
		if change != "" {
			add(t, filepath.Join(dir, "docs", "c004.md"), change)
		}
		if i == 2 {
			file := filepath.Join(dir, "docs", "c004.md")
			data, _ := os.ReadFile(file)
			if err := os.WriteFile(file, bytes.Replace(data, []byte("# Chapter of 4"), []byte("# Renamed"), 1), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		b := load(t, dir)
		report, err := p.Build(context.Background(), b, Options{Root: dir})
		if err != nil {
			t.Fatal(err)
		}
		if i == 1 && report.Written != 2 {
			t.Errorf("one chapter changed, %d files are new", report.Written)
		}
		want, fresh, err := buildMemory(os.DirFS(dir), false)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(report.Warnings, fresh.Warnings) {
			t.Errorf("change %d: warnings %q, without a cache %q", i, report.Warnings, fresh.Warnings)
		}
		for name, data := range want {
			if !bytes.Equal(p.files[name], data) {
				t.Errorf("change %d: %s differs from a build without a cache", i, name)
			}
		}
	}
}

// The navigation of a page does not grow with the site.
func TestNavigationIsBounded(t *testing.T) {
	size := func(n int) int {
		dir, b := tempBook(t, manyChapters(n))
		if _, err := Build(context.Background(), b, Options{Root: dir}); err != nil {
			t.Fatal(err)
		}
		return len(tree(t, filepath.Join(dir, "public"))["c050/index.html"])
	}
	if small, large := size(100), size(400); large > small+200 {
		t.Errorf("a page of 100 has %d bytes, the same of 400 has %d", small, large)
	}
}

// The page for what is not found has the navigation of any page.
func TestNotFoundHasNavigation(t *testing.T) {
	files := manyChapters(60)
	files["docs/00-first.md"], files["docs/deep/a.md"], files["docs/deep/b.md"] = "# First\n", "# A\n", "# B\n"
	files["mkdocs.yml"] += "  - Deep:\n    - deep/a.md\n    - deep/b.md\n"
	files["mkdocs.yml"] = strings.Replace(files["mkdocs.yml"], "nav:\n", "nav:\n  - 00-first.md\n", 1)
	_, b := tempBook(t, files)
	made, _, err := buildMemory(b.FS, false)
	if err != nil {
		t.Fatal(err)
	}
	page := string(made["404.html"])
	for _, want := range []string{`<a href="/00-first/index.html"><span class="n">0</span>First</a>`, `<a href="/contents.html">All 62</a>`} {
		if !strings.Contains(page, want) {
			t.Errorf("404.html lacks %s", want)
		}
	}
	if strings.Contains(page, `aria-current="page"`) {
		t.Error("404.html claims to be a page of the book")
	}
}

// A build that is to end does not wait for a page that takes long, and leaves
// nothing behind, not even when that page is ready at last.
func TestCancel(t *testing.T) {
	dir, b := tempBook(t, map[string]string{
		"mkdocs.yml":    "site_name: A\nsite_dir: public\n",
		"docs/index.md": "# A\n\n```go\npackage main\n\nfunc main() {}\n```\n",
		"docs/b.md":     "# B\n",
	})
	begun, proceed, ended := make(chan bool), make(chan bool), make(chan error)
	slow := func(*book.Snippet) *Run {
		begun <- true
		<-proceed
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, err := Build(ctx, b, Options{Root: dir, Jobs: 2, Run: slow})
		ended <- err
	}()
	<-begun
	cancel()
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("waits for the page")
	}
	close(proceed)
	go func() {
		for range begun {
		}
	}()
	for range 100 { // the page is made now, if it is
		runtime.Gosched()
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("there are %v, %v", entries, err)
	}
}
