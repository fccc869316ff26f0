package cli_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"

	"example/workbook/runner"
	"example/workbook/runner/isolate"
)

// Each file of testdata/faults is a program, a chapter or a book that is broken
// or hostile. Whatever it does, the command says so with its place and the right
// exit status, and neither a process nor a file is left when it has ended.
func TestFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("the programs take all that they are allowed to take")
	}
	// Processes that lose their parent become children of this one.
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	// The scripts that take all threads or memory of this user do so one by one.
	var greedy sync.Mutex
	for _, level := range []string{"full", "basic"} {
		t.Run(level, func(t *testing.T) {
			mustHave(t, level)
			testscript.Run(t, testscript.Params{
				Dir:                 "testdata/faults",
				RequireExplicitExec: true,
				RequireUniqueNames:  true,
				Setup:               func(env *testscript.Env) error { return setupFaults(env, level) },
				Condition: func(cond string) (bool, error) {
					switch cond {
					case "full", "basic":
						return cond == level, nil
					case "cgo": // then the runtime does not see deadlocks
						return builtWithCgo, nil
					}
					return false, fmt.Errorf("unknown condition %q", cond)
				},
				Cmds: map[string]func(*testscript.TestScript, bool, []string){
					"run":       faultRun,
					"exits":     faultExits,
					"clean":     faultClean,
					"maxlines":  faultMaxLines,
					"canary":    faultCanary,
					"alive":     faultAlive,
					"listen":    faultListen,
					"validjson": faultValidJSON,
					"prepend":   faultPrepend,
					"begins":    faultBegins,
					"crlf":      faultCRLF,
					"unended":   faultUnended,
					"alone":     func(ts *testscript.TestScript, _ bool, _ []string) { greedy.Lock(); ts.Defer(greedy.Unlock) },
				},
			})
		})
	}
}

// mustHave skips a test where runs cannot be isolated so far.
func mustHave(t *testing.T, level string) {
	t.Helper()
	want, err := isolate.Parse(level)
	if err != nil {
		t.Fatal(err)
	}
	r := runner.Runner{Isolation: want}
	if _, err := r.Isolated(t.Context()); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
}

// TestFaultsAsNobody runs the same as a user without any rights.
func TestFaultsAsNobody(t *testing.T) {
	if testing.Short() {
		t.Skip("the programs take all that they are allowed to take")
	}
	if os.Getuid() != 0 {
		t.Skip("only root can become somebody else, and who is not root has run TestFaults already")
	}
	const nobody = 65534
	dir, err := os.MkdirTemp("/tmp", "workbook-nobody-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	// The user can neither see the folders of root nor write here.
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "cli.test")
	if err := copyProgram(self, file); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "testdata"), os.DirFS("testdata")); err != nil {
		t.Fatal(err)
	}
	if err := filepath.Walk(dir, func(name string, _ os.FileInfo, err error) error {
		return errors.Join(err, os.Lchown(name, nobody, nobody))
	}); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(file, "-test.run=^TestFaults$", "-test.v="+strconv.FormatBool(testing.Verbose()))
	cmd.Dir = dir
	cmd.Env = []string{"HOME=" + dir, "TMPDIR=" + dir, "PATH=/usr/bin:/bin", "CI=" + os.Getenv("CI")}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func copyProgram(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o755)
}

func setupFaults(env *testscript.Env, level string) error {
	file, err := exec.LookPath("workbook")
	if err != nil {
		return err
	}
	env.Setenv("WORKBOOK", file)
	env.Setenv("LEVEL", level)
	// The folders of runs are looked for here.
	temp := filepath.Join(env.WorkDir, "temp")
	env.Setenv("TMPDIR", temp)
	env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
	// Nobody has no go command; of others, it need not compile all packages anew.
	for name, value := range goEnv() {
		env.Setenv(name, value)
	}
	return errors.Join(os.Mkdir(temp, 0o777), os.Mkdir(filepath.Join(env.WorkDir, "home"), 0o777))
}

// faultRun is run STATUS[,STATUS] ARGS: workbook run at the level of the test.
func faultRun(ts *testscript.TestScript, neg bool, args []string) {
	command := []string{args[0], "workbook", "run", "--engine=yaegi", "--isolation=" + ts.Getenv("LEVEL")}
	faultExits(ts, neg, append(command, args[1:]...))
}

