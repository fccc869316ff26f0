package cli_test

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A signal ends the run, the command and everything that the snippet started,
// with the status that a shell gives to that signal.
func TestSignals(t *testing.T) {
	for sig, status := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		t.Run(sig.String(), func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "wait.go")
			program := `package main

import (
	"fmt"
	"os"
	"os/signal"
	"time"
)

func main() {
	signal.Ignore(os.Interrupt)
	fmt.Println("waiting")
	time.Sleep(time.Hour)
}
`
			if err := os.WriteFile(file, []byte(program), 0o666); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command("workbook", "run", "--engine", "yaegi", "--timeout", "100s", file)
			cmd.Env = append(os.Environ(), "TMPDIR="+dir)
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if _, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
				t.Fatal(err)
			}
			if len(processesOf(dir)) == 0 {
				t.Fatal("there is no process of the snippet to be left")
			}
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			var exit *exec.ExitError
			if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != status {
				t.Errorf("ended with %v, want exit status %d", err, status)
			}
			if left := processesOf(dir); left != nil {
				t.Errorf("left behind: %v", left)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "workbook-*")); left != nil {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// processesOf lists the processes whose folder for temporary files is below dir.
func processesOf(dir string) []string {
	var found []string
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, file := range files {
		environ, _ := os.ReadFile(file)
		if strings.Contains(string(environ), "TMPDIR="+dir+"/") {
			found = append(found, filepath.Dir(file))
		}
	}
	return found
}
