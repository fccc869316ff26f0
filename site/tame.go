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

// tame takes out of HTML that an author wrote what would act by itself. It tells
// whether there was something of that, and what can be named of it. A tag that does not end in this piece becomes text: it would swallow what follows.
func tame(raw []byte) (tamed []byte, changed bool, out []string) {
	if isBare(raw) {
		return raw, false, nil
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
				out = append(out, "a tag that does not end")
				b.WriteString(html.EscapeString(string(rest)))
				changed = true
			}
			if !changed {
				return raw, false, nil
			}
			slices.Sort(out)
			return b.Bytes(), true, slices.Compact(out)
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			text = slices.Clone(text) // the tokenizer writes into it
			tag := z.Token()
			if leftOut[tag.Data] {
				changed = true
				if kind != html.EndTagToken {
					out = append(out, "<"+tag.Data+">")
				}
				if inside = ""; kind == html.StartTagToken && contentToo[tag.Data] {
					inside = tag.Data
				}
				continue
			}
			if inside != "" {
				continue
			}
			kept := slices.DeleteFunc(slices.Clone(tag.Attr), func(a html.Attribute) bool { return acts(a) })
			if len(kept) == len(tag.Attr) {
				b.Write(text)
				continue
			}
			changed = true
			for _, a := range tag.Attr {
				if acts(a) {
					out = append(out, a.Key+"=")
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
	html, changed, out := tame(raw)
	if out != nil {
		w.warn(pos, "%s: left out, for a page runs nothing and looks as the site does: use Markdown", strings.Join(out, ", "))
	}
	return html, changed
}

// tameAttributes takes style out of an attribute list.
func (w *writer) tameAttributes(n ast.Node) {
	if _, ok := n.AttributeString("style"); !ok {
		return
	}
	kept := n.Attributes()
	n.RemoveAttributes()
	for _, a := range kept {
		if string(a.Name) != "style" {
			n.SetAttribute(a.Name, a.Value)
		}
	}
	w.warn(w.posOf(n, n.Parent()), "style=: left out, for a page looks as the site does: take a class")
}
