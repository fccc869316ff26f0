package runner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"example/workbook/runner/ahead"
	"example/workbook/runner/isolate"
	"example/workbook/runner/supervisor"
)

// attempts is a program that tries what isolation is there to prevent, and what
// it must not prevent. PORT, PID and FILE are of this test: a port at which it
// listens, its process and a file that all users may read and write.
const attempts = `package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

func try(what string, err error) { fmt.Println(what+":", err == nil) }

func main() {
	_, err := net.Dial("tcp", "127.0.0.1:{PORT}")
	try("reach the machine's ports", err)
	far, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err == nil {
		err = unix.Sendto(far, []byte("x"), 0, &unix.SockaddrInet4{Port: 9, Addr: [4]byte{192, 0, 2, 1}})
	}
	try("send to another machine", err)
	devices, _ := os.ReadFile("/proc/net/dev")
	fmt.Println("interfaces other than lo:", strings.Count(string(devices), ":")-1)
	try("see this test's process", unix.Kill({PID}, 0))
	_, err = os.ReadFile("{FILE}")
	try("read a file of the user", err)
	file, err := os.OpenFile("{FILE}", os.O_WRONLY, 0)
	if err == nil {
		file.WriteString("x")
	}
	try("write a file of the user", err)
	try("create a file outside", os.WriteFile("{FILE}.new", nil, 0o600))
	_, _, errno := unix.RawSyscall(unix.SYS_PTRACE, 0, 0, 0) // PTRACE_TRACEME
	fmt.Println("trace:", errno == 0)
	try("make namespaces", unix.Unshare(unix.CLONE_NEWUSER))
	_, err = unix.Socket(40, unix.SOCK_STREAM, 0) // AF_VSOCK
	fmt.Println("open a socket to the hypervisor:", err == nil)
	status, _ := os.ReadFile("/proc/self/status")
	fmt.Println("new privileges:", !strings.Contains(string(status), "NoNewPrivs:\t1"))

	_, err = net.Listen("tcp", "127.0.0.1:80")
	try("listen at port 80", err)
	_, err = unix.Socket(unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_ICMP)
	try("open a raw socket", err)

	l, err := net.Listen("tcp", "127.0.0.1:0")
	try("listen", err)
	_, err = net.Dial("tcp", l.Addr().String())
	try("connect to itself", err)
	table, err := os.ReadFile("/proc/net/tcp")
	try("read /proc/net/tcp", err)
	port := l.Addr().(*net.TCPAddr).Port
	fmt.Println("find its own listener:", strings.Contains(string(table), fmt.Sprintf(":%04X ", port)))
	call, err := os.ReadFile("/proc/self/task/" + strconv.Itoa(unix.Gettid()) + "/syscall")
	fmt.Println("read what a thread of its own does:", err == nil && len(call) > 0)
	try("write in its folder", os.WriteFile("x", nil, 0o600))
	try("write a temporary file", os.WriteFile(filepath.Join(os.TempDir(), "x"), nil, 0o600))
	_, err = os.ReadFile("/etc/passwd")
	try("read a file of the system", err)
	null, err := os.OpenFile("/dev/null", os.O_RDWR, 0)
	if err == nil {
		_, err = null.WriteString("x")
	}
	try("write to /dev/null", err)
	pid, err := syscall.ForkExec("/bin/sh", []string{"sh", "-c", "exit 7"}, nil)
	if err == nil {
		var status syscall.WaitStatus
		_, err = syscall.Wait4(pid, &status, 0, nil)
		fmt.Println("status of a child:", status.ExitStatus())
	}
	try("start a process", err)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	fmt.Println("is process 1:", os.Getpid() == 1)

	// Last, as the thread has descriptors of its own from then on.
	left := make(chan error)
	go func() {
		runtime.LockOSThread() // the thread ends with this
		left <- unix.Unshare(unix.CLONE_FILES)
	}()
	try("leave its descriptor table", <-left)
}
`

