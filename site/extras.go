package site

import (
	"encoding/xml"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
)

// contentsPage is the page with the whole navigation. It exists where the
// navigation of the other pages shows a part of it only.
const contentsPage = "contents.html"

// needsURL is what holds whole addresses, which only site_url can give. Pages
// work without it.
const needsURL = "sitemap.xml, robots.txt, feed.xml and canonical addresses: mkdocs.yml has no site_url, or it is empty"

// without is what a site lacks where nothing is said of where it will lie.
func (s *settings) without() string {
	if s.url != "" {
		return ""
	}
	return "without " + needsURL
}

// extras writes everything but the pages of chapters.
func (b *builder) extras(out store) error {
	for name, data := range b.assets.files {
		if err := out.write(name, data); err != nil {
			return err
		}
	}
	for _, name := range b.static {
		data, err := fs.ReadFile(b.book.FS, path.Join(b.docs, name))
		if err != nil {
			return err
		}
		if err := out.write(name, data); err != nil {
			return err
		}
	}
	files := map[string][]byte{
		searchScript: b.searchIndex(),
		"404.html":   b.notFound(),
	}
	if b.isWide(b.root) {
		files[contentsPage] = b.wholeContents()
	}
	if b.url != "" {
		files["sitemap.xml"] = b.sitemap()
		files["feed.xml"] = b.feed()
		files["robots.txt"] = []byte("User-agent: *\nAllow: /\nSitemap: " + b.url + "sitemap.xml\n")
	}
	for _, r := range b.redirects {
		if p := b.byFile[target(r.to)]; b.byAddress[b.addressOf(r.from)] == nil && (p != nil || isExternal(r.to)) {
			files[b.addressOf(r.from)] = b.redirectPage(r, p)
		}
	}
	for _, name := range sortedKeys(files) {
		if b.isStatic[name] { // the writer has a robots.txt or a 404.html of their own
			continue
		}
		if err := out.write(name, files[name]); err != nil {
			return err
		}
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func (b *builder) isWide(list *part) bool {
	if len(list.items) > widest {
		return true
	}
	return slices.ContainsFunc(list.items, func(it item) bool { return it.part != nil && b.isWide(it.part) })
}

// simplePage is a page without a chapter.
func (b *builder) simplePage(root, address, title, about string, fill func(*output)) []byte {
	o := &output{}
	b.head(o, root, headOf{title: title, about: about, address: address})
	b.bar(o, root)
	o.raw("<div class=\"frame\">\n<div class=\"side\" id=\"contents\">")
	b.navigationOf(o, root, nil, nil)
	o.raw("</div>\n<main id=\"text\"><article><header class=\"head\"><h1>")
	o.text(title)
	o.raw("</h1></header>\n")
	fill(o)
	o.raw("</article></main>\n</div>\n</body>\n</html>\n")
	return o.b
}

// notFound is served for every address that does not exist, so that its own
// addresses begin at the host.
func (b *builder) notFound() []byte {
	root := "/"
	if _, rest, ok := strings.Cut(b.url, "://"); ok {
		root = rest[strings.IndexByte(rest, '/'):]
	}
	return b.simplePage(root, "404.html", "Not found", "There is no page at this address.", func(o *output) {
		o.raw(`<p>There is no page at this address. It may have moved: search for it, or begin at <a href="`, root, `index.html">the first page</a>.</p>`)
	})
}

func (b *builder) wholeContents() []byte {
	return b.simplePage("", contentsPage, "Contents", "Every page of "+b.name+".", func(o *output) { b.wholeList(o, b.root) })
}

func (b *builder) wholeList(o *output, list *part) {
	o.raw("<ul>\n")
	for _, it := range list.items {
		o.raw("<li>")
		switch {
		case it.page != nil:
			o.raw(`<a href="`, escapePath(it.page.address), `">`)
			o.text(it.title)
			o.raw("</a>")
		case it.part != nil:
			o.text(it.title)
			o.raw("\n")
			b.wholeList(o, it.part)
		default:
			o.raw(`<a href="`)
			o.text(it.address)
			o.raw(`">`)
			o.text(it.title)
			o.raw("</a>")
		}
		o.raw("</li>\n")
	}
	o.raw("</ul>\n")
}

// redirectPage sends a reader on, with a link for where that does not happen.
func (b *builder) redirectPage(r redirect, p *page) []byte {
	to := r.to
	address := b.addressOf(r.from)
	root := strings.Repeat("../", strings.Count(address, "/"))
	if p != nil {
		_, fragment, has := strings.Cut(r.to, "#")
		to = root + escapePath(p.address)
		if has {
			to += "#" + fragment
		}
	}
	o := &output{}
	o.raw("<!DOCTYPE html>\n<html lang=\"")
	o.text(b.language)
	o.raw("\">\n<head>\n<meta charset=\"utf-8\">\n<title>Moved</title>\n<meta name=\"robots\" content=\"noindex\">\n<meta http-equiv=\"refresh\" content=\"0; url=")
	o.text(to)
	o.raw("\">\n<link rel=\"canonical\" href=\"")
	if p != nil && b.url != "" {
		o.text(b.url + cleanAddress(p.address))
	} else {
		o.text(to)
	}
	o.raw("\">\n</head>\n<body><p>This page has moved: <a href=\"")
	o.text(to)
	o.raw("\">go there</a>.</p></body>\n</html>\n")
	return o.b
}

func (b *builder) sitemap() []byte {
	o := &output{}
	o.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n")
	for _, p := range b.order {
		o.raw("<url><loc>")
		o.text(b.url + cleanAddress(p.address))
		o.raw("</loc>")
		if t := b.changed(p); !t.IsZero() {
			o.raw("<lastmod>", t.UTC().Format("2006-01-02"), "</lastmod>")
		}
		o.raw("</url>\n")
	}
	o.raw("</urlset>\n")
	return o.b
}

func (b *builder) changed(p *page) time.Time {
	if text := orElse(b.metaText(p.chapter, "revision_date"), b.metaText(p.chapter, "date")); text != "" {
		for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02"} {
			if t, err := time.Parse(layout, text); err == nil {
				return t
			}
		}
	}
	if b.opt.Changed == nil {
		return time.Time{}
	}
	return b.opt.Changed(p.chapter.Path)
}

// atom is a feed as RFC 4287 has it.
type atom struct {
	XMLName struct{}   `xml:"http://www.w3.org/2005/Atom feed"`
	Title   string     `xml:"title"`
	ID      string     `xml:"id"`
	Links   []atomLink `xml:"link"`
	Updated string     `xml:"updated"`
	Author  string     `xml:"author>name"`
	Entries []atomPage `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type atomPage struct {
	Title   string   `xml:"title"`
	ID      string   `xml:"id"`
	Link    atomLink `xml:"link"`
	Updated string   `xml:"updated"`
	Summary string   `xml:"summary,omitempty"`
}

// feed tells of the pages that changed last, up to 30.
func (b *builder) feed() []byte {
	f := atom{
		Title: b.name, ID: b.url, Author: orElse(b.author, b.name), Updated: time.Unix(0, 0).UTC().Format(time.RFC3339),
		Links: []atomLink{{"self", b.url + "feed.xml"}, {"alternate", b.url}},
	}
	for _, m := range b.bodies {
		t := b.changed(m.page)
		if t.IsZero() {
			continue
		}
		address := b.url + cleanAddress(m.page.address)
		f.Entries = append(f.Entries, atomPage{
			Title: orElse(m.body.plain, m.page.title), ID: address, Link: atomLink{"alternate", address},
			Updated: t.UTC().Format(time.RFC3339), Summary: orElse(m.page.about, m.body.about),
		})
	}
	slices.SortStableFunc(f.Entries, func(x, y atomPage) int { return strings.Compare(y.Updated, x.Updated) })
	f.Entries = f.Entries[:min(len(f.Entries), 30)]
	if len(f.Entries) > 0 {
		f.Updated = f.Entries[0].Updated
	}
	data, err := xml.MarshalIndent(f, "", " ")
	if err != nil {
		panic(fmt.Sprintf("feed: %v", err)) // it holds nothing but text
	}
	return append([]byte(xml.Header), append(data, '\n')...)
}
