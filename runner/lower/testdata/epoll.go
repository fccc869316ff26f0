// An echo server on one thread: epoll says which descriptors are ready.
package main

import (
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const clients = 10

type server struct {
	listener int
	epoll    int
	conns    map[int]*conn
	served   int
}

type conn struct {
	fd  int
	buf []byte
	srv *server
}

func check(what string, err error) {
	if err != nil {
		log.Fatalf("%s: %v", what, err)
	}
}

func listen() *server {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	check("socket", err)
	check("bind", unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	check("listen", unix.Listen(fd, 128))
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	check("epoll_create1", err)
	s := &server{listener: fd, epoll: ep, conns: map[int]*conn{}}
	s.watch(fd)
	return s
}

func (s *server) watch(fd int) {
	ev := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}
	check("epoll_ctl", unix.EpollCtl(s.epoll, unix.EPOLL_CTL_ADD, fd, &ev))
}

func (s *server) port() int {
	sa, err := unix.Getsockname(s.listener)
	check("getsockname", err)
	return sa.(*unix.SockaddrInet4).Port
}

func (s *server) accept() {
	for {
		fd, _, err := unix.Accept4(s.listener, unix.SOCK_NONBLOCK)
		if errors.Is(err, unix.EAGAIN) {
			return
		}
		check("accept4", err)
		s.conns[fd] = &conn{fd: fd, buf: make([]byte, 512), srv: s}
		s.watch(fd)
	}
}

func (c *conn) ready() {
	n, err := unix.Read(c.fd, c.buf)
	switch {
	case err == unix.EAGAIN:
		return
	case err != nil || n == 0:
		unix.Close(c.fd)
		delete(c.srv.conns, c.fd)
		c.srv.served++
		return
	}
	_, err = unix.Write(c.fd, c.buf[:n])
	check("write", err)
}

func main() {
	s := listen()
	for i := range clients {
		go func() {
			c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", s.port()), time.Second)
			check("dial", err)
			defer c.Close()
			fmt.Fprintf(c, "hello %d", i)
			c.Read(make([]byte, 64))
		}()
	}
	events := make([]unix.EpollEvent, 64)
	for s.served < clients {
		n, err := unix.EpollWait(s.epoll, events, -1)
		if err == unix.EINTR {
			continue
		}
		check("epoll_wait", err)
		for _, e := range events[:n] {
			if int(e.Fd) == s.listener {
				s.accept()
			} else if c := s.conns[int(e.Fd)]; c != nil {
				c.ready()
			}
		}
	}
	fmt.Fprintln(os.Stdout, "served", s.served, "open", len(s.conns))
}
