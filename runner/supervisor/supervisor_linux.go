package supervisor

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"example/workbook/runner/isolate"
	"example/workbook/runner/lean"
)

const (
	// Arg is the first argument of a supervisor.
	Arg = lean.Supervise
	// ControlFD is the descriptor at which it has its end of a socket of type
	// SOCK_SEQPACKET.
	ControlFD = 3
)

// Order is what the supervisor gets first, in JSON, with the descriptors for 1,
// 2 and so on of the program.
type Order struct {
	Keep bool        // only remove the folder if the runner dies; there is no program
	Box  isolate.Box // in which the program is to run
	// Path is what to execute. Without one, the supervisor only tries whether
	// the box can be had. With CopyTo, the last descriptor is the program, which
	// is to be at this place in the box.
	Path         string
	CopyTo       string
	Args, Env    []string
	Dir          string
	Memory       int64  // bytes of RLIMIT_DATA; 0 leaves it alone
	FileSize     int64  // bytes of RLIMIT_FSIZE; 0 leaves it alone
	Threads      int64  // RLIMIT_NPROC, which counts threads; 0 leaves it alone
	Stack        int64  // bytes of RLIMIT_STACK that are in force; 0 leaves it alone
	Files        int64  // RLIMIT_NOFILE; 0: as many as the system allows
	MaxProcesses int    // 0: any number
	Remove       string // folder to remove if the other end of the socket closes
}

// Single bytes that follow the order.
const (
	Quit = 'q' // SIGQUIT to the program
	Stop = 'k' // end everything
	Bye  = 'b' // the answer to Gone; without it, the runner has died
)

// Notice is what the supervisor says, in JSON. Exactly one field is set. After
// Failed, Refused and Gone it ends.
type Notice struct {
	Sealed  bool   `json:",omitempty"` // the box is as ordered, the program comes next
	Started int    `json:",omitempty"` // process id of the program
	Failed  string `json:",omitempty"` // why it could not be started
	Refused *Step  `json:",omitempty"` // what the system did not let the box do
	Exited  *Exit  `json:",omitempty"`
	Crowd   bool   `json:",omitempty"` // too many processes, everything is being stopped
	Gone    *Gone  `json:",omitempty"` // nothing is left
}

// Step is one on the way to a box, and what went wrong there.
type Step struct{ Name, Err string }

// Exit is how the program ended.
type Exit struct {
	Status unix.WaitStatus
	CPU    time.Duration
	Memory int64 // most that it had in RAM, in bytes
	Full   bool  // the box had no room for files any more
}

// Gone is the end of all processes.
type Gone struct {
	Strays int // how many had to be stopped after the end of the program
}

// begin is called here so that a supervisor begins before other packages are
// initialised: Go initialises packages in the order of their paths, and this one
// needs little.
var _ = begin()

func begin() bool {
	if len(os.Args) == 2 && os.Args[1] == Arg {
		os.Exit(supervise())
	}
	return true
}

type supervisor struct {
	order   Order
	program int // process id
	stop    sync.Once
	stopped chan int // receives the number of processes killed, once
	ended   chan struct{}
	parted  chan bool // receives, once, whether the runner has died
}

// supervise is the supervisor's main function. It returns its exit status.
func supervise() int {
	status := make(chan int)
	go func() {
		// This thread is sealed with the program, so it must not be the main
		// one: what the program may do to it, Landlock would take for what it may
		// do to this process. And it must stay: the kernel kills the program when
		// the thread that started it ends (PR_SET_PDEATHSIG).
		runtime.LockOSThread()
		status <- run()
		select {}
	}()
	return <-status
}

