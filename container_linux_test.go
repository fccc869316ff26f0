package main

import (
	"flag"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"example/workbook/internal/book"
	"example/workbook/internal/cli"
	"example/workbook/runner"
	"example/workbook/runner/isolate/container"
)

// enterContainer, as the first argument, makes the test binary a container in which
// it is executed once more, as the command: what it starts when it is initialised
// has to be inside as well. Then inContainer is set.
const (
	enterContainer = "enter-container"
	inContainer    = "WORKBOOK_TEST_CONTAINER"
)

var wholeBook = flag.Bool("container.book", false, "run the whole book in the simulated container")

func TestMain(m *testing.M) {
	runner.ChildMain()
	if len(os.Args) > 1 && os.Args[1] == enterContainer {
		if err := container.Enter(); err != nil {
			panic(err)
		}
		panic(unix.Exec(os.Args[0], slices.Delete(os.Args, 1, 2), append(os.Environ(), inContainer+"=1")))
	}
	if os.Getenv(inContainer) != "" {
		os.Exit(cli.Run(os.Args[1:], cli.Env{Embedded: files, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}))
	}
	os.Exit(m.Run())
}

// In a container that refuses io_uring, namespaces and what else its profile
// refuses, each program that needs it is skipped with a reason that says how to
// mend it, and another one passes. -container.book runs the whole book there.
func TestContainer(t *testing.T) {
	b, err := book.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{
		"io_uring": "io_uring_setup: operation not permitted: allow it in the container's seccomp profile",
		"unshare":  "unshare(CLONE_FILES): operation not permitted: allow it in the container's seccomp profile",
	}
	skipped := map[string]string{} // by the name of the program
	seen := map[string]bool{}
	note := func(id string, needs []string) {
		for _, need := range needs {
			if reason := reasons[need]; reason != "" {
				skipped[id], seen[need] = reason, true
			}
		}
	}
	for _, c := range b.Chapters {
		for _, s := range c.Snippets {
			note(s.ID, s.Needs)
		}
		for _, ex := range c.Exercises {
			note(ex.ID, ex.Solution.Needs)
		}
	}
	if len(seen) != len(reasons) {
		t.Errorf("the book needs %v, want all of %v", seen, reasons)
	}
	args := []string{"run", "--engine", "yaegi", "--isolation", "auto"}
	others := 0
	if !*wholeBook {
		for id := range skipped {
			args = append(args, id)
		}
		slices.Sort(args[5:])
		args, others = append(args, "socket/accept_loop"), 1
	}
	cmd := exec.Command(os.Args[0], append([]string{enterContainer}, args...)...)
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+t.TempDir())
	cmd.Dir = t.TempDir() // the book is the one inside the program
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines := regexp.MustCompile(`(?m)^(pass|skip|FAIL|error) +(\S+) .*(?:\n .*)*`).FindAllStringSubmatch(string(out), -1)
	passed := 0
	for _, line := range lines {
		reason, refused := skipped[line[2]]
		switch {
		case !refused && line[1] == "pass":
			passed++
		case refused && line[1] == "skip" && strings.Contains(line[0], reason):
			delete(skipped, line[2])
		default:
			t.Errorf("want it %s:\n%s", map[bool]string{false: "passed", true: "skipped: " + reason}[refused], line[0])
		}
	}
	if passed < max(others, 1) || len(skipped) > 0 {
		t.Errorf("%d programs passed, and not skipped were %v:\n%s", passed, skipped, out)
	}
	if strings.Contains(string(out), "isolation: full") {
		t.Errorf("the container gave namespaces:\n%s", out)
	}
}
