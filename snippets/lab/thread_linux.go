package lab

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"example/workbook/runner/record"
)

// awaitLimit ends an Await for something that never happens, sooner than the
// workbook ends the whole run.
const awaitLimit = 5 * time.Second

// Task is a thread of this process. The kernel's word for it is task: it lists
// the threads of a process in /proc/self/task.
type Task struct {
	name  string
	tid   int
	ended chan struct{} // closed when its function has returned; nil for Self
}

// Thread starts run on a thread of its own: a new goroutine that stays on one
// thread of the kernel, which carries name (15 bytes at most) and ends with it.
//
// Thread also ties its caller to the thread it runs on. Without that, Go might
// give the new goroutine the caller's own thread.
func Thread(name string, run func()) *Task {
	runtime.LockOSThread()
	t := &Task{name: name, ended: make(chan struct{})}
	started := make(chan struct{})
	go func() {
		runtime.LockOSThread() // never undone: thread and goroutine end together
		t.tid = unix.Gettid()
		setName(name)
		record.Name(name)
		close(started)
		run()
		record.End()
		close(t.ended)
	}()
	<-started
	return t
}

// Self is the calling thread. It ties the caller to that thread. The thread
// whose number is the PID is called "main"; the kernel calls it after the file
// of the program.
func Self() *Task {
	runtime.LockOSThread()
	tid := unix.Gettid()
	t := &Task{tid: tid, name: "main"}
	if tid != unix.Getpid() {
		t.name = t.file("comm")
	}
	return t
}

// setName gives the calling thread a name that ps, top and /proc show.
func setName(name string) {
	text, err := unix.BytePtrFromString(name)
	Check(err)
	_, _, errno := unix.Syscall(unix.SYS_PRCTL, unix.PR_SET_NAME, uintptr(unsafe.Pointer(text)), 0)
	if errno != 0 {
		fail("name a thread %q: %s", name, explain(errno))
	}
}

// Wait returns when the thread's function has returned.
func (t *Task) Wait() {
	if t.ended == nil {
		fail("thread %s was not started by lab.Thread: there is no end to wait for", t.name)
	}
	<-t.ended
}

// Name is what Thread or Self called it.
func (t *Task) Name() string { return t.name }

// TID is its number in the kernel, the name of its folder in /proc/self/task.
func (t *Task) TID() int { return t.tid }

// State is what the kernel says the thread is doing, such as "R (running)" or
// "S (sleeping)". R also stands for a thread that is ready and waits for a CPU.
func (t *Task) State() string { return t.status("State") }

// Switches is how often the thread has left a CPU so far.
func (t *Task) Switches() Switches {
	return Switches{
		Voluntary:   number(t.status("voluntary_ctxt_switches")),
		Involuntary: number(t.status("nonvoluntary_ctxt_switches")),
	}
}

// Wchan is the function of the kernel in which the thread sleeps, "0" while it
// does not sleep. The name belongs to one version of the kernel, not to its interface.
func (t *Task) Wchan() string { return t.file("wchan") }

// Syscall is the system call that the thread sleeps in.
func (t *Task) Syscall() Syscall {
	f := strings.Fields(t.file("syscall"))
	if f[0] == "running" {
		return Syscall{Name: "running"}
	}
	if f[0] == "-1" { // asleep elsewhere, such as in a page fault
		return Syscall{Name: "none"}
	}
	call := Syscall{Name: callName(f[0])}
	for i := range call.Args {
		arg, err := strconv.ParseUint(strings.TrimPrefix(f[1+i], "0x"), 16, 64)
		Check(err)
		call.Args[i] = int(arg)
	}
	return call
}

// Syscall is a system call in progress.
type Syscall struct {
	Name string // such as "accept4"; "running" while the thread does not sleep; "none" if it sleeps elsewhere
	Args [6]int // its arguments as the kernel got them; a call has up to six
}

