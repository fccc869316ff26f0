package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"example/workbook/internal/book"
)

// source is the book a command works on, and where it came from.
type source struct {
	book *book.Book
	dir  string // folder on disk that the book's paths start in; "" for the embedded book
	mod  string // folder with go.mod, at dir or above; "" where there is none
	rest []string
	env  *Env

	loose bool                             // the book is made of files that belong to none
	tasks map[*book.Snippet]*book.Exercise // what stands for exercises where snippets are chosen
}

const config = "mkdocs.yml"

// openSource finds the book: the folder dir if given, else the current folder
// if it holds a book, else the book in the binary. Markdown files among the
// selectors that are not chapters of it make a book of their own.
func openSource(env *Env, dir string, selectors []string) (*source, error) {
	if loose, err := looseFiles(dir, selectors); err != nil || loose != nil {
		if err != nil {
			return nil, err
		}
		return openLoose(env, loose, selectors)
	}
	src := &source{dir: dir, rest: selectors, env: env}
	fsys := env.Embedded
	switch {
	case dir != "":
		if _, err := os.Stat(filepath.Join(dir, config)); err != nil {
			return nil, fmt.Errorf("%s: no book here: %w", dir, err)
		}
		fsys = os.DirFS(dir)
	case exists(config):
		src.dir = "."
		fsys = os.DirFS(".")
	}
	b, err := book.Load(fsys)
	src.book = b
	src.mod = above(src.dir, "go.mod")
	chapters, others := src.named(selectors)
	switch {
	case len(b.Chapters) == 0:
	case len(others) == len(selectors) && len(others) > 0:
		return openLoose(env, others, selectors)
	case len(chapters) == len(selectors) && len(chapters) > 0:
		err = src.narrow(chapters, err)
	}
	return src, err
}

// named returns the chapters that selectors name by their files, and the
// selectors that name other Markdown files: such as nav leaves out.
func (s *source) named(selectors []string) (chapters []*book.Chapter, others []string) {
	for _, sel := range selectors {
		name := path.Clean(filepath.ToSlash(sel))
		i := slices.IndexFunc(s.book.Chapters, func(c *book.Chapter) bool { return c.Path == name || c.Path == s.book.DocsDir+"/"+name })
		switch {
		case path.Ext(name) != ".md" && path.Ext(name) != ".markdown":
		case i >= 0:
			chapters = append(chapters, s.book.Chapters[i])
		case exists(sel):
			others = append(others, sel)
		}
	}
	return chapters, others
}

// narrow leaves of the warnings, and of err, what is about chapters and their
// programs: whoever names a file is not to mend the others first.
func (s *source) narrow(chapters []*book.Chapter, err error) error {
	about := func(p book.Problem) bool {
		return slices.ContainsFunc(chapters, func(c *book.Chapter) bool {
			return p.File == c.Path || strings.HasPrefix(p.File, "snippets/"+c.Slug+"/") ||
				slices.ContainsFunc(c.Listings, func(l *book.Listing) bool { return p.File == l.File })
		})
	}
	s.book.Warnings = slices.DeleteFunc(slices.Clone(s.book.Warnings), func(p book.Problem) bool { return !about(p) })
	var problems book.Problems
	if !errors.As(err, &problems) {
		return err
	}
	problems = slices.DeleteFunc(slices.Clone(problems), func(p book.Problem) bool { return !about(p) })
	if len(problems) == 0 {
		return nil
	}
	return problems
}

// partly tells whether there is a book to look at in spite of the problems that
// [openSource] has found.
func partly(src *source, err error) bool {
	var problems book.Problems
	return err == nil || src != nil && errors.As(err, &problems) && len(src.book.Chapters) > 0
}

// openUnrun opens a book of which nothing will be run. What is wrong with its
// programs, and files that nav names and that are not there, are then warnings,
// as they are to MkDocs: sites of others are no books of ours.
func openUnrun(env *Env, dir string) (*source, error) {
	src, err := openSource(env, dir, nil)
	var problems book.Problems
	if !errors.As(err, &problems) || src == nil {
		return src, err
	}
	if _, err := book.ReadConfig(src.book.FS); err != nil {
		return nil, err
	}
	src.book.Warnings = append(src.book.Warnings, problems...)
	return src, nil
}

