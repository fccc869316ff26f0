package cli

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"example/workbook/internal/book"
)

// What start puts beside the reader's program is enough for Go to build a
// program that uses the package lab, without the repository.
func TestReadersModule(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go command")
	}
	env := &Env{Embedded: os.DirFS("../.."), Stdin: os.Stdin, Stdout: io.Discard, Stderr: io.Discard}
	l := &learner{src: &source{book: &book.Book{}, env: env}, out: newScreen(io.Discard)}
	dir := t.TempDir()
	for range 2 { // the second time nothing is left to do
		if err := l.putModule(dir); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(dir, "one", "mine")
	if err := os.MkdirAll(program, 0o777); err != nil {
		t.Fatal(err)
	}
	source := "package main\n\nimport \"example/workbook/snippets/lab\"\n\nfunc main() { lab.Check(nil) }\n"
	if err := os.WriteFile(filepath.Join(program, "main.go"), []byte(source), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tool, "build", "-o", os.DevNull, "./one/mine")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go build: %v\n%s", err, out)
	}
	if entries, _ := filepath.Glob(filepath.Join(dir, ".module-*")); len(entries) > 0 {
		t.Errorf("left behind: %v", entries)
	}
}
