// Package compare runs programs compiled and interpreted, for the tests and
// tools that hold the interpreter against Go's own compiler.
package compare

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Error is what the compiler says of a program that it rejects.
type Error struct {
	Index    int // of the program
	Messages string
}

// Error is the compiler's text.
func (e *Error) Error() string { return e.Messages }

// Build compiles a program, one file of package main, in dir and returns the
// path of the binary. The working directory must be in a module that has what
// the program imports.
func Build(dir string, source []byte) (string, error) {
	b := builder{dir: dir}
	if err := b.imports(source); err != nil {
		return "", err
	}
	if err := b.program(0, "main", source); err != nil {
		return "", err
	}
	return b.link()
}

// BuildAll compiles programs into one binary: its first argument, which the
// programs do not see, is the index of the one to run. The packages of all
// programs are initialized in any case, so none must do anything then.
func BuildAll(dir string, sources ...[]byte) (string, error) {
	b := builder{dir: dir}
	if err := b.imports(sources...); err != nil {
		return "", err
	}
	var start bytes.Buffer
	start.WriteString("package main\n\nimport \"os\"\n")
	var cases strings.Builder
	for i, source := range sources {
		path := fmt.Sprint("p", i)
		if err := b.program(i, path, source); err != nil {
			return "", err
		}
		fmt.Fprintf(&start, "import %s %q\n", path, path)
		fmt.Fprintf(&cases, "\tcase %q:\n\t\t%s.Start()\n", strconv.Itoa(i), path)
	}
	fmt.Fprintf(&start, "\nfunc main() {\n\tn := os.Args[1]\n\tos.Args = append(os.Args[:1], os.Args[2:]...)\n\tswitch n {\n%s\t}\n}\n", cases.String())
	file := filepath.Join(dir, "start.go")
	if err := os.WriteFile(file, start.Bytes(), 0o644); err != nil {
		return "", err
	}
	if out, err := b.compile("main", file); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return b.link()
}

type builder struct {
	dir string
	cfg []byte // what stands in the file of config
}

func (b *builder) config() string             { return filepath.Join(b.dir, "importcfg") }
func (b *builder) archive(path string) string { return filepath.Join(b.dir, path+".a") }

// imports asks the go command for the packages that the programs import.
func (b *builder) imports(sources ...[]byte) error {
	paths := map[string]bool{"os": true}
	for _, source := range sources {
		f, err := parser.ParseFile(token.NewFileSet(), "main.go", source, parser.ImportsOnly)
		if err != nil {
			continue // the compiler will say it
		}
		for _, s := range f.Imports {
			if path, err := strconv.Unquote(s.Path.Value); err == nil {
				paths[path] = true
			}
		}
	}
	args := []string{"list", "-e", "-export", "-deps", "-f", "{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}"}
	list := exec.Command("go", append(args, slices.Sorted(maps.Keys(paths))...)...)
	var messages bytes.Buffer
	list.Stderr = &messages
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("%w: %s", err, messages.String())
	}
	b.cfg = out
	return os.WriteFile(b.config(), out, 0o644)
}

// program compiles one program as the package path. Its types keep the name
// main.T, for that is the package's name, except for type arguments.
func (b *builder) program(i int, path string, source []byte) error {
	dir := filepath.Join(b.dir, path)
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	files := []string{filepath.Join(dir, "main.go")}
	if err := os.WriteFile(files[0], source, 0o644); err != nil {
		return err
	}
	if path != "main" {
		start := filepath.Join(dir, "start.go")
		if err := os.WriteFile(start, []byte("package main\n\n// Start is what the binary calls.\nfunc Start() { main() }\n"), 0o644); err != nil {
			return err
		}
		files = append(files, start)
	}
	if out, err := b.compile(path, files...); err != nil {
		return &Error{i, strings.ReplaceAll(string(out), dir+string(filepath.Separator), "")}
	}
	b.cfg = fmt.Appendf(b.cfg, "packagefile %s=%s\n", path, b.archive(path))
	return os.WriteFile(b.config(), b.cfg, 0o644)
}

func (b *builder) compile(path string, files ...string) ([]byte, error) {
	args := append([]string{"tool", "compile", "-e", "-p", path, "-importcfg", b.config(), "-o", b.archive(path)}, files...)
	return exec.Command("go", args...).CombinedOutput()
}

func (b *builder) link() (string, error) {
	program := filepath.Join(b.dir, "program")
	// The descriptors of the program begin with 3, as in the interpreter.
	debug := "-X=runtime.godebugDefault=containermaxprocs=0"
	link := exec.Command("go", "tool", "link", "-s", "-w", debug, "-importcfg", b.config(), "-o", program, b.archive("main"))
	if out, err := link.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return program, nil
}
