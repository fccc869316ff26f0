package book

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// folders finds the programs in snippets/CHAPTER/NAME and reports what else is
// there that nobody would ever run.
func (l *loader) folders() {
	l.programs = map[string]*Snippet{}
	l.deeper = map[string]bool{}
	bySlug := map[string]*Chapter{}
	var slugs []string
	for _, c := range l.book.Chapters {
		bySlug[c.Slug] = c
		slugs = append(slugs, c.Slug)
	}
	for _, e := range l.list(l.root) {
		dir := path.Join(l.root, e.Name())
		if !e.IsDir() {
			l.misplaced(dir)
			continue
		}
		if e.Name() == labDir || isHidden(e.Name()) {
			continue
		}
		c := bySlug[e.Name()]
		if c == nil && l.hasPrograms(dir) {
			l.problems.add(Pos{File: dir}, "no chapter is called %q: rename the folder (%s)", e.Name(), suggest(e.Name(), slugs))
		}
		for _, sub := range l.list(dir) {
			switch file := path.Join(dir, sub.Name()); {
			case !sub.IsDir():
				l.misplaced(file)
			case c != nil && !isHidden(sub.Name()):
				l.folder(c, file)
			}
		}
	}
}

// list is fs.ReadDir without the errors: a book need not have the folder.
func (l *loader) list(dir string) []fs.DirEntry {
	entries, _ := fs.ReadDir(l.fsys, dir)
	return entries
}

// isHidden tells whether the go command, too, passes a folder over.
func isHidden(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata"
}

func (l *loader) hasPrograms(dir string) bool {
	for _, e := range l.list(dir) {
		if _, err := fs.Stat(l.fsys, path.Join(dir, e.Name(), "main.go")); err == nil {
			return true
		}
	}
	return false
}

func (l *loader) misplaced(file string) {
	if path.Ext(file) == ".go" {
		l.problems.add(Pos{File: file}, "no snippet, for it has no folder of its own: move it to %s/CHAPTER/NAME/main.go", snippetsDir)
	}
}

// folder makes the snippet of one folder.
func (l *loader) folder(c *Chapter, dir string) {
	main := path.Join(dir, "main.go")
	found := false
	for _, e := range l.list(dir) {
		switch {
		case e.IsDir() || path.Ext(e.Name()) != ".go":
		case e.Name() == "main.go":
			found = true
		default:
			l.problems.add(Pos{File: path.Join(dir, e.Name())}, "a snippet is one file: move this into %s, or into %s/%s if snippets share it", main, snippetsDir, labDir)
		}
	}
	if !found {
		if l.hasPrograms(dir) {
			l.deeper[dir] = false
		}
		return
	}
	if name := path.Base(dir); !isName(name) {
		l.problems.add(Pos{File: dir}, "the folder's name cannot name a snippet: rename it to at most %d lower-case letters, digits, _ and -, beginning with a letter", maxName)
	}
	l.programs[main] = l.program(c, main)
}

// program makes a snippet of a main.go.
func (l *loader) program(c *Chapter, main string) *Snippet {
	s := &Snippet{Chapter: c, Name: path.Base(path.Dir(main)), File: main, Pos: Pos{main, 1, 1}, set: map[string]Pos{}}
	s.ID = c.Slug + "/" + s.Name
	f := l.file(main)
	if f.err != nil {
		f.report(main, &l.problems)
		return s
	}
	s.Source = []byte(f.text)
	s.Title = synopsis(s.Source)
	s.takeComment(place{src: f.src}, &l.problems)
	suspects(s.Source, place{src: f.src}, &l.warnings)
	return s
}

// file reads a Go file once. A problem with it is reported once, too.
func (l *loader) file(name string) *goFile {
	if f := l.files[name]; f != nil {
		return f
	}
	if l.files == nil {
		l.files = map[string]*goFile{}
	}
	f := l.readGoFile(name)
	l.files[name] = f
	return f
}

func (l *loader) readGoFile(name string) *goFile {
	err := inside(l.fsys, name)
	var raw []byte
	if err == nil {
		raw, err = readFile(l.fsys, name, maxFile)
	}
	if err != nil {
		return &goFile{err: err}
	}
	src := newSource(name, raw)
	r := &report{src: src}
	defer l.take(r)
	if !checkText(src, r) {
		return &goFile{err: errNotText, reported: true}
	}
	return newGoFile(src, r)
}

// unshown warns of folders that no chapter shows: readers of the book would
// never learn that they exist. They run all the same; it may be somebody's own.
func (l *loader) unshown() {
	var names []string
	for name := range l.programs {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if s := l.programs[name]; s.Show == (Pos{}) {
			l.warnings.add(Pos{File: name}, "no chapter shows this program: put <!-- workbook: file=%s --> and a go fence into %s, or remove the folder", name, s.Chapter.Path)
			s.Chapter.Snippets = append(s.Chapter.Snippets, s)
		}
	}
}