// status is one line of /proc/self/task/TID/status.
func (t *Task) status(key string) string {
	for _, line := range strings.Split(t.file("status"), "\n") {
		value, ok := strings.CutPrefix(line, key+":")
		if ok {
			return strings.TrimSpace(value)
		}
	}
	fail("the kernel says nothing about %s of thread %s", key, t.name)
	return ""
}

// file is the text of a file in /proc/self/task/TID.
func (t *Task) file(name string) string {
	text, err := readFile(fmt.Sprintf("/proc/self/task/%d/%s", t.tid, name))
	if err == unix.ENOENT || err == unix.ESRCH {
		fail("thread %s has ended: the kernel has nothing to say about it", t.name)
	}
	Check(err)
	return text
}

// Await returns when the kernel says that t sleeps in the named system call: now,
// not at some moment before. The names are those of the calls that
// golang.org/x/sys/unix makes: Accept is accept4, EpollWait is epoll_wait or
// epoll_pwait, Poll is poll or ppoll. It gives up after five seconds and tells
// what the thread was doing then.
func Await(t *Task, call string) {
	if !knownCall(call) {
		fail("lab.Await: unknown system call %q, one of: %s", call, knownCalls())
	}
	if t.tid == unix.Gettid() {
		fail("lab.Await: %s is the thread that asks, which is not asleep: await another one", t.name)
	}
	call = enteredCall(call)
	start := time.Now()
	// Who records this program can look as well, without a descriptor of ours.
	if record.Asleep(t.tid, calls[call], awaitLimit) {
		return
	}
	for {
		// The call first, then the state: a thread that is inside the call and
		// asleep afterwards sleeps there. The other way round, it could be an
		// earlier sleep.
		in := t.Syscall().Name
		state := t.State()
		if in == call && strings.HasPrefix(state, "S") {
			record.Saw(t.tid, t.Wchan())
			return
		}
		if time.Since(start) > awaitLimit {
			fail("thread %s did not sleep in %s within %v, last seen: state %s, system call %s",
				t.name, call, awaitLimit, state, in)
		}
		runtime.Gosched()
	}
}

// Mark keeps, under a label, what the kernel knows of this process's descriptors
// at this moment: sockets with their states and queues, and what an epoll
// instance watches. It becomes part of the evidence of the run.
func Mark(label string) { record.Snapshot(label) }

// Switches counts how often a thread gave its CPU to another.
type Switches struct {
	Voluntary   int // it had to wait for something, and slept
	Involuntary int // it wanted to go on, and the kernel let another thread run
}

// Total is the sum of both.
func (s Switches) Total() int { return s.Voluntary + s.Involuntary }

// String is both counts in words, which is what fmt.Println prints.
func (s Switches) String() string {
	return fmt.Sprintf("%d voluntary, %d involuntary", s.Voluntary, s.Involuntary)
}

// Quiet prepares the calling goroutine for a count of its sleeps: it stays on
// its thread, and Go's garbage collector, whose helpers make threads wait at
// moments of their own, does all its work now and rests from then on. It goes
// back to work where a program has made 512 MiB of garbage.
func Quiet() {
	runtime.LockOSThread()
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(512 << 20)
	debug.FreeOSMemory()
}

// Sleeps is how often the calling thread has gone to sleep of its own accord
// so far: its voluntary context switches, by getrusage(2).
func Sleeps() int {
	return int(usage().Nvcsw)
}

// CPU is the time that the calling thread has spent on a CPU so far.
func CPU() time.Duration {
	u := usage()
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func usage() unix.Rusage {
	var u unix.Rusage
	Check(unix.Getrusage(unix.RUSAGE_THREAD, &u))
	return u
}

// readFile reads a file of /proc. It does without package os, which would open
// two more descriptors of its own first: a snippet's descriptors stay small.
func readFile(path string) (string, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return "", err
	}
	defer unix.Close(fd)
	var text []byte
	buf := make([]byte, 16<<10)
	for {
		n, err := unix.Read(fd, buf)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return "", err
		}
		if n == 0 {
			return strings.TrimSpace(string(text)), nil
		}
		text = append(text, buf[:n]...)
	}
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	Check(err)
	return n
}
