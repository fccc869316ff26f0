// Package export holds what the type checker must know of the packages that a
// snippet may import: compiler export data, made by go generate with the
// toolchain of go.mod, so that a snippet is checked without a toolchain.
package export

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"fmt"
	"go/token"
	"go/types"
	"io"
	"strings"
	"sync"

	"golang.org/x/tools/go/gcexportdata"
)

//go:generate go run ./gen -o export.zip packages.txt

//go:embed export.zip
var archive []byte

//go:embed packages.txt
var list string

//go:embed samename.txt
var sameNames string

// Packages lists the import paths that a snippet may use, sorted, without
// "unsafe", which the type checker knows itself.
func Packages() []string { return packages() }

// Has says whether a snippet may import path.
func Has(path string) bool {
	for _, p := range Packages() {
		if p == path {
			return true
		}
	}
	return path == "unsafe"
}

var directory = sync.OnceValue(func() map[string]*zip.File {
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		panic(fmt.Sprintf("export.zip is damaged: %v: run go generate ./runner/lower/export", err))
	}
	files := map[string]*zip.File{}
	for _, f := range r.File {
		files[f.Name] = f
	}
	return files
})

// Importer is a types.Importer over the embedded export data. Each package is
// read when it is first imported, and once in the life of the process. It may
// be used by several goroutines.
type Importer struct {
	mu       sync.Mutex
	fset     *token.FileSet
	packages map[string]*types.Package
}

// Shared returns the importer of the process. Positions of the objects that
// it knows mean nothing in any other token.FileSet.
var Shared = sync.OnceValue(func() *Importer {
	return &Importer{fset: token.NewFileSet(), packages: map[string]*types.Package{}}
})

// Import returns the package path.
func (i *Importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if p := i.packages[path]; p != nil && p.Complete() {
		return p, nil
	}
	if !Has(path) {
		return nil, fmt.Errorf("package %s is not available to snippets", path)
	}
	f := directory()[path]
	if f == nil {
		return nil, fmt.Errorf("export.zip has no package %s: run go generate ./runner/lower/export", path)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("export data of %s: %w", path, err)
	}
	defer r.Close()
	data := make([]byte, 0, f.UncompressedSize64+1)
	b := bytes.NewBuffer(data)
	if _, err := io.Copy(b, r); err != nil {
		return nil, fmt.Errorf("export data of %s: %w", path, err)
	}
	p, err := gcexportdata.Read(b, i.fset, i.packages, path)
	if err != nil {
		return nil, err
	}
	p.SetImports(append(p.Imports(), sameName()[path]...))
	return p, nil
}

// sameName has packages behind each package that have the name of another. The
// compiler knows all packages behind a program, and messages name those by
// their paths that share a name: "golang.org/x/sys/unix".EpollEvent, because
// package os uses internal/syscall/unix. Export data has not all of them.
var sameName = sync.OnceValue(func() map[string][]*types.Package {
	packages := map[string][]*types.Package{}
	byPath := map[string]*types.Package{}
	for line := range strings.Lines(sameNames) {
		fields := strings.Fields(line)
		for _, f := range fields[1:] {
			path, name, ok := strings.Cut(f, "=")
			if !ok {
				continue // of a comment
			}
			if byPath[path] == nil {
				byPath[path] = types.NewPackage(path, name)
			}
			packages[fields[0]] = append(packages[fields[0]], byPath[path])
		}
	}
	return packages
})

// packages reads the list: one import path a line, # begins a comment.
func packages() []string {
	var paths []string
	for line := range strings.Lines(list) {
		line, _, _ = strings.Cut(line, "#")
		if p := strings.TrimSpace(line); p != "" {
			paths = append(paths, p)
		}
	}
	return paths
}
