package book

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"

	"example/workbook/site/markdown"
)

// snippetsDir holds the folders CHAPTER/NAME with the programs of a book.
const snippetsDir = "snippets"

// labDir below it is the package that snippets share.
const labDir = "lab"

// Load reads the book whose mkdocs.yml is at the root of fsys. The error is
// Problems, all there are; the book that comes with it is as complete as they
// allow.
func Load(fsys fs.FS) (*Book, error) {
	config, report := readConfig(fsys)
	l := &loader{fsys: fsys, book: &Book{Title: config.SiteName, DocsDir: config.DocsDir, FS: fsys, Config: config}, root: snippetsDir}
	l.take(report)
	if config.Root == nil || config.lost {
		return l.book, l.problems.err()
	}
	l.readAll(l.chapterFiles(config))
	l.number()
	l.folders()
	return l.finish()
}

// Reload reads one chapter anew and returns the book with it; b stays as it is.
// ok is false where more than that chapter could be different now, or something
// is wrong with it: then [Load] the whole book.
func (b *Book) Reload(file string) (book *Book, ok bool) {
	i := slices.IndexFunc(b.Chapters, func(c *Chapter) bool { return c.Path == file })
	if i < 0 || b.Config == nil {
		return nil, false
	}
	old := b.Chapters[i]
	item := navItem{path: file}
	for _, it := range b.Config.nav {
		if it.path == file {
			item = it
		}
	}
	c, d, report := readChapter(b.FS, item, b.DocsDir, b.Config.notation())
	c.Number, c.Slug = old.Number, old.Slug
	l := &loader{fsys: b.FS, book: &Book{FS: b.FS, DocsDir: b.DocsDir, Config: b.Config}, root: snippetsDir, documents: map[*Chapter]*document{c: d}}
	l.take(report)
	if d == nil || len(l.problems) > 0 || l.runs(c) != (len(old.Snippets) > 0) || !old.alone() {
		return nil, false
	}
	l.assign(c, d)
	l.includes(c)
	for _, s := range c.Snippets {
		l.checkExpectations(s)
	}
	if len(l.problems) > 0 || !c.alone() {
		return nil, false
	}
	l.book.Chapters = []*Chapter{c}
	l.tame()
	next := *b
	next.Chapters = slices.Clone(b.Chapters)
	next.Chapters[i] = c
	next.Warnings = slices.DeleteFunc(slices.Clone(b.Warnings), func(w Problem) bool { return w.File == file })
	next.Warnings = append(next.Warnings, l.warnings...).sorted()
	return &next, true
}

// alone tells whether all that a chapter runs and shows stands in it.
func (c *Chapter) alone() bool {
	return len(c.Listings) == 0 && len(c.Exercises) == 0 && len(c.Predictions) == 0 &&
		!slices.ContainsFunc(c.Snippets, func(s *Snippet) bool { return s.File != c.Path })
}

// LoadFiles reads Markdown files, and Go programs, that belong to no book. A
// listing names its file from the folder of the Markdown file or from the root
// of fsys.
func LoadFiles(fsys fs.FS, paths ...string) (*Book, error) {
	l := &loader{fsys: fsys, book: &Book{FS: fsys}}
	var files []navItem
	for i, p := range paths {
		if slices.Index(paths, p) == i {
			files = append(files, navItem{path: p})
		}
	}
	l.readAll(files)
	l.numberLoose()
	b, err := l.finish()
	if len(b.Chapters) > 0 {
		b.Title = b.Chapters[0].Title
	}
	return b, err
}

// loader puts a book together.
type loader struct {
	fsys               fs.FS
	book               *Book
	root               string // folder of the snippet folders; "" for loose files
	problems, warnings Problems

	programs  map[string]*Snippet // of folders, by the path of main.go
	deeper    map[string]bool     // folders of exercises, and whether a chapter has the exercise
	files     map[string]*goFile
	documents map[*Chapter]*document
	circles   []string // of includes that were named: the names of their files, sorted
}

