package cli

import (
	"context"
	"fmt"
	"path/filepath"
)

// resume says which book this is, how far the reader is, and what to do next.
// On a terminal one key goes on with the book.
func (l *learner) resume(ctx context.Context) error {
	first := l.where()
	if first == "" {
		fmt.Fprintln(l.out, "\nThere is no program to run yet: write a ```go fence in a chapter.")
		return nil
	}
	c, section := l.place()
	begun := c != nil && l.progress().Place.Chapter != ""
	what := "read from the beginning"
	if begun {
		what = "go on where you stopped"
		fmt.Fprintf(l.out, "\nYou are in %s%s.\n", chapterName(c), inSection(section))
	}
	fmt.Fprintf(l.out, `
Next:
  workbook learn            %s
  workbook exercise         what there is to do, and what is done
  workbook run %-12s run and check its programs
  workbook list             what there is
  workbook doctor           what this machine allows
  workbook --help           all commands
`, what, first)
	if !l.keys.terminal() || c == nil {
		return nil
	}
	question := fmt.Sprintf("[Enter: read %s, q: stop]", chapterName(c))
	if begun {
		question = "[Enter: go on, q: stop]"
	}
	fmt.Fprintln(l.out)
	answer, err := l.ask(ctx, question)
	if err != nil || answer != keyEnter {
		return err
	}
	return l.learn(ctx, c, section, runOptions{engine: "auto", jobs: 1, repeat: 1})
}

func inSection(section string) string {
	if section == "" {
		return ""
	}
	return fmt.Sprintf(", %q", section)
}

// where prints the chapters and how far the reader is in each. It returns the
// name of the first one with programs, "" where there is none.
func (l *learner) where() (first string) {
	b := l.src.book
	from := "inside this program"
	if l.src.dir != "" {
		from = "in " + l.src.dir
		if abs, err := filepath.Abs(l.src.dir); err == nil {
			from = "in " + abs
		}
	}
	withPrograms, width := 0, 0
	for _, c := range b.Chapters {
		if len(c.Snippets) > 0 {
			withPrograms++
		}
		width = max(width, len(chapterName(c)))
	}
	fmt.Fprintf(l.out, "%s: %s with programs, %s\n\n", b.Title, count(withPrograms, "chapter"), from)
	p := l.progress()
	for _, c := range b.Chapters {
		mark, behind := " ", ""
		if n := len(c.Snippets); n > 0 {
			behind = " (" + count(n, "program") + ")"
		}
		if s := score(b, c, p); s.begun() {
			behind = l.out.paint(dim, " ("+s.String()+")")
		}
		if c.Slug == p.Place.Chapter {
			mark = ">"
		}
		fmt.Fprintf(l.out, "%s %-*s  %s%s\n", mark, width, chapterName(c), c.Title, behind)
		if first == "" && len(c.Snippets) > 0 {
			first = chapterName(c)
		}
	}
	return first
}
