package trace

import (
	"encoding/hex"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"example/workbook/internal/evidence"
	"example/workbook/runner/record"
)

// note is the text of a mark.
func (r *Recording) note(e *entry) string {
	notes := r.mem[len(r.mem)-record.NoteSize:]
	begin, size := e.Args[0], e.Args[1]
	if begin > uint64(len(notes)) || size > uint64(len(notes))-begin {
		return ""
	}
	return string(notes[begin : begin+size])
}

// marks reads the marks of the program.
func (b *builder) marks() []evidence.Mark {
	var marks []evidence.Mark
	for _, e := range b.marked {
		m := evidence.Mark{Label: string(e.Data[:e.Used]), T: e.T0 - b.base, Descriptors: []evidence.Descriptor{}}
		for _, c := range b.calls {
			if c.T0 <= e.T0 {
				m.Seq = c.call.Seq
			}
		}
		b.readNote(&m, e)
		slices.SortFunc(m.Descriptors, func(x, y evidence.Descriptor) int { return x.FD - y.FD })
		marks = append(marks, m)
	}
	return marks
}

// readNote reads the lines that record.Snapshot has written.
func (b *builder) readNote(m *evidence.Mark, e *entry) {
	for line := range strings.Lines(b.recording.note(e)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		number := func(i int) int { n, _ := strconv.Atoi(f[i]); return n }
		switch {
		case f[0] == "d" && len(f) == 7:
			m.Descriptors = append(m.Descriptors, evidence.Descriptor{
				FD: number(1), Kind: f[2], Name: linkName(f[6]), Description: number(3),
				NonBlocking: number(4)&unix.O_NONBLOCK != 0, Offset: int64(number(5)),
			})
		case f[0] == "s" && len(f) == 10 && len(m.Descriptors) > 0:
			local, _ := hex.DecodeString(f[8])
			remote, _ := hex.DecodeString(f[9])
			unsent := number(7)
			if number(2) == unix.AF_UNIX {
				unsent = 0 // the kernel counts memory there, not bytes
			}
			m.Sockets = append(m.Sockets, evidence.Socket{
				Role: e.table[number(1)].role(), Protocol: protocol(number(2), number(3)),
				Local: address(local), Remote: address(remote), State: socketState(number(5)), Unread: number(6), Unsent: unsent,
			})
			m.Descriptors[len(m.Descriptors)-1].Socket = len(m.Sockets)
		case f[0] == "e" && len(f) == 5:
			fd := number(1)
			if n := len(m.Epolls); n == 0 || m.Epolls[n-1].FD != fd {
				m.Epolls = append(m.Epolls, evidence.Epoll{FD: fd})
			}
			last := &m.Epolls[len(m.Epolls)-1]
			events, _ := strconv.ParseInt(f[3], 16, 64)
			// The kernel adds these two to whatever is asked for.
			events &^= unix.EPOLLERR | unix.EPOLLHUP
			last.Interest = append(last.Interest, evidence.Interest{FD: number(2), Events: flags("epoll", events), Description: number(4)})
		}
	}
}

// linkName is the text of a link in /proc/self/fd without what differs from run
// to run: the number of a socket or pipe, the folder of the run.
func linkName(link string) string {
	for _, kind := range []string{"socket", "pipe"} {
		if strings.HasPrefix(link, kind+":[") {
			return kind
		}
	}
	if name, ok := strings.CutPrefix(link, "anon_inode:"); ok {
		return strings.Trim(name, "[]")
	}
	if strings.HasPrefix(link, "/dev/") || strings.HasPrefix(link, "/proc/") {
		return link
	}
	if strings.Contains(link, string(os.PathSeparator)) {
		return path.Base(link)
	}
	return link
}

func protocol(domain, typ int) string {
	switch {
	case domain == unix.AF_UNIX:
		return "unix"
	case typ == unix.SOCK_STREAM:
		return "tcp"
	case typ == unix.SOCK_DGRAM:
		return "udp"
	}
	return "raw"
}

// socketState names a state of RFC 9293, section 3.3.2. The numbers are Linux's.
func socketState(n int) string {
	names := []string{"", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2",
		"TIME_WAIT", "CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING", "NEW_SYN_RECV"}
	if n >= len(names) {
		return ""
	}
	return names[n]
}
