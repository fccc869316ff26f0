package site

import (
	"fmt"
	"path"
	"strings"

	"example/workbook/internal/book"
	"example/workbook/internal/near"
)

func problemAt(file string, line int, format string, args ...any) book.Problem {
	return book.Problem{Pos: book.Pos{File: file, Line: line}, Msg: fmt.Sprintf(format, args...)}
}

// maxSuggestions is how many links are compared with all that they could have meant.
// A site that has more wrong ones has another problem than slips of the pen.
const maxSuggestions = 100

// checkAllLinks finds links that lead nowhere in the site.
func (b *builder) checkAllLinks() book.Problems {
	ids := map[*page]map[string]bool{}
	generated := map[*page]bool{}
	for _, m := range b.bodies {
		ids[m.page] = m.places()
		generated[m.page] = m.body.generated
	}
	var found book.Problems
	add := func(pos book.Pos, format string, args ...any) {
		found = append(found, book.Problem{Pos: pos, Msg: fmt.Sprintf(format, args...)})
	}
	suggestion := func(find func() string) string {
		if len(found) >= maxSuggestions {
			return ""
		}
		return find()
	}
	for _, m := range b.bodies {
		for _, l := range m.body.links {
			switch {
			case l.page == nil && b.checkLinks:
				add(l.Pos, "link to %s: there is no such file in %s%s", l.target, b.docs, suggestion(func() string { return b.nearFile(m.page, l.target) }))
			case l.page != nil && b.checkAnchors && !generated[l.page] && !ids[l.page][l.fragment] && !isLine(l.fragment, ids[l.page]) && !footnote(l.fragment):
				add(l.Pos, "link to %s: %s has no heading or id %q%s", l.target, l.page.file, l.fragment, suggestion(func() string { return didYouMean(l.fragment, ids[l.page]) }))
			}
		}
	}
	for _, r := range b.redirects {
		if p := b.byAddress[b.addressOf(r.from)]; p != nil {
			add(r.Pos, "redirect from %s: there is a page, %s, and it stays", r.from, p.chapter.Path)
		}
		if !isExternal(r.to) && b.byFile[target(r.to)] == nil {
			add(r.Pos, "redirect to %s: there is no such page", r.to)
		}
	}
	return found
}

// places are the ids of a page to which links can lead.
func (m *made) places() map[string]bool {
	if m.ids == nil {
		m.ids = map[string]bool{"": true, "text": true, "contents": true}
		for _, h := range m.body.headings {
			m.ids[h.id] = true
		}
		for _, id := range m.body.ids {
			m.ids[id] = true
		}
	}
	return m.ids
}

func target(link string) string {
	file, _, _ := strings.Cut(link, "#")
	return path.Clean(file)
}

func footnote(id string) bool { return strings.HasPrefix(id, "fn:") || strings.HasPrefix(id, "fnref") }

// isLine tells whether an id is that of a line of a listing: loop-L7.
func isLine(id string, ids map[string]bool) bool {
	i := strings.LastIndex(id, "-L")
	return i > 0 && ids[id[:i]] && strings.Trim(id[i+2:], "0123456789") == ""
}

// nearFile suggests the file that a link could have meant.
func (b *builder) nearFile(from *page, link string) string {
	file, fragment, _ := strings.Cut(link, "#")
	name := path.Join(path.Dir(from.file), unescapePath(file))
	names := map[string]bool{}
	for f := range b.byFile {
		names[f] = true
	}
	for _, f := range b.static {
		names[f] = true
	}
	best := nearest(name, names)
	if best == "" { // the right name in another folder
		for _, f := range sortedKeys(names) {
			if path.Base(f) == path.Base(name) {
				best = f
				break
			}
		}
	}
	if best == "" {
		return ""
	}
	best = relative(path.Dir(from.file), best)
	if fragment != "" {
		best += "#" + fragment
	}
	return ": did you mean " + best + "?"
}

func didYouMean(id string, ids map[string]bool) string {
	if best := nearest(id, ids); best != "" {
		return fmt.Sprintf(": did you mean %q?", best)
	}
	return ""
}

// relative is the path that leads from one folder to a file.
func relative(dir, file string) string {
	if dir == "." {
		return file
	}
	from, to := strings.Split(dir, "/"), strings.Split(file, "/")
	for len(from) > 0 && len(to) > 1 && from[0] == to[0] {
		from, to = from[1:], to[1:]
	}
	return strings.Repeat("../", len(from)) + strings.Join(to, "/")
}

// nearest is the word at the smallest distance, if that is small enough for a
// slip of the pen.
func nearest(word string, words map[string]bool) string {
	best, least := "", max(2, len(word)/4)+1
	for _, w := range sortedKeys(words) {
		if len(word)-len(w) >= least || len(w)-len(word) >= least {
			continue
		}
		if d := near.Distance(word, w); d < least {
			best, least = w, d
		}
	}
	return best
}
