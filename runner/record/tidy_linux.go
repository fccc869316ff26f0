package record

import (
	"os"
	"syscall"
)

// Tidy gets out of the program's way what the Go runtime opens at a moment of its
// own: its epoll instance and its eventfd get numbers from 100, so that the
// program's descriptors are 3, 4, 5 as in any language.
//
// It also makes the table of descriptors grow to 1024 places, and closes the
// channel when that is done. When a process with several threads outgrows its
// table, at 64, 128, 256 and so on, the call that does it sleeps for some
// milliseconds until all CPUs have let go of the old one (synchronize_rcu of the
// kernel). Here another thread does that meanwhile.
func Tidy() <-chan struct{} {
	movePoller()
	grown := make(chan struct{})
	go func() {
		if fd, err := duplicate(1000); err == 0 {
			syscall.Close(fd)
		}
		close(grown)
	}()
	return grown
}

// firstOwn is the first number for descriptors of the Go runtime.
const firstOwn = 100

// movePoller takes all numbers below 100 while the runtime makes its own
// descriptors, which it does for the first pipe of package os.
func movePoller() {
	held := make([]int, 0, firstOwn)
	for {
		fd, err := duplicate(3)
		if err != 0 {
			break // fewer are allowed
		}
		held = append(held, fd)
		if fd >= firstOwn {
			break
		}
	}
	if r, w, err := os.Pipe(); err == nil {
		r.Close()
		w.Close()
	}
	for _, fd := range held {
		syscall.Close(fd)
	}
}

// duplicate gives standard input a second number, the first free one from least.
func duplicate(least uintptr) (int, syscall.Errno) {
	fd, _, err := syscall.RawSyscall(syscall.SYS_FCNTL, 0, syscall.F_DUPFD_CLOEXEC, least)
	return int(fd), err
}
