// Package site turns a book into pages: a folder of static HTML that reads the
// same from a server, from a disk and without JavaScript.
//
// It is driven by mkdocs.yml as MkDocs' users know it. What a setting there asks
// for and this package does not do is named once, as a warning; nothing that
// MkDocs would run as Python is ever run.
package site

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example/workbook/internal/book"
)

// Options say how a site is built. The zero value builds pages whose programs
// are marked as not verified.
type Options struct {
	// Root is the folder of mkdocs.yml on disk.
	Root string
	// Dir is where the site goes instead of site_dir. It may lie anywhere.
	Dir string
	// Strict makes every warning a failure.
	Strict bool
	// Run gives the run of a snippet, nil where there was none. A nil Run
	// says that this build ran nothing.
	Run func(*book.Snippet) *Run
	// Figure draws the evidence of a snippet: an SVG element and the same as
	// an HTML table. Both are empty where there is nothing to draw.
	Figure func(*book.Snippet) (svg, table string)
	// Getenv looks up the variables of !ENV. Nil finds none.
	Getenv func(string) string
	// Changed tells when a file of the book was last changed, for the feed.
	// Nil, or the zero time, leaves the file out of it.
	Changed func(path string) time.Time
	// Key names all that the site is made from. A build that finds the site of
	// the same key untouched need not be made: see Unchanged.
	Key string
	// Cache keeps pages from one build to the next. Nil keeps none.
	Cache *Cache
	// Jobs is how many pages are made side by side. Zero means one for each
	// processor.
	Jobs int
}

// Report is what came of a build.
type Report struct {
	Dir      string // of the site
	Pages    int
	Files    int // that the site has
	Written  int // of them, that were new or changed
	Warnings []string
	Without  string // what the site lacks for want of a setting, "" for nothing
}

// builder makes one site.
type builder struct {
	*settings
	book   *book.Book
	opt    Options
	md     *reader
	assets *assets

	pages     []*page
	order     []*page // in the order of the navigation, then the others
	byFile    map[string]*page
	byAddress map[string]*page
	static    []string // files below docs_dir that are copied
	isStatic  map[string]bool
	root      *part

	bodies []*made // of order
	words  *words
	layout string // hash of what every page depends on, for the cache
}

// made is a page that is ready to be written.
type made struct {
	page *page
	html []byte
	body *body
	ids  map[string]bool // see places; nil until they are asked for
}

// store is where the files of a site go: a folder, or memory. It says whether it
// keeps the bytes that are written.
type store interface {
	write(name string, data []byte) error
	keeps() bool
}

// ErrWarnings says that a strict build stopped because there are warnings.
var ErrWarnings = errors.New("there are warnings")

// Build builds the site of b. An error that is book.Problems says what is wrong
// with the book; then, and after any other error, the site that was there before
// is still there.
func Build(ctx context.Context, b *book.Book, opt Options) (*Report, error) {
	w, err := newBuilder(b, opt)
	if err != nil {
		return nil, err
	}
	out, err := w.open()
	if err != nil {
		return nil, err
	}
	defer out.abandon()
	report, err := w.build(ctx, out)
	if err != nil {
		return report, err
	}
	out.warnings, out.looked = report.Warnings, w.looked()
	if err := out.finish(); err != nil {
		return nil, err
	}
	report.Dir, report.Files, report.Written = out.dir, len(out.files), out.written
	return report, nil
}

// build writes the whole site into out.
func (b *builder) build(ctx context.Context, out store) (*Report, error) {
	if err := b.makePages(ctx, out); err != nil {
		return nil, err
	}
	report := b.report()
	if b.opt.Strict && len(report.Warnings) > 0 {
		return report, ErrWarnings
	}
	report.Without = b.without()
	return report, b.extras(out)
}

// looked are the files that the includes of all pages named.
func (b *builder) looked() map[string]string {
	all := map[string]string{}
	for _, m := range b.bodies {
		maps.Copy(all, m.body.looked)
	}
	return all
}

func (b *builder) report() *Report {
	r := &Report{Pages: len(b.order)}
	for _, w := range b.collectWarnings() {
		r.Warnings = append(r.Warnings, w.Error())
	}
	return r
}

// newBuilder reads the settings and finds the pages.
func newBuilder(b *book.Book, opt Options) (*builder, error) {
	w := &builder{book: b, opt: opt, assets: theAssets(), isStatic: map[string]bool{}, words: &words{}}
	if b.Config == nil {
		return nil, fmt.Errorf("no %s: a site needs one, with at least site_name: TITLE", configFile)
	}
	w.settings = readSettings(b.Config, b.FS, opt.Getenv)
	if len(w.problems) > 0 {
		return nil, sorted(w.problems)
	}
	w.md = w.newMarkdown()
	if err := w.collectPages(); err != nil {
		return nil, err
	}
	for _, name := range w.static {
		w.isStatic[name] = true
	}
	w.sameElsewhere()
	w.buildNav()
	if opt.Cache != nil {
		w.words = &opt.Cache.words
		w.prepareLayoutKey()
	}
	return w, nil
}

// patience is how long a build that is to end waits for the pages that are being
// made.
const patience = 500 * time.Millisecond

