package lab

import (
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Ring is an io_uring: two queues that the program and the kernel share. The
// program puts operations into one, the kernel puts their results into the
// other. Only one thread may use it.
type Ring struct {
	fd      int
	p       ringParams
	queues  []byte            // both queues, in one mapping
	entries []byte            // the operations, 64 bytes each
	held    map[uint64][]byte // buffers that the kernel uses, by tag: the collector must not take them
}

// Completion is the result of one operation.
type Completion struct {
	Tag    uint64 // that the operation was started with
	Result int    // what the call would have returned; an error is a negative error number
}

// The structures of the kernel, from linux/io_uring.h.
type ringParams struct {
	sqEntries, cqEntries, flags, cpu, idle, features, wqFD uint32
	_                                                      [3]uint32
	sq                                                     struct {
		head, tail, mask, entries, flags, dropped, array, _ uint32
		_                                                   uint64
	}
	cq struct {
		head, tail, mask, entries, overflow, cqes, flags, _ uint32
		_                                                   uint64
	}
}

type ringEntry struct {
	op, flags uint8
	prio      uint16
	fd        int32
	off, addr uint64
	len, opts uint32
	tag       uint64
	_         [3]uint64
}

type ringResult struct {
	tag    uint64
	result int32
	flags  uint32
}

// Numbers from linux/io_uring.h.
const (
	ringOpAccept    = 13
	ringOpSend      = 26
	ringOpRecv      = 27
	ringGetEvents   = 1
	ringEntriesAt   = 0x10000000
	ringEntrySize   = 64
	ringResultSize  = 16
	ringFeatOneMmap = 1
)

// NewRing makes a ring with room for so many operations at a time.
func NewRing(entries int) *Ring {
	r := &Ring{held: map[uint64][]byte{}}
	fd, _, errno := unix.Syscall(unix.SYS_IO_URING_SETUP, uintptr(entries), uintptr(unsafe.Pointer(&r.p)), 0)
	if errno != 0 {
		fail("io_uring_setup: %s", explain(errno))
	}
	if r.p.features&ringFeatOneMmap == 0 {
		fail("io_uring: this kernel is older than 5.4")
	}
	r.fd = int(fd)
	unix.CloseOnExec(r.fd)
	queues := max(r.p.sq.array+r.p.sqEntries*4, r.p.cq.cqes+r.p.cqEntries*ringResultSize)
	r.queues = r.mmap(0, int(queues))
	r.entries = r.mmap(ringEntriesAt, int(r.p.sqEntries)*ringEntrySize)
	return r
}

func (r *Ring) mmap(at int64, size int) []byte {
	mem, err := unix.Mmap(r.fd, at, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_POPULATE)
	Check(err)
	return mem
}

// Accept starts to take a connection from the listener's queue.
func (r *Ring) Accept(listener int, tag uint64) {
	r.submit(ringEntry{op: ringOpAccept, fd: int32(listener), opts: unix.SOCK_CLOEXEC, tag: tag}, nil)
}

// Recv starts to receive into buf, which the program must leave alone until it is done.
func (r *Ring) Recv(fd int, buf []byte, tag uint64) {
	r.submit(ringEntry{op: ringOpRecv, fd: int32(fd), tag: tag}, buf)
}

// Send starts to send buf, which the program must not change until it is done.
func (r *Ring) Send(fd int, buf []byte, tag uint64) {
	r.submit(ringEntry{op: ringOpSend, fd: int32(fd), opts: unix.MSG_NOSIGNAL, tag: tag}, buf)
}

func (r *Ring) submit(e ringEntry, buf []byte) {
	if len(buf) > 0 {
		r.held[e.tag] = buf
		e.addr = uint64(uintptr(unsafe.Pointer(&buf[0])))
		e.len = uint32(len(buf))
	}
	tail := *r.at(r.p.sq.tail)
	i := tail & *r.at(r.p.sq.mask)
	*(*ringEntry)(unsafe.Pointer(&r.entries[i*ringEntrySize])) = e
	*r.at(r.p.sq.array + 4*i) = i
	atomic.StoreUint32(r.at(r.p.sq.tail), tail+1)
	r.enter(1, 0)
}

// Done returns the result of an operation that has come to its end, if there is one.
func (r *Ring) Done() (Completion, bool) {
	head := *r.at(r.p.cq.head)
	if head == atomic.LoadUint32(r.at(r.p.cq.tail)) {
		return Completion{}, false
	}
	at := r.p.cq.cqes + ringResultSize*(head&*r.at(r.p.cq.mask))
	c := *(*ringResult)(unsafe.Pointer(&r.queues[at]))
	atomic.StoreUint32(r.at(r.p.cq.head), head+1)
	delete(r.held, c.tag)
	return Completion{Tag: c.tag, Result: int(c.result)}, true
}

// Wait returns the next result, and sleeps in io_uring_enter(2) until there is one.
func (r *Ring) Wait() Completion {
	for {
		c, ok := r.Done()
		if ok {
			return c
		}
		r.enter(0, 1)
	}
}

// enter tells the kernel of new operations, and waits for at least so many results.
func (r *Ring) enter(submitted, results uintptr) {
	for {
		_, _, errno := unix.Syscall6(unix.SYS_IO_URING_ENTER, uintptr(r.fd), submitted, results, ringGetEvents, 0, 0)
		if errno == 0 {
			return
		}
		if errno != unix.EINTR {
			fail("io_uring_enter: %s", explain(errno))
		}
	}
}

// at is a number in the shared queues.
func (r *Ring) at(offset uint32) *uint32 {
	return (*uint32)(unsafe.Pointer(&r.queues[offset]))
}
