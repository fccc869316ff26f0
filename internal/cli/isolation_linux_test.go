package cli_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// refusing returns a command that runs workbook with args in dir, on a system
// that refuses namespaces.
func refusing(t *testing.T, dir, state string, args ...string) *exec.Cmd {
	t.Helper()
	script := `echo 0 > /proc/sys/user/max_user_namespaces && exec workbook "$@"`
	cmd := exec.Command("sh", append([]string{"-c", script, "sh"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "WORKBOOK_STATE="+state)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	return cmd
}

// Where snippets cannot be isolated fully, a book from elsewhere runs only when
// the reader says so; once is enough.
func TestTrust(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many programs")
	}
	dir, state := t.TempDir(), t.TempDir()
	chapter := "# One\n\n```go\n" + hello + "```\n\n```output\nhello\n```\n\n<!-- workbook: exercise=one/say -->\n\n## Say it\n\nSay hello.\n\n```output\nhello\n```\n"
	for name, text := range map[string]string{
		"mkdocs.yml": "site_name: Foreign\ndocs_dir: chapters\n", "chapters/01-one.md": chapter, "hello.go": hello,
		"snippets/one/say/starter/main.go": "package main\n\nfunc main() {}\n", "snippets/one/say/solution/main.go": hello, "mine/main.go": hello,
		"endless/main.go": "package main\n\nfunc main() {\n\tfor {\n\t}\n}\n",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	run := func(status int, want string, args ...string) {
		t.Helper()
		out, err := refusing(t, dir, state, args...).CombinedOutput()
		got := 0
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			got = exit.ExitCode()
		} else if err != nil {
			t.Fatal(err)
		}
		if got != status || !bytes.Contains(out, []byte(want)) {
			t.Errorf("%q: status %d, want %d and %q:\n%s", args, got, status, want, out)
		}
	}
	run(3, "add --trust if you trust this book", "run")
	run(3, "isolation full cannot be had: user namespace: ", "run", "--isolation", "full")
	run(0, "isolation: basic", "run", "--trust")
	run(0, "isolation: basic", "run", "--isolation", "basic")
	run(0, "isolation: basic", "run", "hello.go")
	run(0, "sudo sysctl user.max_user_namespaces=", "doctor")
	run(3, "add --trust", "run")
	run(3, "add --trust", "exercise", "check", "one/say", "--dir", "mine")
	run(0, "Solved", "exercise", "check", "one/say", "--dir", "mine", "--trust")
	run(1, "stopped after 50ms, its time limit", "exercise", "check", "one/say", "--dir", "endless", "--trust", "--limit", "time=50ms")
	run(3, "add --trust", "run")

	// On a terminal the reader is asked; no is not remembered, yes is.
	for _, try := range []struct {
		answer, want string
		status       int
	}{{"n\n", "nothing was run", 3}, {"yes\n", "isolation: basic", 0}} {
		cmd := refusing(t, dir, state, "run")
		said, status := onTerminal(t, cmd, try.answer)
		if status != try.status || !strings.Contains(said, "You are asked once for this book. [y/N] ") || !strings.Contains(said, try.want) {
			t.Errorf("answer %q: status %d, want %d and %q:\n%s", try.answer, status, try.status, try.want, said)
		}
	}
	run(0, "isolation: basic", "run")
	run(0, "Solved", "exercise", "check", "one/say", "--dir", "mine")
	if list, err := os.ReadFile(filepath.Join(state, "trusted")); err != nil || string(list) != dir+"\n" {
		t.Errorf("the list of trusted books: %q, %v", list, err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "mkdocs.yml")); err != nil {
		t.Fatal(err)
	}
	empty := t.TempDir() // where the book inside the program is taken
	if out, err := refusing(t, empty, state, "run").CombinedOutput(); err != nil || !strings.Contains(string(out), "isolation: basic") {
		t.Errorf("%v\n%s", err, out)
	}
}

// onTerminal runs cmd with a terminal as its standard input, at which answer is
// typed, and returns what it said.
func onTerminal(t *testing.T, cmd *exec.Cmd, answer string) (said string, status int) {
	t.Helper()
	ours, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	fd := int(ours.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	if cmd.Stdin, err = os.OpenFile("/dev/pts/"+strconv.Itoa(number), os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		t.Fatal(err)
	}
	defer cmd.Stdin.(*os.File).Close()
	if _, err := ours.WriteString(answer); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}
