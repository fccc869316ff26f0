package supervisor

import (
	"encoding/json"
	"errors"
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
)

const (
	// Arg is the first argument of a supervisor.
	Arg = "supervise-run"
	// ControlFD is the descriptor at which it has its end of a socket of type
	// SOCK_SEQPACKET.
	ControlFD = 3
)

// Order is what the supervisor gets first, in JSON, with the descriptors for 1,
// 2 and so on of the program.
type Order struct {
	Path         string
	Args, Env    []string
	Dir          string
	Memory       int64  // bytes of RLIMIT_DATA; 0 leaves it alone
	FileSize     int64  // bytes of RLIMIT_FSIZE; 0 leaves it alone
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
// Failed and Gone it ends.
type Notice struct {
	Started int    `json:",omitempty"` // process id of the program
	Failed  string `json:",omitempty"` // why it could not be started
	Exited  *Exit  `json:",omitempty"`
	Crowd   bool   `json:",omitempty"` // too many processes, everything is being stopped
	Gone    *Gone  `json:",omitempty"` // nothing is left
}

// Exit is how the program ended.
type Exit struct {
	Status unix.WaitStatus
	CPU    time.Duration
	Memory int64 // most that it had in RAM, in bytes
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
	// The kernel kills the program when the thread that started it ends
	// (PR_SET_PDEATHSIG), so that thread must stay.
	runtime.LockOSThread()
	closeRestOnExec()
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return 1
	}
	s := &supervisor{stopped: make(chan int, 1), ended: make(chan struct{}), parted: make(chan bool, 1)}
	files, err := s.receive()
	if err != nil {
		return 1
	}
	if err := s.start(files); err != nil {
		s.say(Notice{Failed: err.Error()})
		return 1
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
		_ = RemoveAll(s.order.Remove)
	}
	return 0
}

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
	fds := []uintptr{0}
	for _, fd := range files {
		fds = append(fds, uintptr(fd))
	}
	pid, err := syscall.ForkExec(s.order.Path, s.order.Args, &syscall.ProcAttr{
		Dir: s.order.Dir, Env: s.order.Env, Files: fds,
		Sys: &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL},
	})
	for _, fd := range files {
		unix.Close(fd)
	}
	if err != nil {
		return &os.PathError{Op: "exec", Path: s.order.Path, Err: err}
	}
	s.program = pid
	// Where memory runs short, the kernel should take the program, nobody else.
	// It may refuse; then nothing is lost.
	_ = os.WriteFile("/proc/"+strconv.Itoa(pid)+"/oom_score_adj", []byte("1000"), 0)
	return nil
}

// limit sets the limits that the program inherits.
func (s *supervisor) limit() error {
	for _, l := range []struct {
		resource int
		max      uint64
	}{
		{unix.RLIMIT_DATA, uint64(s.order.Memory)},
		{unix.RLIMIT_FSIZE, uint64(s.order.FileSize)},
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
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		return os.NewSyscallError("getrlimit", err)
	}
	// The Go runtime has raised this process's own limit and would hand the old
	// one down, unless it is set by this very function.
	files.Cur = files.Max
	return os.NewSyscallError("setrlimit", syscall.Setrlimit(syscall.RLIMIT_NOFILE, &files))
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
	var b [1]byte
	for {
		n, err := unix.Read(ControlFD, b[:])
		switch {
		case errors.Is(err, unix.EINTR):
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
			for !ended() {
				n += KillAll(below, ended)
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
			s.say(Notice{Exited: &Exit{status, cpu, usage.Maxrss << 10}})
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
