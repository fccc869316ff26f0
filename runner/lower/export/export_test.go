package export

import (
	"archive/zip"
	"bytes"
	"fmt"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/gcexportdata"
)

// The archive is what go generate makes with this toolchain.
func TestCurrent(t *testing.T) {
	out := filepath.Join(t.TempDir(), "export.zip")
	cmd := exec.Command("go", "run", "./gen", "-o", out, "packages.txt")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	want, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(want), int64(len(want)))
	if err != nil {
		t.Fatal(err)
	}
	have := directory()
	for _, f := range r.File {
		g := have[f.Name]
		// A change inside a function may change the data; what counts is what
		// the package offers.
		if g == nil || g.CRC32 != f.CRC32 && offers(t, f) != offers(t, g) {
			t.Errorf("export data of %s is not current: run go generate ./runner/lower/export", f.Name)
		}
	}
	if len(have) != len(r.File) {
		t.Errorf("export.zip has %d packages, the list %d: run go generate ./runner/lower/export", len(have), len(r.File))
	}
}

// offers lists the exported objects of a package and their types.
func offers(t *testing.T, f *zip.File) string {
	t.Helper()
	r, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p, err := gcexportdata.Read(r, token.NewFileSet(), map[string]*types.Package{}, f.Name)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, name := range p.Scope().Names() {
		obj := p.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		fmt.Fprintln(&b, types.ObjectString(obj, nil))
		if n, ok := obj.Type().(*types.Named); ok {
			set := types.NewMethodSet(types.NewPointer(n))
			for i := range set.Len() {
				fmt.Fprintln(&b, set.At(i))
			}
		}
	}
	return b.String()
}

func TestImport(t *testing.T) {
	for _, path := range Packages() {
		p, err := Shared().Import(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if p.Path() != path || len(p.Scope().Names()) == 0 && path != "weak" {
			t.Errorf("%s has path %s and %d names", path, p.Path(), len(p.Scope().Names()))
		}
	}
	if _, err := Shared().Import("no/such/package"); err == nil {
		t.Error("a package that is not in the list was imported")
	}
}

// What the checker accepts, the interpreter has: both lists are one. Embedding
// does not reach into another package's folder, so there are two files.
func TestSamePackagesAsInterpreter(t *testing.T) {
	own, err := os.ReadFile("packages.txt")
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := os.ReadFile("../../interp/gen/packages.txt")
	if err != nil {
		t.Fatal(err)
	}
	if string(own) != string(theirs) {
		t.Error("packages.txt differs from runner/interp/gen/packages.txt: copy that file here and run go generate ./runner/lower/export")
	}
}
