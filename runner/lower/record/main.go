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
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/txtar"
)

func main() {
	out := flag.String("o", "testdata/cases", "the folder of the cases that are made of Go files")
	flag.Parse()
	for _, path := range flag.Args() {
		var err error
		if strings.HasSuffix(path, ".txtar") {
			err = pack(path)
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
		_, text, _ := strings.Cut(string(messages), "\n")
		return strings.NewReplacer("./"+filepath.Base(dir)+"/", "", filepath.Base(dir)+"/", "").Replace(text)
	}
	r := &result{}
	program := filepath.Join(dir, "program")
	build := exec.Command("go", "build", "-gcflags=-e", "-o", program, "./"+dir)
	if messages, err := build.CombinedOutput(); err != nil {
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
	var stdout bytes.Buffer
	run := exec.Command("./" + program)
	run.Stdout = &stdout
	run.Env = append(os.Environ(), "GODEBUG=containermaxprocs=0")
	var exit *exec.ExitError
	if err := run.Run(); err != nil && !errors.As(err, &exit) {
		return nil, err
	}
	r.exit, r.stdout = run.ProcessState.ExitCode(), stdout.Bytes()
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

func pack(path string) error {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		return err
	}
	recorded := &txtar.Archive{Comment: archive.Comment}
	for i, f := range archive.Files {
		name, ok := strings.CutSuffix(f.Name, ".go")
		if !ok {
			continue
		}
		recorded.Files = append(recorded.Files, f)
		if i+1 < len(archive.Files) && archive.Files[i+1].Name == name+".refused" {
			recorded.Files = append(recorded.Files, archive.Files[i+1]) // the compiler knows nothing of that
			continue
		}
		r, err := compile(f.Data, strings.HasPrefix(name, "vet_"))
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		if r.rejected != "" {
			recorded.Files = append(recorded.Files, txtar.File{Name: name + ".rejected", Data: []byte(r.rejected)})
			continue
		}
		if r.exit != 0 {
			r.stdout = fmt.Appendf(r.stdout, "exit status %d\n", r.exit)
		}
		recorded.Files = append(recorded.Files, txtar.File{Name: name + ".out", Data: r.stdout})
		if r.warnings != "" {
			recorded.Files = append(recorded.Files, txtar.File{Name: name + ".warnings", Data: []byte(r.warnings)})
		}
	}
	return os.WriteFile(path, txtar.Format(recorded), 0o644)
}
