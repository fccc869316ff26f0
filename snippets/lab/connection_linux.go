package lab

import (
	"fmt"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Connection names a TCP connection inside this machine by the addresses of its
// two ends. It holds no descriptor, so it finds the ends also before accept and
// after close, when no socket belongs to them.
type Connection struct {
	near, far side
}

// side is an IPv4 address and port, as Row has them and as /proc/net/tcp does.
type side struct {
	text, hex string
}

// ConnectionOf is the connection of the socket behind fd. The socket is its
// near end.
func ConnectionOf(fd int) Connection {
	local, err := unix.Getsockname(fd)
	Check(err)
	remote, err := unix.Getpeername(fd)
	Check(err)
	return Connection{near: sideOf(local), far: sideOf(remote)}
}

// Near is what the kernel says about the end at the socket that ConnectionOf
// was given. The state is "none" when the kernel has no such end.
func (c Connection) Near() Row { return end(tcpTable(), c.near, c.far) }

// Far is what the kernel says about the other end.
func (c Connection) Far() Row { return end(tcpTable(), c.far, c.near) }

// Await returns when the near end and the far end are in these states. States
// change when a segment arrives, which may be later than the call that sent it
// returns. It gives up after five seconds and tells the states it saw last.
func (c Connection) Await(near, far string) {
	start := time.Now()
	for {
		table := tcpTable()
		here := end(table, c.near, c.far).State
		there := end(table, c.far, c.near).State
		if here == near && there == far {
			return
		}
		if time.Since(start) > awaitLimit {
			fail("the connection did not reach %s and %s within %v, last seen: %s and %s",
				near, far, awaitLimit, here, there)
		}
		runtime.Gosched()
	}
}

func tcpTable() string {
	table, err := readFile("/proc/net/tcp")
	Check(err)
	return table
}

// end is the line of the table with these addresses. Both are compared: a port
// number alone may also stand in connections of other programs. The table may
// have thousands of lines, so only the one that fits is parsed.
func end(table string, local, remote side) Row {
	at := strings.Index(table, ": "+local.hex+" "+remote.hex+" ")
	if at >= 0 {
		begin := strings.LastIndex(table[:at], "\n") + 1
		line, _, _ := strings.Cut(table[begin:], "\n")
		row, ok := parseRow(line)
		if ok {
			return row
		}
	}
	return Row{Local: local.text, Remote: remote.text, State: "none", Inode: "0"}
}

// sideOf writes an address in both ways. On amd64 and arm64 the kernel prints
// the bytes of the address as one number, whose lowest byte is the first.
func sideOf(name unix.Sockaddr) side {
	a := name.(*unix.SockaddrInet4)
	return side{
		text: fmt.Sprintf("%d.%d.%d.%d:%d", a.Addr[0], a.Addr[1], a.Addr[2], a.Addr[3], a.Port),
		hex:  fmt.Sprintf("%02X%02X%02X%02X:%04X", a.Addr[3], a.Addr[2], a.Addr[1], a.Addr[0], a.Port),
	}
}
