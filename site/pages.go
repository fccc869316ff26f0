package site

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/unicode/norm"

	"example/workbook/internal/book"
)

// page is one HTML file of the site.
type page struct {
	chapter *book.Chapter
	file    string // below docs_dir: 03-socket.md
	address string // below the site: 03-socket/index.html
	title   string
	part    *part // that it stands in; nil for a page that nav does not have
	prev    *page
	next    *page
	hide    map[string]bool // toc, navigation: what its front matter leaves out
	about   string          // description in its front matter
}

// part is a list of nav. The root of the navigation is one without a title.
type part struct {
	title string
	up    *part
	items []item
}

// item is a page, a part, or an address elsewhere with a title.
type item struct {
	page           *page
	part           *part
	title, address string
}

// first is the first page in p, nil if it has none.
func (p *part) first() *page {
	for _, it := range p.items {
		if it.page != nil {
			return it.page
		}
		if it.part != nil {
			if page := it.part.first(); page != nil {
				return page
			}
		}
	}
	return nil
}

// isIndex tells whether a file is the page of its folder.
func isIndex(file string) bool {
	base := strings.ToLower(path.Base(file))
	return base == "index.md" || base == "readme.md"
}

// addressOf is where the page of a Markdown file lies.
func (s *settings) addressOf(file string) string {
	stem := strings.TrimSuffix(file, path.Ext(file))
	switch {
	case isIndex(file):
		return path.Join(path.Dir(file), "index.html")
	case s.directories:
		return stem + "/index.html"
	}
	return stem + ".html"
}