// openToBuild opens the book for pages.
func openToBuild(env *Env, dir string, noRun bool) (*source, error) {
	open := openUnrun
	if !noRun {
		open = func(env *Env, dir string) (*source, error) { return openSource(env, dir, nil) }
	}
	src, err := open(env, dir)
	if err == nil {
		src.book.Warnings = append(src.book.Warnings, src.book.Missing...)
	}
	return src, err
}

// looseFiles returns the selectors that name Markdown or Go files outside the
// book, or nil when all of them mean the book. Mixing the two is an error: their
// file names would mean different folders.
func looseFiles(dir string, selectors []string) ([]string, error) {
	var loose, inBook []string
	for _, s := range selectors {
		if isLoose(dir, s) {
			loose = append(loose, s)
		} else {
			inBook = append(inBook, s)
		}
	}
	if len(loose) > 0 && len(inBook) > 0 {
		return nil, fmt.Errorf("%s is a file of its own and %s is part of the book: give them to two commands", loose[0], inBook[0])
	}
	return loose, nil
}

func isLoose(dir, selector string) bool {
	ext := path.Ext(selector)
	if ext != ".md" && ext != ".markdown" && ext != ".go" {
		return false
	}
	if !exists(selector) {
		return false
	}
	if dir == "" && !exists(config) {
		return true
	}
	// A file below the folders of the book is part of it.
	root := dir
	if root == "" {
		root = "."
	}
	rel, err := filepath.Rel(root, selector)
	if err != nil || !filepath.IsLocal(rel) {
		return true
	}
	first, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
	return first != docsDir(root) && first != "snippets"
}

// docsDir reads just enough to tell which folder holds the chapters; what is
// wrong with the configuration is reported by book.Load.
func docsDir(root string) string {
	c, err := book.ReadConfig(os.DirFS(root))
	if err != nil {
		return "docs"
	}
	return c.DocsDir
}

func openLoose(env *Env, files, selectors []string) (*source, error) {
	b, err := book.LoadFiles(hereFS{}, files...)
	return &source{book: b, dir: ".", mod: above(filepath.Dir(files[0]), "go.mod"), rest: selectors, env: env, loose: true}, err
}

// hereFS opens files by the names a user gives them, also absolute ones and
// those with "..", so that messages can repeat these names.
type hereFS struct{}

func (hereFS) Open(name string) (fs.File, error) { return os.Open(filepath.FromSlash(name)) }

// Stat does not open what may block, such as a named pipe.
func (hereFS) Stat(name string) (fs.FileInfo, error) { return os.Stat(filepath.FromSlash(name)) }

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// above is the folder that holds name, dir or the nearest above it, or "".
func above(dir, name string) string {
	if dir == "" {
		return ""
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	for {
		if exists(filepath.Join(abs, name)) {
			return abs
		}
		up := filepath.Dir(abs)
		if up == abs {
			return ""
		}
		abs = up
	}
}

// programs reports whether this is no book but Go programs, which are run to see
// what they print.
func (s *source) programs() bool {
	return s.loose && !slices.ContainsFunc(s.book.Chapters, func(c *book.Chapter) bool { return path.Ext(c.Path) != ".go" })
}

// selector is what a user types to select snippet.
func (s *source) selector(snippet *book.Snippet) string {
	if s.loose {
		return snippet.Chapter.Path
	}
	return snippet.ID
}

// write replaces a file of the book.
func (s *source) write(name string, data []byte) error {
	if s.dir == "" {
		return &exitError{exitBadInput, errors.New("the book inside the program cannot be changed: clone the repository, or give a folder with --book")}
	}
	target := filepath.Join(s.dir, filepath.FromSlash(name))
	if filepath.IsAbs(name) {
		target = filepath.FromSlash(name)
	}
	if err := book.WriteFile(target, data); err != nil {
		return &exitError{exitEnvironment, err}
	}
	return nil
}

// chapterName is the shortest name that selects c.
func chapterName(c *book.Chapter) string {
	if c.Number >= 0 {
		return fmt.Sprintf("chapter%d", c.Number)
	}
	return c.Slug
}
