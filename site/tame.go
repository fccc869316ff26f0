package site

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"golang.org/x/net/html"

	"example/workbook/internal/book"
)

// A page runs nothing that its author wrote and sends its reader nowhere unasked,
// wherever the Markdown comes from. The policy of the page already says so to the
// browser; what it would refuse is not written in the first place.

// Elements that pages do not have, and those of them whose content goes as well.
var (
	leftOut = map[string]bool{
		"applet": true, "base": true, "embed": true, "form": true, "frame": true, "frameset": true, "iframe": true, "link": true, "meta": true,
		"noembed": true, "noframes": true, "noscript": true, "object": true, "plaintext": true, "script": true, "style": true, "template": true, "xmp": true,
	}
	contentToo = map[string]bool{"iframe": true, "noembed": true, "noframes": true, "noscript": true, "script": true, "style": true, "xmp": true}
)

// tamed is HTML that an author wrote, without what would act by itself.
type tamed struct {
	html    []byte
	changed bool
	out     []string // what was taken out and can be named
	away    []string // addresses on other hosts from which it would load something, with what
}

// tame takes out of HTML that an author wrote what would act by itself. A tag that
// does not end in this piece becomes text: it would swallow what follows.
func tame(raw []byte) tamed {
	t := tamed{html: raw}
	if isBare(raw) {
		return t
	}
	var b bytes.Buffer
	z := html.NewTokenizer(bytes.NewReader(raw))
	inside := ""
	for {
		kind := z.Next()
		text := z.Raw()
		switch kind {
		case html.ErrorToken:
			if rest := text; z.Err() == io.EOF && len(rest) > 0 {
				t.out = append(t.out, "a tag that does not end")
				b.WriteString(html.EscapeString(string(rest)))
				t.changed = true
			}
			if t.changed {
				t.html = b.Bytes()
			}
			slices.Sort(t.out)
			t.out = slices.Compact(t.out)
			return t
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			text = slices.Clone(text) // the tokenizer writes into it
			tag := z.Token()
			if leftOut[tag.Data] {
				t.changed = true
				if kind != html.EndTagToken {
					t.out = append(t.out, "<"+tag.Data+">")
				}
				if inside = ""; kind == html.StartTagToken && contentToo[tag.Data] {
					inside = tag.Data
				}
				continue
			}
			if inside != "" {
				continue
			}
			for _, a := range tag.Attr {
				t.away = append(t.away, loadsFrom(tag.Data, a)...)
			}
			kept := slices.DeleteFunc(slices.Clone(tag.Attr), func(a html.Attribute) bool { return acts(a) })
			if len(kept) == len(tag.Attr) {
				b.Write(text)
				continue
			}
			t.changed = true
			for _, a := range tag.Attr {
				if acts(a) {
					t.out = append(t.out, a.Key+"=")
				}
			}
			tag.Attr = kept
			b.WriteString(tag.String())
		default:
			if inside == "" {
				b.Write(text)
			}
		}
	}
}

// loadsFrom are the addresses on other hosts from which a browser would load
// something for an attribute, each behind a word for what it is.
func loadsFrom(element string, a html.Attribute) []string {
	what := "image"
	switch a.Key {
	case "src":
		switch element {
		case "video":
			what = "video"
		case "audio":
			what = "sound"
		case "source", "track":
			what = "file"
		case "img", "input":
		default:
			return nil
		}
	case "srcset": // addresses with a width or a density behind each
		var all []string
		for part := range strings.SplitSeq(a.Val, ",") {
			if f := strings.Fields(part); len(f) > 0 && isElsewhere(f[0]) {
				all = append(all, what+" "+f[0])
			}
		}
		return all
	case "poster":
	case "href":
		if element != "image" && element != "use" && element != "feimage" {
			return nil
		}
	default:
		return nil
	}
	if !isElsewhere(a.Val) {
		return nil
	}
	return []string{what + " " + a.Val}
}