// run carries out one order.
func run() int {
	closeRestOnExec()
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return 1
	}
	s := &supervisor{stopped: make(chan int, 1), ended: make(chan struct{}), parted: make(chan bool, 1)}
	files, err := s.receive()
	if err != nil {
		return 1
	}
	if s.order.Keep {
		s.keep()
		return 0
	}
	if err := s.start(files); err != nil {
		s.discard()
		s.say(refusal(err))
		return 1
	}
	if s.order.Path == "" {
		s.say(Notice{Gone: &Gone{}})
		return 0
	}
	s.say(Notice{Started: s.program})
	go s.listen()
	// The program may signal its parent. Catching them all takes the runtime a
	// while (2 ms), so the program need not wait for that.
	signal.Notify(make(chan os.Signal, 1))
	if s.order.MaxProcesses > 0 {
		go s.watch()
	}
	s.reap()
	if died := <-s.parted; died {
		s.discard()
	}
	return 0
}

// keep waits until the runner has removed the folder, or has died.
func (s *supervisor) keep() {
	for {
		var b [1]byte
		n, err := unix.Read(ControlFD, b[:])
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || n == 0 {
			_ = RemoveAll(s.order.Remove)
		}
		return
	}
}

// discard removes the folder of the run where it is on disk.
func (s *supervisor) discard() {
	if !s.order.Box.Level.Private() {
		s.unsealed(func() { _ = RemoveAll(s.order.Remove) })
	}
}

// refusal is the notice about what went wrong.
func refusal(err error) Notice {
	var step *isolate.Refusal
	if errors.As(err, &step) {
		return Notice{Refused: &Step{step.Step, step.Err.Error()}}
	}
	return Notice{Failed: err.Error()}
}

// unsealed runs do on a thread that has the rights which this process began
// with; the one that waits for the program has those of the program.
func (s *supervisor) unsealed(do func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	<-done
}

// alone reports whether this process has its own process namespace: it is the
// first one there, and the kernel ends all others with it.
func (s *supervisor) alone() bool { return s.order.Box.Level == isolate.Full }

// closeRestOnExec sees to it that the program inherits nothing, also not what
// this process has inherited from who started the runner.
func closeRestOnExec() {
	if unix.CloseRange(ControlFD, math.MaxInt32, unix.CLOSE_RANGE_CLOEXEC) == nil {
		return
	}
	// Before Linux 5.11.
	fds, _ := os.ReadDir("/proc/self/fd")
	for _, d := range fds {
		if fd, err := strconv.Atoi(d.Name()); err == nil && fd >= ControlFD {
			unix.CloseOnExec(fd)
		}
	}
}

// receive waits for the order and the descriptors that come with it.
func (s *supervisor) receive() ([]int, error) {
	buf := make([]byte, 256<<10)
	oob := make([]byte, unix.CmsgSpace(8*4))
	n, oobn, _, _, err := unix.Recvmsg(ControlFD, buf, oob, unix.MSG_CMSG_CLOEXEC)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(buf[:n], &s.order); err != nil {
		return nil, err
	}
	if s.order.Keep {
		return nil, nil
	}
	msgs, err := unix.ParseSocketControlMessage(oob[:oobn])
	if err != nil || len(msgs) != 1 {
		return nil, errors.New("order without descriptors")
	}
	return unix.ParseUnixRights(&msgs[0])
}

// start executes the program with files as its descriptors from 1 up.
func (s *supervisor) start(files []int) error {
	if err := s.limit(); err != nil {
		return err
	}
	if s.order.Path != "" {
		if err := s.order.Box.Furnish(); err != nil {
			return err
		}
	}
	if err := s.order.Box.Seal(); err != nil || s.order.Path == "" {
		return err
	}
	if s.order.CopyTo != "" {
		last := len(files) - 1
		if err := install(files[last], s.order.CopyTo); err != nil {
			return err
		}
		files = files[:last]
	}
	fds := []uintptr{0}
	for _, fd := range files {
		fds = append(fds, uintptr(fd))
	}
	// From the next step on the program may stop or kill this process.
	s.say(Notice{Sealed: true})
	pid, err := syscall.ForkExec(s.order.Path, s.order.Args, &syscall.ProcAttr{
		Dir: s.order.Dir, Env: s.order.Env, Files: fds,
		Sys: &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL, Credential: s.order.Box.Credential()},
	})
	for _, fd := range files {
		unix.Close(fd)
	}
	if err != nil {
		return &os.PathError{Op: "exec", Path: s.order.Path, Err: err}
	}
	s.program = pid
	return nil
}

