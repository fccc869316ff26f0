package isolate

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// A program in the sandbox writes into its folder only, reads none of the user's
// files, and reaches this machine only.
func TestSandboxed(t *testing.T) {
	if err := CanSandbox(t.Context()); err != nil {
		t.Skip(err)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	secret, err := os.CreateTemp(home, ".workbook-test-")
	if err != nil {
		t.Fatal(err)
	}
	secret.Close()
	defer os.Remove(secret.Name())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	folder := filepath.Join(t.TempDir(), `a "folder" (here)`)
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		what, script string
		ok           bool
	}{
		{"write inside", `echo x > "$1/file" && cat "$1/file"`, true},
		{"write outside", `echo x > "$1/../file"`, false},
		{"read a file of the user", `cat "$2"`, false},
		{"reach this machine", `nc -z 127.0.0.1 "$3"`, true},
		{"reach another", `nc -z -w 2 192.0.2.1 80`, false},
	} {
		path, args := Sandboxed(folder, "/bin/sh", []string{"sh", "-c", tt.script, "sh", folder, secret.Name(), port})
		cmd := exec.Command(path)
		cmd.Args = args
		if out, err := cmd.CombinedOutput(); (err == nil) != tt.ok {
			t.Errorf("%s: %v\n%s", tt.what, err, out)
		}
	}
}
