package record

import (
	"sync/atomic"
	"syscall"
)

// Syscall makes a system call, as that of package unix does, and records it.
//
//go:uintptrescapes
func Syscall(number, a1, a2, a3 uintptr) (r1, r2 uintptr, err syscall.Errno) {
	return call(true, number, a1, a2, a3, 0, 0, 0)
}

// Syscall6 makes a system call with up to six arguments, and records it.
//
//go:uintptrescapes
func Syscall6(number, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno) {
	return call(true, number, a1, a2, a3, a4, a5, a6)
}

// SyscallNoError makes a system call that cannot fail, and records it.
//
//go:uintptrescapes
func SyscallNoError(number, a1, a2, a3 uintptr) (r1, r2 uintptr) {
	r1, r2, _ = call(true, number, a1, a2, a3, 0, 0, 0)
	return r1, r2
}

// Raw makes and records a system call whose arguments come from the program as
// numbers: what they point to is looked at only when the kernel has done so.
//
//go:uintptrescapes
func Raw(number, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno) {
	return call(false, number, a1, a2, a3, a4, a5, a6)
}

// call makes a call and records it. Where pointers says so, its arguments that
// are addresses are good ones.
func call(pointers bool, number, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno) {
	r := shared.next()
	if r == nil {
		return syscall.Syscall6(number, a1, a2, a3, a4, a5, a6)
	}
	r.Number = int32(number)
	r.Args = [6]uint64{uint64(a1), uint64(a2), uint64(a3), uint64(a4), uint64(a5), uint64(a6)}
	around(r)
	if pointers {
		r.given()
	}
	r1, r2, err = enter(r, number, a1, a2, a3, a4, a5, a6)
	r.Ret = int64(r1)
	if err != 0 {
		r.Ret = -1
	} else if !pointers {
		r.given()
	}
	r.Errno = int32(err)
	r.returned()
	atomic.StoreUint32(&r.State, Returned)
	return r1, r2, err
}
