package book

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"

	"example/workbook/internal/near"
)

// Select returns the snippets that the selectors name, in the order of the
// book, each once. A selector is a chapter ("chapter3", "3", "socket", or its
// path), a snippet ("socket/accept_loop", or the path of its main.go) or a folder
// that holds either; "" and no selector at all mean every snippet. The error has a suggestion for each selector that names nothing.
func (b *Book) Select(selectors ...string) ([]*Snippet, error) {
	chosen := map[*Snippet]bool{}
	var errs []error
	for _, sel := range selectors {
		found, ok := b.find(sel)
		if !ok {
			errs = append(errs, fmt.Errorf("%q names no chapter and no snippet: %s", sel, b.suggest(sel)))
		}
		for _, s := range found {
			chosen[s] = true
		}
	}
	var snippets []*Snippet
	for _, c := range b.Chapters {
		for _, s := range c.Snippets {
			if len(selectors) == 0 || chosen[s] {
				snippets = append(snippets, s)
			}
		}
	}
	return snippets, errors.Join(errs...)
}

// find returns what one selector names.
func (b *Book) find(sel string) (found []*Snippet, ok bool) {
	if sel == "" {
		found, _ = b.Select()
		return found, true
	}
	if c := b.chapter(sel); c != nil {
		return c.Snippets, true
	}
	clean := path.Clean(sel)
	if c := b.chapter(clean); c != nil {
		return c.Snippets, true
	}
	chapter, name, _ := strings.Cut(clean, "/")
	named := b.chapter(chapter)
	for _, c := range b.Chapters {
		if below(c.Path, clean) {
			found, ok = append(found, c.Snippets...), true
			continue
		}
		for _, s := range c.Snippets {
			if s.File == clean || below(s.File, clean) || c == named && s.ID == c.Slug+"/"+name {
				found, ok = append(found, s), true
			}
		}
	}
	return found, ok
}

// below tells whether a file is in a folder.
func below(file, folder string) bool {
	return folder == "." || strings.HasPrefix(file, folder+"/")
}

// chapter returns the chapter with this name, nil if there is none.
func (b *Book) chapter(name string) *Chapter {
	for _, c := range b.Chapters {
		if name == c.Slug || name == c.Path || name == strings.TrimPrefix(c.Path, b.DocsDir+"/") {
			return c
		}
	}
	digits := strings.TrimPrefix(name, "chapter")
	number, err := strconv.Atoi(digits)
	if err != nil || strings.HasPrefix(digits, "+") {
		number = -1
	}
	var found *Chapter
	for _, c := range b.Chapters {
		stem := strings.TrimSuffix(path.Base(c.Path), path.Ext(c.Path))
		switch {
		case c.Number >= 0 && c.Number == number:
			return c
		case name == stem && found != nil && len(found.Snippets) > 0 && len(c.Snippets) > 0:
			return nil // it may be either
		case name == stem && (found == nil || len(c.Snippets) > 0):
			found = c
		}
	}
	return found
}

func (b *Book) suggest(sel string) string {
	var slugs, all []string
	for _, c := range b.Chapters {
		slugs = append(slugs, c.Slug)
		all = append(all, c.Slug, c.Path)
		if c.Number >= 0 {
			all = append(all, "chapter"+strconv.Itoa(c.Number))
		}
		for _, s := range c.Snippets {
			all = append(all, s.ID, s.File, path.Dir(s.File))
		}
	}
	if _, err := strconv.Atoi(strings.TrimPrefix(sel, "chapter")); err == nil {
		var numbers []string
		for _, c := range b.Chapters {
			if c.Number >= 0 {
				numbers = append(numbers, "chapter"+strconv.Itoa(c.Number))
			}
		}
		return suggest("", numbers)
	}
	for _, c := range b.Chapters {
		for _, s := range c.Snippets {
			if s.Name == sel {
				return fmt.Sprintf("did you mean %q?", s.ID)
			}
		}
	}
	if _, ok := near.Word(sel, all); ok {
		return suggest(sel, all)
	}
	if chapter, _, ok := strings.Cut(sel, "/"); ok {
		if c := b.chapter(chapter); c != nil {
			var ids []string
			for _, s := range c.Snippets {
				ids = append(ids, s.ID)
			}
			return suggest(sel, ids)
		}
	}
	return suggest(sel, slugs)
}
