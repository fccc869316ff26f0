package runner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"example/workbook/runner/ahead"
	"example/workbook/runner/interp"
	"example/workbook/runner/isolate"
	"example/workbook/runner/lean"
	syscalls "example/workbook/runner/record"
	"example/workbook/runner/supervisor"
)

// How long each step towards the end of a run may take before the next, harder
// one. With quitGrace, stopGrace stays below the half second that a verdict may
// come late; forceGrace is for a machine that is out of breath, where leaving
// nothing behind matters more.
const (
	stopGrace  = 150 * time.Millisecond // for the supervisor to end the tree
	forceGrace = 10 * time.Second       // for this process to help
	killGrace  = 2 * time.Second        // to find what a dead supervisor has lost
	drainGrace = 50 * time.Millisecond  // for output whose writer cannot be found
)

// execution is one run under way, as the runner sees it.
type execution struct {
	cmd     *command
	box     isolate.Box
	pid     int    // of the supervisor; 0: it was not started
	control int    // our end of its socket
	streams [2]int // read ends of the pipes; -1 at their end
	wake    [2]int // pipe that is written to when the context ends
	out     *outcome
	rec     *recorder
	buf     []byte
	started time.Time
	stage   stage
	next    time.Time // when the next stage begins; zero means never
	sealed  bool      // the box is as ordered, the program may be there
	gone    bool      // nothing is left of the tree
	lost    bool      // the supervisor ended without saying so
	forced  time.Time // when this process began to help the supervisor
	helped  int       // processes of a program that had ended which it found then
}

// stage is how far towards its end a run is.
type stage int

const (
	running stage = iota
	quitting
	stopping
	forcing
	draining
	over
)

// execute runs cmd and returns when nothing is left of it.
func (r *Runner) execute(ctx context.Context, cmd *command) (*outcome, error) {
	e, err := r.begin(cmd)
	if err != nil {
		return nil, err
	}
	return e.wait(ctx)
}

// begin starts cmd under a supervisor, in the strongest box that the system
// allows or in the one that is demanded. The caller must wait for it or abandon
// it.
func (r *Runner) begin(cmd *command) (*execution, error) {
	if cmd.trusted {
		return r.beginIn(cmd, isolate.Off)
	}
	for level := r.box.first(r.Isolation); ; level++ {
		e, err := r.beginIn(cmd, level)
		var no *isolate.Refusal
		if errors.As(err, &no) && level < isolate.Off && r.Isolation == 0 {
			r.box.refused(level, no)
			continue
		}
		if no != nil {
			return nil, fmt.Errorf("isolation %v cannot be had: %w: 'workbook doctor' tells how to mend it", level, err)
		}
		if err != nil {
			return nil, fmt.Errorf("starting a process for the run: %w", err)
		}
		r.box.found(level)
		return e, nil
	}
}

// beginIn starts cmd in a box of that level, or returns a *isolate.Refusal.
func (r *Runner) beginIn(cmd *command, level isolate.Level) (*execution, error) {
	e, err := newExecution(cmd, level)
	if err != nil {
		return nil, err
	}
	if err = e.supervise(r.binary()); err == nil {
		err = e.order()
	}
	if err == nil {
		err = e.settle()
	}
	if err != nil {
		e.abandon()
		return nil, err
	}
	return e, nil
}

