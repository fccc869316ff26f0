package site

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"html"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
	"github.com/tdewolff/minify/v2/js"

	"example/workbook/internal/evidence/picture"
)

// The look of pages and what makes them respond, written by hand.
//
//go:embed assets
var assetFiles embed.FS

// beforePaint sets the scheme that a reader has chosen, before anything is
// drawn. It is the only script inside a page; the policy names its hash.
const beforePaint = `try{var t=localStorage.getItem("theme");if(t)document.documentElement.dataset.theme=t}catch(e){}document.documentElement.classList.add("js")`

// assets are the files that every page uses, with their contents in their names,
// so that a browser may keep them for ever.
type assets struct {
	css, js         string // addresses
	figures         string // of the style of figures, for pages that have some
	more            string // of the style of what few pages have
	tabsCSS, tabsJS string // for pages that have tabs
	files           map[string][]byte
	policy          string
}

// theAssets are the same for all sites of a program, which rebuilds one often while
// somebody writes.
var theAssets = sync.OnceValue(func() *assets {
	a := &assets{files: map[string][]byte{}}
	add := func(name string, data []byte) string {
		sum := sha256.Sum256(data)
		ext := path.Ext(name)
		address := "assets/" + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:4]) + ext
		a.files[address] = data
		return address
	}
	later := strings.NewReplacer("LATER.CSS", add("later.css", small("later.css")), "LATER.JS", add("later.js", small("later.js")))
	a.css, a.js = add("site.css", small("site.css")), add("site.js", []byte(later.Replace(string(small("site.js")))))
	a.tabsCSS, a.tabsJS = add("tabs.css", small("tabs.css")), add("tabs.js", small("tabs.js"))
	a.more = add("more.css", small("more.css"))
	a.figures = add("figures.css", append(small("figures.css"), picture.StyleSheet()...))
	a.files["assets/icon.svg"] = embedded("icon.svg")
	sum := sha256.Sum256([]byte(beforePaint))
	a.policy = "default-src 'none'; script-src 'self' 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; style-src 'self'; img-src 'self' data:; media-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"
	return a
})

func embedded(name string) []byte {
	data, err := assetFiles.ReadFile("assets/" + name)
	if err != nil {
		panic(err) // it is embedded above
	}
	return data
}

// small is a script or a style sheet without what a browser does not need.
func small(name string) []byte {
	m := minify.New()
	m.AddFunc(".css", css.Minify)
	m.AddFunc(".js", js.Minify)
	data, err := m.Bytes(path.Ext(name), embedded(name))
	if err != nil {
		panic(name + ": " + err.Error()) // a test reads them all
	}
	return data
}

// output collects the bytes of an HTML file.
type output struct{ b []byte }

func (o *output) raw(parts ...string) {
	for _, p := range parts {
		o.b = append(o.b, p...)
	}
}

func (o *output) text(s string) { o.b = append(o.b, html.EscapeString(s)...) }

// attr writes an attribute with a blank before it.
func (o *output) attr(name, value string) {
	o.raw(" ", name, `="`)
	o.text(value)
	o.raw(`"`)
}

// writePage puts a page together.
func (b *builder) writePage(o *output, p *page, body *body) {
	o.b = o.b[:0]
	title := orElse(body.plain, p.title)
	b.head(o, p.toRoot(), headOf{
		title: title, about: orElse(p.about, orElse(body.about, b.description)),
		address: p.address, home: p.address == "index.html", figures: body.figures,
		tabs: bytes.Contains(body.html, []byte(`<div class="tabs`)), more: p.address == "index.html" || hasMore(body.html),
	})
	root := p.toRoot()
	b.bar(o, root)
	o.raw("<div class=\"frame\">\n<div class=\"side\" id=\"contents\">\n")
	if !p.hide["navigation"] {
		b.navigation(o, p)
	}
	if !p.hide["toc"] {
		b.contents(o, body)
	}
	o.raw("</div>\n<main id=\"text\"><article")
	if p.address == "index.html" {
		o.raw(` class="start"`)
	}
	o.raw(">\n")
	b.articleHead(o, p, body)
	o.b = append(o.b, body.html...)
	o.raw("</article>\n")
	b.pageFoot(o, p)
	o.raw("</main>\n</div>\n</body>\n</html>\n")
}

// headOf is what the head of a page says.
type headOf struct {
	title, about, address string
	home, figures, tabs   bool
	more                  bool
}

// hasMore tells whether a text may have something whose style is in more.css.
func hasMore(text []byte) bool {
	for _, mark := range []string{"admonition", "footnote", `class="remark`, `class="math`, `caption"`, `"numbered`, `hl"`, `class="i"`, `class="d"`, ` data-h="`,
		"<h4", "<hr", "<mark>", "<mark ", "<abbr", "<dl", "<dt", "<dd", "<sup", "<sub"} {
		if bytes.Contains(text, []byte(mark)) {
			return true
		}
	}
	return false
}

