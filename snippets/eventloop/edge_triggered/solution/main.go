// An edge-triggered echo server on one loop. After an event it goes on until EAGAIN.
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
}

func serve(listener int) {
	loop, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	lab.Check(err)
	s := &server{loop: loop, listener: listener, unsent: map[int][]byte{}}
	lab.Check(unix.SetNonblock(listener, true))
	s.control(unix.EPOLL_CTL_ADD, listener, unix.EPOLLIN|unix.EPOLLET)
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

// --8<-- [start:turn]

func (s *server) accept() {
	for {
		conn, _, err := unix.Accept4(s.listener, unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK)
		if err == unix.EAGAIN { // the queue is empty
			return
		}
		if err == unix.ECONNABORTED || err == unix.EINTR {
			continue
		}
		lab.Check(err)
		s.control(unix.EPOLL_CTL_ADD, conn, unix.EPOLLIN|unix.EPOLLOUT|unix.EPOLLET)
	}
}

// turn serves one connection until it can neither read nor write.
func (s *server) turn(conn int) {
	buf := make([]byte, 64<<10)
	for {
		if len(s.unsent[conn]) > 0 {
			n, err := unix.Write(conn, s.unsent[conn])
			if err == unix.EAGAIN { // no room: the next edge comes when there is
				return
			}
			if err == unix.EINTR {
				continue
			}
			if err != nil {
				s.drop(conn)
				return
			}
			s.unsent[conn] = s.unsent[conn][n:]
			continue
		}
		n, err := unix.Read(conn, buf)
		if err == unix.EAGAIN { // nothing left: the next edge comes when there is
			return
		}
		if err == unix.EINTR {
			continue
		}
		if n <= 0 || err != nil {
			s.drop(conn)
			return
		}
		s.unsent[conn] = append([]byte{}, buf[:n]...)
	}
}

// --8<-- [end:turn]

func (s *server) drop(conn int) {
	delete(s.unsent, conn)
	lab.Check(unix.Close(conn))
}

func main() {
	lab.Probe(serve)
	lab.ProbeSlowReader(serve)
	lab.ProbeTogether(serve)
}