func (l *loader) take(r *report) {
	l.problems = append(l.problems, r.problems...)
	l.warnings = append(l.warnings, r.warnings...)
}

// finish connects fences with programs and sorts what was found.
func (l *loader) finish() (*Book, error) {
	for _, c := range l.book.Chapters {
		l.assign(c, l.documents[c])
		l.includes(c)
	}
	l.unshown()
	l.unasked()
	for _, c := range l.book.Chapters {
		for _, s := range c.Snippets {
			l.checkExpectations(s)
		}
		for _, ex := range c.Exercises {
			l.checkExpectations(ex.Solution)
		}
		for _, p := range c.Predictions {
			l.connectPrediction(p)
		}
	}
	l.tame()
	l.book.Warnings = l.warnings.sorted()
	return l.book, l.problems.err()
}

// tame makes titles fit to be shown: YAML and HTML have ways to write a control
// character without one being in the file, and a terminal would obey it.
func (l *loader) tame() {
	l.book.Title = tamed(l.book.Title)
	for _, c := range l.book.Chapters {
		c.Title = tamed(c.Title)
		for _, s := range c.Snippets {
			s.Title = tamed(s.Title)
		}
		for _, ex := range c.Exercises {
			ex.Title = tamed(ex.Title)
			for _, s := range []*Snippet{ex.Starter, ex.Solution} {
				if s != nil {
					s.Title = tamed(s.Title)
				}
			}
		}
	}
}

// tamed shows the characters of a title that control a terminal, or the direction
// of writing, as their numbers.
func tamed(title string) string {
	control := func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) && r != '\u200e' && r != '\u200f' && r != '\u061c' || r == '\u2028' || r == '\u2029'
	}
	return escaped(title, "<U+%04X>", control)
}

// chapterFiles returns the files of nav, or without nav all Markdown files in
// their natural order. It reports files that are missing or left out.
func (l *loader) chapterFiles(c *Config) []navItem {
	all, ok := l.markdownFiles(c.DocsDir)
	if !ok {
		return nil
	}
	if c.nav == nil {
		var items []navItem
		for _, name := range all {
			items = append(items, navItem{path: name})
		}
		return items
	}
	var items []navItem
	var names []string // as nav writes them
	for _, name := range all {
		names = append(names, strings.TrimPrefix(name, c.DocsDir+"/"))
	}
	inNav := map[string]bool{}
	for _, item := range c.nav {
		pos := item.pos
		inNav[item.path] = true
		info, err := fs.Stat(l.fsys, item.path)
		name := strings.TrimPrefix(item.path, c.DocsDir+"/")
		switch {
		case errors.Is(err, fs.ErrNotExist) && c.maker() != "":
			l.book.Missing.add(pos, "nav names %s: no such file in %s, and the plugin %s, which may make it, is not run", name, c.DocsDir, c.maker())
		case err != nil:
			l.problems.add(pos, "nav names %s: %s in %s: %s", name, readError(err, maxFile), c.DocsDir, suggest(name, names))
		case info.IsDir():
			l.warnings.add(pos, "nav names %s, which is a folder: name the files in it", item.path)
		case isMarkdown(item.path):
			items = append(items, item)
		}
	}
	// With one of these keys the writer has said that it is meant so.
	_, left := entry(c.Root, "not_in_nav")
	_, excluded := entry(c.Root, "exclude_docs")
	for _, name := range all {
		if !inNav[name] && left == nil && excluded == nil {
			l.warnings.add(Pos{File: name}, "not in nav of %s, so it is no chapter and nothing in it runs: add it there", configFile)
		}
	}
	return items
}

