// Record writes what the compiler makes of programs into the cases of package
// lower. Each argument is a txtar file. In testdata/packs it holds any number
// of programs, NAME.go; the result of each is written behind it:
//
//	NAME.out       what it prints, and "exit status N" if that is not 0
//	NAME.rejected  or the compiler's messages
//	NAME.warnings  what go vet says of it, if its name begins with vet_
//
//	go run ./runner/lower/record runner/lower/testdata/packs/*.txtar
//
// A Go file as argument becomes a case of its own in the folder of -o:
//
//	go run ./runner/lower/record -o runner/lower/testdata/cases FILE.go ...
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/tools/txtar"

	"example/workbook/runner/lower/compare"
)

func main() {
	out := flag.String("o", "testdata/cases", "the folder of the cases that are made of Go files")
	onlyNew := flag.Bool("new", false, "leave the results that are there")
	flag.Parse()
	for _, path := range flag.Args() {
		var err error
		if strings.HasSuffix(path, ".txtar") {
			err = pack(path, *onlyNew)
		} else {
			err = single(*out, path)
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", path, err)
			os.Exit(1)
		}
	}
}

// result is what the compiler made of a program.
type result struct {
	rejected string // the messages
	exit     int
	stdout   []byte
	warnings string
}

// compile compiles and runs a program.
func compile(source []byte, vet bool) (*result, error) {
	// In the module, so that the program may import x/sys/unix.
	dir, err := os.MkdirTemp(".", "record_")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "main.go")
	if err := os.WriteFile(file, source, 0o644); err != nil {
		return nil, err
	}
	words := func(messages []byte) string {
		text := string(messages)
		if strings.HasPrefix(text, "# ") { // the package
			_, text, _ = strings.Cut(text, "\n")
		}
		return strings.NewReplacer("./"+filepath.Base(dir)+"/", "", filepath.Base(dir)+"/", "").Replace(text)
	}
	r := &result{}
	binary := filepath.Join(dir, "binary")
	if err := os.Mkdir(binary, 0o755); err != nil {
		return nil, err
	}
	program, err := compare.Build(binary, source)
	if err != nil {
		// In the words of the go command, which also knows of packages.
		messages, err := exec.Command("go", "build", "-gcflags=-e", "-o", os.DevNull, file).CombinedOutput()
		if err == nil {
			return nil, fmt.Errorf("only the go command compiles it")
		}
		r.rejected = words(messages)
		return r, nil
	}
	if vet {
		if messages, err := exec.Command("go", "vet", "-printf", "-copylocks", "-lostcancel", "./"+dir).CombinedOutput(); err != nil {
			for line := range strings.Lines(string(messages)) {
				if line, ok := strings.CutPrefix(line, "vet: "); !strings.HasPrefix(line, "#") || ok {
					line = strings.ReplaceAll(line, "example/workbook/"+filepath.Base(dir)+".", "main.")
					r.warnings += strings.NewReplacer("./"+filepath.Base(dir)+"/", "", filepath.Base(dir)+"/", "").Replace(line)
				}
			}
			lines := strings.SplitAfter(strings.TrimSuffix(r.warnings, "\n"), "\n")
			slices.SortStableFunc(lines, func(a, b string) int { return cmp.Compare(lineOf(a), lineOf(b)) })
			r.warnings = strings.TrimSuffix(strings.Join(lines, "\n"), "\n") + "\n"
			r.warnings = strings.ReplaceAll(r.warnings, "\n\n", "\n")
		}
	}
	work, err := os.MkdirTemp("", "record_")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	program, err = filepath.Abs(program)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	o, err := compare.Compiled(ctx, work, program)
	if err != nil {
		return nil, err
	}
	r.exit, r.stdout = o.Exit, []byte(o.Stdout)
	return r, nil
}

// lineOf is the line of a message file:line:col: text.
func lineOf(message string) int {
	fields := strings.SplitN(message, ":", 3)
	if len(fields) < 3 {
		return 0
	}
	n, _ := strconv.Atoi(fields[1])
	return n
}

func single(out, path string) error {
	source, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	r, err := compile(source, false)
	if err != nil {
		return err
	}
	archive := &txtar.Archive{Files: []txtar.File{{Name: "main.go", Data: source}}}
	if r.rejected != "" {
		archive.Files = append(archive.Files, txtar.File{Name: "rejected", Data: []byte(r.rejected)})
	} else {
		archive.Files = append(archive.Files,
			txtar.File{Name: "exit", Data: fmt.Appendln(nil, r.exit)},
			txtar.File{Name: "stdout", Data: r.stdout})
	}
	name := strings.TrimSuffix(filepath.Base(path), ".go") + ".txtar"
	return os.WriteFile(filepath.Join(out, name), txtar.Format(archive), 0o644)
}

// pack records the programs of a pack; with onlyNew, those that have no result.
func pack(path string, onlyNew bool) error {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		return err
	}
	old := map[string][]txtar.File{} // by the name of the program
	for _, f := range archive.Files {
		name, kind, _ := strings.Cut(f.Name, ".")
		if kind != "go" {
			old[name] = append(old[name], f)
		}
	}
	recorded := &txtar.Archive{Comment: archive.Comment}
	for _, f := range archive.Files {
		name, ok := strings.CutSuffix(f.Name, ".go")
		if !ok {
			continue
		}
		recorded.Files = append(recorded.Files, f)
		// Of what is refused the compiler knows nothing.
		if had := old[name]; len(had) > 0 && (onlyNew || had[0].Name == name+".refused") {
			recorded.Files = append(recorded.Files, had...)
			continue
		}
		files, err := results(name, f.Data)
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		recorded.Files = append(recorded.Files, files...)
	}
	return os.WriteFile(path, txtar.Format(recorded), 0o644)
}

// results are the files that stand behind a program of a pack.
func results(name string, source []byte) ([]txtar.File, error) {
	r, err := compile(source, strings.HasPrefix(name, "vet_"))
	if err != nil {
		return nil, err
	}
	if r.rejected != "" {
		return []txtar.File{{Name: name + ".rejected", Data: []byte(r.rejected)}}, nil
	}
	if r.exit != 0 {
		r.stdout = fmt.Appendf(r.stdout, "exit status %d\n", r.exit)
	}
	files := []txtar.File{{Name: name + ".out", Data: r.stdout}}
	if r.warnings != "" {
		files = append(files, txtar.File{Name: name + ".warnings", Data: []byte(r.warnings)})
	}
	return files, nil
}