// isElsewhere tells whether an address is one of the web and names its host.
func isElsewhere(address string) bool {
	address = strings.ToLower(strings.TrimSpace(address))
	return strings.HasPrefix(address, "//") || strings.HasPrefix(address, "http:") || strings.HasPrefix(address, "https:")
}

// isBare tells whether HTML is one tag without attributes that pages have, as <kbd>
// and most others between words are.
func isBare(raw []byte) bool {
	name, ok := bytes.CutSuffix(raw, []byte(">"))
	name = bytes.TrimPrefix(bytes.TrimPrefix(name, []byte("<")), []byte("/"))
	for _, c := range name {
		if c < 'a' || c > 'z' {
			return false
		}
	}
	return ok && !leftOut[string(name)]
}

// acts tells whether an attribute makes a browser do or load something.
func acts(a html.Attribute) bool {
	key := strings.ToLower(a.Key)
	return strings.HasPrefix(key, "on") || key == "style" || key == "srcdoc" || key == "formaction" || runs(a.Val)
}

// runs tells whether an address is a program or a document of its own. Browsers
// skip white space and control characters in it.
func runs(address string) bool {
	scheme, rest, ok := strings.Cut(address, ":")
	if !ok {
		return false
	}
	scheme = strings.ToLower(strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, scheme))
	return scheme == "javascript" || scheme == "vbscript" || scheme == "data" && !strings.HasPrefix(strings.ToLower(strings.TrimSpace(rest)), "image/")
}

// tamed is raw without what acts, with a warning where there was something.
func (w *writer) tamed(raw []byte, pos book.Pos) (html []byte, changed bool) {
	t := tame(raw)
	if t.out != nil {
		w.warn(pos, "%s: "+leftOutOfPage+"runs nothing and looks as the site does: use Markdown", strings.Join(t.out, ", "))
	}
	for _, a := range t.away {
		w.warn(pos, "the %s %s: put it below %s", a, onAnotherHost, w.docs)
	}
	return t.html, t.changed
}

// tameAttributes takes what acts out of an attribute list.
func (w *writer) tameAttributes(n ast.Node) {
	var out []string
	kept := slices.DeleteFunc(slices.Clone(n.Attributes()), func(a ast.Attribute) bool {
		value, _ := a.Value.([]byte)
		if !acts(html.Attribute{Key: string(a.Name), Val: string(value)}) {
			return false
		}
		out = append(out, string(a.Name)+"=")
		return true
	})
	if out == nil {
		return
	}
	n.RemoveAttributes()
	for _, a := range kept {
		n.SetAttribute(a.Name, a.Value)
	}
	if len(out) == 1 && out[0] == "style=" {
		w.warn(w.posOf(n, n.Parent()), "style=: "+leftOutOfPage+"looks as the site does: take a class")
		return
	}
	w.warn(w.posOf(n, n.Parent()), "%s: "+leftOutOfPage+"runs nothing and looks as the site does", strings.Join(out, ", "))
}

// dropContent removes what stands between <script> and </script> in the middle of a
// text, and between the tags of other elements whose content is not for readers.
func dropContent(open *ast.RawHTML, src []byte) {
	name := tagName(open, src)
	if !contentToo[name] {
		return
	}
	var between []ast.Node
	for n := open.NextSibling(); n != nil; n = n.NextSibling() {
		if end, ok := n.(*ast.RawHTML); ok && tagName(end, src) == "/"+name {
			for _, n := range between {
				n.Parent().RemoveChild(n.Parent(), n)
			}
			return
		}
		between = append(between, n)
	}
}

// tagName is the name of a tag in lower case, behind a slash where it is one that
// closes.
func tagName(n *ast.RawHTML, src []byte) string {
	if n.Segments.Len() == 0 {
		return ""
	}
	seg := n.Segments.At(0)
	tag := bytes.TrimPrefix(seg.Value(src), []byte("<"))
	end := bytes.IndexAny(tag, " \t\n/>")
	if end == 0 {
		end = bytes.IndexAny(tag[1:], " \t\n>") + 1
	}
	if end <= 0 {
		return ""
	}
	return string(bytes.ToLower(tag[:end]))
}
