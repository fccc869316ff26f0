package cli_test

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// A watch serves the book, and what is saved is served without a further word:
// the page at once, the verdict of its program when it has run. What is wrong
// is printed and changes nothing.
func TestBuildWatch(t *testing.T) {
	dir := t.TempDir()
	chapter := filepath.Join(dir, "docs", "01-hello.md")
	save(t, filepath.Join(dir, "mkdocs.yml"), "site_name: Watched\n")
	save(t, chapter, "# Hello\n\n```go\n"+hello+"```\n\n```output\nhello\n```\n")
	cmd := exec.Command("workbook", "build", "--watch", "--addr", "127.0.0.1:0")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+filepath.Join(dir, "cache"))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	complaints, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}()
	lines, errors := bufio.NewScanner(out), bufio.NewScanner(complaints)
	address := ""
	for lines.Scan() {
		if m := regexp.MustCompile(`http://\S+/`).FindString(lines.Text()); m != "" {
			address = m
			break
		}
	}
	page := func() string {
		t.Helper()
		res, err := http.Get(address + "01-hello/")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	if p := page(); !strings.Contains(p, ">verified<") {
		t.Errorf("the first page: %s", p)
	}

	save(t, chapter, "# Hello\n\n```go\n"+hello+"```\n\n```output\nhello\n```\n\nsaved\n")
	lines.Scan()
	if p := page(); !strings.Contains(p, "<p>saved</p>") || !strings.Contains(p, ">verified<") {
		t.Errorf("after a save: %s; %s", lines.Text(), p)
	}

	save(t, chapter, "# Hello\n\n```go\nunclosed\n")
	errors.Scan()
	if !strings.Contains(errors.Text(), "docs/01-hello.md:3:1: ") {
		t.Errorf("a broken chapter: %s", errors.Text())
	}
	if p := page(); !strings.Contains(p, "<p>saved</p>") {
		t.Errorf("a broken chapter has changed the page: %s", p)
	}
	if entries, _ := filepath.Glob(filepath.Join(dir, "site")); entries != nil {
		t.Error("a watch has written the site")
	}
}

func save(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file+".new", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		t.Fatal(err)
	}
}
