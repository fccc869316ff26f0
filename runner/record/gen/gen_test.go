package main

import (
	"bytes"
	"go/ast"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The recorded functions are what gen writes today: those of the version of
// package unix that go.mod names.
func TestFunctionsAreCurrent(t *testing.T) {
	if testing.Short() {
		t.Skip("type-checks package unix anew")
	}
	files, err := generate(platforms)
	if err != nil {
		t.Fatal(err)
	}
	const mend = "run go generate ./runner/record/unix"
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(name)))
		if err != nil {
			t.Errorf("%v: %s", err, mend)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s is out of date: %s", name, mend)
		}
	}
}

// Every exported function of package unix that ends in a system call is recorded,
// or it is said why not.
func TestNothingIsForgotten(t *testing.T) {
	if testing.Short() {
		t.Skip("type-checks package unix anew")
	}
	for _, platform := range platforms {
		s, err := load(platform)
		if err != nil {
			t.Fatal(err)
		}
		r := (&emitter{source: s}).emit()
		seen := 0
		for _, name := range s.pkg.Scope().Names() {
			f, ok := s.pkg.Scope().Lookup(name).(*types.Func)
			if !ok || !f.Exported() || !makesCall(s, f, map[types.Object]bool{}) {
				continue
			}
			seen++
			recorded := slices.Contains(r.names, name)
			because := slices.ContainsFunc(r.skipped, func(s string) bool { return strings.HasPrefix(s, name+": ") }) || unrecorded[name] != ""
			if recorded == because {
				t.Errorf("%s: %s: recorded: %v, said why not: %v", platform, name, recorded, because)
			}
		}
		if seen < 300 {
			t.Errorf("%s: only %d functions end in a system call", platform, seen)
		}
	}
}

// makesCall reports whether obj ends in a system call, also by way of a variable
// that holds a function.
func makesCall(s *source, obj types.Object, seen map[types.Object]bool) bool {
	if seen[obj] {
		return false
	}
	seen[obj] = true
	if f, ok := obj.(*types.Func); ok && f.Signature().Recv() == nil && primitives[f.Name()] != "" {
		return true
	}
	var node ast.Node
	if d := s.funcs[obj]; d != nil {
		node = d
	} else if d := s.specs[obj]; d != nil {
		node = d
	} else {
		return false
	}
	found := false
	ast.Inspect(node, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || found {
			return !found
		}
		used := s.info.Uses[id]
		if used != nil && used.Pkg() == s.pkg && linked[used.Name()] == "" {
			found = makesCall(s, used, seen)
		}
		return !found
	})
	return found
}
