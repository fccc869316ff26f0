package site

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"example/workbook/internal/book"
)

// maxIncludes bounds how deep files that are included include others.
const maxIncludes = 8

// include replaces the lines --8<-- "FILE" by the file, as MkDocs' snippets do:
// whole, by lines ("FILE:3:8") or by a section between marks ("FILE:name").
// Files are those of the book only.
func (w *writer) include(skipped int) {
	var out bytes.Buffer
	w.room = book.MaxFile
	w.includeInto(&out, w.src, w.page.chapter.Path, skipped+1, 0)
	for _, target := range w.appended {
		name, body, why := w.included(target)
		if why != "" {
			w.out.warnings = append(w.out.warnings, problemAt(configFile, 0, "auto_append %q: %s", target, why))
			continue
		}
		if out.Len() > 0 && !bytes.HasSuffix(out.Bytes(), []byte("\n")) {
			out.WriteByte('\n')
		}
		out.WriteByte('\n')
		w.lines = append(w.lines, lineOrigin{name, 1})
		w.includeInto(&out, body, name, 1, 1)
	}
	w.src = out.Bytes()
}

func (w *writer) includeInto(out *bytes.Buffer, src []byte, file string, line, depth int) {
	inList := false // of files between two lines --8<--
	for text := range bytes.Lines(src) {
		target, indent, ok := includeLine(string(text))
		trimmed := strings.TrimSpace(string(text))
		switch {
		case isScissors(trimmed):
			inList = !inList
			line++
			continue
		case inList && (trimmed == "" || strings.HasPrefix(trimmed, ";")):
			line++
			continue
		case inList:
			target, ok = strings.Trim(trimmed, `"'`), true
			indent = string(text[:len(text)-len(bytes.TrimLeft(text, " \t"))])
		}
		if !ok {
			out.Write(bytes.Replace(text, []byte(";--8<--"), []byte("--8<--"), 1))
			if !bytes.HasSuffix(text, []byte("\n")) && depth > 0 {
				out.WriteByte('\n')
			}
			w.lines = append(w.lines, lineOrigin{file, line})
			line++
			continue
		}
		name, body, why := w.included(target)
		switch w.room -= len(body); {
		case depth >= maxIncludes:
			why = "includes nested deeper than 8"
		case w.room < 0:
			why = fmt.Sprintf("the page includes more than %d bytes: include less", book.MaxFile)
		}
		if why != "" {
			w.out.warnings = append(w.out.warnings, problemAt(file, line, "the include %q: %s", target, why))
			line++
			continue
		}
		var inner bytes.Buffer
		w.includeInto(&inner, body, name, 1, depth+1)
		for l := range bytes.Lines(inner.Bytes()) {
			if len(bytes.TrimSpace(l)) > 0 {
				out.WriteString(indent)
			}
			out.Write(l)
		}
		line++
	}
}

// isScissors tells whether a line is --8<-- alone, which begins and ends a list
// of files.
func isScissors(line string) bool {
	rest := strings.TrimLeft(line, "-")
	return rest != line && strings.HasPrefix(rest, "8<-") && strings.Trim(rest[2:], "-") == ""
}

// includeLine reads a line that asks for an include.
func includeLine(line string) (target, indent string, ok bool) {
	if target, ok = book.IncludeOf([]byte(line)); !ok {
		return "", "", false
	}
	return target, line[:len(line)-len(strings.TrimLeft(line, " \t"))], true
}

// included reads what an include names.
func (w *writer) included(target string) (name string, body []byte, why string) {
	file, part, _ := strings.Cut(target, ":")
	if isExternal(target) {
		return "", nil, "only files of the book can be included: copy the text into one"
	}
	for _, base := range slices.Concat(w.includes, []string{".", w.docs}) {
		name = path.Join(base, file)
		if info, err := fs.Stat(w.book.FS, path.Clean(base)); err == nil && !info.IsDir() { // a file stands for itself
			if name = path.Join(path.Dir(base), file); name != path.Clean(base) {
				continue
			}
		}
		if !fs.ValidPath(name) {
			continue
		}
		data, err := book.ReadFile(w.book.FS, name)
		if w.out.looked == nil {
			w.out.looked = map[string]string{}
		}
		w.out.looked[name] = hashOfRead(data, err)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", nil, err.Error()
		}
		data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
		if part == "" {
			return name, data, ""
		}
		if body, why = cutPart(data, part); why != "" {
			return "", nil, why
		}
		return name, body, ""
	}
	return "", nil, "there is no such file in the book: name it from the folder of " + configFile
}

// hashOfRead is the hash of a file that was read, or of a failure: "-".
func hashOfRead(data []byte, err error) string {
	if err != nil {
		return "-"
	}
	return hashOf(data)
}

// cutPart takes lines FROM:TO, or the section between --8<-- [start:NAME] and
// [end:NAME].
func cutPart(data []byte, part string) ([]byte, string) {
	if from, to, ok := lineRange(part); ok {
		var out []byte
		n := 0
		for line := range bytes.Lines(data) {
			if n++; n >= from && (to == 0 || n <= to) {
				out = append(out, line...)
			}
		}
		return out, ""
	}
	var out []byte
	inside, found := false, false
	for line := range bytes.Lines(data) {
		switch {
		case bytes.Contains(line, []byte("--8<-- [start:"+part+"]")):
			inside, found = true, true
		case bytes.Contains(line, []byte("--8<-- [end:"+part+"]")):
			inside = false
		case inside && !bytes.Contains(line, []byte("--8<-- [")):
			out = append(out, line...)
		}
	}
	if !found {
		return nil, "the file has no section " + part + ": mark it with --8<-- [start:" + part + "] and [end:" + part + "]"
	}
	return out, ""
}

func lineRange(part string) (from, to int, ok bool) {
	a, b, _ := strings.Cut(part, ":")
	from, okFrom := atoi(a, 1)
	to, okTo := atoi(b, 0)
	return from, to, okFrom && okTo
}

func atoi(text string, empty int) (int, bool) {
	if text == "" {
		return empty, true
	}
	n := 0
	for _, r := range text {
		if r < '0' || r > '9' || n > 1<<20 {
			return 0, false
		}
		n = 10*n + int(r-'0')
	}
	return n, true
}
