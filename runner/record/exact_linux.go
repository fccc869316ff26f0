//go:build !workbook_plain

package record

import (
	"sync/atomic"
	"syscall"
	"unsafe"
)

// Exact says that "slept" is about the call alone. Counted around a function of
// package unix it would be about the Go scheduler too, which may park the thread
// when the call returns.
const Exact = true

//go:linkname entersyscall runtime.entersyscall
func entersyscall()

//go:linkname exitsyscall runtime.exitsyscall
func exitsyscall()

//go:linkname nanotime runtime.nanotime
func nanotime() int64

// enter makes the call. Between entersyscall and exitsyscall the thread stays
// the goroutine's and runs nothing else, not even to grow the stack.
//
// Meanwhile SIGURG is blocked, by which the Go runtime interrupts its threads:
// without that, epoll_wait and its like now and then fail with EINTR, and a
// thread that sleeps wakes for nothing.
//
//go:nosplit
//go:norace
//go:noinline
func enter(r *Record, number, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno) {
	var usage syscall.Rusage
	var clock syscall.Timespec
	urgent, mask := uint64(1)<<(syscall.SIGURG-1), uint64(0)
	entersyscall()
	tid, _, _ := syscall.RawSyscall(syscall.SYS_GETTID, 0, 0, 0)
	r.TID = int32(tid)
	masks := number == syscall.SYS_RT_SIGPROCMASK // a call for which the mask is not ours to restore
	if !masks {
		syscall.RawSyscall6(syscall.SYS_RT_SIGPROCMASK, sigBlock, uintptr(unsafe.Pointer(&urgent)), uintptr(unsafe.Pointer(&mask)), 8, 0, 0)
	}
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockThreadCPU, uintptr(unsafe.Pointer(&clock)), 0)
	cpu := clock.Nano()
	syscall.RawSyscall(syscall.SYS_GETRUSAGE, rusageThread, uintptr(unsafe.Pointer(&usage)), 0)
	slept, pushed := usage.Nvcsw, usage.Nivcsw
	r.T0 = nanotime()
	atomic.StoreUint32(&r.State, Entered)
	r1, r2, err = syscall.RawSyscall6(number, a1, a2, a3, a4, a5, a6)
	r.T1 = nanotime()
	syscall.RawSyscall(syscall.SYS_GETRUSAGE, rusageThread, uintptr(unsafe.Pointer(&usage)), 0)
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockThreadCPU, uintptr(unsafe.Pointer(&clock)), 0)
	if !masks {
		syscall.RawSyscall6(syscall.SYS_RT_SIGPROCMASK, sigSetMask, uintptr(unsafe.Pointer(&mask)), 0, 8, 0, 0)
	}
	exitsyscall()
	r.CPU = min(clock.Nano()-cpu, r.T1-r.T0)
	r.Slept = int32(usage.Nvcsw - slept)
	r.Pushed = int32(usage.Nivcsw - pushed)
	return r1, r2, err
}
