package runner

import "golang.org/x/sys/unix"

// olderCalls are waiting system calls that newer architectures do without.
var olderCalls = map[int]string{
	unix.SYS_POLL: "poll", unix.SYS_SELECT: "select", unix.SYS_EPOLL_WAIT: "epoll_wait", unix.SYS_PAUSE: "pause",
}