// faultExits is exits STATUS[,STATUS] COMMAND ARGS.
func faultExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS[,STATUS] COMMAND ARGS")
	}
	err := ts.Exec(args[1], args[2:]...)
	status := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		status = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	for want := range strings.SplitSeq(args[0], ",") {
		if want == strconv.Itoa(status) {
			return
		}
	}
	ts.Fatalf("exit status %d, want %s", status, args[0])
}

// faultClean waits until nothing of the script's commands is left, for as long
// as a user would before being annoyed: processes that lost their parent, and
// files in the folder for temporary ones.
func faultClean(ts *testscript.TestScript, neg bool, args []string) {
	temp := ts.Getenv("TMPDIR")
	var left []string
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		left = orphans()
		entries, err := os.ReadDir(temp)
		ts.Check(err)
		for _, e := range entries {
			left = append(left, "file "+e.Name())
		}
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("left behind: %q", left)
		}
	}
}

// orphans are the processes that have lost their parent and were neither started
// by a script nor inherited by another one: the environment of a script's
// command has WORK in it.
func orphans() []string {
	var found []string
	children, _ := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/children", os.Getpid()))
	for pid := range strings.FieldsSeq(string(children)) {
		stat, _ := os.ReadFile("/proc/" + pid + "/stat")
		if _, state, ok := bytes.Cut(stat, []byte(") ")); !ok || state[0] == 'Z' {
			continue
		}
		environ, err := os.ReadFile("/proc/" + pid + "/environ")
		ofScript := bytes.HasPrefix(environ, []byte("WORK=")) || bytes.Contains(environ, []byte("\x00WORK="))
		if err != nil || ofScript || len(environ) == 0 {
			continue
		}
		cmdline, _ := os.ReadFile("/proc/" + pid + "/cmdline")
		found = append(found, "process "+pid+" "+strings.ReplaceAll(string(cmdline), "\x00", " "))
	}
	return found
}

func faultMaxLines(ts *testscript.TestScript, neg bool, args []string) {
	most, err := strconv.Atoi(args[0])
	ts.Check(err)
	if n := strings.Count(ts.ReadFile("stdout"), "\n"); n > most {
		ts.Fatalf("%d lines of output, want %d at most", n, most)
	}
}

// faultCanary starts a process that alive then looks for.
func faultCanary(ts *testscript.TestScript, neg bool, args []string) {
	cmd := exec.Command("sleep", "3600")
	cmd.Env = []string{"A=b", "WORK=canary"}
	ts.Check(cmd.Start())
	ts.Setenv("CANARY", strconv.Itoa(cmd.Process.Pid))
	ts.Defer(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

func faultAlive(ts *testscript.TestScript, neg bool, args []string) {
	stat := ts.ReadFile("/proc/" + ts.Getenv("CANARY") + "/stat")
	if _, state, ok := strings.Cut(stat, ") "); !ok || state[0] == 'Z' {
		ts.Fatalf("the other process is gone")
	}
}

// faultListen listens on a port of this machine until the script ends.
func faultListen(ts *testscript.TestScript, neg bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:"+args[0])
	ts.Check(err)
	ts.Defer(func() { _ = l.Close() })
}

func faultValidJSON(ts *testscript.TestScript, neg bool, args []string) {
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		var v any
		ts.Check(json.Unmarshal([]byte(line), &v))
	}
}

// faultPrepend is prepend FILE HEX.
func faultPrepend(ts *testscript.TestScript, neg bool, args []string) {
	head, err := hex.DecodeString(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), append(head, ts.ReadFile(args[0])...), 0o666))
}

// faultBegins is begins FILE HEX.
func faultBegins(ts *testscript.TestScript, neg bool, args []string) {
	head, err := hex.DecodeString(args[1])
	ts.Check(err)
	if !strings.HasPrefix(ts.ReadFile(args[0]), string(head)) {
		ts.Fatalf("%s does not begin with %s", args[0], args[1])
	}
}

// faultCRLF wants every line of a file to end as in Windows.
func faultCRLF(ts *testscript.TestScript, neg bool, args []string) {
	text := ts.ReadFile(args[0])
	if n := strings.Count(text, "\n"); n == 0 || n != strings.Count(text, "\r\n") {
		ts.Fatalf("%d of %d lines of %s end in CR LF", strings.Count(text, "\r\n"), n, args[0])
	}
}

// faultUnended takes the last line end of a file away.
func faultUnended(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.TrimSuffix(ts.ReadFile(args[0]), "\n")), 0o666))
}