// newExecution is cmd in a box of that level, before anything is started.
func newExecution(cmd *command, level isolate.Level) (*execution, error) {
	e := &execution{
		cmd: cmd, out: &outcome{level: level}, rec: newRecorder(cmd.output, cmd.tee),
		control: -1, streams: [2]int{-1, -1}, wake: [2]int{-1, -1}, buf: make([]byte, 64<<10),
		box: ahead.Box(level, cmd.folder, cmd.disk),
	}
	if cmd.superuser {
		e.box.Superuser = true
		e.box.Nobody = e.box.CanBeNobody()
	}
	if cmd.binary != nil { // it will be among the files there
		info, err := cmd.binary.Stat()
		if err != nil {
			return nil, err
		}
		e.box.Disk += info.Size()
	}
	if err := unix.Pipe2(e.wake[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		return nil, os.NewSyscallError("pipe", err)
	}
	return e, nil
}

// keep makes the folder of a run and starts a process that removes it if this one
// dies, also between the processes of the run. The caller must release it.
func (r *Runner) keep(f ahead.Folder) (release func(), err error) {
	e := &execution{
		cmd: &command{folder: f}, box: isolate.Box{Level: isolate.Off},
		control: -1, streams: [2]int{-1, -1}, wake: [2]int{-1, -1},
	}
	release = func() {
		if e.control >= 0 {
			e.tell(supervisor.Bye)
		}
		e.abandon()
	}
	if err = e.supervise(r.binary()); err == nil {
		err = supervisor.Keep(e.control, string(f))
	}
	if err == nil {
		err = f.Make()
	}
	if err != nil {
		release()
		return nil, fmt.Errorf("starting a process for the run: %w", err)
	}
	return release, nil
}

// settle waits until the box is as ordered, or refused. It does not wait for the
// program, which may do what it can to the supervisor before that has said that
// the program is there.
func (e *execution) settle() error {
	for !e.sealed && !e.gone && !e.lost {
		if err := e.hear(); err != nil {
			return err
		}
	}
	if e.lost && !e.sealed && e.box.Level < isolate.Off {
		return &isolate.Refusal{Step: "start", Err: errors.New("the process that should watch the run has ended")}
	}
	return nil
}

// binary is the file to execute as a child of ours.
func (r *Runner) binary() string {
	if r.Executable != "" {
		return r.Executable
	}
	// Not os.Executable: the file there may have been replaced meanwhile.
	return "/proc/self/exe"
}

// supervise starts the supervisor.
func (e *execution) supervise(exe string) (err error) {
	e.pid, e.control, err = supervisor.Start(exe, &e.box)
	return err
}

// program is the process id of the program as this process sees it, which is
// another than in a process namespace; 0 when it is gone.
func (e *execution) program() int {
	if e.box.Level != isolate.Full {
		return e.out.pid
	}
	for _, p := range supervisor.Descendants(e.pid) {
		if supervisor.Inside(p.PID) == e.out.pid {
			return p.PID
		}
	}
	return 0
}

// signal sends a signal to the supervisor, which has not been waited for.
func (e *execution) signal(s unix.Signal) { _ = unix.Kill(e.pid, s) }

// reap waits for the end of the supervisor.
func (e *execution) reap() {
	for {
		var status unix.WaitStatus
		if _, err := unix.Wait4(e.pid, &status, 0, nil); !errors.Is(err, unix.EINTR) {
			if e.lost && status.Exited() {
				// Nobody killed it: the run left it no thread to go on with.
				e.out.unwatched, e.out.crowd = false, !e.out.timedOut && !e.out.flooded
			}
			return
		}
	}
}

// wait returns when nothing is left of the run.
func (e *execution) wait(ctx context.Context) (*outcome, error) {
	defer e.close()
	woken := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		_, _ = unix.Write(e.wake[1], []byte{0})
		close(woken)
	})
	defer func() {
		if !stop() {
			<-woken
		}
	}()
	if e.sealed {
		e.started = time.Now()
		if e.cmd.timeout > 0 && e.stage == running {
			e.next = e.started.Add(e.cmd.timeout)
		}
	}
	for e.stage != over {
		if err := e.step(); err != nil {
			e.kill()
			e.reap()
			return nil, err
		}
	}
	e.reap()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	if e.out.duration == 0 && !e.started.IsZero() {
		e.out.duration = time.Since(e.started)
	}
	e.out.output, e.out.dropped, e.out.gap = e.rec.output()
	return e.out, e.out.broken
}

// abandon ends a run that nobody will wait for.
func (e *execution) abandon() {
	e.close() // which the supervisor takes for our death
	if e.pid != 0 {
		e.signal(unix.SIGCONT)
		e.reap()
	}
}

// order makes the pipes and gives the order.
func (e *execution) order() error {
	o, copied := e.terms()
	var fds []int
	if e.cmd.extra != nil {
		fds = append(fds, int(e.cmd.extra.Fd()))
	}
	if copied {
		fds = append(fds, int(e.cmd.binary.Fd()))
	}
	var err error
	e.streams, err = supervisor.Give(e.control, o, fds...)
	return err
}