func (b *builder) head(o *output, root string, h headOf) {
	o.raw("<!DOCTYPE html>\n<html", ` lang="`)
	o.text(b.language)
	o.raw(`" data-root="`, root, `"`)
	if b.scheme != "" {
		o.raw(` data-theme="`, b.scheme, `"`)
	}
	o.raw(">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"", b.assets.policy, "\">\n",
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
	o.text(h.title)
	if !h.home && h.title != b.name {
		o.raw(" · ")
		o.text(b.name)
	}
	o.raw("</title>\n<script>", beforePaint, "</script>\n")
	meta := func(kind, name, content string) {
		if content != "" {
			o.raw("<meta ", kind, `="`, name, `" content="`)
			o.text(content)
			o.raw("\">\n")
		}
	}
	meta("name", "description", h.about)
	meta("name", "author", b.author)
	meta("name", "color-scheme", "light dark")
	meta("property", "og:title", h.title)
	meta("property", "og:description", h.about)
	meta("property", "og:site_name", b.name)
	meta("property", "og:type", map[bool]string{true: "website", false: "article"}[h.home])
	if b.url != "" {
		canonical := b.url + cleanAddress(h.address)
		meta("property", "og:url", canonical)
		o.raw(`<link rel="canonical" href="`)
		o.text(canonical)
		o.raw("\">\n<link rel=\"alternate\" type=\"application/atom+xml\"")
		o.attr("title", b.name)
		o.raw(` href="`, root, "feed.xml\">\n")
	}
	o.raw(`<link rel="icon" href="`, root, orElse(escapePath(b.favicon), "assets/icon.svg"), "\">\n")
	o.raw(`<link rel="stylesheet" href="`, root, b.assets.css, "\">\n")
	if h.figures {
		o.raw(`<link rel="stylesheet" href="`, root, b.assets.figures, "\">\n")
	}
	if h.more || b.hasSmall() || b.hasParts() {
		o.raw(`<link rel="stylesheet" href="`, root, b.assets.more, "\">\n")
	}
	if h.tabs {
		o.raw(`<link rel="stylesheet" href="`, root, b.assets.tabsCSS, "\">\n")
	}
	for _, name := range b.css {
		o.raw(`<link rel="stylesheet" href="`, root, escapePath(name), "\">\n")
	}
	o.raw(`<script defer src="`, root, b.assets.js, "\"></script>\n")
	if h.tabs {
		o.raw(`<script defer src="`, root, b.assets.tabsJS, "\"></script>\n")
	}
	for _, name := range b.js {
		o.raw(`<script defer src="`, root, escapePath(name), "\"></script>\n")
	}
	o.raw("</head>\n<body>\n")
}

// cleanAddress is an address as a server answers it: without index.html.
func cleanAddress(address string) string {
	if address == "index.html" {
		return ""
	}
	if dir, ok := strings.CutSuffix(address, "/index.html"); ok {
		return escapePath(dir) + "/"
	}
	return escapePath(address)
}

func (b *builder) bar(o *output, root string) {
	o.raw(`<a class="skip" href="#text">Skip to the text</a>`, "\n")
	o.raw(`<header class="bar"><a class="menu" href="#contents">Contents</a><a class="home" href="`, root, `index.html">`)
	o.text(b.name)
	o.raw(`</a><div class="tools" hidden><button type="button" id="find">Search <kbd>/</kbd></button>`,
		`<button type="button" id="theme" aria-label="Colours: automatic"></button></div></header>`, "\n")
}

func (b *builder) articleHead(o *output, p *page, body *body) {
	o.raw(`<header class="head">`)
	crumbs := p.crumbs()
	if n := p.number(); n >= 0 {
		crumbs = append(crumbs, "Chapter "+strconv.Itoa(n))
	}
	if len(crumbs) > 0 {
		o.raw(`<p class="eyebrow">`)
		o.text(strings.Join(crumbs, " / "))
		o.raw(`</p>`)
	}
	title, id := body.title, ""
	if title == "" {
		title = html.EscapeString(p.title)
	} else {
		id = body.headings[0].id
	}
	o.raw(`<h1`)
	if id != "" {
		o.attr("id", id)
	}
	o.raw(">", title, "</h1>")
	b.meta(o, p, body)
	o.raw("</header>\n")
}

// meta says how long a page is and what stands behind it.
func (b *builder) meta(o *output, p *page, body *body) {
	o.raw(`<p class="meta"><span>`, strconv.Itoa(max(1, (body.words+110)/220)), ` min</span>`)
	if body.programs > 0 {
		o.raw(`<span>`, strconv.Itoa(body.programs), plural(body.programs, " program", " programs"), `</span>`)
		switch {
		case b.opt.Run == nil:
			o.raw(`<span class="no">not verified in this build</span>`)
		case body.verified:
			o.raw(`<span class="ok">every output verified by a run</span>`)
		default:
			o.raw(`<span class="no">some outputs were not verified here</span>`)
		}
	}
	o.raw(`</p>`)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// contents is the table of contents of a page.
func (b *builder) contents(o *output, body *body) {
	n := 0
	for _, h := range body.headings {
		if h.level > 1 && h.level <= min(b.tocDepth, 3) {
			n++
		}
	}
	if n < 2 {
		return
	}
	o.raw(`<nav class="toc" aria-label="On this page"><p class="label">On this page</p><ul>`, "\n")
	for _, h := range body.headings {
		if h.level < 2 || h.level > min(b.tocDepth, 3) {
			continue
		}
		o.raw(`<li`)
		if h.level == 3 {
			o.raw(` class="sub"`)
		}
		o.raw(`><a href="#`)
		o.text(h.id)
		o.raw(`">`)
		o.text(h.text)
		o.raw("</a></li>\n")
	}
	o.raw("</ul></nav>\n")
}

// widest is how many entries of one list the navigation of a page shows. More
// are on the page with the whole contents; without a limit, the navigation of a
// site would grow with the square of its pages.
const widest = 40

func (b *builder) navigation(o *output, p *page) {
	var open []*part // the parts around p, outermost first
	for up := p.part; up != nil; up = up.up {
		open = append([]*part{up}, open...)
	}
	b.navigationOf(o, p.toRoot(), open, p)
}

// navigationOf is the navigation of a page, which leads to the site's folder by root.
// p is nil if the page is in none of the parts.
func (b *builder) navigationOf(o *output, root string, open []*part, p *page) {
	o.raw(`<nav class="book" aria-label="Book">`)
	b.navList(o, root, b.root, open, p)
	o.raw("</nav>\n")
}

func (b *builder) navList(o *output, root string, list *part, open []*part, p *page) {
	from, to := window(list, open, p)
	o.raw("<ul>\n")
	if from > 0 || to < len(list.items) {
		o.raw(`<li><a href="`, root, contentsPage, `">All `, strconv.Itoa(len(list.items)), "</a></li>\n")
	}
	for _, it := range list.items[from:to] {
		switch {
		case it.page != nil:
			o.raw(`<li><a href="`, root, escapePath(it.page.address), `"`)
			if it.page == p {
				o.raw(` aria-current="page"`)
			}
			o.raw(`>`)
			if n := it.page.number(); n >= 0 {
				o.raw(`<span class="n">`, strconv.Itoa(n), `</span>`)
			}
			o.text(it.title)
			o.raw("</a></li>\n")
		case it.part != nil && len(open) > 1 && open[1] == it.part:
			o.raw(`<li><span class="part">`)
			o.text(it.title)
			o.raw("</span>\n")
			b.navList(o, root, it.part, open[1:], p)
			o.raw("</li>\n")
		case it.part != nil:
			if first := it.part.first(); first != nil {
				o.raw(`<li><a class="part" href="`, root, escapePath(first.address), `">`)
				o.text(it.title)
				o.raw("</a></li>\n")
			}
		default:
			o.raw(`<li><a class="away" href="`)
			o.text(it.address)
			o.raw(`">`)
			o.text(it.title)
			o.raw("</a></li>\n")
		}
	}
	o.raw("</ul>\n")
}

// window is the part of a list that the navigation of p shows.
func window(list *part, open []*part, p *page) (from, to int) {
	n := len(list.items)
	if n <= widest {
		return 0, n
	}
	here := 0
	for i, it := range list.items {
		if p != nil && it.page == p || it.part != nil && len(open) > 1 && it.part == open[1] {
			here = i
		}
	}
	from = max(0, min(here-widest/2, n-widest))
	return from, from + widest
}

// hasParts tells whether the contents of the book have a list in a list.
func (b *builder) hasParts() bool {
	return slices.ContainsFunc(b.root.items, func(it item) bool { return it.part != nil })
}

// hasSmall tells whether there is small print below the text of a page.
func (b *builder) hasSmall() bool { return b.edit != "" || b.repo != "" || b.copyright != "" }

func (b *builder) pageFoot(o *output, p *page) {
	root := p.toRoot()
	o.raw("<footer class=\"end\">\n")
	if p.prev != nil || p.next != nil {
		o.raw(`<nav class="pn" aria-label="Previous and next">`)
		if p.prev != nil {
			o.raw(`<a rel="prev" href="`, root, escapePath(p.prev.address), `"><small>Previous</small> `)
			o.text(p.prev.title)
			o.raw(`</a>`)
		}
		if p.next != nil {
			o.raw(`<a rel="next" href="`, root, escapePath(p.next.address), `"><small>Next</small> `)
			o.text(p.next.title)
			o.raw(`</a>`)
		}
		o.raw("</nav>\n")
	}
	if !b.hasSmall() {
		o.raw("</footer>\n")
		return
	}
	o.raw(`<p class="small">`)
	if b.edit != "" {
		o.raw(`<a href="`)
		o.text(b.edit + escapePath(p.file))
		o.raw(`">Edit this page</a> `)
	}
	if b.repo != "" {
		o.raw(`<a href="`)
		o.text(b.repo)
		o.raw(`">`)
		o.text(orElse(b.repoName, "Source"))
		o.raw(`</a> `)
	}
	if b.copyright != "" {
		o.raw("<span>", b.copyright, "</span>")
	}
	o.raw("</p>\n</footer>\n")
}
