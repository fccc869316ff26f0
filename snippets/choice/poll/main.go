// An echo server on one thread that asks poll which connections are ready.
package main

import (
	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:server]

// server is a loop and what it must remember between two events.
type server struct {
	watched []unix.PollFd  // the listener, then the connections
	unsent  map[int][]byte // for each connection, what its client has not taken yet
}

// --8<-- [start:loop]

func serve(listener int) {
	lab.Check(unix.SetNonblock(listener, true))
	s := &server{unsent: map[int][]byte{}}
	s.watch(listener)
	for {
		_, err := unix.Poll(s.watched, -1)
		if err == unix.EINTR {
			continue
		}
		lab.Check(err)
		ready := s.watched
		s.watched = nil // the list for the next call
		for _, p := range ready {
			fd := int(p.Fd)
			if p.Revents == 0 || fd == listener || s.turn(fd) {
				s.watch(fd)
			}
			if p.Revents != 0 && fd == listener {
				s.accept(listener)
			}
		}
	}
}

func (s *server) watch(fd int) {
	events := int16(unix.POLLIN)
	if len(s.unsent[fd]) > 0 {
		events = unix.POLLOUT
	}
	s.watched = append(s.watched, unix.PollFd{Fd: int32(fd), Events: events})
}

// --8<-- [end:loop]

func (s *server) accept(listener int) {
	conn, _, err := unix.Accept4(listener, unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK)
	if err == unix.EAGAIN || err == unix.EINTR || err == unix.ECONNABORTED {
		return
	}
	lab.Check(err)
	s.watch(conn)
}

// turn serves one connection as far as it goes without waiting, and says
// whether it is still there.
func (s *server) turn(conn int) bool {
	if len(s.unsent[conn]) == 0 {
		buf := make([]byte, 64<<10)
		n, err := unix.Read(conn, buf)
		if err == unix.EAGAIN || err == unix.EINTR {
			return true
		}
		if n <= 0 || err != nil {
			return s.drop(conn)
		}
		s.unsent[conn] = buf[:n]
	}
	n, err := unix.Write(conn, s.unsent[conn])
	if err == unix.EAGAIN || err == unix.EINTR {
		return true
	}
	if err != nil {
		return s.drop(conn)
	}
	s.unsent[conn] = s.unsent[conn][n:]
	return true
}

func (s *server) drop(conn int) bool {
	delete(s.unsent, conn)
	lab.Check(unix.Close(conn))
	return false
}

// --8<-- [end:server]

func main() {
	lab.Probe(serve)
	lab.ProbeCost(serve)
}