// terms are the order for cmd in its box, and whether the binary goes with it.
func (e *execution) terms() (o *supervisor.Order, copied bool) {
	o = &supervisor.Order{
		Box: e.box, Path: e.cmd.path, Args: e.cmd.args, Env: e.cmd.env, Dir: e.cmd.dir,
		Memory: e.cmd.memory, FileSize: e.cmd.fileSize, Files: int64(e.cmd.files), MaxProcesses: e.cmd.processes,
		Threads: int64(e.cmd.limits(e.out).Threads), Stack: int64(e.cmd.stack),
		Remove: string(e.cmd.folder),
	}
	if copied = e.cmd.binary != nil && e.box.Level.Private(); copied {
		o.CopyTo = o.Path
	}
	if e.cmd.alone {
		o.Path, o.Args = "/proc/self/exe", append([]string{"workbook", aloneArg, o.Path}, o.Args...)
		o.Env = renamed(o.Env, syscalls.Variable, passedOn)
	}
	return o, copied
}

func (e *execution) close() {
	for _, fd := range []int{e.control, e.streams[0], e.streams[1], e.wake[0], e.wake[1]} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}

// step waits for the next thing to happen and acts on it.
func (e *execution) step() error {
	fds := []unix.PollFd{
		{Fd: int32(e.streams[Stdout]), Events: unix.POLLIN},
		{Fd: int32(e.streams[Stderr]), Events: unix.POLLIN},
		{Fd: int32(e.control), Events: unix.POLLIN},
		{Fd: int32(e.wake[0]), Events: unix.POLLIN},
	}
	if e.lost || e.gone {
		fds[2].Fd = -1
	}
	// A supervisor that the program has stopped must go on, so look once a second.
	wait := time.Second
	if !e.next.IsZero() {
		wait = min(wait, max(time.Until(e.next), 0))
	}
	n, err := unix.Poll(fds, int((wait+time.Millisecond-1)/time.Millisecond))
	if err != nil && !errors.Is(err, unix.EINTR) {
		return os.NewSyscallError("poll", err)
	}
	if n <= 0 {
		e.signal(unix.SIGCONT)
	} else {
		for s := range e.streams {
			if fds[s].Revents != 0 {
				e.read(Stream(s))
			}
		}
		if fds[2].Revents != 0 {
			if err := e.hear(); err != nil {
				return err
			}
		}
		if fds[3].Revents != 0 {
			e.advance(stopping)
			unix.Close(e.wake[0])
			e.wake[0] = -1
		}
	}
	if e.rec.flooded() && e.stage < quitting {
		e.out.flooded = true
		e.advance(stopping)
	}
	if e.gone && (e.streams[Stdout] < 0 && e.streams[Stderr] < 0) {
		e.advance(over)
	}
	if !e.next.IsZero() && !time.Now().Before(e.next) {
		e.late()
	}
	return nil
}

// read takes what a pipe holds.
func (e *execution) read(s Stream) {
	n, err := unix.Read(e.streams[s], e.buf)
	switch {
	case errors.Is(err, unix.EINTR) || errors.Is(err, unix.EAGAIN):
	case n > 0:
		e.rec.add(s, e.buf[:n])
	default:
		unix.Close(e.streams[s])
		e.streams[s] = -1
	}
}

