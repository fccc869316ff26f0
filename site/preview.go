package site

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"example/workbook/internal/book"
)

// Preview is a site in memory, for the browser of the person who writes it. Its
// pages load themselves anew when they change. The zero value is empty.
type Preview struct {
	mu      sync.Mutex
	files   map[string][]byte
	cache   Cache
	waiting map[chan []byte]bool // pages that want to know what changes
	last    *builder             // of the last build
	stale   bool                 // the search index is older than a page
}

// memoryStore is where one build goes.
type memoryStore struct {
	mu    sync.Mutex
	files map[string][]byte
}

func (*memoryStore) keeps() bool { return true }

func (m *memoryStore) write(name string, data []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[name] = data
	return nil
}

// Build builds the site of b anew and tells the pages that have changed. After
// an error the site is as it was.
func (p *Preview) Build(ctx context.Context, b *book.Book, opt Options) (*Report, error) {
	opt.Cache = &p.cache
	w, err := newBuilder(b, opt)
	if err != nil {
		return nil, err
	}
	store := &memoryStore{files: map[string][]byte{}}
	report, err := w.build(ctx, store)
	if err != nil {
		return report, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var changed []string
	for name, data := range store.files {
		if !bytes.Equal(p.files[name], data) {
			changed = append(changed, name)
		}
	}
	p.files, p.last, p.stale = store.files, w, false
	report.Files, report.Written = len(p.files), len(changed)
	p.tell(changed)
	return report, nil
}

// tell lets the pages that wait know which files are new. The lock is held.
func (p *Preview) tell(changed []string) {
	message, err := json.Marshal(changed)
	if err != nil || len(changed) == 0 {
		return
	}
	for c := range p.waiting {
		select {
		case c <- message:
		default: // it has not read the one before, and will load everything anyway
		}
	}
}

// Rebuild makes the page of one chapter of b anew, where nothing else of the site
// depends on what has changed in it. ok is false where something could: then
// [Preview.Build] it all. The search index follows when it is asked for.
func (p *Preview) Rebuild(b *book.Book, opt Options, c *book.Chapter) (report *Report, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w := p.last
	if w == nil {
		return nil, false
	}
	i := slices.IndexFunc(w.order, func(q *page) bool { return q.chapter.Path == c.Path })
	if i < 0 || w.order[i].chapter.Title != c.Title || w.order[i].chapter.Slug != c.Slug {
		return nil, false
	}
	opt.Cache = &p.cache
	w.book, w.opt = b, opt
	one := w.order[i]
	w.show(one, c)
	store := &memoryStore{files: map[string][]byte{}}
	m, err := w.makePage(one, store, &scratch{terms: counter{words: w.words}})
	if err != nil {
		return nil, false
	}
	w.bodies[i] = m
	var changed []string
	for name, html := range store.files {
		if !bytes.Equal(p.files[name], html) {
			p.files[name] = html
			changed = append(changed, name)
			p.stale = true
		}
	}
	report = w.report()
	report.Files, report.Written = len(p.files), len(changed)
	p.tell(changed)
	return report, true
}

// Has tells whether the site has a file.
func (p *Preview) Has(name string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.files[name] != nil
}

// Addresses of a preview that are no part of the site.
const (
	eventsAddress = "/.workbook/events"
	scriptAddress = "/.workbook/reload.js"
)

// reloadScript loads a page anew when it has changed.
const reloadScript = `new EventSource("` + eventsAddress + `").onmessage = (e) => {
  let here = decodeURIComponent(location.pathname.slice(1));
  if (here == "" || here.endsWith("/")) here += "index.html";
  const changed = JSON.parse(e.data);
  if (changed.includes(here) || changed.some((f) => f.startsWith("assets/site.") || /\.(png|jpe?g|svg|gif|webp|css|js)$/.test(f) && f != "assets/search.js")) location.reload();
};
`

// ServeHTTP answers a browser on this machine.
func (p *Preview) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case !isLoopback(r.Host):
		// A page of another host that resolves to this machine is somebody else.
		http.Error(w, "a preview answers to localhost only", http.StatusForbidden)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		http.Error(w, "a preview can be read only", http.StatusMethodNotAllowed)
	case r.URL.Path == eventsAddress:
		p.events(w, r)
	case r.URL.Path == scriptAddress:
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = io.WriteString(w, reloadScript)
	default:
		p.file(w, r)
	}
}

func isLoopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	ip := net.ParseIP(strings.Trim(name, "[]"))
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

func (p *Preview) file(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	p.mu.Lock()
	if name == searchScript && p.stale {
		p.files[name], p.stale = p.last.searchIndex(), false
	}
	data, ok := p.files[name]
	if index := path.Join(name, "index.html"); !ok && p.files[index] != nil {
		if name != "" && !strings.HasSuffix(r.URL.Path, "/") {
			p.mu.Unlock()
			http.Redirect(w, r, "/"+name+"/", http.StatusFound)
			return
		}
		name, data, ok = index, p.files[index], true
	}
	status := http.StatusOK
	if !ok {
		name, data, status = "404.html", p.files["404.html"], http.StatusNotFound
	}
	p.mu.Unlock()
	if path.Ext(name) == ".html" {
		data = bytes.Replace(data, []byte("</head>"), []byte(`<script defer src="`+scriptAddress+`"></script></head>`), 1)
	}
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		w.Header().Set("Content-Type", kind)
	}
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if r.Method == http.MethodGet {
		_, _ = w.Write(data)
	}
}

// events keeps a connection open on which a page hears what changes.
func (p *Preview) events(w http.ResponseWriter, r *http.Request) {
	flusher, ok := w.(http.Flusher)
	if !ok {
		http.Error(w, "no streaming", http.StatusInternalServerError)
		return
	}
	c := make(chan []byte, 1)
	p.mu.Lock()
	if p.waiting == nil {
		p.waiting = map[chan []byte]bool{}
	}
	p.waiting[c] = true
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.waiting, c)
		p.mu.Unlock()
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	fmt.Fprint(w, "retry: 500\n\n")
	flusher.Flush()
	alive := time.NewTicker(20 * time.Second)
	defer alive.Stop()
	for {
		select {
		case message := <-c:
			fmt.Fprintf(w, "data: %s\n\n", message)
		case <-alive.C:
			fmt.Fprint(w, ": alive\n\n")
		case <-r.Context().Done():
			return
		}
		flusher.Flush()
	}
}
