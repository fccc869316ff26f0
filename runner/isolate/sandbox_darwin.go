package isolate

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// sandboxExec runs a program under a profile, see sandbox-exec(1). The page calls
// it deprecated; Bazel and the Swift package manager rely on it all the same.
const sandboxExec = "/usr/bin/sandbox-exec"

// Sandboxed returns the command that runs path with args at level Basic: it can
// write below folder and read what is outside of the users' folders. The words of
// the profile are those of the Swift package manager's and of Bazel's.
func Sandboxed(folder, path string, args []string) (string, []string) {
	return sandboxExec, append([]string{sandboxExec, "-p", profile(folder, path), path}, args[1:]...)
}

// profile is in the language of sandbox-exec(1), where of several rules that
// match the last one counts.
func profile(folder, path string) string {
	// The kernel compares paths without symbolic links, and /tmp is one.
	if real, err := filepath.EvalSymlinks(folder); err == nil {
		folder = real
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return strings.Join([]string{
		"(version 1)",
		"(allow default)",
		"(deny network-outbound)",
		`(allow network-outbound (remote ip "localhost:*") (remote unix-socket))`,
		"(deny file-write*)",
		fmt.Sprintf(`(allow file-write* (subpath %s) (literal "/dev/null") (literal "/dev/zero") (literal "/dev/tty"))`, quoted(folder)),
		`(deny file-read-data (subpath "/Users"))`,
		fmt.Sprintf("(allow file-read-data (subpath %s) (literal %s))", quoted(folder), quoted(path)),
	}, "\n")
}

// quoted is a string of the profile's language, which is a Scheme.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// CanSandbox finds out whether Sandboxed works here, by writing two files.
func CanSandbox(ctx context.Context) error {
	const step = "sandbox-exec"
	inside, err := os.MkdirTemp("", "workbook-sandbox-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(inside)
	outside, err := os.MkdirTemp("", "workbook-sandbox-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(outside)
	path, args := Sandboxed(inside, "/bin/sh", []string{"sh", "-c", `echo in > "$1/file" && ! echo out > "$2/file"`, "sh", inside, outside})
	cmd := exec.CommandContext(ctx, path)
	cmd.Args = args
	if out, err := cmd.CombinedOutput(); err != nil {
		return &Refusal{step, fmt.Errorf("%w: %s", err, bytes.TrimSpace(out))}
	}
	if _, err := os.Stat(filepath.Join(outside, "file")); err == nil {
		return &Refusal{step, fmt.Errorf("it let a program write into %s", strconv.Quote(outside))}
	}
	return nil
}
