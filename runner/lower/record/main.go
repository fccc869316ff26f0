// Record makes a case of each Go file that it is given: it compiles and runs
// the program and writes what came of it to testdata/cases.
//
//	go run ./runner/lower/record -o runner/lower/testdata/cases FILE.go ...
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/tools/txtar"
)

func main() {
	out := flag.String("o", "testdata/cases", "the folder of the cases")
	flag.Parse()
	for _, path := range flag.Args() {
		if err := record(*out, path); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", path, err)
			os.Exit(1)
		}
	}
}

func record(out, path string) error {
	source, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	// In the module, so that the program may import x/sys/unix.
	dir, err := os.MkdirTemp(".", "record_")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "main.go")
	if err := os.WriteFile(file, source, 0o644); err != nil {
		return err
	}
	archive := &txtar.Archive{Files: []txtar.File{{Name: "main.go", Data: source}}}
	program := filepath.Join(dir, "program")
	build := exec.Command("go", "build", "-o", program, "./"+dir)
	if messages, err := build.CombinedOutput(); err != nil {
		_, text, _ := strings.Cut(string(messages), "\n")
		text = strings.ReplaceAll(text, filepath.Base(dir)+"/", "")
		archive.Files = append(archive.Files, txtar.File{Name: "rejected", Data: []byte(text)})
	} else {
		var stdout bytes.Buffer
		run := exec.Command("./" + program)
		run.Stdout = &stdout
		var exit *exec.ExitError
		if err := run.Run(); err != nil && !errors.As(err, &exit) {
			return err
		}
		archive.Files = append(archive.Files,
			txtar.File{Name: "exit", Data: fmt.Appendln(nil, run.ProcessState.ExitCode())},
			txtar.File{Name: "stdout", Data: stdout.Bytes()})
	}
	name := strings.TrimSuffix(filepath.Base(path), ".go") + ".txtar"
	return os.WriteFile(filepath.Join(out, name), txtar.Format(archive), 0o644)
}
