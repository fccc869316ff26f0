//go:build workbook_plain

package record

import (
	"runtime"
	"sync/atomic"
	"syscall"
	"unsafe"
)

// Exact says that "slept" is about the call alone. Here it is also about what
// the Go scheduler did when the call returned.
const Exact = false

// nanotime is CLOCK_MONOTONIC.
func nanotime() int64 {
	var t syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, 1, uintptr(unsafe.Pointer(&t)), 0)
	return t.Nano()
}

// enter makes the call, without what only the runtime of some versions of Go
// lets others do.
func enter(r *Record, number, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	r.TID = int32(gettid())
	var before, after syscall.Rusage
	_ = syscall.Getrusage(rusageThread, &before)
	r.T0 = nanotime()
	atomic.StoreUint32(&r.State, Entered)
	r1, r2, err = syscall.Syscall6(number, a1, a2, a3, a4, a5, a6)
	r.T1 = nanotime()
	_ = syscall.Getrusage(rusageThread, &after)
	r.Slept = int32(after.Nvcsw - before.Nvcsw)
	r.Pushed = int32(after.Nivcsw - before.Nivcsw)
	if r.Slept == 0 && r.Pushed == 0 {
		r.CPU = r.T1 - r.T0
	} else {
		busy := after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano()
		r.CPU = min(busy, r.T1-r.T0)
	}
	return r1, r2, err
}