// install copies the program in the descriptor from to path.
func install(from int, path string) error {
	in := os.NewFile(uintptr(from), "program")
	defer in.Close()
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o700)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// offer makes the kernel take the program, and nobody else, where memory runs
// short. It may refuse; then nothing is lost.
func (s *supervisor) offer() {
	_ = os.WriteFile("/proc/"+strconv.Itoa(s.program)+"/oom_score_adj", []byte("1000"), 0)
}

// limit sets the limits that the program inherits.
func (s *supervisor) limit() error {
	for _, l := range []struct {
		resource int
		max      uint64
	}{
		{unix.RLIMIT_DATA, uint64(s.order.Memory)},
		{unix.RLIMIT_FSIZE, uint64(s.order.FileSize)},
		{unix.RLIMIT_NPROC, uint64(s.order.Threads)},
	} {
		if l.max == 0 {
			continue
		}
		var have unix.Rlimit
		if err := unix.Getrlimit(l.resource, &have); err != nil {
			return os.NewSyscallError("getrlimit", err)
		}
		limit := min(l.max, have.Max)
		if err := unix.Setrlimit(l.resource, &unix.Rlimit{Cur: limit, Max: limit}); err != nil {
			return os.NewSyscallError("setrlimit", err)
		}
	}
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return os.NewSyscallError("setrlimit", err)
	}
	if err := s.limitStack(); err != nil {
		return err
	}
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		return os.NewSyscallError("getrlimit", err)
	}
	// The Go runtime has raised this process's own limit and would hand the old
	// one down, unless it is set by this very function.
	files.Cur = files.Max
	if most := uint64(s.order.Files); most > 0 && most < files.Max {
		files.Cur, files.Max = most, most
	}
	return os.NewSyscallError("setrlimit", syscall.Setrlimit(syscall.RLIMIT_NOFILE, &files))
}

// limitStack sets what the C library takes for the size of each thread's stack.
// The program may raise it again.
func (s *supervisor) limitStack() error {
	if s.order.Stack == 0 {
		return nil
	}
	var have unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_STACK, &have); err != nil {
		return os.NewSyscallError("getrlimit", err)
	}
	have.Cur = min(uint64(s.order.Stack), have.Max)
	return os.NewSyscallError("setrlimit", unix.Setrlimit(unix.RLIMIT_STACK, &have))
}

// say tells the runner. If it is gone, listen notices.
func (s *supervisor) say(n Notice) {
	msg, err := json.Marshal(n)
	if err == nil {
		_ = unix.Send(ControlFD, msg, unix.MSG_NOSIGNAL)
	}
}

// listen carries out what the runner orders until it orders the end or is gone.
func (s *supervisor) listen() {
	s.offer()
	var b [1]byte
	for {
		n, err := unix.Read(ControlFD, b[:])
		switch {
		case errors.Is(err, unix.EINTR):
		case (err != nil || n == 0) && s.alone():
			os.Exit(0)
		case err != nil || n == 0:
			s.end()
			s.parted <- true
			return
		case b[0] == Bye:
			s.parted <- false
			return
		case b[0] == Quit:
			s.quit()
		case b[0] == Stop:
			s.end()
		}
	}
}

// quit sends SIGQUIT to the program, whose Go runtime then says where the
// goroutines are. It can tell that of a running goroutine only if the signal
// goes to its thread, so the busiest one gets it.
func (s *supervisor) quit() {
	pid := s.program
	dir := "/proc/" + strconv.Itoa(pid) + "/task/"
	tasks, _ := os.ReadDir(dir)
	busiest, most := 0, -1
	for _, t := range tasks[:min(len(tasks), 100)] {
		stat, err := os.ReadFile(dir + t.Name() + "/stat")
		if p, ok := parseStat(stat); err == nil && ok && p.state == 'R' && p.cpu > most {
			most = p.cpu
			busiest, _ = strconv.Atoi(t.Name())
		}
	}
	if busiest == 0 || unix.Tgkill(pid, busiest, unix.SIGQUIT) != nil {
		_ = unix.Kill(pid, unix.SIGQUIT)
	}
}

