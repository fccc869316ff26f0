// An echo server on one thread that lets the kernel do the I/O, and hears when it is done.
package main

import (
	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:server]

// server starts operations and hears of their ends. A tag names each: what was
// started, on which connection.
type server struct {
	ring     *lab.Ring
	listener int
	clients  map[int]*client
}

// client is one connection. It has one operation under way, or none.
type client struct {
	buf    []byte
	unsent []byte
}

const (
	accepting = iota
	receiving
	sending
)

func tag(what, conn int) uint64 { return uint64(what)<<32 | uint64(conn) }

// --8<-- [start:serve]

func serve(listener int) {
	s := &server{ring: lab.NewRing(256), listener: listener, clients: map[int]*client{}}
	s.ring.Accept(listener, tag(accepting, 0))
	for {
		done := s.ring.Wait()
		conn := int(done.Tag & 0xffffffff)
		switch done.Tag >> 32 {
		case accepting:
			s.accepted(done.Result)
		case receiving:
			s.received(conn, done.Result)
		case sending:
			s.sent(conn, done.Result)
		}
	}
}

// --8<-- [end:serve]

// accepted starts to receive on a new connection, and to accept the next one.
func (s *server) accepted(result int) {
	s.ring.Accept(s.listener, tag(accepting, 0))
	if result >= 0 {
		s.clients[result] = &client{buf: make([]byte, 64<<10)}
		s.receive(result)
	}
}

func (s *server) receive(conn int) {
	s.ring.Recv(conn, s.clients[conn].buf, tag(receiving, conn))
}

// --8<-- [start:received]

// received has the data in the client's buffer already.
func (s *server) received(conn, n int) {
	if n <= 0 { // the end of the stream, or an error
		s.drop(conn)
		return
	}
	c := s.clients[conn]
	c.unsent = c.buf[:n]
	s.ring.Send(conn, c.unsent, tag(sending, conn))
}

// --8<-- [end:received]

func (s *server) sent(conn, n int) {
	if n < 0 {
		s.drop(conn)
		return
	}
	c := s.clients[conn]
	c.unsent = c.unsent[n:]
	if len(c.unsent) > 0 {
		s.ring.Send(conn, c.unsent, tag(sending, conn))
		return
	}
	s.receive(conn)
}

func (s *server) drop(conn int) {
	delete(s.clients, conn)
	lab.Check(unix.Close(conn))
}

// --8<-- [end:server]

func main() {
	lab.Probe(serve)
	lab.ProbeCost(serve)
}
