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
	urgent, mask := uint64(1)<<(syscall.SIGURG-1), uint64(0)
	own := pace{slept: unknown}
	entersyscall()
	tid, _, _ := syscall.RawSyscall(syscall.SYS_GETTID, 0, 0, 0)
	r.TID = int32(tid)
	p := paceOf(tid, &own)
	masks := number == syscall.SYS_RT_SIGPROCMASK // a call for which the mask is not ours to restore
	if !masks {
		syscall.RawSyscall6(syscall.SYS_RT_SIGPROCMASK, sigBlock, uintptr(unsafe.Pointer(&urgent)), uintptr(unsafe.Pointer(&mask)), 8, 0, 0)
	}
	syscall.RawSyscall(syscall.SYS_GETRUSAGE, rusageThread, uintptr(unsafe.Pointer(&usage)), 0)
	if usage.Nvcsw != p.slept || usage.Nivcsw != p.pushed {
		p.look(&usage)
	}
	r.T0 = nanotime()
	atomic.StoreUint32(&r.State, Entered)
	r1, r2, err = syscall.RawSyscall6(number, a1, a2, a3, a4, a5, a6)
	r.T1 = nanotime()
	syscall.RawSyscall(syscall.SYS_GETRUSAGE, rusageThread, uintptr(unsafe.Pointer(&usage)), 0)
	r.Slept = int32(usage.Nvcsw - p.slept)
	r.Pushed = int32(usage.Nivcsw - p.pushed)
	r.CPU = r.T1 - r.T0
	if r.Slept != 0 || r.Pushed != 0 {
		behind := p.behind
		p.look(&usage)
		r.CPU -= max(p.behind-behind, 0)
		r.CPU = max(r.CPU, 0)
	}
	if !masks {
		syscall.RawSyscall6(syscall.SYS_RT_SIGPROCMASK, sigSetMask, uintptr(unsafe.Pointer(&mask)), 0, 8, 0, 0)
	}
	exitsyscall()
	return r1, r2, err
}

// A pace is what the CPU clock of a thread showed when it was looked at last.
// While the thread is not switched, its clock and the time go on together: one
// look, which costs more than a cheap call, is enough for many calls.
type pace struct {
	tid           uintptr // whose it is; 0 is nobody
	slept, pushed int64   // switches of the thread until then; unknown before the first look
	behind        int64   // how much less than the time it showed, in nanoseconds
}

// unknown is no number of switches.
const unknown = -1

// paces are those of the threads that record, each where the number of its
// thread says. They lie outside the memory of Go: there the race detector, which
// knows no processor to count on between entersyscall and exitsyscall, would look
// at who is first, and crash.
var paces = mapped()

func mapped() *[4096]pace {
	mem, err := syscall.Mmap(-1, 0, int(unsafe.Sizeof([4096]pace{})), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return nil
	}
	return (*[4096]pace)(unsafe.Pointer(&mem[0]))
}

// paceOf returns the pace of a thread, or own where another thread has its place.
//
//go:nosplit
//go:norace
func paceOf(tid uintptr, own *pace) *pace {
	if paces == nil {
		return own
	}
	p := &paces[tid%uintptr(len(paces))]
	switch {
	case atomic.LoadUintptr(&p.tid) == tid:
		return p
	case atomic.CompareAndSwapUintptr(&p.tid, 0, tid):
		p.slept = unknown
		return p
	}
	return own
}

// look looks at the clock of the calling thread, whose switches are in usage.
//
//go:nosplit
//go:norace
func (p *pace) look(usage *syscall.Rusage) {
	var clock syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockThreadCPU, uintptr(unsafe.Pointer(&clock)), 0)
	p.behind = nanotime() - clock.Nano()
	p.slept, p.pushed = usage.Nvcsw, usage.Nivcsw
}
