package lower

import (
	"embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"strings"
)

// A compiled package has no value for a generic function: one that a snippet
// uses is instantiated into its text, from the source in prelude. Functions
// without a body there are those of package rt.

//go:embed prelude
var preludeSource embed.FS

// prelude is the part of the prelude that a program needs.
type prelude struct {
	files    []*ast.File
	packages map[*types.Package]bool
	byPath   map[string]*types.Package
}

// loadPrelude type-checks the prelude of the packages of which a program uses
// something generic.
func loadPrelude(c *checked) *prelude {
	p := &prelude{packages: map[*types.Package]bool{}, byPath: map[string]*types.Package{}}
	for _, s := range c.file.Imports {
		path := strings.Trim(s.Path.Value, "`\"")
		p.load(c, path)
	}
	return p
}

func (p *prelude) load(c *checked, path string) {
	name := "prelude/" + strings.ReplaceAll(path, "/", "_") + ".go.txt"
	source, err := preludeSource.ReadFile(name)
	if err != nil || p.byPath[path] != nil || !usesGeneric(c, path) {
		return
	}
	file, err := parser.ParseFile(c.fset, name, source, parser.SkipObjectResolution)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", name, err))
	}
	conf := types.Config{
		GoVersion: goVersion,
		Importer:  c.importer,
		Sizes:     types.SizesFor("gc", goarch),
		Error:     func(err error) { panic(fmt.Sprintf("%s: %v", name, err)) },
	}
	order := c.info.InitOrder
	pkg, _ := conf.Check("prelude/"+path, c.fset, []*ast.File{file}, c.info)
	c.info.InitOrder = order // of the program; the prelude has no variables
	p.files = append(p.files, file)
	p.packages[pkg] = true
	p.byPath[path] = pkg
	for _, s := range file.Imports {
		p.load(c, strings.Trim(s.Path.Value, "\""))
	}
}

// usesGeneric says whether the program uses a generic object of a package.
func usesGeneric(c *checked, path string) bool {
	for _, obj := range c.info.Uses {
		if obj.Pkg() == nil || obj.Pkg().Path() != path {
			continue
		}
		switch obj := obj.(type) {
		case *types.Func:
			if obj.Signature().TypeParams().Len() > 0 {
				return true
			}
		case *types.TypeName:
			if n, ok := obj.Type().(*types.Named); ok && n.TypeParams().Len() > 0 {
				return true
			}
		}
	}
	return false
}

// lookup finds the object of the prelude that stands for one of a compiled
// package.
func (p *prelude) lookup(l *lowerer, path, name string) types.Object {
	if pkg := p.byPath[path]; pkg != nil {
		return pkg.Scope().Lookup(name)
	}
	return nil
}
