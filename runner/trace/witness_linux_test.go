package trace

import (
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// mapper, as an argument of the test binary, makes it a process that has the file
// at its descriptor 3 in memory until its stdin ends.
const mapper = "map-recording"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == mapper {
		if _, err := unix.Mmap(3, 0, os.Getpagesize(), unix.PROT_READ, unix.MAP_SHARED); err != nil {
			panic(err)
		}
		_, _ = os.Stdout.Write([]byte("."))
		_, _ = os.Stdin.Read(make([]byte, 1))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// Two processes have the recording in memory: the program, and one that is being
// started, which has all of its parent's memory until it executes its binary. The
// program is the one that says so in the recording.
func TestFind(t *testing.T) {
	fd, err := unix.MemfdCreate("recording", unix.MFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	file := os.NewFile(uintptr(fd), "recording")
	defer file.Close()
	r, err := Prepare(file, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var pids []int
	for range 2 {
		cmd := exec.Command(os.Args[0], mapper)
		cmd.ExtraFiles = []*os.File{file}
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { stdin.Close(); _ = cmd.Wait() })
		if _, err := stdout.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		pids = append(pids, cmd.Process.Pid)
	}
	for _, pid := range pids {
		atomic.StoreInt32(&r.header.PID, int32(pid))
		r.pid = 0
		if !r.find() || r.pid != pid {
			t.Errorf("found process %d, want %d of %v", r.pid, pid, pids)
		}
	}
}
