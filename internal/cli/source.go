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
	return src, err
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
	if noRun {
		return openUnrun(env, dir)
	}
	return openSource(env, dir, nil)
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
	if err != nil {
		return nil, err
	}
	return &source{book: b, dir: ".", mod: above(filepath.Dir(files[0]), "go.mod"), rest: selectors, env: env, loose: true}, nil
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
