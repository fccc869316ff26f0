package cli

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"

	"example/workbook/internal/book"
	"example/workbook/runner"
	"example/workbook/site"
)

// together is how long a preview waits for more files after one was saved:
// editors write several, and some write one twice.
const together = 4 * time.Millisecond

// previewer rebuilds a preview of the book whenever a file of it is saved.
type previewer struct {
	env     *Env
	dir     string // that --book gave
	opt     buildOptions
	preview site.Preview
	files   *fsnotify.Watcher
	behind  bool     // the pages are older than the files: something was wrong there
	figures sync.Map // of what has been drawn: [2]string by the recording that it shows
}

// previewBook serves the book on this machine and rebuilds it until ctx ends.
// What is wrong is printed, and the pages before it stay.
func previewBook(ctx context.Context, env *Env, dir string, opt buildOptions) error {
	src, err := openToBuild(env, dir, opt.noRun)
	if err != nil {
		return err
	}
	if src.dir == "" {
		return errors.New("the book inside the program does not change: clone the repository, or give a folder with --book")
	}
	host, _, err := net.SplitHostPort(opt.addr)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("--addr %s: a preview is for this machine only: write 127.0.0.1:PORT", opt.addr)
	}
	listener, err := net.Listen("tcp", opt.addr)
	if err != nil {
		return &exitError{exitEnvironment, err}
	}
	defer listener.Close()
	p := &previewer{env: env, dir: dir, opt: opt}
	if p.files, err = fsnotify.NewWatcher(); err != nil {
		return &exitError{exitEnvironment, err}
	}
	defer p.files.Close()
	p.follow(src)
	server := &http.Server{Handler: &p.preview, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	p.rebuild(ctx, src, nil)
	fmt.Fprintf(env.Stdout, "serving http://%s/ and watching %s: end with Ctrl-C\n", listener.Addr(), src.dir)
	return p.loop(ctx, src)
}

// follow watches the folders of the book. Ones that are watched already stay.
func (p *previewer) follow(src *source) {
	for _, name := range src.book.Config.Files { // mkdocs.yml is one
		_ = p.files.Add(filepath.Join(src.dir, filepath.FromSlash(path.Dir(name))))
	}
	for _, top := range []string{src.book.DocsDir, "snippets"} {
		_ = filepath.WalkDir(filepath.Join(src.dir, filepath.FromSlash(top)), func(name string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				_ = p.files.Add(name)
			}
			return nil
		})
	}
}

// loop waits for a file to be saved, and for those that are saved with it.
func (p *previewer) loop(ctx context.Context, src *source) error {
	for {
		var saved []string
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case e := <-p.files.Events:
			if !concerns(src, e) {
				continue
			}
			saved = p.drain(src, []string{e.Name})
		case err := <-p.files.Errors:
			return &exitError{exitEnvironment, err}
		}
		if next, chapter := p.reload(src, saved); next != nil && !p.behind {
			src = next
			p.rebuild(ctx, src, chapter)
			continue
		}
		next, err := openToBuild(p.env, p.dir, p.opt.noRun)
		if p.behind = err != nil; p.behind {
			report(p.env.Stderr, err)
			continue
		}
		src = next
		p.follow(src)
		p.rebuild(ctx, src, nil)
	}
}

// drain adds the files that are saved together with the first one.
func (p *previewer) drain(src *source, saved []string) []string {
	more := time.After(together)
	for {
		select {
		case e := <-p.files.Events:
			if concerns(src, e) {
				saved = append(saved, e.Name)
			}
		case <-more:
			return saved
		}
	}
}

// reload reads the one chapter that was saved; nil where it was not one alone,
// or others may be different now.
func (p *previewer) reload(src *source, saved []string) (*source, *book.Chapter) {
	file := ""
	for _, name := range saved {
		rel, err := filepath.Rel(src.dir, name)
		rel = filepath.ToSlash(rel)
		if below, ok := strings.CutPrefix(rel, src.book.DocsDir+"/"); ok && !exists(name) && path.Ext(rel) != ".md" && !p.preview.Has(below) {
			continue // what an editor wrote and renamed
		}
		if err != nil || file != "" && rel != file {
			return nil, nil
		}
		file = rel
	}
	b, ok := src.book.Reload(file)
	if !ok {
		return nil, nil
	}
	next := *src
	next.book = b
	for _, c := range b.Chapters {
		if c.Path == file {
			return &next, c
		}
	}
	return nil, nil
}