// hear takes one notice of the supervisor. Its error is that the box is refused.
func (e *execution) hear() error {
	n, err := unix.Read(e.control, e.buf)
	if errors.Is(err, unix.EINTR) {
		return nil
	}
	var word supervisor.Notice
	if err != nil || n == 0 || json.Unmarshal(e.buf[:n], &word) != nil {
		e.lost = true
		e.out.unwatched = true
		if e.sealed {
			e.advance(forcing)
		}
		return nil
	}
	switch {
	case word.Refused != nil:
		return &isolate.Refusal{Step: word.Refused.Name, Err: errors.New(word.Refused.Err)}
	case word.Sealed:
		e.sealed = true
	case word.Started != 0:
		e.out.pid = word.Started
	case word.Failed != "":
		e.out.broken = errors.New(word.Failed)
		e.gone = true
		e.advance(draining)
	case word.Exited != nil:
		e.out.exited = true
		e.out.status = syscall.WaitStatus(word.Exited.Status)
		e.out.cpu = word.Exited.CPU
		e.out.memory = word.Exited.Memory
		e.out.full = word.Exited.Full
		e.out.duration = time.Since(e.started)
		if e.stage < stopping {
			e.stage, e.next = stopping, time.Now().Add(stopGrace)
		}
	case word.Crowd:
		// Also where the program has ended while its processes were counted.
		e.out.crowd = !e.out.timedOut && !e.out.flooded
		e.advance(stopping)
	case word.Gone != nil:
		if !e.out.timedOut && !e.out.flooded && !e.out.crowd {
			e.out.strays += max(word.Gone.Strays, e.helped)
			e.out.crowd = e.out.strays > e.cmd.processes // they were not seen while the program ran
		}
		e.gone = true
		e.tell(supervisor.Bye)
		e.advance(draining)
	}
	return nil
}

// late is called when a stage has lasted as long as it may.
func (e *execution) late() {
	switch e.stage {
	case running:
		e.out.timedOut = true
		e.out.calls = threadCalls(e.program())
		if e.cmd.quit > 0 {
			e.advance(quitting)
		} else {
			e.advance(stopping)
		}
	case quitting:
		e.advance(stopping)
	case stopping:
		e.advance(forcing)
	case forcing:
		e.force()
	case draining:
		e.advance(over)
	}
}

// advance enters a later stage.
func (e *execution) advance(to stage) {
	if to <= e.stage {
		return
	}
	e.stage = to
	now := time.Now()
	switch to {
	case quitting:
		e.tell(supervisor.Quit)
		e.next = now.Add(e.cmd.quit)
	case stopping:
		e.tell(supervisor.Stop)
		e.next = now.Add(stopGrace)
	case forcing:
		e.forced = now
		e.force()
	case draining:
		e.next = now.Add(drainGrace)
	}
}

// force is what this process does when the supervisor has not ended the run in
// time. As long as the supervisor lives, it still reports when nothing is left;
// if it is dead, or everything takes too long, the end is when nothing can be
// found any more.
func (e *execution) force() {
	if !e.lost && time.Since(e.forced) < forceGrace {
		e.signal(unix.SIGCONT)
		below := supervisor.Descendants(e.pid)
		if e.out.exited {
			e.helped = max(e.helped, len(below))
		}
		supervisor.Kill(below)
		e.next = time.Now().Add(20 * time.Millisecond)
		return
	}
	e.kill()
	e.gone = true
	e.advance(draining)
}

// tell gives an order to the supervisor, which the program may have stopped.
func (e *execution) tell(b byte) {
	e.signal(unix.SIGCONT)
	_ = unix.Send(e.control, []byte{b}, unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT)
}

// kill ends the tree without the supervisor: what is still below it, itself,
// and what it has lost, by the marker that every process of the run carries.
func (e *execution) kill() {
	until := time.Now().Add(killGrace)
	expired := func() bool { return time.Now().After(until) }
	n := 0
	if !e.lost {
		n = supervisor.KillAll(func() ([]supervisor.Proc, bool) { return supervisor.Descendants(e.pid), true }, expired)
	}
	e.signal(unix.SIGKILL)
	list := func() ([]supervisor.Proc, bool) { return supervisor.Strays(e.cmd.marker) }
	for {
		n += supervisor.KillAll(list, expired)
		// Look twice: a process that is being started may be missed.
		left, sure := list()
		e.out.escaped = len(left) > 0
		if expired() || sure && len(left) == 0 {
			break
		}
	}
	if e.out.exited {
		e.out.strays += n
	}
}

// A child that interprets is started before there is a request, and waits for
// it at the descriptor that the request will have: the memory that holds it
// comes over a socket there. Starting the child and checking the program then
// take place at the same time.

// interpreter is a child that waits for a request.
type interpreter struct {
	*execution
	gate int
}

