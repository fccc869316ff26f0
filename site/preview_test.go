package site

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A preview serves what was built last, to this machine only, and tells open
// pages what has changed.
func TestPreview(t *testing.T) {
	dir, b := tempBook(t, manyChapters(3))
	var p Preview
	build := func() {
		t.Helper()
		if _, err := p.Build(context.Background(), b, Options{Root: dir}); err != nil {
			t.Fatal(err)
		}
	}
	build()
	server := httptest.NewServer(&p)
	defer server.Close()
	for _, c := range []struct {
		path, want string
		status     int
	}{
		{"/c001/", "Chapter of 1", 200},
		{"/c001/index.html", reloadAddress(), 200},
		{"/c001", "Chapter of 1", 200}, // after a redirect
		{"/assets/search.js", "workbookIndex(", 200},
		{"/none/", "There is no page at this address", 404},
		{"/../mkdocs.yml", "There is no page", 404},
		{scriptAddress, "EventSource", 200},
	} {
		res, err := http.Get(server.URL + c.path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != c.status || !strings.Contains(string(body), c.want) {
			t.Errorf("%s: %d, %.80s", c.path, res.StatusCode, body)
		}
	}
	req, _ := http.NewRequest("GET", server.URL+"/c001/", nil)
	req.Host = "evil.example"
	if res, err := http.DefaultClient.Do(req); err != nil || res.StatusCode != http.StatusForbidden {
		t.Errorf("another host: %v, %v", res, err)
	}
	if res, err := http.Post(server.URL+"/c001/", "text/plain", nil); err != nil || res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %v, %v", res, err)
	}

	res, err := http.Get(server.URL + eventsAddress)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	lines.Scan() // retry: the page is waiting now
	add(t, filepath.Join(dir, "docs", "c002.md"), "\nmore\n")
	b = load(t, dir)
	build()
	for lines.Scan() {
		message, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var changed []string
		if err := json.Unmarshal([]byte(message), &changed); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(changed, "c002/index.html") || slices.Contains(changed, "c001/index.html") {
			t.Errorf("changed: %v", changed)
		}
		return
	}
	t.Error("the page heard nothing")
}

func reloadAddress() string { return `src="` + scriptAddress + `"` }

// A page that is made anew alone is the one that a build of the whole site makes,
// and so is the search index that follows; a change that concerns other pages is
// left to the whole build.
func TestRebuild(t *testing.T) {
	dir, b := tempBook(t, manyChapters(5))
	file := filepath.Join(dir, "docs", "c002.md")
	var p Preview
	if _, err := p.Build(context.Background(), b, Options{Root: dir}); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"\nnew words\n\n## New\n", "\n[dead](c001.md#none)\n", ""} {
		if text != "" {
			add(t, file, text)
		}
		next, ok := b.Reload("docs/c002.md")
		if !ok {
			t.Fatalf("%q: not read alone", text)
		}
		b = next
		report, ok := p.Rebuild(b, Options{Root: dir}, b.Chapters[2])
		if !ok || report.Written != min(len(text), 1) {
			t.Fatalf("%q: %v, %+v", text, ok, report)
		}
		server := httptest.NewRecorder()
		p.ServeHTTP(server, httptest.NewRequest("GET", "http://localhost/"+searchScript, nil))
		want, fresh, err := buildMemory(os.DirFS(dir), false)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(report.Warnings, fresh.Warnings) {
			t.Errorf("%q: warnings %q, want %q", text, report.Warnings, fresh.Warnings)
		}
		for name, data := range want {
			if name != "feed.xml" && !bytes.Equal(p.files[name], data) {
				t.Errorf("%q: %s differs from a build of everything", text, name)
			}
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, bytes.Replace(data, []byte("# Chapter of 2"), []byte("# Renamed"), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	next, ok := b.Reload("docs/c002.md")
	if !ok {
		t.Fatal("not read alone")
	}
	if _, ok := p.Rebuild(next, Options{Root: dir}, next.Chapters[2]); ok {
		t.Error("another title is in the navigation of other pages")
	}
}