func (l *loader) markdownFiles(dir string) (names []string, ok bool) {
	if info, err := fs.Stat(l.fsys, dir); err != nil || !info.IsDir() {
		l.problems.add(Pos{File: configFile}, "docs_dir %s is no folder: make it, or write docs_dir: FOLDER", dir)
		return nil, false
	}
	_ = fs.WalkDir(l.fsys, dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			l.problems.add(Pos{File: name}, "%s", readError(err, maxFile))
		case name != dir && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
		case !d.IsDir() && isMarkdown(name):
			names = append(names, name)
		}
		return nil
	})
	slices.SortFunc(names, compareNatural)
	return names, true
}

// readAll reads and parses the chapters side by side.
func (l *loader) readAll(items []navItem) {
	type result struct {
		chapter  *Chapter
		document *document
		report   *report
	}
	results := make([]result, len(items))
	notation := l.book.Config.notation()
	var next atomic.Int64 // an item, counted from 1
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(items)) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(items) {
					return
				}
				r := &results[i]
				r.chapter, r.document, r.report = readChapter(l.fsys, items[i], l.book.DocsDir, notation)
			}
		})
	}
	wg.Wait()
	l.documents = map[*Chapter]*document{}
	for _, r := range results {
		l.book.Chapters = append(l.book.Chapters, r.chapter)
		l.documents[r.chapter] = r.document
		l.take(r.report)
	}
}

// readChapter reads one file. The document is nil when it cannot be parsed. docs
// is the folder of the chapters, "" for loose files.
func readChapter(fsys fs.FS, item navItem, docs string, notation markdown.Features) (*Chapter, *document, *report) {
	c := &Chapter{Path: item.path, Title: item.title, notation: notation}
	r := &report{src: &source{file: item.path}}
	number, stem := splitName(item.path)
	if dir := path.Dir(item.path); isIndex(stem) && docs != "" && dir != docs {
		// The index of a folder is called after the folder, as its address is.
		number, stem = splitName(dir)
	}
	c.Number, c.Slug = number, slug(stem, number)
	err := inside(fsys, item.path)
	if err == nil {
		c.Source, err = readFile(fsys, item.path, maxFile)
	}
	if err != nil {
		r.problems.add(Pos{File: item.path}, "%s", readError(err, maxFile))
		return c, nil, r
	}
	if path.Ext(item.path) == ".go" {
		c.src = newSource(item.path, c.Source)
		r.src = c.src
		checkText(c.src, r)
		return c, nil, r
	}
	d := c.parse(r)
	if c.Title == "" {
		c.Title = titleOf(c, d, stem)
	}
	return c, d, r
}

// parse parses the Markdown of a chapter, if it is fit for it.
func (c *Chapter) parse(r *report) *document {
	c.src = newSource(c.Path, c.Source)
	c.src.notation = c.notation
	r.src = c.src
	if !checkText(c.src, r) {
		return nil
	}
	meta, first, ok := frontMatter(c.src, r)
	if !ok || !checkShape(c.src, first, maxReferences, r) {
		return nil
	}
	c.Meta = meta
	return parseDocument(c.src, first, r)
}

func titleOf(c *Chapter, d *document, stem string) string {
	if _, value := entry(c.Meta, "title"); value != nil {
		if title, ok := scalar(value); ok && title != "" {
			return title
		}
	}
	if d != nil && d.title != "" {
		return d.title
	}
	if stem == "" {
		stem = strings.TrimSuffix(path.Base(c.Path), path.Ext(c.Path))
	}
	words := []rune(strings.Join(strings.FieldsFunc(stem, func(r rune) bool { return r == '-' || r == '_' || r == ' ' }), " "))
	if len(words) > 0 {
		words[0] = unicode.ToUpper(words[0])
	}
	return string(words)
}