// startInterpreter completes cmd and starts it, or takes the one that was started
// ahead, which it ends if that is not what cmd asks for.
func (r *Runner) startInterpreter(cmd *command, a *ahead.Interpreter) (*interpreter, error) {
	// The supervisor is this binary too, and in its box the file has no name.
	cmd.path, cmd.args = "/proc/self/exe", []string{"workbook", ahead.AwaitArg}
	if a != nil {
		if i := r.take(a, cmd); i != nil {
			return i, nil
		}
	}
	gate, theirs, err := ahead.Gate()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	cmd.extra = theirs
	e, err := r.begin(cmd)
	if err != nil {
		unix.Close(gate)
		return nil, err
	}
	return &interpreter{e, gate}, nil
}

// take makes a the interpreter of cmd, if it was started as that would be and has
// come up. Otherwise it ends a.
func (r *Runner) take(a *ahead.Interpreter, cmd *command) *interpreter {
	level := r.box.first(r.Isolation)
	e, err := newExecution(cmd, level)
	if err != nil {
		a.End()
		return nil
	}
	if terms, _ := e.terms(); r.Executable != "" || !reflect.DeepEqual(terms, a.Order) {
		e.abandon()
		a.End()
		return nil
	}
	e.pid, e.control, e.streams = a.PID, a.Control, a.Streams
	if err := e.settle(); err != nil {
		e.abandon()
		unix.Close(a.Gate)
		return nil // begin will meet the same
	}
	r.box.found(level)
	return &interpreter{e, a.Gate}
}

// finish hands the request over and waits for the end of the run.
func (i *interpreter) finish(ctx context.Context, mem *os.File) (*outcome, error) {
	// An error means that the child is gone; that is what the run then says.
	manner := []byte{0}
	if i.execution.cmd.alone {
		manner[0] = 1
	}
	_ = unix.Sendmsg(i.gate, manner, unix.UnixRights(int(mem.Fd())), nil, unix.MSG_NOSIGNAL)
	unix.Close(i.gate)
	return i.wait(ctx)
}

func (i *interpreter) abandon() {
	unix.Close(i.gate)
	i.execution.abandon()
}

// awaitRequest is the child's side: it returns when the request has come, and
// has put it in the place of the socket.
func awaitRequest() {
	oob, manner := make([]byte, unix.CmsgSpace(4)), make([]byte, 1)
	var oobn int
	for err := error(unix.EINTR); err != nil; {
		_, oobn, _, _, err = unix.Recvmsg(interp.RequestFD, manner, oob, unix.MSG_CMSG_CLOEXEC)
		if err == unix.ENOTSOCK {
			return // this process has executed itself again
		}
		if err != nil && err != unix.EINTR {
			os.Exit(3)
		}
	}
	msgs, err := unix.ParseSocketControlMessage(oob[:oobn])
	if err != nil || len(msgs) != 1 {
		os.Exit(3) // the program was not accepted, there is nothing to do
	}
	fds, err := unix.ParseUnixRights(&msgs[0])
	if err != nil || len(fds) != 1 || unix.Dup3(fds[0], interp.RequestFD, 0) != nil {
		os.Exit(3)
	}
	unix.Close(fds[0])
	if manner[0] == 1 && isolate.RefuseProcesses() != nil {
		os.Exit(3)
	}
}

// A compiled program that must not start processes is executed by a child that
// has given that up.

const aloneArg = lean.Alone

// passedOn is the name of the variable with the recording on its way through that
// child, which would take the recording for its own.
const passedOn = "WORKBOOK_PASSED_ON"

// renamed returns env with one name of a variable in place of another.
func renamed(env []string, from, to string) []string {
	env = slices.Clone(env)
	for i, v := range env {
		if value, ok := strings.CutPrefix(v, from+"="); ok {
			env[i] = to + "=" + value
		}
	}
	return env
}

// executeAlone executes os.Args[2] with the arguments behind it.
func executeAlone() {
	err := isolate.RefuseProcesses()
	if err == nil {
		err = unix.Exec(os.Args[2], os.Args[3:], renamed(os.Environ(), passedOn, syscalls.Variable))
	}
	fmt.Fprintln(os.Stderr, "workbook:", err)
	os.Exit(3)
}