// What a program can do at each level, and what it cannot.
func TestLevels(t *testing.T) {
	const always, never, private, shared, weak = "full full-nopid basic minimal off", "", "full full-nopid", "basic minimal off", "minimal off"
	succeeds := map[string]string{
		"reach the machine's ports":       shared,
		"read a file of the user":         weak,
		"write a file of the user":        weak,
		"trace":                           "off",
		"open a socket to the hypervisor": "", // may fail for other reasons
		"new privileges":                  "off",
		"see this test's process":         "", // below
		"send to another machine":         "", // below
		"make namespaces":                 "", // below
		"create a file outside":           weak,
		"listen at port 80":               private,
		"open a raw socket":               private,
		"is process 1":                    never,
	}
	root := os.Getuid() == 0
	for _, level := range levels(t) {
		both(t, func(t *testing.T, e Engine) {
			t.Run(level.String(), func(t *testing.T) {
				nothingLeft := watchFolder(t)
				l, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				defer l.Close()
				file := openFile(t)
				src := strings.NewReplacer("{PORT}", strconv.Itoa(l.Addr().(*net.TCPAddr).Port), "{PID}", strconv.Itoa(os.Getpid()), "{FILE}", file).Replace(attempts)
				r := newRunner(t)
				r.Isolation, r.Module = level, os.DirFS("..")
				run := mustRun(t, r, Program{File: "attempts.go", Source: []byte(src)}, e)
				if run.End != Exited || run.Isolation != level {
					t.Fatalf("level %v: %s%s", run.Isolation, summary(run), run.Stderr())
				}
				t.Log(run.Stdout() + run.Stderr())
				for line := range strings.Lines(run.Stdout()) {
					what, got, _ := strings.Cut(strings.TrimSpace(line), ": ")
					where, differs := succeeds[what]
					if !differs {
						where = always
					}
					want := slicesContains(where, level.String())
					switch what {
					case "status of a child":
						if got != "7" {
							t.Errorf("%s", line)
						}
						continue
					case "interfaces other than lo":
						if level.Private() && got != "0" {
							t.Errorf("%s", line)
						}
						continue
					case "listen at port 80", "open a raw socket":
						want = want || root && level == isolate.Off
						if level.Private() || got == "true" == want {
							break
						}
						continue // another user's port 80, or an odd ping_group_range
					case "see this test's process", "make namespaces":
						want = want || level == isolate.Off && got == "true"
						if level == isolate.Minimal {
							continue // user ids decide
						}
						if what[:3] == "see" && level == isolate.FullNoPID {
							want = false
						}
					case "send to another machine", "open a socket to the hypervisor":
						want = !level.Private() && got == "true"
					}
					if got != strconv.FormatBool(want) {
						t.Errorf("%s, want %v", strings.TrimSpace(line), want)
					}
				}
				if text, _ := os.ReadFile(file); level < isolate.Minimal && string(text) != "mine" {
					t.Errorf("the file is now %q", text)
				}
				nothingLeft()
			})
		})
	}
}

func slicesContains(list, word string) bool {
	for _, w := range strings.Fields(list) {
		if w == word {
			return true
		}
	}
	return false
}

