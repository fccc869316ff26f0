package runner

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"example/workbook/runner/isolate"
	"example/workbook/runner/supervisor"
)

// leftProcesses describes the living processes that have mark in their
// arguments or environment, and those below this process.
func leftProcesses(mark string) []string {
	left := map[int]string{}
	read := func(p supervisor.Proc, file string) []byte {
		b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.PID, file))
		return b
	}
	add := func(p supervisor.Proc) {
		args := strings.ReplaceAll(string(read(p, "cmdline")), "\x00", " ")
		left[p.PID] = fmt.Sprintf("process %d %s", p.PID, args)
	}
	for _, p := range supervisor.Descendants(os.Getpid()) {
		add(p)
	}
	for _, p := range supervisor.Processes() {
		marked := bytes.Contains(read(p, "cmdline"), []byte(mark)) || bytes.Contains(read(p, "environ"), []byte(mark))
		if p.PID != os.Getpid() && !p.Dead() && marked {
			add(p)
		}
	}
	var list []string
	for _, text := range left {
		list = append(list, text)
	}
	return list
}

// When this process is killed in the middle of a run, nothing of the run stays:
// no daemon in a session of its own with an empty environment, no folder, also
// if the program has stopped the process that watches over it.
func TestKilledRunner(t *testing.T) {
	const (
		sleep = "time.Sleep(time.Hour)"
		flood = "for {\n\t\tfmt.Println(\"more\")\n\t}"
		stop  = "syscall.Kill(os.Getppid(), syscall.SIGSTOP)\n\tfmt.Println(\"stopped\")\n\ttime.Sleep(time.Hour)"
	)
	can := levels(t)
	for _, c := range []struct {
		ending string
		level  isolate.Level
	}{
		{sleep, isolate.Full}, {flood, isolate.Full}, {sleep, isolate.Basic}, {stop, isolate.Off},
	} {
		if !slices.Contains(can, c.level) {
			continue
		}
		ending := c.ending
		both(t, func(t *testing.T, e Engine) {
			dir := t.TempDir()
			// The number of seconds is a mark that only these processes have.
			mark := fmt.Sprintf("3600.%d%d", os.Getpid(), time.Now().UnixNano())
			src := strings.Replace(daemon, "exec sleep 3600", "exec env -i sleep "+mark, 1)
			src = strings.Replace(src, "ENDING", ending, 1)
			src = strings.Replace(src, "\t\"time\"\n", "\t\"syscall\"\n\t\"time\"\n", 1)
			src += "\nvar _ = syscall.Kill\n"
			file := filepath.Join(t.TempDir(), "main.go")
			if err := os.WriteFile(file, []byte(src), 0o666); err != nil {
				t.Fatal(err)
			}
			last := "up"
			if strings.Contains(ending, "stopped") {
				last = "stopped"
			}
			cmd := exec.Command(newRunner(t).Executable, runnerArg, file, string(e), c.level.String())
			cmd.Env = append(os.Environ(), "TMPDIR="+dir)
			cmd.Stderr = os.Stderr
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			var said []byte
			for buf := make([]byte, 1000); !bytes.Contains(said, []byte(last+"\n")); {
				n, err := stdout.Read(buf)
				said = append(said, buf[:n]...)
				if err != nil {
					t.Fatalf("the runner said %q: %v", said, err)
				}
			}
			if len(leftProcesses(mark)) < 3 {
				t.Fatal("there are no daemons to be left behind")
			}
			if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
				left := leftProcesses(mark)
				entries, _ := os.ReadDir(dir)
				if len(left) == 0 && len(entries) == 0 {
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("left behind: %q and %d folders", left, len(entries))
				}
			}
		})
	}
}

// The supervisor begins before the packages that only others need are
// initialised.
func TestSupervisorIsEarly(t *testing.T) {
	cmd := exec.Command(newRunner(t).Executable, supervisor.Arg) // it finds no socket and ends
	cmd.Env = []string{"GODEBUG=inittrace=1"}
	out, _ := cmd.CombinedOutput()
	if !bytes.Contains(out, []byte("init os ")) || bytes.Contains(out, []byte("goldmark")) {
		t.Errorf("%s", out)
	}
}

// Nothing of this needs root: the cases of the interpreter once more as nobody.
func TestAsNobody(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many programs")
	}
	if os.Getuid() != 0 {
		t.Skip("already without root")
	}
	dir, err := os.MkdirTemp("", "nobody")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	temp := filepath.Join(dir, "tmp")
	for _, step := range []error{
		os.Chmod(dir, 0o755),
		os.Mkdir(temp, 0o777),
		os.Chmod(temp, 0o777),
		os.CopyFS(filepath.Join(dir, "testdata"), os.DirFS("testdata")),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	content, err := os.ReadFile(newRunner(t).Executable)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, "runner.test")
	if err := os.WriteFile(copied, content, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(copied, "-test.v", "-test.run", "^(TestFaults|TestEnds)$/./^yaegi$")
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + temp, "HOME=/nonexistent"}
	const nobody = 65534
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	if err != nil || bytes.Count(out, []byte("--- PASS: TestFaults/")) < 10 {
		t.Errorf("%v\n%s", err, out)
	}
}
