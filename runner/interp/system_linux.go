package interp

import (
	"os"

	"golang.org/x/sys/unix"
)

// anonymousFile returns a file in memory that no folder names.
func anonymousFile() (*os.File, error) {
	fd, err := unix.MemfdCreate("workbook-request", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	return os.NewFile(uintptr(fd), "request"), nil
}

// onMainThread reports whether the caller runs on the thread with which the
// process began.
func onMainThread() bool { return unix.Gettid() == unix.Getpid() }