// end kills everything below this process, in the background.
func (s *supervisor) end() {
	s.stop.Do(func() {
		go func() {
			s.hurry()
			self, n := os.Getpid(), 0
			below := func() ([]Proc, bool) { return Descendants(self), true }
			ended := func() bool {
				select {
				case <-s.ended:
					return true
				default:
					return false
				}
			}
			if s.alone() {
				list, _ := below()
				n = len(list)
			}
			for !ended() {
				if s.alone() {
					_ = unix.Kill(-1, unix.SIGKILL)
				} else {
					n += KillAll(below, ended)
				}
				time.Sleep(time.Millisecond)
			}
			s.stopped <- n
		}()
	})
}

// hurry puts the calling goroutine on a thread that goes before the hundreds of
// processes which a run may have. Only root may have that.
func (s *supervisor) hurry() {
	runtime.LockOSThread()
	_ = unix.Setpriority(unix.PRIO_PROCESS, 0, -20)
}

// reap waits for the program and for every orphan until no process is left.
// What the program leaves behind is killed when it ends.
func (s *supervisor) reap() {
	exited, ending := false, false
	for {
		flags := 0
		if exited && !ending {
			flags = unix.WNOHANG
		}
		var status unix.WaitStatus
		var usage unix.Rusage
		pid, err := unix.Wait4(-1, &status, flags, &usage)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil: // ECHILD
			s.finish()
			return
		case pid == 0: // somebody is alive
			ending = true
			s.end()
		case pid == s.program && !exited:
			exited = true
			cpu := time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
			// Linux counts Maxrss in KiB.
			s.say(Notice{Exited: &Exit{status, cpu, usage.Maxrss << 10, s.order.Box.IsFull()}})
		}
	}
}

// finish reports the end of all processes.
func (s *supervisor) finish() {
	strays := 0
	started := true
	s.stop.Do(func() { started = false })
	if started {
		close(s.ended)
		strays = <-s.stopped
	}
	s.say(Notice{Gone: &Gone{strays}})
}

// watch stops a run that starts too many processes, or takes so many threads
// that the machine comes near the most that it can have. It looks at all
// processes when the machine has many more threads than when the run began, and
// now and then anyhow, as others may have ended meanwhile.
func (s *supervisor) watch() {
	s.hurry()
	base, most := threads(), systemThreads()
	self := os.Getpid()
	for tick := 1; ; tick++ {
		_ = unix.Nanosleep(&unix.Timespec{Nsec: 50e6}, nil)
		if threads()-base < s.order.MaxProcesses/2 && tick%10 != 0 {
			continue
		}
		below, own := Descendants(self), 0
		for _, p := range below {
			own += p.threads
		}
		if len(below) > s.order.MaxProcesses || most > 0 && own > most/4*3 {
			s.say(Notice{Crowd: true})
			s.end()
			return
		}
	}
}

// threads is the number of threads on this machine, the fourth field of
// /proc/loadavg, which is cheaper than looking at all processes.
func threads() int {
	b, _ := os.ReadFile("/proc/loadavg")
	fields := strings.Fields(string(b))
	if len(fields) < 4 {
		return 0
	}
	_, total, _ := strings.Cut(fields[3], "/")
	n, _ := strconv.Atoi(total)
	return n
}

// systemThreads is how many threads the machine can have; 0 means unknown.
func systemThreads() int {
	least := 0
	for _, name := range []string{"/proc/sys/kernel/pid_max", "/proc/sys/kernel/threads-max"} {
		b, _ := os.ReadFile(name)
		if n, err := strconv.Atoi(strings.TrimSpace(string(b))); err == nil && (least == 0 || n < least) {
			least = n
		}
	}
	return least
}
