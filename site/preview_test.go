package site

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
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
