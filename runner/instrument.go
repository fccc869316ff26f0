package runner

import (
	"bytes"
	"embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// recorderSource is the package that records, which compiled programs need too.
//
//go:embed record/*.go record/*.s record/unix
var recorderSource embed.FS

const (
	recorderPath = "example/workbook/runner/record"
	unixPath     = "golang.org/x/sys/unix"
)

// instrument returns source with its calls of functions of package unix replaced
// by those of the recorder, whose import path is given. Lines and columns stay
// what they are.
func instrument(source []byte, recorder string) []byte {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", source, 0)
	if err != nil {
		return source // the compiler says why
	}
	offset := func(pos token.Pos) int { return fset.PositionFor(pos, false).Offset }
	spec, name := importOf(file, unixPath)
	if spec == nil {
		return source // lab records what it does itself
	}
	alias := unusedName(file, name)
	edited := bytes.Clone(source)
	used := false
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		// An identifier with an object is one of the program itself.
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == name && x.Obj == nil && isRecorded(sel.Sel.Name) {
			copy(edited[offset(x.Pos()):], alias)
			used = true
		}
		return true
	})
	if !used {
		return source
	}
	addition := fmt.Sprintf("; %s %q", alias, recorder+"/unix")
	if !inParentheses(file, spec) {
		addition = fmt.Sprintf("; import %s %q", alias, recorder+"/unix")
	}
	end := offset(spec.End())
	// Not everything of package unix is replaced, but it may be all that this
	// program uses.
	return slices.Concat(edited[:end], []byte(addition), edited[end:], []byte("\nvar _ "+name+".Errno\n"))
}

// importOf returns the import of a package, if the file has it under a name.
func importOf(file *ast.File, path string) (spec *ast.ImportSpec, name string) {
	for _, s := range file.Imports {
		if p, err := strconv.Unquote(s.Path.Value); err != nil || p != path {
			continue
		}
		name = path[strings.LastIndexByte(path, '/')+1:]
		if s.Name != nil {
			name = s.Name.Name
		}
		if name != "." && name != "_" {
			return s, name
		}
	}
	return nil, ""
}

// inParentheses reports whether an import stands in parentheses.
func inParentheses(file *ast.File, spec *ast.ImportSpec) bool {
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && slices.Contains(g.Specs, ast.Spec(spec)) {
			return g.Lparen.IsValid()
		}
	}
	return false
}

// unusedName returns an identifier of the same length as name that the file does
// not use.
func unusedName(file *ast.File, name string) string {
	taken := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			taken[id.Name] = true
		}
		return true
	})
	const letters = "xyzabcdefghijklmnopqrstuvwXYZABCDEFGHIJKLMNOPQRSTUVW_"
	for i := len(name) - 1; i >= 0; i-- {
		for _, c := range letters {
			if other := name[:i] + string(c) + name[i+1:]; !taken[other] && other != "_" && !token.IsKeyword(other) && token.IsIdentifier(other) {
				return other
			}
		}
	}
	return name
}

// writeRecorder writes the source of the recorder into dir, as the package with
// an import path.
func writeRecorder(dir, importPath string) error {
	return fs.WalkDir(recorderSource, "record", func(name string, d fs.DirEntry, err error) error {
		to := filepath.Join(dir, filepath.FromSlash(strings.TrimPrefix(name, "record")))
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(to, 0o700)
		}
		if ext := path.Ext(name); ext != ".go" && ext != ".s" || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		data, err := recorderSource.ReadFile(name)
		if err != nil {
			return err
		}
		data = bytes.ReplaceAll(data, []byte(strconv.Quote(recorderPath)), []byte(strconv.Quote(importPath)))
		return os.WriteFile(to, data, 0o600)
	})
}

// overlayRecorder makes the recorder a package of the module at root, without
// writing there, and returns its import path: the source goes to dir, and replace
// says to the go command which file of the module each is. A module that has the
// package is left as it is.
func overlayRecorder(root, dir string, replace map[string]string) (importPath string, err error) {
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return "", err
	}
	module := modulePath(text)
	importPath, place := module+"/"+packageDir+"/record", filepath.Join(root, packageDir, "record")
	if module+"/runner/record" == recorderPath {
		importPath, place = recorderPath, filepath.Join(root, "runner", "record")
		if _, err := os.Stat(place); err == nil {
			return importPath, nil
		}
	}
	if err := writeRecorder(dir, importPath); err != nil {
		return "", err
	}
	return importPath, filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			replace[filepath.Join(place, strings.TrimPrefix(name, dir))] = name
		}
		return err
	})
}

// modulePath is the path in the module directive of a go.mod file.
func modulePath(text []byte) string {
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "//")
		if f := strings.Fields(line); len(f) == 2 && f[0] == "module" {
			if s, err := strconv.Unquote(f[1]); err == nil {
				return s
			}
			return f[1]
		}
	}
	return ""
}
