package site

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// searchSection is what the index knows of the text below one heading.
type searchSection struct {
	title, id string
	terms     []term
}

// term is the number of a word and how much it counts in a section.
type term struct{ word, weight int32 }

// weightHeading is how many times a word in a heading counts.
const weightHeading = 8

// counter counts the words of one section after the other. One counter serves
// one page at a time, and remembers the words that it has met.
type counter struct {
	words   *words
	section *searchSection
	known   map[string]int32 // the number of a word in the fields below
	global  []int32          // the number of the word in words
	counts  []int32
	met     []int32 // words of this section
}

// begin ends the section before and starts one.
func (c *counter) begin(s *searchSection) {
	c.end()
	c.section = s
}

func (c *counter) end() {
	terms := make([]term, 0, len(c.met))
	for _, i := range c.met {
		terms = append(terms, term{c.global[i], c.counts[i]})
		c.counts[i] = 0
	}
	if c.section != nil {
		c.section.terms = terms
	}
	c.met, c.section = c.met[:0], nil
}

// add counts the words of a text.
func (c *counter) add(text []byte, weight int32) {
	var buf [64]byte
	for len(text) > 0 {
		word, rest := nextWord(text, buf[:0])
		text = rest
		if len(word) < 2 || isCommon(string(word)) {
			continue
		}
		c.count(word, weight)
		if bytes.IndexByte(word, '_') > 0 { // a reader may look for a part of SO_REUSEPORT
			for part := range bytes.SplitSeq(word, []byte("_")) {
				if len(part) > 1 {
					c.count(part, weight)
				}
			}
		}
	}
}

func (c *counter) count(word []byte, weight int32) {
	i, ok := c.known[string(word)]
	if !ok {
		if c.known == nil {
			c.known = map[string]int32{}
		}
		text, number := c.words.number(word)
		i = int32(len(c.counts))
		c.known[text] = i
		c.global, c.counts = append(c.global, number), append(c.counts, 0)
	}
	if c.counts[i] == 0 {
		c.met = append(c.met, i)
	}
	c.counts[i] += weight
}

// words gives every word of the book a number. The zero value is empty.
type words struct {
	mu    sync.Mutex
	known map[string]int32
	list  []string
}

func (w *words) number(word []byte) (string, int32) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if i, ok := w.known[string(word)]; ok {
		return w.list[i], i
	}
	if w.known == nil {
		w.known = map[string]int32{}
	}
	text, i := string(word), int32(len(w.list))
	w.known[text] = i
	w.list = append(w.list, text)
	return text, i
}

