package trace

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

func ipv6(b []byte) string {
	a, _ := netip.AddrFromSlice(b)
	return a.String()
}

// flag is a bit of an argument, or its whole value, and its name.
type flag struct {
	bit  int64
	name string
}

// values name numbers that stand alone.
var values = map[string][]flag{
	"domain":   {{unix.AF_INET, "AF_INET"}, {unix.AF_INET6, "AF_INET6"}, {unix.AF_UNIX, "AF_UNIX"}, {unix.AF_NETLINK, "AF_NETLINK"}, {unix.AF_PACKET, "AF_PACKET"}},
	"protocol": {{unix.IPPROTO_TCP, "IPPROTO_TCP"}, {unix.IPPROTO_UDP, "IPPROTO_UDP"}, {unix.IPPROTO_ICMP, "IPPROTO_ICMP"}},
	"how":      {{unix.SHUT_RD, "SHUT_RD"}, {unix.SHUT_WR, "SHUT_WR"}, {unix.SHUT_RDWR, "SHUT_RDWR"}},
	"epollop":  {{unix.EPOLL_CTL_ADD, "EPOLL_CTL_ADD"}, {unix.EPOLL_CTL_MOD, "EPOLL_CTL_MOD"}, {unix.EPOLL_CTL_DEL, "EPOLL_CTL_DEL"}},
	"whence":   {{unix.SEEK_SET, "SEEK_SET"}, {unix.SEEK_CUR, "SEEK_CUR"}, {unix.SEEK_END, "SEEK_END"}},
	"clock":    {{unix.CLOCK_REALTIME, "CLOCK_REALTIME"}, {unix.CLOCK_MONOTONIC, "CLOCK_MONOTONIC"}},
	"fcntl": {{unix.F_DUPFD, "F_DUPFD"}, {unix.F_GETFD, "F_GETFD"}, {unix.F_SETFD, "F_SETFD"}, {unix.F_GETFL, "F_GETFL"}, {unix.F_SETFL, "F_SETFL"},
		{unix.F_GETLK, "F_GETLK"}, {unix.F_SETLK, "F_SETLK"}, {unix.F_SETLKW, "F_SETLKW"}, {unix.F_DUPFD_CLOEXEC, "F_DUPFD_CLOEXEC"},
		{unix.F_SETPIPE_SZ, "F_SETPIPE_SZ"}, {unix.F_GETPIPE_SZ, "F_GETPIPE_SZ"}, {unix.F_GETOWN, "F_GETOWN"}, {unix.F_SETOWN, "F_SETOWN"},
		{unix.F_SETSIG, "F_SETSIG"}, {unix.F_GETSIG, "F_GETSIG"}},
	"ioctl":   {{unix.TIOCINQ, "FIONREAD"}, {unix.TIOCOUTQ, "TIOCOUTQ"}},
	"futexop": {{0, "FUTEX_WAIT"}, {1, "FUTEX_WAKE"}, {128, "FUTEX_WAIT_PRIVATE"}, {129, "FUTEX_WAKE_PRIVATE"}},
	"level":   {{unix.SOL_SOCKET, "SOL_SOCKET"}, {unix.IPPROTO_TCP, "IPPROTO_TCP"}, {unix.IPPROTO_IP, "IPPROTO_IP"}, {unix.IPPROTO_IPV6, "IPPROTO_IPV6"}},
	"socketoption": {{unix.SO_REUSEADDR, "SO_REUSEADDR"}, {unix.SO_REUSEPORT, "SO_REUSEPORT"}, {unix.SO_ERROR, "SO_ERROR"}, {unix.SO_TYPE, "SO_TYPE"},
		{unix.SO_SNDBUF, "SO_SNDBUF"}, {unix.SO_RCVBUF, "SO_RCVBUF"}, {unix.SO_LINGER, "SO_LINGER"}, {unix.SO_KEEPALIVE, "SO_KEEPALIVE"},
		{unix.SO_RCVTIMEO, "SO_RCVTIMEO"}, {unix.SO_SNDTIMEO, "SO_SNDTIMEO"}, {unix.SO_RCVLOWAT, "SO_RCVLOWAT"}, {unix.SO_ACCEPTCONN, "SO_ACCEPTCONN"},
		{unix.SO_DOMAIN, "SO_DOMAIN"}, {unix.SO_PROTOCOL, "SO_PROTOCOL"}, {unix.SO_INCOMING_CPU, "SO_INCOMING_CPU"}},
	"tcpoption": {{unix.TCP_NODELAY, "TCP_NODELAY"}, {unix.TCP_INFO, "TCP_INFO"}, {unix.TCP_CORK, "TCP_CORK"}, {unix.TCP_USER_TIMEOUT, "TCP_USER_TIMEOUT"},
		{unix.TCP_DEFER_ACCEPT, "TCP_DEFER_ACCEPT"}, {unix.TCP_QUICKACK, "TCP_QUICKACK"}},
}

