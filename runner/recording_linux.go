package runner

import (
	"os"

	"golang.org/x/sys/unix"

	"example/workbook/internal/evidence"
	"example/workbook/runner/interp"
	syscalls "example/workbook/runner/record"
	sys "example/workbook/runner/record/unix"
	"example/workbook/runner/trace"
)

const canRecord = true

// recording is the recording of one run, and who watches it.
type recording struct {
	*trace.Recording
	mem  *os.File // of a compiled program, which has no other file to share
	stop chan struct{}
	over chan struct{}
}

// startRecording puts a recording at the end of mem, into which the process that
// gets mem will record, and begins to watch that process.
func startRecording(mem *os.File) (*recording, error) {
	offset, err := interp.RecordingOffset(mem)
	if err != nil {
		return nil, err
	}
	return watch(mem, offset)
}

// recordCommand gives the compiled program of cmd a recording, and begins to
// watch its process.
func recordCommand(cmd *command, p *Program, binary string) (*recording, error) {
	fd, err := unix.MemfdCreate("workbook-recording", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	mem := os.NewFile(uintptr(fd), "recording")
	rec, err := watch(mem, 0)
	if err != nil {
		mem.Close()
		return nil, err
	}
	rec.mem = mem
	if err := rec.Lines(binary, p.fileToken()); err != nil {
		rec.close()
		return nil, err
	}
	cmd.extra = mem
	cmd.env = append(cmd.env, syscalls.Variable+"=3")
	return rec, nil
}

func watch(mem *os.File, offset int64) (*recording, error) {
	memory, err := trace.Prepare(mem, offset)
	if err != nil {
		return nil, err
	}
	rec := &recording{Recording: memory, stop: make(chan struct{}), over: make(chan struct{})}
	go func() {
		rec.Watch(rec.stop)
		close(rec.over)
	}()
	return rec, nil
}

// trace ends the recording of a process that has ended. Nothing was recorded if
// rec is nil.
func (rec *recording) trace(p *Program, e Engine) *evidence.Trace {
	if rec == nil {
		return nil
	}
	rec.end()
	t := rec.Trace()
	t.Snippet, t.Engine = p.Name, string(e)
	return t
}

func (rec *recording) end() {
	select {
	case <-rec.stop:
	default:
		close(rec.stop)
	}
	<-rec.over
}

func (rec *recording) close() {
	rec.end()
	rec.Close()
	if rec.mem != nil {
		rec.mem.Close()
	}
}

// isRecorded reports whether a function of package unix has a recorded form.
func isRecorded(name string) bool { return sys.Function(name) != nil }