// openFile makes a file that all users may read and write.
func openFile(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/var/tmp", "workbook-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	file := filepath.Join(dir, "file")
	for _, err := range []error{os.WriteFile(file, []byte("mine"), 0o666), os.Chmod(file, 0o666), os.Chmod(dir, 0o777)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return file
}

// levels are those that this system allows; at least Off, and all in CI.
func levels(t *testing.T) []isolate.Level {
	t.Helper()
	var can []isolate.Level
	for level := isolate.Full; level <= isolate.Off; level++ {
		r := newRunner(t)
		r.Isolation = level
		if _, err := r.Isolated(context.Background()); err != nil {
			if os.Getenv("CI") != "" {
				t.Errorf("CI must have all levels: %v", err)
			}
			t.Logf("%v", err)
			continue
		}
		can = append(can, level)
	}
	return can
}

// A level that the system refuses is an error where it is demanded, and the next
// one is taken where it is not. Both say why.
func TestRefusedLevel(t *testing.T) {
	refuse := exec.Command(newRunner(t).Executable, "-test.run=^TestWithoutNamespaces$", "-test.v")
	refuse.Env = append(os.Environ(), "WITHOUT_NAMESPACES=1")
	// In a user namespace of its own, a process can take namespaces from itself.
	refuse.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := refuse.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: TestWithoutNamespaces")) {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestWithoutNamespaces(t *testing.T) {
	if os.Getenv("WITHOUT_NAMESPACES") == "" {
		t.Skip("TestRefusedLevel runs it where namespaces are refused")
	}
	for _, file := range []string{"/proc/sys/user/max_user_namespaces"} {
		if err := os.WriteFile(file, []byte("0"), 0); err != nil {
			t.Fatal(err)
		}
	}
	r := newRunner(t)
	r.Isolation = isolate.Full
	var refusal *isolate.Refusal
	_, err := r.Run(context.Background(), Program{Source: []byte(hello)}, Yaegi)
	if !errors.As(err, &refusal) || refusal.Step != "user namespace" || !strings.Contains(err.Error(), "isolation full cannot be had") {
		t.Errorf("full: %v", err)
	} else if mend := refusal.Mend(); !strings.Contains(mend, "max_user_namespaces") {
		t.Errorf("mend: %s", mend)
	}
	r = newRunner(t)
	run := mustRun(t, r, Program{Source: []byte(hello)}, Yaegi)
	if run.Isolation != isolate.Basic || run.Stdout() != "hello\n" {
		t.Errorf("%v: %s%s", run.Isolation, summary(run), run.Stdout())
	}
	if known := r.Known(); known.Level != isolate.Basic || len(known.Lacks) != 2 || known.Lacks[0].Level != isolate.Full {
		t.Errorf("%+v", known)
	}
}

// A program that asks for it is root in namespaces of its own, whoever runs it.
func TestSuperuser(t *testing.T) {
	src := `package main

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

func main() {
	fmt.Println(os.Getuid(), os.Chown("/etc/passwd", 0, 0) == nil, unix.Mount("", "/", "", unix.MS_REMOUNT, "") == nil)
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	fmt.Println(err, unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_MARK, 1)) // needs CAP_NET_ADMIN
}
`
	for _, level := range levels(t) {
		if !level.Private() {
			continue
		}
		both(t, func(t *testing.T, e Engine) {
			r := newRunner(t)
			r.Isolation, r.Module = level, os.DirFS("..")
			run := mustRun(t, r, Program{Source: []byte(src), Superuser: true}, e)
			if want := "0 false false\n<nil> <nil>\n"; run.Stdout() != want {
				t.Errorf("%v: %s%s%s", level, summary(run), run.Stdout(), run.Stderr())
			}
		})
	}
}

// The limits of a run are named when they are met, with how to raise them.
func TestNamedLimits(t *testing.T) {
	const fill = "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\nfunc main() {\n\tfmt.Println(os.WriteFile(\"x\", make([]byte, 3<<20), 0o600))\n}\n"
	const open = "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\nfunc main() {\n\tvar all []*os.File\n\tfor {\n\t\tf, err := os.Open(\"/dev/null\")\n\t\tif err != nil {\n\t\t\tfmt.Println(err)\n\t\t\tbreak\n\t\t}\n\t\tall = append(all, f)\n\t}\n\tos.Exit(len(all) / 50)\n}\n"
	for _, c := range []struct{ name, src, want string }{
		{"disk", fill, "filled its disk: a run may have 2 MiB in 16384 files; to give it more: --limit disk=4MiB"},
		{"files", open, "had no descriptor left: a process may have 100; to give it more: --limit files=200"},
	} {
		both(t, func(t *testing.T, e Engine) {
			r := newRunner(t)
			r.DiskLimit, r.FileLimit = 2<<20, 100
			box, err := r.Isolated(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if c.name == "disk" && !box.Level.Private() {
				t.Skip("the files of runs are on the disk of this machine")
			}
			run := mustRun(t, r, Program{Source: []byte(c.src)}, e)
			if got := strings.Join(run.Notes, "\n"); got != c.want {
				t.Errorf("%s: %q, want %q\n%s%s", c.name, got, c.want, summary(run), run.Stdout())
			}
		})
	}
}

// The numbers that a program and its threads have in their namespace lead to those
// that they have here.
func TestNumbersInside(t *testing.T) {
	r := newRunner(t)
	cmd := r.command(ahead.Folder(filepath.Join(t.TempDir(), "run")))
	cmd.path, cmd.args = "/bin/sleep", []string{"sleep", "3600"}
	for _, level := range levels(t) {
		e, err := r.beginIn(cmd, level)
		if err != nil {
			t.Fatal(err)
		}
		for e.out.pid == 0 { // the box is sealed, the program comes
			if err := e.hear(); err != nil || e.lost || e.gone {
				t.Fatalf("%v: no program: %v", level, err)
			}
		}
		pid := e.program()
		for args := []byte(nil); !bytes.Equal(args, []byte("sleep\x003600\x00")); {
			if args, err = os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err != nil {
				t.Errorf("%v: program %d is %d here: %v", level, e.out.pid, pid, err)
				break
			}
		}
		if threads := supervisor.Threads(pid); len(threads) != 1 || threads[e.out.pid] != pid {
			t.Errorf("%v: threads %v, want %d: %d", level, threads, e.out.pid, pid)
		}
		if private := level == isolate.Full; (e.out.pid == pid) == private {
			t.Errorf("%v: program %d is %d here", level, e.out.pid, pid)
		}
		e.abandon()
		cmd.folder.Remove()
	}
}

// A program that must not start processes cannot, but has threads.
func TestNoProcesses(t *testing.T) {
	src := `package main

import (
	"fmt"
	"os/exec"
	"runtime"
)

func main() {
	done := make(chan bool)
	for i := 0; i < 20; i++ {
		go func() {
			runtime.LockOSThread()
			done <- true
		}()
	}
	for i := 0; i < 20; i++ {
		<-done
	}
	fmt.Println("20 threads")
	if err := exec.Command("/bin/sh", "-c", "exit 0").Run(); err != nil {
		panic(err)
	}
}
`
	can := levels(t)
	for _, level := range []isolate.Level{can[0], isolate.Off} {
		both(t, func(t *testing.T, e Engine) {
			r := newRunner(t)
			r.Isolation = level
			run := mustRun(t, r, Program{Source: []byte(src), NoProcesses: true}, e)
			if run.Stdout() != "20 threads\n" || !strings.Contains(run.fatal, "fork/exec /bin/sh: operation not permitted") || len(run.Notes) != 1 {
				t.Errorf("%v: %s%s%s", level, summary(run), run.Stdout(), run.Stderr())
			}
			if run = mustRun(t, r, Program{Source: []byte(src)}, e); run.End != Exited || run.ExitCode != 0 {
				t.Errorf("%v: %s%s%s", level, summary(run), run.Stdout(), run.Stderr())
			}
		})
	}
}
