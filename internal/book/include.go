package book

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// MaxFile is how many bytes a file of the book may have.
const MaxFile = maxFile

// ReadFile reads a file of a book. It refuses what is no regular file, what a
// symbolic link takes out of the book, and more than MaxFile bytes.
func ReadFile(fsys fs.FS, name string) ([]byte, error) {
	err := inside(fsys, name)
	if err == nil {
		var data []byte
		if data, err = readFile(fsys, name, maxFile); err == nil {
			return data, nil
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return nil, errors.New(readError(err, maxFile))
}

// CheckFile refuses what is no regular file, and what a symbolic link takes out of
// the book, without opening it.
func CheckFile(fsys fs.FS, name string) error {
	err := inside(fsys, name)
	if err == nil {
		var info fs.FileInfo
		if info, err = fs.Stat(fsys, name); err == nil && !info.Mode().IsRegular() {
			err = errNotFile
		}
	}
	if err != nil {
		return errors.New(readError(err, maxFile))
	}
	return nil
}

// include is a line of a chapter that asks for another file, as MkDocs' snippets
// do.
type include struct {
	line, col int // in the chapter, from 0
	file      string
}

// includes looks at what the chapters include. A file that includes itself, by
// itself or through others, is a problem whoever follows the lines. It is named once,
// for the first chapter whose includes come to it.
func (l *loader) includes(c *Chapter) {
	d := l.documents[c]
	if d == nil {
		return
	}
	for _, inc := range d.includes {
		pos := c.src.pos(inc.line, inc.col)
		if round := l.round([]string{c.Path}, c.Path, inc.file, map[string]bool{}); round != nil {
			circle := strings.Join(slices.Sorted(slices.Values(round[1:])), "\n")
			if slices.Contains(l.circles, circle) {
				continue
			}
			l.circles = append(l.circles, circle)
			for i, name := range round {
				round[i] = path.Base(name)
			}
			l.problems.add(pos, "the includes go round in a circle, %s: take one of them out", printable(strings.Join(round, " -> ")))
			continue
		}
		l.warnings.add(pos, "the include is not followed: write the text here, or show a Go file in a go fence below <!-- workbook: file=PATH -->")
	}
}

// round follows the includes from file, which stands in the last file of way, and
// returns the way that leads back into itself, or nil. It looks at each file once.
func (l *loader) round(way []string, from, file string, seen map[string]bool) []string {
	name, text := l.included(file)
	if i := slices.Index(way, name); name != "" && i >= 0 {
		return append(slices.Clone(way[i:]), name)
	}
	if name == "" || seen[name] {
		return nil
	}
	seen[name] = true
	way = append(way, name)
	for line := range bytes.Lines(text) {
		if file, ok := IncludeOf(line); ok {
			if found := l.round(way, name, file, seen); found != nil {
				return found
			}
		}
	}
	return nil
}

// included finds a file that is included, where MkDocs would find it; its name is ""
// when there is none.
func (l *loader) included(file string) (name string, text []byte) {
	file, _, _ = strings.Cut(file, ":") // a section or lines of it
	for _, dir := range []string{".", l.book.DocsDir} {
		name = path.Join(dir, file)
		if !fs.ValidPath(name) && l.root != "" {
			continue
		}
		if text, err := ReadFile(l.fsys, name); err == nil {
			return name, text
		}
	}
	return "", nil
}

// IncludeOf returns what a line includes: a file, perhaps with a part of it behind a
// colon.
func IncludeOf(line []byte) (file string, ok bool) {
	rest, ok := scissors(string(bytes.TrimSpace(line)))
	if !ok || len(rest) < 3 || rest[0] != '"' && rest[0] != '\'' || rest[len(rest)-1] != rest[0] {
		return "", false
	}
	return rest[1 : len(rest)-1], true
}
