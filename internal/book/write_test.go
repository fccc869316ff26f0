package book

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWriteFile holds that the new text is there with the old permissions,
// through links, and that no other file is left.
func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a.md")
	if err := WriteFile(name, []byte("new")); err != nil {
		t.Fatal(err)
	}
	check := func(want string, mode os.FileMode) {
		t.Helper()
		got, err := os.ReadFile(name)
		if err != nil || string(got) != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
		info, err := os.Lstat(name)
		if err != nil || info.Mode() != mode {
			t.Errorf("mode %v, %v, want %v", info.Mode(), err, mode)
		}
	}
	check("new", 0o644)
	if err := os.Chmod(name, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(name, []byte("again")); err != nil {
		t.Fatal(err)
	}
	check("again", 0o640)

	link := filepath.Join(dir, "link.md")
	if err := os.Symlink("a.md", link); err != nil {
		t.Skip(err)
	}
	if err := WriteFile(link, []byte("through")); err != nil {
		t.Fatal(err)
	}
	check("through", 0o640)
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
	onlyFiles(t, dir, "a.md link.md")
}

// TestWriteFileUnchanged holds that a file that has the text is not touched.
func TestWriteFileUnchanged(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.md")
	if err := os.WriteFile(name, []byte("same"), 0o644); err != nil {
		t.Fatal(err)
	}
	before, _ := os.Stat(name)
	if err := WriteFile(name, []byte("same")); err != nil {
		t.Fatal(err)
	}
	if after, _ := os.Stat(name); !os.SameFile(before, after) {
		t.Error("the file was replaced")
	}
}

// TestWriteFileRefused holds that a failed write changes nothing and leaves
// nothing.
func TestWriteFileRefused(t *testing.T) {
	dir := t.TempDir()
	sub := filepath.Join(dir, "sub")
	if err := os.Mkdir(sub, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{sub, filepath.Join(dir, "none", "a.md"), filepath.Join(dir, strings.Repeat("n", 300))} {
		if err := WriteFile(name, []byte("x")); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	onlyFiles(t, dir, "sub")
	if os.Geteuid() == 0 {
		return // the superuser may write everything
	}
	locked := filepath.Join(dir, "locked.md")
	if err := os.WriteFile(locked, []byte("old"), 0o444); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(locked, []byte("x")); err == nil {
		t.Error("a file without permission to write was replaced")
	}
	onlyFiles(t, dir, "locked.md sub")
}

func onlyFiles(t *testing.T, dir, want string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got := strings.Join(names, " "); got != want {
		t.Errorf("files %q, want %q", got, want)
	}
}