// splitName splits 03-socket.md into 3 and socket. The number is -1 where the
// name has none; a version is none: 1.10-notes.md.
func splitName(name string) (number int, stem string) {
	stem = strings.TrimSuffix(path.Base(name), path.Ext(name))
	rest := strings.TrimLeft(stem, "0123456789")
	digits := stem[:len(stem)-len(rest)]
	number, err := strconv.Atoi(digits)
	version := len(rest) > 1 && rest[0] == '.' && rest[1] >= '0' && rest[1] <= '9'
	if err != nil || version || rest != "" && !strings.ContainsRune("-_. ", rune(rest[0])) {
		return -1, stem
	}
	return number, strings.TrimLeft(rest, "-_. ")
}

// slug makes a name that can be typed: letters in lower case, digits, _ and -.
func slug(stem string, number int) string {
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(stem) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' {
			dash = b.Len() > 0
			continue
		}
		if dash {
			b.WriteByte('-')
			dash = false
		}
		b.WriteRune(r)
	}
	if b.Len() > 0 {
		return b.String()
	}
	if number >= 0 {
		return "chapter" + strconv.Itoa(number)
	}
	return "chapter"
}

func isIndex(stem string) bool { return stem == "index" || stem == "README" }

// number gives numbers to chapters that need one and reports numbers and slugs
// that two chapters share.
func (l *loader) number() {
	numbered := slices.ContainsFunc(l.book.Chapters, func(c *Chapter) bool { return c.Number >= 0 })
	numbers, slugs := map[int]*Chapter{}, map[string]*Chapter{}
	sharedNumbers, sharedSlugs := map[int]bool{}, map[string]bool{} // by chapters of several folders
	for i, c := range l.book.Chapters {
		pos := Pos{File: c.Path}
		if !numbered {
			c.Number = i + 1
		}
		l.yield(c, numbers, slugs)
		if other := numbers[c.Number]; other != nil && c.Number >= 0 {
			if path.Dir(other.Path) != path.Dir(c.Path) {
				sharedNumbers[c.Number] = true
			} else {
				l.problems.add(pos, "chapter %d is %s already: begin the file name with another number", c.Number, printable(other.Path))
			}
		}
		if other := slugs[c.Slug]; other != nil && path.Dir(other.Path) != path.Dir(c.Path) {
			sharedSlugs[c.Slug] = true
		} else if other != nil {
			l.problems.add(pos, "%s is called %q already: rename one of the files, for both have the same name without number and ending", printable(other.Path), c.Slug)
		}
		if c.Slug == labDir {
			l.problems.add(pos, "no chapter can be called %q: %s/%s is the package that snippets share", labDir, snippetsDir, labDir)
		}
		if strings.ContainsFunc(c.Path, unicode.IsControl) {
			l.problems.add(pos, "the file name has a control character: rename the file")
		}
		numbers[c.Number], slugs[c.Slug] = c, c
	}
	for _, c := range l.book.Chapters {
		if sharedNumbers[c.Number] {
			c.Number = -1
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sharedSlugs)) {
		l.tellApart(name)
	}
}

// tellApart puts as many folders before the name that chapters share as it
// takes to make each name one of its own.
func (l *loader) tellApart(name string) {
	taken := map[string]bool{}
	var group []*Chapter
	for _, c := range l.book.Chapters {
		if c.Slug == name {
			group = append(group, c)
		} else {
			taken[c.Slug] = true
		}
	}
	for depth := 1; len(group) > 0; depth++ {
		count := map[string]int{}
		for _, c := range group {
			count[l.longer(c, name, depth)]++
		}
		var rest []*Chapter
		for _, c := range group {
			longer := l.longer(c, name, depth)
			last := longer == l.longer(c, name, depth+1) // there are no more folders
			switch {
			case count[longer] == 1 && !taken[longer]:
				c.Slug = longer
			case last:
				c.Slug = longer
				for n := 2; taken[c.Slug]; n++ {
					c.Slug = fmt.Sprintf("%s-%d", longer, n)
				}
			default:
				rest = append(rest, c)
				continue
			}
			taken[c.Slug] = true
		}
		group = rest
	}
}

