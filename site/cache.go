package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"sync"

	"go.yaml.in/yaml/v3"

	"example/workbook/internal/book"
)

// Cache keeps the pages of one build for the next. The zero value is empty.
type Cache struct {
	mu    sync.Mutex
	pages map[string]cached // by the file of the chapter
	words words             // of all builds
}

type cached struct {
	key  string
	made *made
}

func (c *Cache) get(file, key string) *made {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.pages[file]; key != "" && e.key == key {
		return e.made
	}
	return nil
}

func (c *Cache) put(file, key string, m *made) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pages == nil {
		c.pages = map[string]cached{}
	}
	c.pages[file] = cached{key, m}
}

// rebound is a page of an earlier build as one of this build: its links lead to
// the pages of this one.
func (m *made) rebound(b *builder) *made {
	body := *m.body
	body.links = make([]link, len(m.body.links))
	for i, l := range m.body.links {
		if l.page != nil {
			l.page = b.byFile[l.page.file]
		}
		body.links[i] = l
	}
	return &made{page: b.byFile[m.page.file], body: &body}
}

// pageKey names all that a page is made from; "" for one that takes in other
// files, which is made every time.
func (b *builder) pageKey(p *page) string {
	if bytes.Contains(p.chapter.Source, []byte("-8<-")) || len(b.appended) > 0 {
		return ""
	}
	h := sha256.New()
	fmt.Fprintln(h, b.layout)
	_, _ = h.Write(p.chapter.Source)
	seen := map[*book.Snippet]bool{}
	note := func(s *book.Snippet) {
		if s == nil || seen[s] {
			return
		}
		seen[s] = true
		if run := b.runOf(s); run != nil {
			fmt.Fprintf(h, "%s %+v\n", s.ID, *run)
		}
		if b.opt.Figure != nil {
			svg, _ := b.opt.Figure(s)
			fmt.Fprintln(h, hashOf([]byte(svg)))
		}
	}
	for _, f := range p.chapter.Fences {
		note(f.Snippet)
	}
	for _, pr := range p.chapter.Predictions {
		note(pr.Snippet)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// prepareLayoutKey hashes what every page depends on: the settings, and which
// pages and files there are, with their titles.
func (b *builder) prepareLayoutKey() {
	h := sha256.New()
	if b.book.Config.Root != nil {
		text, _ := yaml.Marshal(b.book.Config.Root)
		_, _ = h.Write(text)
	}
	fmt.Fprintln(h, b.assets.css, b.assets.js, b.assets.figures, b.assets.tabsCSS, b.assets.tabsJS, b.assets.policy, b.opt.Run == nil)
	for _, p := range b.order {
		fmt.Fprintf(h, "%s %q %d\n", p.address, p.title, p.number())
	}
	for _, name := range b.static {
		width, height, _ := imageSize(b.book.FS, path.Join(b.docs, name))
		fmt.Fprintln(h, name, width, height)
	}
	b.layout = hex.EncodeToString(h.Sum(nil))
}
