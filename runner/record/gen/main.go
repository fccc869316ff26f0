// Gen writes the functions of package runner/record/unix: those of
// golang.org/x/sys/unix that make system calls, with each call replaced by a
// recorded one. It also writes the names of the system calls for the package
// that reads a recording.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// platforms have a recorder.
var platforms = []string{"linux/amd64", "linux/arm64"}

func main() {
	files, err := generate(platforms)
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.FromSlash(name), text, 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "gen:", err)
			os.Exit(1)
		}
	}
}
