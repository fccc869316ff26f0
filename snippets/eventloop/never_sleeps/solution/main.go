// An echo server on one loop: it asks for room to write only while it has something to send.
package main

import (
	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// server is an event loop and what it must remember between two events.
type server struct {
	loop     int
	listener int
	unsent   map[int][]byte // for each connection, what its client has not taken yet
	buf      []byte         // that all connections read into
}

func serve(listener int) {
	loop, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	lab.Check(err)
	s := &server{loop: loop, listener: listener, unsent: map[int][]byte{}, buf: make([]byte, 64<<10)}
	lab.Check(unix.SetNonblock(listener, true))
	s.control(unix.EPOLL_CTL_ADD, listener, unix.EPOLLIN)
	events := make([]unix.EpollEvent, 64)
	for {
		n, err := unix.EpollWait(loop, events, -1)
		if err == unix.EINTR {
			continue
		}
		lab.Check(err)
		for _, e := range events[:n] {
			if int(e.Fd) == listener {
				s.accept()
			} else {
				s.turn(int(e.Fd))
			}
		}
	}
}

func (s *server) control(op, fd int, events uint32) {
	lab.Check(unix.EpollCtl(s.loop, op, fd, &unix.EpollEvent{Events: events, Fd: int32(fd)}))
}

func (s *server) accept() {
	conn, _, err := unix.Accept4(s.listener, unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK)
	if err == unix.EAGAIN || err == unix.ECONNABORTED || err == unix.EINTR {
		return
	}
	lab.Check(err)
	s.control(unix.EPOLL_CTL_ADD, conn, unix.EPOLLIN)
}

// turn serves one connection as far as it goes without waiting.
func (s *server) turn(conn int) {
	if len(s.unsent[conn]) == 0 { // read only when the last answer is out
		n, err := unix.Read(conn, s.buf)
		if err == unix.EAGAIN || err == unix.EINTR {
			return
		}
		if n <= 0 || err != nil { // the end of the stream, or of the connection
			s.drop(conn)
			return
		}
		s.unsent[conn] = append([]byte(nil), s.buf[:n]...)
	}
	n, err := unix.Write(conn, s.unsent[conn])
	if err == unix.EAGAIN || err == unix.EINTR {
		n = 0
	} else if err != nil { // the client is gone
		s.drop(conn)
		return
	}
	s.unsent[conn] = s.unsent[conn][n:]
	// --8<-- [start:asks]

	if len(s.unsent[conn]) > 0 {
		s.control(unix.EPOLL_CTL_MOD, conn, unix.EPOLLOUT) // tell me when it takes more
	} else {
		s.control(unix.EPOLL_CTL_MOD, conn, unix.EPOLLIN)
	}
	// --8<-- [end:asks]
}

func (s *server) drop(conn int) {
	delete(s.unsent, conn)
	lab.Check(unix.Close(conn))
}

func main() {
	lab.Probe(serve)
	lab.ProbeSlowReader(serve)
}
