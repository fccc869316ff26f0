// Package unix has the functions of golang.org/x/sys/unix that make system
// calls, with the same names, parameters and results. Each call is recorded, see
// package record; types and constants are those of golang.org/x/sys/unix.
package unix

import (
	"syscall"

	"example/workbook/runner/record"
)

//go:generate sh -c "cd .. && go run ./gen"

// Syscall is unix.Syscall, recorded.
//
//go:uintptrescapes
func Syscall(trap, a1, a2, a3 uintptr) (r1, r2 uintptr, err syscall.Errno) {
	return record.Raw(trap, a1, a2, a3, 0, 0, 0)
}

// Syscall6 is unix.Syscall6, recorded.
//
//go:uintptrescapes
func Syscall6(trap, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno) {
	return record.Raw(trap, a1, a2, a3, a4, a5, a6)
}

// RawSyscall is unix.RawSyscall, recorded.
//
//go:uintptrescapes
func RawSyscall(trap, a1, a2, a3 uintptr) (r1, r2 uintptr, err syscall.Errno) {
	return record.Raw(trap, a1, a2, a3, 0, 0, 0)
}

// RawSyscall6 is unix.RawSyscall6, recorded.
//
//go:uintptrescapes
func RawSyscall6(trap, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno) {
	return record.Raw(trap, a1, a2, a3, a4, a5, a6)
}

// SyscallNoError is unix.SyscallNoError, recorded.
//
//go:uintptrescapes
func SyscallNoError(trap, a1, a2, a3 uintptr) (r1, r2 uintptr) {
	r1, r2, _ = record.Raw(trap, a1, a2, a3, 0, 0, 0)
	return r1, r2
}

// RawSyscallNoError is unix.RawSyscallNoError, recorded.
//
//go:uintptrescapes
func RawSyscallNoError(trap, a1, a2, a3 uintptr) (r1, r2 uintptr) {
	r1, r2, _ = record.Raw(trap, a1, a2, a3, 0, 0, 0)
	return r1, r2
}
