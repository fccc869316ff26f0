package lab_test

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// TestMain lets a test run a call that ends the program, in a process of its own.
func TestMain(m *testing.M) {
	switch os.Getenv("LAB_TEST") {
	case "check":
		lab.Check(unix.EINVAL)
	case "inner":
		lab.Port(-1)
	case "await":
		lab.Await(lab.Self(), "acept4")
	case "self":
		lab.Await(lab.Self(), "read")
	case "ended":
		t := lab.Thread("short", func() {})
		t.Wait()
		lab.Await(t, "read")
	default:
		os.Exit(m.Run())
	}
}

// A failed call ends the program with the line of the caller outside lab.
func TestFailuresNameTheCallersLine(t *testing.T) {
	cases := map[string]string{
		"check": "invalid argument (EINVAL)",
		"inner": "bad file descriptor (EBADF)",
		"await": `unknown system call "acept4", one of: accept4, `,
		"self":  "main is the thread that asks",
		"ended": "thread short has ended",
	}
	for name, want := range cases {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "LAB_TEST="+name)
		out, err := cmd.CombinedOutput()
		if err == nil {
			t.Errorf("%s: the program went on", name)
		}
		text := string(out)
		if !strings.HasPrefix(text, "lab_test.go:") || !strings.Contains(text, want) {
			t.Errorf("%s: got %q, want a line of lab_test.go and %q", name, text, want)
		}
	}
}

// A thread has its own number and name, and the kernel confirms where it sleeps.
func TestThreadSleepsWhereAwaitSays(t *testing.T) {
	pipe := make([]int, 2)
	lab.Check(unix.Pipe2(pipe, unix.O_CLOEXEC))
	self := lab.Self()
	reader := lab.Thread("reader", func() {
		buf := make([]byte, 1)
		_, err := unix.Read(pipe[0], buf)
		lab.Check(err)
	})
	lab.Await(reader, "read")

	if reader.TID() == self.TID() {
		t.Error("the new thread is the caller's own")
	}
	comm, err := os.ReadFile("/proc/self/task/" + strconv.Itoa(reader.TID()) + "/comm")
	if err != nil || string(comm) != "reader\n" {
		t.Errorf("the kernel calls the thread %q, %v", comm, err)
	}
	if !strings.HasPrefix(reader.State(), "S") || !strings.HasPrefix(self.State(), "R") {
		t.Errorf("reader %s, self %s", reader.State(), self.State())
	}
	call := reader.Syscall()
	if call.Name != "read" || call.Args[0] != pipe[0] || call.Args[2] != 1 {
		t.Errorf("got call %+v", call)
	}
	if name := self.Syscall().Name; name != "running" && name != "read" {
		t.Errorf("a thread that runs is in %q", name)
	}
	slept := reader.Switches()
	if slept.Voluntary < 1 || slept.Total() != slept.Voluntary+slept.Involuntary {
		t.Errorf("got switches %+v", slept)
	}
	_, err = unix.Write(pipe[1], []byte("x"))
	lab.Check(err)
	reader.Wait()
	if self.TID() == os.Getpid() && self.Name() != "main" {
		t.Errorf("the main thread is called %q", self.Name())
	}
}

// The counts and rows that a reader prints say what each number is.
func TestStrings(t *testing.T) {
	cases := map[string]fmt.Stringer{
		"3 voluntary, 1 involuntary": lab.Switches{Voluntary: 3, Involuntary: 1},
		"LISTEN      local 127.0.0.1:80  remote 0.0.0.0:0  unsent 0  unread 1": lab.Row{
			Local: "127.0.0.1:80", Remote: "0.0.0.0:0", State: "LISTEN", Unread: 1, Inode: "7"},
	}
	for want, value := range cases {
		if got := value.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// The kernel's table shows both ends of a connection, and the listener's queue.
func TestRows(t *testing.T) {
	listener, port := lab.Listen(8)
	client := lab.Dial(port)
	lab.WaitReadable(listener)

	if row := lab.RowOf(listener); row.State != "LISTEN" || row.Unread != 1 || row.Local != "127.0.0.1:"+strconv.Itoa(port) {
		t.Errorf("listener with one connection in its queue: %+v", row)
	}
	server := lab.Accept(listener)
	_, err := unix.Write(client, []byte("hello"))
	lab.Check(err)
	if got := lab.WaitReadable(listener, server); got != server {
		t.Errorf("readable is descriptor %d, want %d", got, server)
	}
	here, there := lab.RowOf(server), lab.RowOf(client)
	if here.Local != there.Remote || here.Remote != there.Local || here.State != "ESTABLISHED" {
		t.Errorf("the two ends: %+v and %+v", here, there)
	}
	if here.Unread != 5 || lab.Unread(server) != 5 {
		t.Errorf("5 bytes are unread; the table says %d, the socket %d", here.Unread, lab.Unread(server))
	}
	if n := len(lab.Rows(port)); n < 3 {
		t.Errorf("%d rows for the port, want at least the listener and both ends", n)
	}
}

// A call that waits is counted as a sleep, one that does not is not.
func TestSleepsAndCPU(t *testing.T) {
	lab.Quiet()
	pipe := make([]int, 2)
	lab.Check(unix.Pipe2(pipe, unix.O_CLOEXEC))
	self := lab.Self()
	writer := lab.Thread("writer", func() {
		lab.Await(self, "read")
		_, err := unix.Write(pipe[1], []byte("x"))
		lab.Check(err)
	})
	before, busy := lab.Sleeps(), lab.CPU()
	_, err := unix.Read(pipe[0], make([]byte, 1))
	lab.Check(err)
	if lab.Sleeps() == before {
		t.Error("a read that waited was not counted")
	}
	if lab.CPU() < busy {
		t.Error("CPU time went backwards")
	}
	writer.Wait()
}