// collectPages makes a page of every Markdown file below docs_dir that is not
// excluded, and finds the files that are copied.
func (b *builder) collectPages() error {
	chapters := map[string]*book.Chapter{}
	for _, c := range b.book.Chapters {
		chapters[strings.TrimPrefix(c.Path, b.docs+"/")] = c
	}
	b.byFile, b.byAddress = map[string]*page{}, map[string]*page{}
	var loose []string
	err := fs.WalkDir(b.book.FS, b.docs, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		file := strings.TrimPrefix(name, b.docs+"/")
		switch {
		case name == b.docs:
		case strings.HasPrefix(d.Name(), ".") || d.IsDir() && d.Name() == "templates" && path.Dir(file) == ".":
			if d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir():
		case b.exclude.match(file) || b.drafts.match(file):
		case isMarkdown(file):
			if chapters[file] == nil {
				loose = append(loose, name)
				return nil
			}
			b.addPage(file, chapters[file])
		default:
			if err := book.CheckFile(b.book.FS, name); err != nil {
				b.warnings = append(b.warnings, book.Problem{Pos: book.Pos{File: name}, Msg: fmt.Sprintf("not copied: %v", err)})
				return nil
			}
			b.static = append(b.static, file)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := b.addLoose(loose); err != nil {
		return err
	}
	b.static = slices.DeleteFunc(b.static, func(file string) bool {
		p := b.byAddress[file]
		if p != nil {
			b.warnings = append(b.warnings, problemAt(path.Join(b.docs, file), 0, "left out, for it is the address of %s: rename one", p.chapter.Path))
		}
		return p != nil
	})
	return nil
}

func isMarkdown(name string) bool {
	return slices.Contains([]string{".md", ".markdown", ".mdown", ".mkdn", ".mkd"}, path.Ext(name))
}

// addLoose makes pages of files that are no chapters: they are in the site, as
// with MkDocs, and in no navigation.
func (b *builder) addLoose(names []string) error {
	if len(names) == 0 {
		return nil
	}
	loose, _ := book.LoadFiles(b.book.FS, names...) // what is wrong there concerns programs, and none is run
	for _, c := range loose.Chapters {
		b.addPage(strings.TrimPrefix(c.Path, b.docs+"/"), c)
	}
	return nil
}

func (b *builder) addPage(file string, c *book.Chapter) {
	p := &page{file: file, address: b.addressOf(file), title: c.Title}
	b.show(p, c)
	if other := b.byAddress[p.address]; other != nil && !b.outranks(p, other) {
		b.byFile[file] = other
		return
	} else if other != nil {
		b.byFile[other.file] = p
		b.pages = slices.DeleteFunc(b.pages, func(q *page) bool { return q == other })
	}
	b.byFile[file], b.byAddress[p.address] = p, p
	b.pages = append(b.pages, p)
}

// show has p show a chapter.
func (b *builder) show(p *page, c *book.Chapter) {
	p.chapter, p.about, p.hide = c, "", map[string]bool{}
	for key, value := range entries(c.Meta) {
		switch key.Value {
		case "description":
			p.about = b.text(value)
		case "hide":
			for _, n := range content(value) {
				p.hide[n.Value] = true
			}
		}
	}
}

// outranks tells whether p is the page at an address that other has already. It
// names the one that is left out. As with MkDocs, index.md goes before README.md.
func (b *builder) outranks(p, other *page) bool {
	isREADME := func(q *page) bool {
		return strings.EqualFold(strings.TrimSuffix(path.Base(q.file), path.Ext(q.file)), "readme")
	}
	kept, left := other, p
	if isREADME(other) && isIndex(p.file) && !isREADME(p) {
		kept, left = p, other
	}
	b.warnings = append(b.warnings, problemAt(left.chapter.Path, 0, "left out, for %s has the same address, %s: rename one", kept.chapter.Path, kept.address))
	return kept == p
}

// sameElsewhere names pages whose addresses differ here, but not where a file system
// takes upper case for lower case, or é for e with an accent behind it: macOS's and
// Windows' do.
func (b *builder) sameElsewhere() {
	seen := map[string]*page{}
	for _, p := range b.pages {
		key := strings.ToLower(norm.NFC.String(p.address))
		if other := seen[key]; other != nil {
			b.warnings = append(b.warnings, problemAt(p.chapter.Path, 0, "its address differs from that of %s only in case or in how an accent is stored, which macOS and Windows do not tell apart: rename one", other.chapter.Path))
			continue
		}
		seen[key] = p
	}
}

// buildNav makes the navigation, from nav or without one from the folders.
func (b *builder) buildNav() {
	b.root = &part{}
	if b.nav != nil {
		b.fill(b.root, b.nav)
	} else {
		b.navFromFolders()
	}
	var prev *page
	seen := map[*page]bool{} // nav may name a page twice
	b.root.walk(func(p *page) {
		if seen[p] {
			return
		}
		seen[p] = true
		if p.prev = prev; prev != nil {
			prev.next = p
		}
		prev = p
		b.order = append(b.order, p)
	})
	for _, p := range b.pages {
		if p.part == nil {
			b.order = append(b.order, p)
		}
	}
}

func (p *part) walk(visit func(*page)) {
	for _, it := range p.items {
		if it.page != nil {
			visit(it.page)
		}
		if it.part != nil {
			it.part.walk(visit)
		}
	}
}

func (b *builder) fill(into *part, items []navItem) {
	for _, it := range items {
		switch {
		case it.children != nil:
			sub := &part{title: it.title, up: into}
			b.fill(sub, it.children)
			into.items = append(into.items, item{part: sub, title: it.title})
		case it.address != "":
			into.items = append(into.items, item{title: it.title, address: it.address})
		default:
			if p := b.byFile[it.file]; p != nil && p.part == nil {
				if it.title != "" {
					p.title = it.title
				}
				into.add(p)
			} else if p == nil {
				b.fillFolder(into, it)
			} else {
				into.items = append(into.items, item{page: p, title: orElse(it.title, p.title)})
			}
		}
	}
}

func (p *part) add(page *page) {
	page.part = p
	p.items = append(p.items, item{page: page, title: page.title})
}

// fillFolder puts the pages of a folder that nav names into a part, as plugins
// of MkDocs do.
func (b *builder) fillFolder(into *part, it navItem) {
	sub := &part{title: orElse(it.title, titleOfFolder(path.Base(it.file))), up: into}
	for _, p := range b.pages {
		if p.part == nil && strings.HasPrefix(p.file, it.file+"/") {
			if isIndex(p.file) {
				p.part = sub
				sub.items = slices.Insert(sub.items, 0, item{page: p, title: p.title})
			} else {
				sub.add(p)
			}
		}
	}
	if len(sub.items) > 0 {
		into.items = append(into.items, item{part: sub, title: sub.title})
	}
}

// navFromFolders puts the pages of each folder into a part, its index first.
func (b *builder) navFromFolders() {
	parts := map[string]*part{".": b.root}
	var partOf func(dir string) *part
	partOf = func(dir string) *part {
		if p := parts[dir]; p != nil {
			return p
		}
		up := partOf(path.Dir(dir))
		p := &part{title: titleOfFolder(path.Base(dir)), up: up}
		parts[dir] = p
		up.items = append(up.items, item{part: p, title: p.title})
		return p
	}
	for _, c := range b.book.Chapters {
		p := b.byFile[strings.TrimPrefix(c.Path, b.docs+"/")]
		if p == nil || b.notInNav.match(p.file) {
			continue
		}
		p.part = partOf(path.Dir(p.file))
		it := item{page: p, title: p.title}
		if isIndex(p.file) {
			p.part.items = slices.Insert(p.part.items, 0, it)
		} else {
			p.part.items = append(p.part.items, it)
		}
	}
}

func titleOfFolder(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == '-' || r == '_' {
			return ' '
		}
		return r
	}, name)
	return strings.ToUpper(name[:1]) + name[1:]
}

// crumbs are the titles of the parts that p stands in, outermost first.
func (p *page) crumbs() []string {
	var titles []string
	for up := p.part; up != nil && up.title != ""; up = up.up {
		titles = slices.Insert(titles, 0, up.title)
	}
	return titles
}

// number is the number that the file name of a chapter begins with, or -1.
func (p *page) number() int {
	base := path.Base(p.file)
	if base == "" || base[0] < '0' || base[0] > '9' {
		return -1
	}
	return p.chapter.Number
}

// toRoot leads from a page to the folder of the site: "", "../", "../../".
func (p *page) toRoot() string { return strings.Repeat("../", strings.Count(p.address, "/")) }

// holdsSources says why a folder must not be replaced by a site, or "".
func holdsSources(fsys fs.FS, dir string) string {
	found := ""
	_ = fs.WalkDir(fsys, dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return fs.SkipDir
		}
		if d.IsDir() {
			if d.Name() == ".git" {
				found = "holds a repository"
				return fs.SkipAll
			}
			return nil
		}
		if ext := path.Ext(name); ext == ".go" || d.Name() == configFile || ext == ".md" {
			found = "holds " + name
			return fs.SkipAll
		}
		return nil
	})
	return found
}

// metaText is the text of a key of a chapter's front matter.
func (b *builder) metaText(c *book.Chapter, name string) string {
	var found *yaml.Node
	for key, value := range entries(c.Meta) {
		if key.Value == name {
			found = value
		}
	}
	return b.text(found)
}
