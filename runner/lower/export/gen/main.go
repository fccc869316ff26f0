// Gen writes the export data of the packages in a list to a zip archive, one
// file a package, named by its import path, and lists the packages behind them
// that have the name of one in the list, see Importer.
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
	same := flag.String("same", "samename.txt", "the list of packages of the same name to write")
	flag.Parse()
	err := run(*out, flag.Arg(0))
	if err == nil {
		err = sameNames(*same, flag.Arg(0))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// goList is the output of go list for the packages of a list.
func goList(list string, args ...string) (string, error) {
	text, err := os.ReadFile(list)
	if err != nil {
		return "", err
	}
	args = append([]string{"list"}, args...)
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		args = append(args, strings.Fields(line)...)
	}
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	cmd.Stderr = os.Stderr
	listed, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go list: %w", err)
	}
	return string(listed), nil
}

// sameNames writes, a line for each package of the list, the packages behind it
// that have the name of another one in the list.
func sameNames(out, list string) error {
	all, err := goList(list, "-deps", "-f", "{{.ImportPath}} {{.Name}}")
	if err != nil {
		return err
	}
	listed, err := goList(list, "-f", "{{.ImportPath}} {{.Name}} {{join .Deps \" \"}}")
	if err != nil {
		return err
	}
	names := map[string]string{} // by path
	for line := range strings.Lines(all) {
		path, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		names[path] = name
	}
	paths := map[string][]string{} // by name, of the list
	for line := range strings.Lines(listed) {
		f := strings.Fields(line)
		paths[f[1]] = append(paths[f[1]], f[0])
	}
	var b strings.Builder
	b.WriteString("# Made by go generate: packages behind each package that have the name of one in packages.txt.\n")
	for line := range strings.Lines(listed) {
		f := strings.Fields(line)
		var same []string
		for _, dep := range f[2:] {
			if list := paths[names[dep]]; len(list) > 0 && (len(list) > 1 || list[0] != dep) {
				same = append(same, dep+"="+names[dep])
			}
		}
		if len(same) > 0 {
			fmt.Fprintln(&b, f[0], strings.Join(same, " "))
		}
	}
	return os.WriteFile(out, []byte(b.String()), 0o644)
}

func run(out, list string) error {
	listed, err := goList(list, "-export", "-f", "{{.ImportPath}} {{.Export}}")
	if err != nil {
		return err
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for line := range strings.Lines(listed) {
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
