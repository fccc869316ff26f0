package evidence

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"example/workbook/internal/near"
)

// SyntaxError is a mistake in a sentence. Line and Col count from 1 inside the
// text of the fence, Col in bytes.
type SyntaxError struct {
	Line, Col int
	Msg       string // what: how to mend it
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Col, e.Msg) }

// Sentences are what an evidence fence says about a run. [Reference] lists all
// that there are.
type Sentences struct {
	text  string
	lines []sentence // only the sentences, not comments and empty lines
}

// sentence is one line of a fence.
type sentence struct {
	line  int // in the text, from 1
	text  string
	form  *form
	words words
}

// The largest fence that is read: who needs more writes a test.
const (
	maxSentences = 200
	maxLine      = 400 // bytes
)

// Parse reads the text of an evidence fence: one sentence a line; lines that
// are empty or begin with # say nothing. The error joins a *SyntaxError for
// each line that is no sentence.
func Parse(text string) (*Sentences, error) {
	s := &Sentences{text: text}
	var errs []error
	seen := map[string]int{}
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		tokens := tokenize(line)
		if len(tokens) == 0 {
			continue
		}
		if len(s.lines) == maxSentences {
			errs = append(errs, &SyntaxError{i + 1, 1, fmt.Sprintf("more than %d sentences: say what matters", maxSentences)})
			break
		}
		st, err := parseSentence(line, tokens)
		if err == nil {
			key := normal(tokens)
			if first := seen[key]; first > 0 {
				err = &SyntaxError{Col: tokens[0].at + 1, Msg: fmt.Sprintf("line %d of the fence says the same: keep one", first)}
			}
			seen[key] = i + 1
		}
		if err != nil {
			err.Line = i + 1
			errs = append(errs, err)
			continue
		}
		st.line = i + 1
		s.lines = append(s.lines, st)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return s, nil
}

// Len is the number of sentences.
func (s *Sentences) Len() int { return len(s.lines) }

// token is a word of a sentence, a comma, or a name in quotes.
type token struct {
	text   string
	at     int // byte in the line
	end    int
	quoted bool
}

// tokenize cuts a line into words. A comment and an empty line have none.
func tokenize(line string) []token {
	var list []token
	for at := 0; at < len(line); {
		r, size := utf8.DecodeRuneInString(line[at:])
		switch {
		case unicode.IsSpace(r):
			at += size
		case r == '#' && len(list) == 0:
			return nil
		case r == ',':
			list = append(list, token{text: ",", at: at, end: at + 1})
			at++
		case r == '"' && strings.IndexByte(line[at+1:], '"') >= 0:
			end := at + 1 + strings.IndexByte(line[at+1:], '"') + 1
			list = append(list, token{text: line[at+1 : end-1], at: at, end: end, quoted: true})
			at = end
		default:
			end := at
			for end < len(line) {
				r, size := utf8.DecodeRuneInString(line[end:])
				if unicode.IsSpace(r) || r == ',' {
					break
				}
				end += size
			}
			list = append(list, token{text: line[at:end], at: at, end: end})
			at = end
		}
	}
	return list
}

// normal is a sentence without what blanks may differ in.
func normal(tokens []token) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(t.text + " ")
	}
	return b.String()
}

// words are what the slots of a form took from a sentence.
type words struct {
	threads []spot
	calls   []spot
	nth     [2]int // which of the calls in happens before, from 1; 0 for the first
	count   count
	errno   string
	ret     int64
	label   spot
	fds     []int
	socket  string // a role, "the listener", or "" when fds says which
	state   string
	kinds   []tally

	counted  bool // a count was given
	hasErrno bool
	hasRet   bool
	alts     []string // literals of which the form leaves a choice
}

// spot is a name and where it stands.
type spot struct {
	name string
	at   int
}

// tally is a number of things of one kind.
type tally struct {
	n    int
	kind string
}

// bound says how a count is meant.
type bound string

const (
	exactly bound = "exactly"
	atLeast bound = "at least"
	atMost  bound = "at most"
)

// count is a number in a sentence, and the bytes of the line that give it.
type count struct {
	bound    bound
	n        int
	from, to int  // in the line
	spelled  bool // as a word: two, twice
	times    bool // once, twice, 3 times
}

// parseSentence finds the form of a line. Forms are few and short: all are tried.
func parseSentence(line string, tokens []token) (sentence, *SyntaxError) {
	if len(line) > maxLine {
		return sentence{}, &SyntaxError{Col: 1, Msg: fmt.Sprintf("a sentence of more than %d bytes: say less in it", maxLine)}
	}
	far := &mistake{}
	for i := range forms() {
		f := &forms()[i]
		if f.key != "" && !slices.ContainsFunc(tokens, func(t token) bool { return t.text == f.key }) {
			continue
		}
		for _, variant := range f.variants {
			p := &parser{line: line, tokens: tokens}
			if p.match(variant) {
				return sentence{text: strings.TrimSpace(line), form: f, words: p.words}, nil
			}
			far.add(&p.mistake)
		}
	}
	return sentence{}, far.explain(line, tokens)
}

// parser matches the tokens of a line with one variant of a form.
type parser struct {
	line   string
	tokens []token
	next   int
	words  words
	mistake
}

