package unix_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"example/workbook/internal/evidence"
	"example/workbook/runner/record"
	recorded "example/workbook/runner/record/unix"
	"example/workbook/runner/trace"
)

// scenarioArg makes the test binary the program that is recorded and traced.
const scenarioArg = "scenario"

// scenario is an event loop on a thread of its own that serves three clients on
// theirs. It makes no call of a kind that is compared but the recorded ones.
func scenario() {
	recorded.Getppid() // what comes before is the Go runtime's
	l, err := recorded.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
	must(err)
	must(recorded.Bind(l, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	must(recorded.Listen(l, 8))
	name, err := recorded.Getsockname(l)
	must(err)
	ep, err := recorded.EpollCreate1(0)
	must(err)
	wake, err := recorded.Eventfd(0, unix.EFD_NONBLOCK)
	must(err)
	watch := func(fd int) {
		must(recorded.EpollCtl(ep, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}))
	}
	watch(l)
	watch(wake)
	done := make(chan bool)
	go thread(done, func() { serve(l, ep, wake, watch) })
	for range 3 {
		go thread(done, func() { visit(name) })
	}
	for range 3 {
		<-done
	}
	_, err = recorded.Write(wake, []byte{1, 0, 0, 0, 0, 0, 0, 0})
	must(err)
	<-done
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func thread(done chan<- bool, run func()) {
	runtime.LockOSThread()
	run()
	done <- true
}

func serve(l, ep, wake int, watch func(int)) {
	events := make([]unix.EpollEvent, 4)
	buf := make([]byte, 64)
	for {
		n, err := recorded.EpollWait(ep, events, -1)
		must(err)
		for _, e := range events[:n] {
			switch fd := int(e.Fd); fd {
			case wake:
				return
			case l:
				for {
					c, _, err := recorded.Accept4(l, unix.SOCK_NONBLOCK)
					if err == unix.EAGAIN {
						break
					}
					must(err)
					watch(c)
				}
			default:
				n, err := recorded.Read(fd, buf)
				must(err)
				if n == 0 {
					must(recorded.Close(fd))
					continue
				}
				_, err = recorded.Write(fd, buf[:n])
				must(err)
			}
		}
	}
}

func visit(name unix.Sockaddr) {
	c, err := recorded.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	must(err)
	address := *name.(*unix.SockaddrInet4) // package unix writes into it
	must(recorded.Connect(c, &address))
	buf := make([]byte, 64)
	for i := range 20 {
		_, err := recorded.Write(c, fmt.Appendf(nil, "message %d", i))
		must(err)
		_, err = recorded.Read(c, buf)
		must(err)
	}
	_, err = recorded.Read(-1, buf)
	if err != unix.EBADF {
		panic(err)
	}
	must(recorded.Shutdown(c, unix.SHUT_WR))
	_, err = recorded.Read(c, buf)
	must(err)
	must(recorded.Close(c))
}

// compared are the calls that both witnesses must agree on, all of them.
var compared = []string{"socket", "bind", "listen", "accept4", "connect", "read", "write", "close", "shutdown", "epoll_create1", "epoll_ctl", "epoll_wait", "eventfd2"}

// What is recorded is what strace sees: every call of every thread, in its order,
// with its descriptor, its result and its error; and strace sees no other.
func TestAgreesWithStrace(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("strace is not installed")
		}
		t.Skip("strace is not installed")
	}
	dir := t.TempDir()
	got := recordScenario(t, func(binary string) *exec.Cmd {
		return exec.Command(strace, "-ff", "-o", filepath.Join(dir, "out"), binary, scenarioArg)
	})
	if err := got.Validate(); err != nil {
		t.Error(err)
	}
	threads := map[string]int{}
	for _, th := range got.Threads {
		threads[th.Name] = th.TID
	}
	lists := map[int][]string{}
	total := 0
	for _, c := range got.Calls {
		if !slices.Contains(compared, c.Name) {
			continue
		}
		total++
		line := fmt.Sprintf("%s(%d) = %d %s", c.Name, first(c), c.Ret, c.Errno)
		tid := threads[c.Thread]
		lists[tid] = append(lists[tid], strings.TrimSpace(line))
	}
	if total < 3*45 {
		t.Errorf("%d calls are recorded", total)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "out.*"))
	for _, file := range files {
		var tid int
		fmt.Sscanf(filepath.Ext(file), ".%d", &tid)
		want := straced(t, file, tid == got.Threads[0].TID)
		if !slices.Equal(lists[tid], want) {
			t.Errorf("thread %d: recorded\n%s\nstrace\n%s", tid, strings.Join(lists[tid], "\n"), strings.Join(want, "\n"))
		}
		delete(lists, tid)
	}
	for tid := range lists {
		t.Errorf("strace knows nothing of thread %d", tid)
	}
}

// first is the first argument of a call where that is a descriptor.
func first(c evidence.Call) int64 {
	switch c.Name {
	case "socket", "epoll_create1", "eventfd2":
		return 0
	}
	return c.Args[0]
}

var straceLine = regexp.MustCompile(`^(\w+)\(([^,)]*).* = (-?\d+)(?: ([A-Z]+))?`)

// straced reads the calls of one thread, on the main one from the getppid on.
func straced(t *testing.T, file string, main bool) []string {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	libc := map[int]bool{} // descriptors of files; the scenario opens none, a C library reads how many processors there are
	for line := range strings.Lines(string(text)) {
		if main && strings.HasPrefix(line, "getppid(") {
			main = false
		}
		m := straceLine.FindStringSubmatch(line)
		if m == nil || main {
			continue
		}
		name := m[1]
		if ret, err := strconv.Atoi(m[3]); name == "openat" && err == nil {
			libc[ret] = true
		}
		if name == "epoll_pwait" {
			name = "epoll_wait"
		}
		if !slices.Contains(compared, name) {
			continue
		}
		fd := 0
		if name != "socket" && name != "epoll_create1" && name != "eventfd2" {
			fmt.Sscan(m[2], &fd)
		}
		if fd >= 100 {
			continue // the Go runtime's own, see record.Tidy
		}
		if libc[fd] {
			libc[fd] = name != "close"
			continue
		}
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s(%d) = %s %s", name, fd, m[3], m[4])))
	}
	return list
}

// recordScenario runs the scenario by a command and returns what it recorded.
func recordScenario(t *testing.T, command func(binary string) *exec.Cmd) *evidence.Trace {
	t.Helper()
	return recordScenarioIn(t, filepath.Join(t.TempDir(), "recording"), command)
}

// recordScenarioIn keeps the recording in a file.
func recordScenarioIn(t *testing.T, file string, command func(binary string) *exec.Cmd) *evidence.Trace {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rec, err := trace.Prepare(f, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Close()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := command(binary)
	cmd.ExtraFiles = []*os.File{f}
	cmd.Env = append(os.Environ(), record.Variable+"=3", "GODEBUG=containermaxprocs=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return rec.Trace()
}

// The recorder of this toolchain is the exact one: "slept" is about the call
// alone. Should a later Go close the way into its scheduler that this needs, build
// with the tag workbook_plain.
func TestExact(t *testing.T) {
	if !record.Exact {
		t.Error("built with workbook_plain")
	}
	recording(t)
	for range 1000 {
		recorded.Getppid()
	}
	got := trace.Of(memory).Trace()
	for _, c := range got.Calls {
		if c.Name == "getppid" && c.Slept > 0 {
			t.Errorf("call %d slept, which getppid never does", c.Seq)
		}
	}
}
