// Gen writes the symbol tables of package symbols: what a snippet may import
// under the interpreter, from the types of the installed Go and the modules of
// go.mod. It runs by go generate in runner/interp.
package main

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

//go:embed packages.txt
var packages string

func main() {
	if err := write("symbols"); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// write brings the generated files of dir up to date.
func write(dir string) error {
	files, err := generate(packageList(packages), platforms())
	if err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(dir, "z_*.go"))
	if err != nil {
		return err
	}
	for _, name := range old {
		if files[filepath.Base(name)] == nil {
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// platforms are those for which tables are made. What is the same on all of
// them and on foreign serves everywhere.
func platforms() []string { return []string{"linux/amd64", "linux/arm64"} }

const foreign = "darwin/arm64"

// packageList returns the import paths of a text with one a line.
func packageList(text string) []string {
	var paths []string
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line != "" {
			paths = append(paths, line)
		}
	}
	return paths
}