// makePages makes all pages side by side and hands them to out.
func (b *builder) makePages(ctx context.Context, out store) error {
	b.bodies = make([]*made, len(b.order))
	errs := make([]error, len(b.order))
	var next atomic.Int64 // a page, counted from 1
	var wg sync.WaitGroup
	jobs := b.opt.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	for range min(jobs, len(b.order)) {
		wg.Go(func() {
			tools := &scratch{terms: counter{words: b.words}}
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(b.order) {
					return
				}
				b.bodies[i], errs[i] = b.makePage(b.order[i], out, tools)
			}
		})
	}
	done := make(chan struct{})
	go func() {
		wg.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		select {
		case <-done:
		case <-time.After(patience): // pages that are left behind are written nowhere, see abandon
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// searchIndex is the index of all pages, as a script.
func (b *builder) searchIndex() []byte {
	b.words.mu.Lock() // a preview may be making pages
	x := index{words: b.words.list}
	b.words.mu.Unlock()
	for i, m := range b.bodies {
		p := b.order[i]
		x.add(escapePath(p.address), orElse(m.body.plain, p.title), m.body.sections)
	}
	return x.script()
}

// makePage makes a page, or takes it from the cache.
func (b *builder) makePage(p *page, out store, tools *scratch) (*made, error) {
	key := ""
	if b.opt.Cache != nil {
		key = b.pageKey(p)
		if m := b.opt.Cache.get(p.file, key); m != nil {
			return m.rebound(b), out.write(p.address, m.html)
		}
	}
	body, err := b.writeBody(p, tools)
	if err != nil {
		return nil, err
	}
	b.writePage(&tools.page, p, body)
	body.html = nil
	m := &made{page: p, body: body}
	html := tools.page.b
	if out.keeps() {
		html = bytes.Clone(html)
	}
	if err := out.write(p.address, html); err != nil {
		return nil, err
	}
	if b.opt.Cache != nil {
		m.html = html
		b.opt.Cache.put(p.file, key, m)
	}
	return m, nil
}

// collectWarnings are those of the book, of its settings and of its pages.
func (b *builder) collectWarnings() book.Problems {
	var all book.Problems
	for _, w := range b.book.Warnings {
		// What runs does not follow includes; pages do, where they are asked to.
		if !b.snippets || !strings.HasPrefix(w.Msg, "the include is not followed") {
			all = append(all, w)
		}
	}
	all = append(all, b.warnings...)
	for _, m := range b.bodies {
		all = append(all, m.body.warnings...)
	}
	all = append(all, b.iconWarning()...)
	all = append(all, b.checkAllLinks()...)
	return grouped(slices.Compact(sorted(all)))
}

// fewOfAKind is how many warnings of one kind are all shown.
const fewOfAKind = 5

// grouped leaves one of many warnings that say the same of different places: the
// first, which counts the others and the files that they are in.
func grouped(all book.Problems) book.Problems {
	type group struct {
		count int
		files map[string]bool
	}
	groups := map[string]*group{}
	for _, w := range all {
		kind := kindOf(w.Msg)
		g := groups[kind]
		if g == nil {
			g = &group{files: map[string]bool{}}
			groups[kind] = g
		}
		g.count++
		g.files[w.File] = true
	}
	var kept book.Problems
	for _, w := range all {
		kind := kindOf(w.Msg)
		g := groups[kind]
		if kind != "" && g.count > fewOfAKind {
			if g.files == nil { // the first says it
				continue
			}
			w.Msg += fmt.Sprintf(" (this is the first of %d such places, in %d %s)", g.count, len(g.files), plural(len(g.files), "file", "files"))
			g.files = nil
		}
		kept = append(kept, w)
	}
	return kept
}

// Parts of warnings of which a site of others may have hundreds.
const (
	onAnotherHost = "is on another host, and a page asks no other host for anything"
	leftOutOfPage = "left out, for a page "
	outsideNav    = "not in nav of "
)

// kindOf is what warnings have in common that may be grouped, "" for one that
// stands for itself.
func kindOf(msg string) string {
	switch {
	case strings.Contains(msg, onAnotherHost):
		return onAnotherHost
	case strings.Contains(msg, leftOutOfPage), strings.HasPrefix(msg, outsideNav):
		return msg
	}
	return ""
}

// iconWarning names the icons that pages leave out, once.
func (b *builder) iconWarning() book.Problems {
	icons, pages := 0, 0
	var first *body
	for _, m := range b.bodies {
		if m.body.icons > 0 {
			if first == nil {
				first = m.body
			}
			icons, pages = icons+m.body.icons, pages+1
		}
	}
	if first == nil {
		return nil
	}
	return book.Problems{{Pos: first.iconAt, Msg: fmt.Sprintf("icons such as :%s: (%d, on %d %s) are left out, and one that stands alone is named: pages have no pictures of icons",
		first.icon, icons, pages, plural(pages, "page", "pages"))}}
}

// sorted puts problems into the order of files and lines.
func sorted(all book.Problems) book.Problems {
	slices.SortStableFunc(all, func(x, y book.Problem) int {
		return cmp.Or(strings.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Col, y.Col))
	})
	return all
}