// bits name numbers that are made of flags. The one called 0 has no bit set.
var bits = map[string][]flag{
	"sockflags":  {{unix.SOCK_NONBLOCK, "SOCK_NONBLOCK"}, {unix.SOCK_CLOEXEC, "SOCK_CLOEXEC"}},
	"openflags":  {{unix.O_NONBLOCK, "O_NONBLOCK"}, {unix.O_CLOEXEC, "O_CLOEXEC"}, {unix.O_APPEND, "O_APPEND"}, {unix.O_CREAT, "O_CREAT"}, {unix.O_EXCL, "O_EXCL"}, {unix.O_TRUNC, "O_TRUNC"}, {unix.O_DIRECTORY, "O_DIRECTORY"}},
	"fdflags":    {{unix.FD_CLOEXEC, "FD_CLOEXEC"}},
	"eventflags": {{unix.EFD_SEMAPHORE, "EFD_SEMAPHORE"}, {unix.EFD_NONBLOCK, "EFD_NONBLOCK"}, {unix.EFD_CLOEXEC, "EFD_CLOEXEC"}},
	"epollflags": {{unix.EPOLL_CLOEXEC, "EPOLL_CLOEXEC"}},
	"msgflags":   {{unix.MSG_DONTWAIT, "MSG_DONTWAIT"}, {unix.MSG_PEEK, "MSG_PEEK"}, {unix.MSG_NOSIGNAL, "MSG_NOSIGNAL"}, {unix.MSG_OOB, "MSG_OOB"}, {unix.MSG_WAITALL, "MSG_WAITALL"}, {unix.MSG_CMSG_CLOEXEC, "MSG_CMSG_CLOEXEC"}, {unix.MSG_ZEROCOPY, "MSG_ZEROCOPY"}, {unix.MSG_MORE, "MSG_MORE"}},
	"epoll": {{unix.EPOLLIN, "EPOLLIN"}, {unix.EPOLLPRI, "EPOLLPRI"}, {unix.EPOLLOUT, "EPOLLOUT"}, {unix.EPOLLERR, "EPOLLERR"}, {unix.EPOLLHUP, "EPOLLHUP"}, {unix.EPOLLRDHUP, "EPOLLRDHUP"},
		{unix.EPOLLEXCLUSIVE, "EPOLLEXCLUSIVE"}, {unix.EPOLLONESHOT, "EPOLLONESHOT"}, {unix.EPOLLET & 0xffffffff, "EPOLLET"}},
	"poll":    {{unix.POLLIN, "POLLIN"}, {unix.POLLPRI, "POLLPRI"}, {unix.POLLOUT, "POLLOUT"}, {unix.POLLERR, "POLLERR"}, {unix.POLLHUP, "POLLHUP"}, {unix.POLLNVAL, "POLLNVAL"}, {unix.POLLRDHUP, "POLLRDHUP"}},
	"unshare": {{unix.CLONE_FILES, "CLONE_FILES"}, {unix.CLONE_FS, "CLONE_FS"}, {unix.CLONE_NEWNET, "CLONE_NEWNET"}, {unix.CLONE_NEWUSER, "CLONE_NEWUSER"}, {unix.CLONE_NEWPID, "CLONE_NEWPID"}, {unix.CLONE_NEWNS, "CLONE_NEWNS"}},
}

// flags names a number of the given kind.
func flags(kind string, v int64) string {
	if kind == "type" {
		names := map[int64]string{unix.SOCK_STREAM: "SOCK_STREAM", unix.SOCK_DGRAM: "SOCK_DGRAM", unix.SOCK_SEQPACKET: "SOCK_SEQPACKET", unix.SOCK_RAW: "SOCK_RAW"}
		name, ok := names[v&0xf]
		if !ok {
			name = strconv.FormatInt(v&0xf, 10)
		}
		if rest := v &^ 0xf; rest != 0 {
			name += "|" + flags("sockflags", rest)
		}
		return name
	}
	for _, f := range values[kind] {
		if f.bit == v {
			return f.name
		}
	}
	known, ok := bits[kind]
	if !ok {
		return strconv.FormatInt(v, 10)
	}
	var names []string
	if kind == "openflags" && v&unix.O_ACCMODE != 0 {
		names = append(names, [...]string{"", "O_WRONLY", "O_RDWR", "3"}[v&unix.O_ACCMODE])
		v &^= unix.O_ACCMODE
	}
	v &= 0xffffffff
	for _, f := range known {
		if v&f.bit == f.bit {
			names = append(names, f.name)
			v &^= f.bit
		}
	}
	if v != 0 {
		names = append(names, fmt.Sprintf("%#x", v))
	}
	if len(names) == 0 {
		return "0"
	}
	return strings.Join(names, "|")
}

// option names an option of a socket.
func option(level, v int64) string {
	switch level {
	case unix.SOL_SOCKET:
		return flags("socketoption", v)
	case unix.IPPROTO_TCP:
		return flags("tcpoption", v)
	}
	return strconv.FormatInt(v, 10)
}
