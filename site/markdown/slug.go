package markdown

import (
	"bytes"
	"html"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"
	"golang.org/x/text/unicode/norm"
)

// Slugs makes ids of headings, as Python-Markdown makes them. The zero value
// works.
type Slugs struct {
	Separator string // between words; empty means "-"
	Unicode   bool   // keep letters beyond ASCII
	Runs      bool   // keep each of several separators, as pymdownx.slugs does

	used  map[string]bool
	after map[string]string // of an id that is taken, the first that may be free
}

// Take notes an id that a writer has given.
func (s *Slugs) Take(id string) {
	if s.used == nil {
		s.used = map[string]bool{}
	}
	s.used[id] = true
}

// Make returns the id of a heading with the text.
func (s *Slugs) Make(text string) string {
	id := s.slug(text)
	var taken []string
	for id == "" || s.used[id] {
		taken = append(taken, id)
		later, ok := s.after[id]
		if !ok {
			later = next(id)
		}
		id = later
	}
	if s.after == nil && taken != nil {
		s.after = map[string]string{}
	}
	for _, t := range taken { // the next heading of the same text need not ask for them again
		s.after[t] = next(id)
	}
	s.Take(id)
	return id
}

// next counts up behind an underscore: a, a_1, a_2.
func next(id string) string {
	if i := strings.LastIndexByte(id, '_'); i >= 0 {
		if n, err := strconv.Atoi(id[i+1:]); err == nil && n >= 0 {
			return id[:i+1] + strconv.Itoa(n+1)
		}
	}
	return id + "_1"
}

func (s *Slugs) slug(text string) string {
	sep := s.Separator
	if sep == "" {
		sep = "-"
	}
	if s.Runs {
		return slugWithRuns(text, sep)
	}
	if s.Unicode {
		text = norm.NFC.String(text)
	} else if !isASCII(text) {
		text = strings.Map(func(r rune) rune {
			if r > unicode.MaxASCII {
				return -1
			}
			return r
		}, norm.NFKD.String(text))
	}
	text = strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsSpace(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
	var b strings.Builder
	gap := false
	for _, r := range strings.TrimSpace(text) {
		if unicode.IsSpace(r) || string(r) == sep {
			gap = true
			continue
		}
		if gap {
			b.WriteString(sep)
			gap = false
		}
		b.WriteRune(r)
	}
	if gap {
		b.WriteString(sep)
	}
	return b.String()
}

// slugWithRuns is slugify of pymdownx.slugs with case=lower.
func slugWithRuns(text, sep string) string {
	text = strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' || r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Mn, r) {
			return r
		}
		return -1
	}, norm.NFC.String(text))
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(text)), " ", sep)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] > unicode.MaxASCII {
			return false
		}
	}
	return true
}

// Text returns what a reader sees of the inlines below n, without markup.
func Text(n ast.Node, src []byte) string { return string(AppendText(nil, n, src)) }

// Typed is Text with the quotation marks and dashes that were typed, not the curly
// ones of a typographic book. Ids are made of it.
func Typed(n ast.Node, src []byte) string { return string(appendText(nil, n, src, true)) }

// AppendText appends what a reader sees of the inlines below n, without markup.
func AppendText(b []byte, n ast.Node, src []byte) []byte { return appendText(b, n, src, false) }

func appendText(b []byte, parent ast.Node, src []byte, typed bool) []byte {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			value := n.Segment.Value(src)
			if n.IsRaw() {
				b = append(b, value...)
			} else {
				b = appendUnescaped(b, value)
			}
			if n.SoftLineBreak() || n.HardLineBreak() {
				b = append(b, ' ')
			}
		case *ast.String:
			b = append(b, stringText(n, typed)...)
		case *ast.AutoLink:
			b = append(b, n.Label(src)...)
		case *Abbreviation:
			b = append(b, n.Word...)
		case *KeyCombination:
			b = append(b, strings.Join(n.Names, "+")...)
		case *Sign:
			b = append(b, n.Label(src)...)
		case *Formula:
			b = append(b, n.Segment.Value(src)...)
		case *ast.RawHTML, *ast.Image, *east.FootnoteLink:
		case *ast.CodeSpan:
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				if t, ok := c.(*ast.Text); ok {
					b = append(b, bytes.ReplaceAll(t.Segment.Value(src), []byte("\n"), []byte(" "))...)
				}
			}
		default:
			b = appendText(b, n, src, typed)
		}
	}
	return b
}

// stringText is the text of a String, which may be an entity of the Typographer.
func stringText(n *ast.String, typed bool) string {
	value := string(n.Value)
	if !n.IsCode() || !strings.HasPrefix(value, "&") {
		return value
	}
	if typed {
		switch value {
		case "&ldquo;", "&rdquo;":
			return `"`
		case "&lsquo;", "&rsquo;":
			return "'"
		case "&ndash;":
			return "--"
		case "&mdash;":
			return "---"
		case "&hellip;":
			return "..."
		}
	}
	return html.UnescapeString(value)
}

// appendUnescaped takes away backslashes before punctuation and resolves
// entities.
func appendUnescaped(b, value []byte) []byte {
	if bytes.IndexByte(value, '\\') < 0 && bytes.IndexByte(value, '&') < 0 {
		return append(b, value...)
	}
	out := make([]byte, 0, len(value))
	for i := 0; i < len(value); i++ {
		if value[i] == '\\' && i+1 < len(value) && util.IsPunct(value[i+1]) {
			i++
		}
		out = append(out, value[i])
	}
	return append(b, html.UnescapeString(string(out))...)
}

// Free tells whether no heading and no writer has taken an id.
func (s *Slugs) Free(id string) bool { return !s.used[id] }
