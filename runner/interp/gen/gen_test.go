package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The tables in package symbols are what gen writes today.
func TestTablesAreCurrent(t *testing.T) {
	if testing.Short() {
		t.Skip("generates all tables anew")
	}
	files, err := generate(packageList(packages), platforms())
	if err != nil {
		t.Fatal(err)
	}
	const mend = "run go generate ./runner/interp"
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", "symbols", name))
		if err != nil {
			t.Errorf("%v: %s", err, mend)
		} else if !bytes.Equal(got, want) {
			t.Errorf("symbols/%s is out of date: %s", name, mend)
		}
	}
	committed, err := filepath.Glob("../symbols/z_*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range committed {
		if files[filepath.Base(path)] == nil {
			t.Errorf("symbols/%s belongs to no package of packages.txt: %s", filepath.Base(path), mend)
		}
	}
}

func TestPackageList(t *testing.T) {
	got := packageList("# a comment\n\nfmt\n  net/http # why\n")
	if len(got) != 2 || got[0] != "fmt" || got[1] != "net/http" {
		t.Errorf("packageList = %q, want fmt and net/http", got)
	}
}

func TestUnknownPackage(t *testing.T) {
	if _, err := generate([]string{"fmt", "no/such/package"}, platforms()[:1]); err == nil {
		t.Error("generate accepted no/such/package")
	}
}