func (p *parser) match(variant []element) bool {
	for i := range variant {
		if !p.element(&variant[i]) {
			return false
		}
	}
	if p.next < len(p.tokens) {
		p.fail("", "")
		return false
	}
	return true
}

// element takes what e asks for.
func (p *parser) element(e *element) bool {
	if e.slot != nil {
		return e.slot(p)
	}
	word := p.peek().text
	if p.next >= len(p.tokens) || p.peek().quoted || !slices.Contains(e.literals, word) {
		for _, l := range e.literals {
			p.fail(l, "")
		}
		return false
	}
	if len(e.literals) > 1 {
		p.words.alts = append(p.words.alts, word)
	}
	p.next++
	return true
}

func (p *parser) peek() token {
	if p.next < len(p.tokens) {
		return p.tokens[p.next]
	}
	return token{at: len(p.line), end: len(p.line)}
}

func (p *parser) done() bool { return p.next >= len(p.tokens) }

// word takes the next token when it is one of these.
func (p *parser) word(options ...string) (string, bool) {
	if t := p.peek(); !p.done() && !t.quoted && slices.Contains(options, t.text) {
		p.next++
		return t.text, true
	}
	return "", false
}

// mistake is how far forms fit, and what they wanted there.
type mistake struct {
	next   int
	wanted []string // words, or names of slots in capitals
	wrong  string   // the token is of the right kind, but it says something that there is not
}

// fail notes that the token at p.next is not what was wanted. wrong is set when
// a message about the token itself helps more.
func (p *parser) fail(wanted, wrong string) bool {
	if p.mistake.next < p.next {
		p.mistake = mistake{next: p.next}
	}
	if wanted != "" {
		p.wanted = append(p.wanted, wanted)
	}
	if wrong != "" {
		p.wrong = wrong
	}
	return false
}

// add keeps the mistakes that stand furthest to the right.
func (m *mistake) add(o *mistake) {
	switch {
	case o.next < m.next:
		return
	case o.next > m.next:
		*m = mistake{next: o.next}
	}
	for _, w := range o.wanted {
		if !slices.Contains(m.wanted, w) {
			m.wanted = append(m.wanted, w)
		}
	}
	if m.wrong == "" {
		m.wrong = o.wrong
	}
}

// explain makes the message about a line that is no sentence.
func (m *mistake) explain(line string, tokens []token) *SyntaxError {
	if m.next == 0 {
		return m.unknown(line, tokens)
	}
	before := strings.TrimSpace(line[tokens[0].at:tokens[m.next-1].end])
	if m.next >= len(tokens) {
		return &SyntaxError{Col: len(line) + 1, Msg: fmt.Sprintf("the sentence ends too early: after %q comes %s", before, orList(m.wanted))}
	}
	t := tokens[m.next]
	at := t.at + 1
	var literals []string
	for _, w := range m.wanted {
		if strings.ToLower(w) == w {
			literals = append(literals, w)
		}
	}
	meant, close := near.Word(t.text, literals)
	switch {
	case close:
		return &SyntaxError{Col: at, Msg: fmt.Sprintf("%q does not go on from %q: did you mean %q?", t.text, before, meant)}
	case m.wrong != "":
		return &SyntaxError{Col: at, Msg: m.wrong}
	case len(m.wanted) == 0:
		if trimmed := strings.TrimRight(t.text, "."); trimmed == "" {
			return &SyntaxError{Col: at, Msg: "a sentence ends without a full stop: remove it"}
		}
		return &SyntaxError{Col: at, Msg: fmt.Sprintf("%q is too much: the sentence is complete with %q", strings.TrimSpace(line[t.at:]), before)}
	}
	return &SyntaxError{Col: at, Msg: fmt.Sprintf("%q does not go on from %q: write %s", t.text, before, orList(m.wanted))}
}

// unknown explains a line of which not even the beginning is known. It shows
// the form that has the most words in common with it.
func (m *mistake) unknown(line string, tokens []token) *SyntaxError {
	best, most := "", 0
	for i := range forms() {
		f := &forms()[i]
		shared := 0
		for _, w := range f.literals() {
			if slices.ContainsFunc(tokens, func(t token) bool { return t.text == w }) {
				shared++
			}
		}
		if shared > most {
			best, most = f.pattern, shared
		}
	}
	msg := fmt.Sprintf("unknown sentence %q: ", shorten(strings.TrimSpace(line), 60))
	if meant, ok := near.Word(tokens[0].text, m.wanted); ok {
		msg += fmt.Sprintf("did you mean %q at its beginning? ", meant)
	} else if best != "" {
		msg += fmt.Sprintf("the nearest is %q; ", best)
	}
	return &SyntaxError{Col: tokens[0].at + 1, Msg: msg + "workbook help evidence lists all there are"}
}

// orList joins what a message offers: words in quotes, slots with what they stand for.
func orList(wanted []string) string {
	var list []string
	for _, w := range wanted {
		if strings.ToLower(w) == w {
			w = `"` + w + `"`
		} else if s := slotNamed(w); s != nil {
			w = s.says
		}
		if !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	last := len(list) - 1
	return strings.Join(list[:last], ", ") + " or " + list[last]
}

func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
