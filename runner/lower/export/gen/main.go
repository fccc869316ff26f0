// Gen writes the export data of the packages in a list to a zip archive, one
// file a package, named by its import path.
package main

import (
	"archive/zip"
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
)

func main() {
	out := flag.String("o", "export.zip", "the archive to write")
	flag.Parse()
	if err := run(*out, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(out, list string) error {
	text, err := os.ReadFile(list)
	if err != nil {
		return err
	}
	args := []string{"list", "-export", "-f", "{{.ImportPath}} {{.Export}}"}
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		args = append(args, strings.Fields(line)...)
	}
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	cmd.Stderr = os.Stderr
	listed, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("go list -export: %w", err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for line := range strings.Lines(string(listed)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		if err := add(z, path, file); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(out, b.Bytes(), 0o644)
}

func add(z *zip.Writer, path, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := gcexportdata.NewReader(f)
	if err != nil {
		return err
	}
	h := &zip.FileHeader{Name: path, Method: zip.Deflate}
	if path == "golang.org/x/sys/unix" {
		// The largest by far: unpacking it would take a fifth of a check.
		h.Method = zip.Store
	}
	w, err := z.CreateHeader(h)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return err
}
