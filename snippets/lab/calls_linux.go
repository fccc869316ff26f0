package lab

import (
	"sort"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// calls are the system calls that the snippets sleep in. Their numbers differ
// from one kind of processor to the next, their names do not.
var calls = map[string]int{
	"accept4":         unix.SYS_ACCEPT4,
	"clock_nanosleep": unix.SYS_CLOCK_NANOSLEEP,
	"connect":         unix.SYS_CONNECT,
	"epoll_pwait":     unix.SYS_EPOLL_PWAIT,
	"flock":           unix.SYS_FLOCK,
	"futex":           unix.SYS_FUTEX,
	"io_uring_enter":  unix.SYS_IO_URING_ENTER,
	"nanosleep":       unix.SYS_NANOSLEEP,
	"ppoll":           unix.SYS_PPOLL,
	"pselect6":        unix.SYS_PSELECT6,
	"read":            unix.SYS_READ,
	"readv":           unix.SYS_READV,
	"recvfrom":        unix.SYS_RECVFROM,
	"recvmsg":         unix.SYS_RECVMSG,
	"sendmsg":         unix.SYS_SENDMSG,
	"sendto":          unix.SYS_SENDTO,
	"wait4":           unix.SYS_WAIT4,
	"waitid":          unix.SYS_WAITID,
	"write":           unix.SYS_WRITE,
	"writev":          unix.SYS_WRITEV,
}

// enteredCall is the call that the kernel sees where a snippet names an older one:
// golang.org/x/sys/unix makes these in its place.
func enteredCall(name string) string {
	switch name {
	case "accept":
		return "accept4"
	case "epoll_wait":
		return "epoll_pwait"
	case "poll":
		return "ppoll"
	case "select":
		return "pselect6"
	}
	return name
}

func knownCall(name string) bool {
	_, ok := calls[enteredCall(name)]
	return ok
}

func knownCalls() string {
	var names []string
	for name := range calls {
		names = append(names, name)
	}
	sort.Strings(names)
	return strings.Join(names, ", ")
}

// callName is the name of the system call with this number, in digits.
func callName(digits string) string {
	for name, n := range calls {
		if strconv.Itoa(n) == digits {
			return name
		}
	}
	return "number " + digits
}
