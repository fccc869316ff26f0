// An echo server with one loop for the sockets and two threads for the work.
package main

import (
	"sync"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:server]

const workers = 2

// server is a loop, and its queues to and from the workers.
type server struct {
	loop     int
	listener int
	bell     int // an eventfd: rung when done has something
	jobs     chan job
	unsent   map[int][]byte

	mu   sync.Mutex
	done []job
}

// job is one request on its way, or one answer.
type job struct {
	conn int
	data []byte
}

func serve(listener int) {
	loop, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	lab.Check(err)
	bell, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	lab.Check(err)
	s := &server{loop: loop, listener: listener, bell: bell, jobs: make(chan job, 1024), unsent: map[int][]byte{}}
	for i := 0; i < workers; i++ {
		lab.Thread("worker", s.work)
	}
	lab.Check(unix.SetNonblock(listener, true))
	s.control(unix.EPOLL_CTL_ADD, listener, unix.EPOLLIN)
	s.control(unix.EPOLL_CTL_ADD, bell, unix.EPOLLIN)
	events := make([]unix.EpollEvent, 64)
	for {
		n, err := unix.EpollWait(loop, events, -1)
		if err == unix.EINTR {
			continue
		}
		lab.Check(err)
		for _, e := range events[:n] {
			s.handle(int(e.Fd))
		}
	}
}

// --8<-- [start:work]

// work is a worker. It may compute for as long as it likes.
func (s *server) work() {
	for j := range s.jobs {
		s.mu.Lock()
		s.done = append(s.done, j) // the answer is the request: this is an echo server
		s.mu.Unlock()
		_, err := unix.Write(s.bell, []byte{1, 0, 0, 0, 0, 0, 0, 0})
		lab.Check(err)
	}
}

// --8<-- [end:work]

func (s *server) handle(fd int) {
	switch {
	case fd == s.listener:
		s.accept()
	case fd == s.bell:
		s.collect()
	case len(s.unsent[fd]) > 0:
		s.send(fd)
	default:
		s.read(fd)
	}
}

func (s *server) accept() {
	conn, _, err := unix.Accept4(s.listener, unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK)
	if err == unix.EAGAIN || err == unix.EINTR || err == unix.ECONNABORTED {
		return
	}
	lab.Check(err)
	s.control(unix.EPOLL_CTL_ADD, conn, unix.EPOLLIN|unix.EPOLLONESHOT)
}

// --8<-- [start:read]

// read passes a request on. Until its answer is out, the connection is silent:
// one-shot, so that each has one job under way at most.
func (s *server) read(conn int) {
	buf := make([]byte, 64<<10)
	n, err := unix.Read(conn, buf)
	if err == unix.EAGAIN || err == unix.EINTR {
		s.control(unix.EPOLL_CTL_MOD, conn, unix.EPOLLIN|unix.EPOLLONESHOT)
		return
	}
	if n <= 0 || err != nil {
		s.drop(conn)
		return
	}
	s.jobs <- job{conn, buf[:n]}
}

// collect takes the answers that are done and sends them.
func (s *server) collect() {
	_, err := unix.Read(s.bell, make([]byte, 8))
	if err != unix.EAGAIN {
		lab.Check(err)
	}
	s.mu.Lock()
	done := s.done
	s.done = nil
	s.mu.Unlock()
	for _, j := range done {
		s.unsent[j.conn] = j.data
		s.send(j.conn)
	}
}

// --8<-- [end:read]

func (s *server) send(conn int) {
	n, err := unix.Write(conn, s.unsent[conn])
	if err == unix.EAGAIN || err == unix.EINTR {
		n = 0
	} else if err != nil {
		s.drop(conn)
		return
	}
	s.unsent[conn] = s.unsent[conn][n:]
	next := uint32(unix.EPOLLIN)
	if len(s.unsent[conn]) > 0 {
		next = unix.EPOLLOUT
	}
	s.control(unix.EPOLL_CTL_MOD, conn, next|unix.EPOLLONESHOT)
}

func (s *server) drop(conn int) {
	delete(s.unsent, conn)
	lab.Check(unix.Close(conn))
}

func (s *server) control(op, fd int, events uint32) {
	lab.Check(unix.EpollCtl(s.loop, op, fd, &unix.EpollEvent{Events: events, Fd: int32(fd)}))
}

// --8<-- [end:server]

func main() {
	lab.Probe(serve)
	lab.ProbeCost(serve)
}