// nextWord cuts the first word off a text, in lower case. Words are letters,
// digits and underscores; long ones are cut.
func nextWord(text, buf []byte) (word, rest []byte) {
	i := 0
	for i < len(text) && !isWordStart(text[i]) {
		i++
	}
	for i < len(text) {
		c := text[i]
		switch {
		case c >= 'A' && c <= 'Z':
			buf = append(buf, c+'a'-'A')
			i++
			continue
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_':
			buf = append(buf, c)
			i++
			continue
		case c < utf8.RuneSelf:
			return clip(buf), text[i:]
		}
		r, n := utf8.DecodeRune(text[i:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return clip(buf), text[i+n:]
		}
		buf = utf8.AppendRune(buf, unicode.ToLower(r))
		i += n
	}
	return clip(buf), nil
}

func clip(word []byte) []byte {
	if len(word) > 40 {
		return nil
	}
	return bytes.Trim(word, "_")
}

func isWordStart(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c >= utf8.RuneSelf
}

// isCommon tells whether a word is in so many sections that it finds nothing.
func isCommon(word string) bool {
	switch word {
	case "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "has", "have", "in", "is", "it", "its",
		"not", "of", "on", "or", "so", "that", "the", "then", "there", "they", "this", "to", "was", "which", "with", "you", "your":
		return true
	}
	return false
}

// searchScript is the address of the search index.
const searchScript = "assets/search.js"

// index is the search index of the site.
type index struct {
	words    []string
	pages    [][2]string // address, title
	sections []sectionRef
	terms    [][]posting // by the number of the word
}

type sectionRef struct {
	page      int
	id, title string
}

type posting struct{ section, weight int32 }

func (x *index) add(address, title string, sections []*searchSection) {
	if x.terms == nil {
		x.terms = make([][]posting, len(x.words))
	}
	x.pages = append(x.pages, [2]string{address, title})
	for _, s := range sections {
		n := len(x.sections)
		x.sections = append(x.sections, sectionRef{len(x.pages) - 1, s.id, s.title})
		for _, t := range s.terms {
			x.terms[t.word] = append(x.terms[t.word], posting{int32(n), t.weight})
		}
	}
}

// mostHits is how many sections a word may lead to before those in which it
// counts least are left out, in a small book.
const mostHits = 16

// script is the index as a script, for that can be loaded from a file. It calls
// a function of the page with the pages, the sections, and the words in their
// order. A section names its page, its title, and its id where that is not made
// of the title. A word is written as the number of ASCII letters that it shares with
// the one before it, and the rest; behind it stand the sections that have it:
// distances in base 36, each behind a letter for how much it counts there. A word
// that most of the book uses leads only to where it counts most, and a star
// behind it says so.
func (x *index) script() []byte {
	var pages, sections, terms bytes.Buffer
	for _, p := range x.pages {
		pages.WriteString(p[0] + "\t" + oneLine(p[1]) + "\n")
	}
	last := 0
	for _, s := range x.sections {
		sections.WriteString(strconv.FormatInt(int64(s.page-last), 36) + "\t" + oneLine(s.title))
		if s.id != plainID(s.title) {
			sections.WriteString("\t" + s.id)
		}
		sections.WriteByte('\n')
		last = s.page
	}
	words := make([]int, 0, len(x.terms))
	for i, list := range x.terms {
		if len(list) > 0 { // others are of pages that a preview has made anew
			words = append(words, i)
		}
	}
	slices.SortFunc(words, func(a, b int) int { return strings.Compare(x.words[a], x.words[b]) })
	var buf []byte
	before := ""
	for _, i := range words {
		term := x.words[i]
		list, cut := strongest(x.terms[i], max(mostHits, len(x.sections)/12)) // in the order of the sections
		same := 0
		for same < min(len(before), len(term), 35) && before[same] == term[same] && term[same] < utf8.RuneSelf {
			same++
		}
		before = term
		buf = append(strconv.AppendInt(buf[:0], int64(same), 36), term[same:]...)
		if cut {
			buf = append(buf, '*')
		}
		buf = append(buf, ' ')
		at := int32(0)
		for _, p := range list {
			buf = append(buf, class(p.weight))
			if p.section > at {
				buf = strconv.AppendInt(buf, int64(p.section-at), 36)
			}
			at = p.section
		}
		terms.Write(append(buf, '\n'))
	}
	out := []byte("workbookIndex(")
	for i, b := range []*bytes.Buffer{&pages, &sections, &terms} {
		if i > 0 {
			out = append(out, ',')
		}
		text, _ := json.Marshal(b.String())
		out = append(out, text...)
	}
	return append(out, ");\n"...)
}

// strongest leaves out whole classes of postings, the least first, until at most
// so many are left, or only those in headings.
func strongest(list []posting, most int) (kept []posting, cut bool) {
	for _, c := range []byte("AB") {
		if len(list) <= most {
			break
		}
		strong := slices.DeleteFunc(slices.Clone(list), func(p posting) bool { return class(p.weight) == c })
		if len(strong) == 0 {
			break
		}
		list, cut = strong, true
	}
	return list, cut
}

// plainID is the id that the page itself can make of a title.
func plainID(title string) string {
	var b []byte
	for _, c := range []byte(title) {
		switch {
		case c >= 'A' && c <= 'Z':
			b = append(b, c+'a'-'A')
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-':
			b = append(b, c)
		case c == ' ':
			b = append(b, '-')
		}
	}
	return string(b)
}

func oneLine(s string) string {
	return string(bytes.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, []byte(s)))
}

func class(weight int32) byte {
	switch {
	case weight >= weightHeading:
		return 'C'
	case weight >= 4:
		return 'B'
	}
	return 'A'
}
