package main

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// The program builds for the machines that CI has none of: its packages and all
// that they import are type-checked for each, tests too, which takes a tenth of the
// time of compiling them.
func TestOtherMachines(t *testing.T) {
	if testing.Short() {
		t.Skip("reads the standard library")
	}
	for _, m := range []struct {
		system, processor string
		patterns          []string
	}{
		{"linux", "arm64", []string{"./..."}},
		{"darwin", "arm64", []string{".", "./internal/...", "./runner/isolate"}},
	} {
		t.Run(m.system+"_"+m.processor, func(t *testing.T) {
			loaded, err := packages.Load(&packages.Config{
				Context: t.Context(),
				Mode:    packages.LoadAllSyntax,
				Env:     append(os.Environ(), "GOOS="+m.system, "GOARCH="+m.processor, "CGO_ENABLED=0"),
				Tests:   true,
			}, m.patterns...)
			if err != nil {
				t.Fatal(err)
			}
			ours := 0
			packages.Visit(loaded, nil, func(p *packages.Package) {
				if !strings.HasPrefix(p.PkgPath, "example/workbook") {
					return
				}
				ours++
				for _, e := range p.Errors {
					t.Error(e)
				}
			})
			if ours < len(m.patterns) {
				t.Errorf("%d packages", ours)
			}
		})
	}
}
