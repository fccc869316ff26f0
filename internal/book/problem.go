package book

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Pos is a place in a file of the book. Line and Col count from 1, Col in
// bytes; zero means unknown. File is a path below the root of the book.
type Pos struct {
	File      string
	Line, Col int
}

// String is file:line:col without the parts that are not known.
func (p Pos) String() string {
	s := printable(p.File)
	for _, n := range []int{p.Line, p.Col} {
		if n == 0 {
			break
		}
		if s != "" {
			s += ":"
		}
		s += strconv.Itoa(n)
	}
	return s
}

// printable quotes a file name that would tear a line of a terminal apart.
func printable(name string) string {
	if utf8.ValidString(name) && strings.IndexFunc(name, unicode.IsControl) < 0 {
		return name
	}
	return strconv.Quote(name)
}

// Problem says what is wrong at a place of the book and how to mend it.
type Problem struct {
	Pos
	Msg string
}

// Error is "file:line:col: what: how to mend it".
func (p Problem) Error() string { return p.Pos.String() + ": " + p.Msg }

// Problems is everything that is wrong with a book, in the order of files and
// lines.
type Problems []Problem

// Error has one problem a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// sorted returns ps in order and without repetitions.
func (ps Problems) sorted() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(a.File, b.File),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Col, b.Col),
		)
	})
	return slices.Compact(ps)
}

// err is ps as an error, nil when there is none.
func (ps Problems) err() error {
	if len(ps) == 0 {
		return nil
	}
	return ps.sorted()
}

func (ps *Problems) add(pos Pos, format string, args ...any) {
	*ps = append(*ps, Problem{pos, visible(fmt.Sprintf(format, args...))})
}

// visible writes out what a terminal would act upon: a message may quote a
// chapter, and anybody may have written that.
func visible(msg string) string {
	return escaped(msg, `\u%04x`, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) })
}

// escaped writes the characters that are bad as their numbers, in a format.
func escaped(s, format string, bad func(rune) bool) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, bad) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if bad(r) {
			fmt.Fprintf(&b, format, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
