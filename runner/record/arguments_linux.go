package record

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Numbers that package syscall lacks, see the manual pages of the calls.
const (
	sigBlock       = 0 // SIG_BLOCK
	sigSetMask     = 2 // SIG_SETMASK
	rusageThread   = 1 // RUSAGE_THREAD
	clockThreadCPU = 3 // CLOCK_THREAD_CPUTIME_ID

	// preview is how many bytes of a buffer are written down.
	preview = 80
)

// given writes down what the arguments point to before the call.
func (r *Record) given() {
	a := &r.Args
	switch r.Number {
	case unix.SYS_BIND, unix.SYS_CONNECT:
		r.bytes(Address, a[1], a[2])
	case unix.SYS_WRITE, unix.SYS_PWRITE64:
		r.bytes(Buffer, a[1], min(a[2], preview))
	case unix.SYS_SENDTO:
		r.bytes(Buffer, a[1], min(a[2], preview))
		r.bytes(Address, a[4], a[5])
	case unix.SYS_WRITEV, unix.SYS_PWRITEV, unix.SYS_PWRITEV2:
		r.vector(a[1], a[2], preview)
	case unix.SYS_SENDMSG:
		if m := (*unix.Msghdr)(pointer(a[1])); m != nil {
			r.vector(uint64(uintptr(unsafe.Pointer(m.Iov))), uint64(m.Iovlen), preview)
			r.bytes(Address, uint64(uintptr(unsafe.Pointer(m.Name))), uint64(m.Namelen))
		}
	case unix.SYS_EPOLL_CTL:
		if a[1] != unix.EPOLL_CTL_DEL {
			r.bytes(Events, a[3], uint64(unsafe.Sizeof(unix.EpollEvent{})))
		}
	case unix.SYS_PPOLL:
		r.bytes(Asked, a[0], a[1]*uint64(unsafe.Sizeof(unix.PollFd{})))
		r.bytes(Time, a[2], 16)
	case unix.SYS_PSELECT6:
		r.sets()
		r.bytes(Time, a[4], 16)
	case unix.SYS_NANOSLEEP:
		r.bytes(Time, a[0], 16)
	case unix.SYS_CLOCK_NANOSLEEP:
		r.bytes(Time, a[2], 16)
	case unix.SYS_TIMERFD_SETTIME:
		r.bytes(Value, a[2], 32)
	case unix.SYS_SETSOCKOPT:
		r.bytes(Value, a[3], min(a[4], 16))
	case unix.SYS_FUTEX:
		r.bytes(Value, a[0], 4)
	case unix.SYS_MEMFD_CREATE, unix.SYS_CHDIR, unix.SYS_STATFS, unix.SYS_TRUNCATE, unix.SYS_CHROOT:
		r.text(a[0])
	case unix.SYS_OPENAT, unix.SYS_OPENAT2, unix.SYS_MKDIRAT, unix.SYS_UNLINKAT, unix.SYS_READLINKAT, unix.SYS_MKNODAT,
		unix.SYS_FACCESSAT, unix.SYS_FACCESSAT2, unix.SYS_FCHMODAT, unix.SYS_FCHOWNAT, unix.SYS_INOTIFY_ADD_WATCH,
		unix.SYS_RENAMEAT2, unix.SYS_LINKAT, unix.SYS_STATX:
		r.text(a[1])
	default:
		r.givenElsewhere()
	}
}

