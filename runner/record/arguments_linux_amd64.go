package record

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// givenElsewhere is given for calls that not all architectures have.
func (r *Record) givenElsewhere() {
	switch r.Number {
	case unix.SYS_OPEN, unix.SYS_STAT, unix.SYS_LSTAT, unix.SYS_CREAT, unix.SYS_UNLINK, unix.SYS_MKDIR, unix.SYS_RMDIR, unix.SYS_ACCESS:
		r.text(r.Args[0])
	case unix.SYS_NEWFSTATAT, unix.SYS_RENAMEAT:
		r.text(r.Args[1])
	case unix.SYS_POLL:
		r.bytes(Asked, r.Args[0], r.Args[1]*uint64(unsafe.Sizeof(unix.PollFd{})))
	case unix.SYS_SELECT:
		r.sets()
	}
}

// returnedElsewhere is returned for the same calls.
func (r *Record) returnedElsewhere() {
	switch r.Number {
	case unix.SYS_EPOLL_WAIT:
		r.bytes(Events, r.Args[1], uint64(r.Ret)*uint64(unsafe.Sizeof(unix.EpollEvent{})))
	case unix.SYS_POLL:
		r.bytes(Polled, r.Args[0], r.Args[1]*uint64(unsafe.Sizeof(unix.PollFd{})))
	case unix.SYS_SELECT:
		r.sets()
	case unix.SYS_PIPE:
		r.bytes(Pair, r.Args[0], 8)
	}
}
