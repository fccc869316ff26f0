package lower_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"example/workbook/runner/lower"
	"example/workbook/runner/lower/fuzz"
)

var (
	fuzzFrom  = flag.Uint64("fuzz.from", 1, "the first seed of TestRandomPrograms")
	fuzzCount = flag.Uint64("fuzz.count", 6, "how many random programs to compare")
)

// Random programs do the same compiled and interpreted. For an hour of them:
//
//	go test ./runner/lower -run RandomPrograms -fuzz.from 1000 -fuzz.count 5000 -timeout 2h
func TestRandomPrograms(t *testing.T) {
	short(t)
	for seed := *fuzzFrom; seed < *fuzzFrom+*fuzzCount; seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			source := fuzz.Generate(seed)
			dir := t.TempDir()
			file := filepath.Join(dir, "main.go")
			if err := os.WriteFile(file, source, 0o644); err != nil {
				t.Fatal(err)
			}
			program := filepath.Join(dir, "program")
			if text, err := exec.Command("go", "build", "-o", program, file).CombinedOutput(); err != nil {
				t.Fatalf("the generator wrote a program that does not compile: %s", text)
			}
			var stdout bytes.Buffer
			cmd := exec.Command(program)
			cmd.Stdout = &stdout
			var exit *exec.ExitError
			if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			o := execute(t, lower.Program{File: "main.go", Source: source})
			if o.exit != cmd.ProcessState.ExitCode() || o.stdout != stdout.String() {
				t.Errorf("seed %d: compiled: exit %d\n%s\ninterpreted: %s\n%s", seed, cmd.ProcessState.ExitCode(), stdout.String(), o, o.stderr)
			}
		})
	}
}