// returned writes down what the kernel has put where the arguments point to.
func (r *Record) returned() {
	a := &r.Args
	if r.Number == unix.SYS_CONNECT && (r.Errno == 0 || syscall.Errno(r.Errno) == syscall.EINPROGRESS) {
		r.local(a[0])
	}
	if r.Errno != 0 {
		return
	}
	n := uint64(r.Ret)
	switch r.Number {
	case unix.SYS_ACCEPT, unix.SYS_ACCEPT4:
		r.name(a[1], a[2])
		r.local(n)
	case unix.SYS_GETSOCKNAME, unix.SYS_GETPEERNAME:
		r.name(a[1], a[2])
	case unix.SYS_READ, unix.SYS_PREAD64:
		r.bytes(Buffer, a[1], min(n, preview))
	case unix.SYS_RECVFROM:
		r.bytes(Buffer, a[1], min(n, preview))
		r.name(a[4], a[5])
	case unix.SYS_SENDTO:
		if a[4] != 0 {
			r.local(a[0])
		}
	case unix.SYS_READV, unix.SYS_PREADV, unix.SYS_PREADV2:
		r.vector(a[1], a[2], min(n, preview))
	case unix.SYS_RECVMSG:
		if m := (*unix.Msghdr)(pointer(a[1])); m != nil {
			r.vector(uint64(uintptr(unsafe.Pointer(m.Iov))), uint64(m.Iovlen), min(n, preview))
			r.bytes(Address, uint64(uintptr(unsafe.Pointer(m.Name))), uint64(m.Namelen))
		}
	case unix.SYS_EPOLL_PWAIT, unix.SYS_EPOLL_PWAIT2:
		r.bytes(Events, a[1], n*uint64(unsafe.Sizeof(unix.EpollEvent{})))
	case unix.SYS_PPOLL:
		r.bytes(Polled, a[0], a[1]*uint64(unsafe.Sizeof(unix.PollFd{})))
	case unix.SYS_PSELECT6:
		r.sets()
	case unix.SYS_PIPE2:
		r.bytes(Pair, a[0], 8)
	case unix.SYS_SOCKETPAIR:
		r.bytes(Pair, a[3], 8)
	case unix.SYS_GETSOCKOPT:
		if size := (*uint32)(pointer(a[4])); size != nil {
			r.bytes(Value, a[3], min(uint64(*size), 16))
		}
	case unix.SYS_IOCTL:
		switch a[1] {
		case unix.TIOCINQ, unix.TIOCOUTQ:
			r.bytes(Value, a[2], 4)
		}
	case unix.SYS_WAIT4:
		r.bytes(Value, a[1], 4)
	default:
		r.returnedElsewhere()
	}
}

// pointer is the address in an argument.
func pointer(arg uint64) unsafe.Pointer {
	at := uintptr(arg)
	return *(*unsafe.Pointer)(unsafe.Pointer(&at))
}

// bytes writes down n bytes at an address.
func (r *Record) bytes(tag Tag, at, n uint64) {
	if at != 0 && n > 0 && n < 1<<30 {
		r.add(tag, unsafe.Slice((*byte)(pointer(at)), n))
	}
}

// text writes down a string that ends with a zero byte.
func (r *Record) text(at uint64) {
	p := pointer(at)
	if p == nil {
		return
	}
	n := 0
	for n < preview && *(*byte)(unsafe.Add(p, n)) != 0 {
		n++
	}
	r.bytes(Path, at, uint64(n))
}

// vector writes down the first most bytes of a struct iovec array.
func (r *Record) vector(at, n, most uint64) {
	p := (*unix.Iovec)(pointer(at))
	if p == nil || n > 1024 {
		return
	}
	joined := make([]byte, 0, preview)
	for _, v := range unsafe.Slice(p, n) {
		take := min(uint64(v.Len), most-uint64(len(joined)))
		if v.Base != nil && take > 0 {
			joined = append(joined, unsafe.Slice(v.Base, take)...)
		}
	}
	r.add(Buffer, joined)
}

// name writes down a socket address whose length the kernel has returned.
func (r *Record) name(at, size uint64) {
	if n := (*uint32)(pointer(size)); n != nil && at != 0 {
		r.bytes(Address, at, uint64(min(*n, unix.SizeofSockaddrAny)))
	}
}

// local asks for the address of the socket fd itself, by which the two ends of a
// connection find each other.
func (r *Record) local(fd uint64) {
	var address unix.RawSockaddrAny
	size := uint32(unix.SizeofSockaddrAny)
	_, _, err := syscall.RawSyscall(unix.SYS_GETSOCKNAME, uintptr(fd), uintptr(unsafe.Pointer(&address)), uintptr(unsafe.Pointer(&size)))
	if err == 0 {
		r.add(Local, unsafe.Slice((*byte)(unsafe.Pointer(&address)), min(size, unix.SizeofSockaddrAny)))
	}
}

// sets writes down the descriptors in the sets of select: three masks, of
// those to read, to write and with exceptions.
func (r *Record) sets() {
	n := min(r.Args[0], 256)
	size := (n + 63) / 64 * 8
	masks := make([]byte, 3*size)
	for i := range uint64(3) {
		if p := pointer(r.Args[1+i]); p != nil {
			copy(masks[i*size:], unsafe.Slice((*byte)(p), size))
		}
	}
	r.add(Sets, masks)
}
