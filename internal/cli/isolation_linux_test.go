package cli_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// refusing returns a command that runs workbook with args in dir, on a system
// that refuses namespaces.
func refusing(t *testing.T, dir, state string, args ...string) *exec.Cmd {
	t.Helper()
	script := `echo 0 > /proc/sys/user/max_user_namespaces && exec workbook "$@"`
	cmd := exec.Command("sh", append([]string{"-c", script, "sh"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+state)
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
	dir, state := t.TempDir(), t.TempDir()
	chapter := "# One\n\n```go\n" + hello + "```\n\n```output\nhello\n```\n"
	for name, text := range map[string]string{
		"mkdocs.yml": "site_name: Foreign\ndocs_dir: chapters\n", "chapters/01-one.md": chapter, "hello.go": hello,
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
	if err := os.Mkdir(filepath.Join(state, "workbook"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(state, "workbook", "trusted"), []byte("/elsewhere\n"+dir+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run(0, "isolation: basic", "run")
	if err := os.RemoveAll(filepath.Join(dir, "mkdocs.yml")); err != nil {
		t.Fatal(err)
	}
	empty := t.TempDir() // where the book inside the program is taken
	if out, err := refusing(t, empty, state, "run").CombinedOutput(); err != nil || !strings.Contains(string(out), "isolation: basic") {
		t.Errorf("%v\n%s", err, out)
	}
}