// longer is the name of a chapter behind the given number of its folders.
func (l *loader) longer(c *Chapter, name string, depth int) string {
	dir := path.Dir(strings.TrimPrefix(c.Path, l.book.DocsDir+"/"))
	if _, stem := splitName(c.Path); isIndex(stem) {
		dir = path.Dir(dir) // which it is called after
	}
	if dir == "." {
		return name
	}
	folders := strings.Split(dir, "/")
	return slug(strings.Join(folders[max(len(folders)-depth, 0):], "-"), -1) + "-" + name
}

// yield gives a chapter another name where it has the one of a chapter in
// another folder, and one of the two has no programs: nobody types that one's
// name to run it. Sites have many pages of one name.
func (l *loader) yield(c *Chapter, numbers map[int]*Chapter, slugs map[string]*Chapter) {
	yields := func(other *Chapter) *Chapter {
		switch {
		case other == nil || path.Dir(c.Path) == path.Dir(other.Path):
			return nil
		case !l.runs(c):
			return c
		case !l.runs(other):
			return other
		}
		return nil
	}
	if y := yields(numbers[c.Number]); y != nil {
		if y != c {
			delete(numbers, c.Number)
		}
		y.Number = -1
	}
	other := slugs[c.Slug]
	y := yields(other)
	if y == nil {
		return
	}
	taken := c.Slug
	whole := slug(strings.TrimSuffix(strings.TrimPrefix(y.Path, l.book.DocsDir), path.Ext(y.Path)), -1)
	y.Slug = whole
	for n := 2; slugs[y.Slug] != nil; n++ {
		y.Slug = fmt.Sprintf("%s-%d", whole, n)
	}
	if y == other {
		delete(slugs, taken)
		slugs[y.Slug] = y
	}
}

// runs reports whether a chapter has Go fences, and so perhaps programs.
func (l *loader) runs(c *Chapter) bool {
	d := l.documents[c]
	return d != nil && slices.ContainsFunc(d.fences, func(f *fence) bool {
		lang, _ := language(f.info)
		return lang == "go"
	})
}

// numberLoose makes the names of loose files different; nobody chose them with
// each other in mind.
func (l *loader) numberLoose() {
	numbers, slugs := map[int]int{}, map[string]int{}
	for _, c := range l.book.Chapters {
		numbers[c.Number]++
		slugs[c.Slug]++
	}
	for i, c := range l.book.Chapters {
		if c.Number < 0 || numbers[c.Number] > 1 {
			c.Number = i + 1
		}
		if slugs[c.Slug] > 1 {
			c.Slug += "-" + strconv.Itoa(i+1)
		}
	}
}

// compareNatural orders paths as people do: 2-b before 10-a, the index of a
// folder first.
func compareNatural(a, b string) int {
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	for i := range min(len(as), len(bs)) {
		rank := func(parts []string) int {
			if i == len(parts)-1 && isIndex(strings.TrimSuffix(parts[i], path.Ext(parts[i]))) {
				return 0
			}
			return 1
		}
		if c := cmp.Or(cmp.Compare(rank(as), rank(bs)), compareNumbers(as[i], bs[i])); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(as), len(bs))
}

// compareNumbers compares texts, and digits in them as numbers.
func compareNumbers(a, b string) int {
	whole := strings.Compare(a, b)
	for a != "" && b != "" {
		da, db := digits(a), digits(b)
		if da > 0 && db > 0 {
			na, nb := strings.TrimLeft(a[:da], "0"), strings.TrimLeft(b[:db], "0")
			if c := cmp.Or(cmp.Compare(len(na), len(nb)), strings.Compare(na, nb)); c != 0 {
				return c
			}
			a, b = a[da:], b[db:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Or(cmp.Compare(len(a), len(b)), whole)
}

func digits(s string) int { return len(s) - len(strings.TrimLeft(s, "0123456789")) }