// concerns tells whether an event is about the book. What editors write beside a
// file is not, and in the book's own folder only its configuration is.
func concerns(src *source, e fsnotify.Event) bool {
	base := filepath.Base(e.Name)
	if e.Op == fsnotify.Chmod || strings.HasSuffix(base, "~") || strings.HasPrefix(base, ".") || strings.Trim(base, "0123456789") == "" {
		return false
	}
	if filepath.Clean(filepath.Dir(e.Name)) == filepath.Clean(src.dir) {
		return slices.Contains(src.book.Config.Files, filepath.Base(e.Name))
	}
	return true
}

// rebuild makes the pages at once with the runs that are known, and once more
// when the programs that changed have run. A chapter says that only it has
// changed.
func (p *previewer) rebuild(ctx context.Context, src *source, chapter *book.Chapter) {
	start := time.Now()
	runs := map[*book.Snippet]*site.Run{}
	var todo []*book.Snippet
	if !p.opt.noRun {
		snippets, err := src.choose(nil)
		if err != nil {
			report(p.env.Stderr, err)
			return
		}
		memory := newMemory(src, p.opt)
		for _, s := range snippets {
			if run := memory.recall(s); run != nil {
				src.note(runs, s, run)
			} else {
				todo = append(todo, s)
			}
		}
	}
	if !p.make(ctx, src, runs, start, chapter) || len(todo) == 0 {
		return
	}
	start = time.Now()
	if err := p.run(ctx, src, todo, runs); err != nil {
		report(p.env.Stderr, err)
		return
	}
	p.make(ctx, src, runs, start, chapter)
}

func (p *previewer) make(ctx context.Context, src *source, runs map[*book.Snippet]*site.Run, start time.Time, chapter *book.Chapter) bool {
	options := site.Options{Root: src.dir, Getenv: os.Getenv, Jobs: p.opt.run.jobs, Figure: p.figure(src)}
	if !p.opt.noRun {
		options.Run = func(s *book.Snippet) *site.Run { return runs[s] }
	}
	var r *site.Report
	var err error
	ok := false
	if chapter != nil {
		r, ok = p.preview.Rebuild(src.book, options, chapter)
	}
	if !ok {
		if r, err = p.preview.Build(ctx, src.book, options); err != nil {
			report(p.env.Stderr, err)
			p.behind = true
			return false
		}
	}
	warn(p.env, r)
	fmt.Fprintf(p.env.Stdout, "%s new or changed, in %s\n", count(r.Written, "file"), duration(time.Since(start)))
	return true
}

// figure draws each recording once.
func (p *previewer) figure(src *source) func(*book.Snippet) (svg, table string) {
	return func(s *book.Snippet) (svg, table string) {
		file, ok := runner.RecordingOf(s)
		if !ok {
			return "", ""
		}
		data, err := fs.ReadFile(src.book.FS, file)
		if err != nil {
			return "", ""
		}
		key := fmt.Sprintf("%s %s %s %x", s.ID, s.Title, s.Figure, sha256.Sum256(data))
		if drawn, ok := p.figures.Load(key); ok {
			return drawn.([2]string)[0], drawn.([2]string)[1]
		}
		svg, table = src.figure(s)
		p.figures.Store(key, [2]string{svg, table})
		return svg, table
	}
}

// run runs snippets and remembers those that pass.
func (p *previewer) run(ctx context.Context, src *source, todo []*book.Snippet, runs map[*book.Snippet]*site.Run) error {
	r, err := p.opt.run.confined(ctx, src)
	if err != nil {
		return err
	}
	ex, err := newExecutor(src, r, p.opt.run)
	if err != nil {
		return err
	}
	memory := newMemory(src, p.opt)
	rep := newTextReporter(p.env, src, p.opt.run, todo)
	for o := range ex.all(ctx, todo, rep.started) {
		src.note(runs, o.snippet, runOf(o))
		if o.verdict == runner.Pass || o.verdict == runner.Skip {
			rep.passed(o)
			memory.keep(o.snippet, runs[o.snippet])
		} else {
			rep.finished(o)
		}
	}
	rep.out.wipe()
	return nil
}
