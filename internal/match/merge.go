package match

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// merge returns a pattern line that takes the output line of row and keeps
// those placeholders of its pattern line that still fit where they stand.
// Names get values in known.
func (p *Pattern) merge(row *Row, known *names) string {
	if row.Want > 0 {
		l := &p.lines[row.Want-1]
		g := merger{elems: l.elems, s: row.GotText, known: known}
		if elems := g.merge(); len(elems) > 0 {
			t := trial{elems: elems, s: row.GotText, number: row.Want, names: known, repeats: l.repeated, effort: &effort{limit: 1 << 20}}
			if t.fits() {
				return source(elems)
			}
		}
	}
	return escapeLine(row.GotText)
}

// source returns the text of a pattern line with these elements.
func source(elems []element) string {
	var b strings.Builder
	for _, e := range elems {
		if e.literal() {
			b.WriteString(escape(e.text))
		} else {
			doubleBackslashes(&b)
			b.WriteString(e.text)
		}
	}
	return b.String()
}

// merger finds the words of an output line in a pattern line, and what the
// placeholders between them take.
type merger struct {
	elems []element
	s     string // the output line
	known *names

	pieces []piece
	words  []string
	at     []int   // offset in s of each word, and of the end
	wordAt []int   // by offset in s: the word that begins there, or none
	score  []int32 // by piece and word: bytes that fit from there on, at best
}

// piece is a word of a pattern line or a placeholder.
type piece struct {
	word     string
	elem     int // placeholder; none: a word
	from, to int // what it takes of the output line
	kept     bool
}

// merge returns elements that take the output line, or nil if too little of
// the pattern line is left to speak of its placeholders.
func (g *merger) merge() []element {
	g.split()
	if len(g.pieces)*len(g.words) > 1<<18 {
		return nil
	}
	g.score = make([]int32, (len(g.pieces)+1)*(len(g.words)+1))
	for i := len(g.pieces); i >= 0; i-- {
		for j := len(g.words); j >= 0; j-- {
			s, _, _ := g.move(i, j)
			*g.scoreAt(i, j) = s
		}
	}
	g.trace()
	var out []element
	fitting, all := 0, 0 // bytes of literal text of the pattern
	pos := 0
	for i := range g.pieces {
		switch p := &g.pieces[i]; {
		case p.elem == none:
			all += len(p.word)
			if p.kept {
				fitting += len(p.word)
			}
		case p.kept && g.anchored(i):
			if pos < p.from {
				out = append(out, element{text: g.s[pos:p.from]})
			}
			out = append(out, g.elems[p.elem])
			pos = p.to
		}
	}
	if pos < len(g.s) {
		out = append(out, element{text: g.s[pos:]})
	}
	if fitting == 0 || 2*fitting < all {
		return nil
	}
	return out
}

func (g *merger) split() {
	for i, e := range g.elems {
		if !e.literal() {
			g.pieces = append(g.pieces, piece{elem: i})
			continue
		}
		for _, word := range splitWords(e.text) {
			g.pieces = append(g.pieces, piece{word: word, elem: none})
		}
	}
	g.words = splitWords(g.s)
	g.wordAt = make([]int, len(g.s)+1)
	for i := range g.wordAt {
		g.wordAt[i] = none
	}
	at := 0
	for i, word := range append(g.words, "") {
		g.at = append(g.at, at)
		g.wordAt[at] = i
		at += len(word)
	}
}

func (g *merger) scoreAt(i, j int) *int32 { return &g.score[i*(len(g.words)+1)+j] }

// move returns the best move from piece i and word j on, with its score: to
// pair them, to give the piece more words, or to leave one of them out.
func (g *merger) move(i, j int) (best int32, i2, j2 int) {
	best = -1
	try := func(gain, i, j int) {
		if s := int32(gain) + *g.scoreAt(i, j); s > best {
			best, i2, j2 = s, i, j
		}
	}
	if i < len(g.pieces) && j < len(g.words) {
		if p := &g.pieces[i]; p.elem == none {
			if p.word == g.words[j] {
				try(len(p.word), i+1, j+1)
			}
		} else if e := &g.elems[p.elem]; !e.any {
			for end := range ends(g.elems, p.elem, g.s, g.at[j]) {
				if k := g.wordAt[end]; k != none && g.allows(e, g.s[g.at[j]:end]) {
					try(2, i+1, k)
				}
			}
		}
	}
	if j < len(g.words) {
		try(0, i, j+1)
	}
	if i < len(g.pieces) {
		try(0, i+1, j)
	}
	return max(best, 0), i2, j2
}

func (g *merger) allows(e *element, text string) bool {
	return e.outside(text) == "" && (g.known.line[e.name] == 0 || g.known.text[e.name] == text)
}

// trace follows the best moves and notes in the pieces what they take.
func (g *merger) trace() {
	from := 0 // the word at which piece i came up
	for i, j := 0, 0; i < len(g.pieces); {
		_, i2, j2 := g.move(i, j)
		p := &g.pieces[i]
		if p.elem != none && g.elems[p.elem].any {
			if i2 > i {
				p.from, p.to, p.kept = g.at[from], g.at[j], true
			}
		} else if i2 > i && j2 > j {
			p.from, p.to, p.kept = g.at[j], g.at[j2], true
		}
		if i2 > i {
			from = j2
		}
		i, j = i2, j2
	}
}

// anchored reports whether piece i still has its neighbour on one side; <...>
// must have both, for nothing else says where it ends.
func (g *merger) anchored(i int) bool {
	p := &g.pieces[i]
	left, right := p.from == 0, p.to == len(g.s)
	if i > 0 {
		left = g.pieces[i-1].kept && g.pieces[i-1].to == p.from
	}
	if i+1 < len(g.pieces) {
		right = g.pieces[i+1].kept && g.pieces[i+1].from == p.to
	}
	if g.elems[p.elem].any {
		return left && right
	}
	return left || right
}

// splitWords cuts s into runs of letters, of digits and of blanks, and single
// other characters.
func splitWords(s string) []string {
	class := func(r rune) int {
		switch {
		case unicode.IsLetter(r):
			return 1
		case unicode.IsDigit(r):
			return 2
		case r == ' ':
			return 3
		}
		return 0
	}
	var words []string
	for s != "" {
		r, n := utf8.DecodeRuneInString(s)
		for c := class(r); c != 0 && n < len(s); {
			next, size := utf8.DecodeRuneInString(s[n:])
			if class(next) != c {
				break
			}
			n += size
		}
		words = append(words, s[:n])
		s = s[n:]
	}
	return words
}
