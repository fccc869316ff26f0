package lab

import (
	"fmt"
	"strconv"
	"strings"
)

// Row is one line of /proc/net/tcp: one end of a TCP connection, or a listener.
type Row struct {
	Local, Remote string // address and port, such as "127.0.0.1:8080"
	State         string // such as "LISTEN" or "ESTABLISHED"
	Unsent        int    // bytes written here that the other side has not confirmed
	Unread        int    // bytes waiting to be read; for a listener, connections waiting for accept
	Inode         string // number of the socket that owns it; "0" while none does
}

// String is the line without the inode, which is what fmt.Println prints.
func (r Row) String() string {
	return fmt.Sprintf("%-11s local %s  remote %s  unsent %d  unread %d", r.State, r.Local, r.Remote, r.Unsent, r.Unread)
}

// Rows is the kernel's table of TCP ends whose local or remote port is port.
// Their order means nothing.
func Rows(port int) []Row {
	var rows []Row
	suffix := ":" + strconv.Itoa(port)
	table, err := readFile("/proc/net/tcp")
	Check(err)
	for _, line := range strings.Split(table, "\n") {
		row, ok := parseRow(line)
		if !ok {
			continue
		}
		if strings.HasSuffix(row.Local, suffix) || strings.HasSuffix(row.Remote, suffix) {
			rows = append(rows, row)
		}
	}
	return rows
}

// RowOf is the line of /proc/net/tcp that belongs to the socket behind fd.
func RowOf(fd int) Row {
	inode := Inode(fd)
	for _, row := range Rows(Port(fd)) {
		if row.Inode == inode {
			return row
		}
	}
	fail("/proc/net/tcp has no line for descriptor %d", fd)
	return Row{}
}

// parseRow reads one line of /proc/net/tcp. The columns are: number, local
// address, remote address, state, unsent:unread, timer, retransmissions, user,
// timeouts, inode, and more that is of no use here. See proc_net_tcp in the
// kernel's documentation.
func parseRow(line string) (Row, bool) {
	f := strings.Fields(line)
	if len(f) < 10 || f[0] == "sl" {
		return Row{}, false
	}
	unsent, unread, _ := strings.Cut(f[4], ":")
	row := Row{
		Local:  address(f[1]),
		Remote: address(f[2]),
		State:  tcpState(f[3]),
		Unsent: int(hex(unsent)),
		Unread: int(hex(unread)),
		Inode:  f[9],
	}
	return row, true
}

// address turns "0100007F:1F90" into "127.0.0.1:8080". The kernel prints the
// four bytes of the address as one number; on amd64 and arm64 its lowest byte
// is the address's first.
func address(s string) string {
	host, port, _ := strings.Cut(s, ":")
	ip := hex(host)
	return fmt.Sprintf("%d.%d.%d.%d:%d", ip&255, ip>>8&255, ip>>16&255, ip>>24&255, hex(port))
}

func hex(s string) uint64 {
	n, err := strconv.ParseUint(s, 16, 64)
	Check(err)
	return n
}

// tcpState names a state of RFC 9293, section 3.3.2. The numbers are Linux's.
func tcpState(number string) string {
	names := []string{"", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2",
		"TIME_WAIT", "CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING", "NEW_SYN_RECV"}
	n := hex(number)
	if n == 0 || n >= uint64(len(names)) {
		return "state " + number
	}
	return names[n]
}
