// A server whose second client must not wait for the first.
package main

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

var listener int

// serve is the server. TODO: let it serve several clients at a time.
func serve() {
	for {
		conn := lab.Accept(listener)
		echo(conn)
	}
}

// echo serves one connection to its end.
func echo(conn int) {
	buf := make([]byte, 64)
	for {
		n, err := unix.Read(conn, buf)
		lab.Check(err)
		if n == 0 {
			lab.Check(unix.Close(conn))
			return
		}
		_, err = unix.Write(conn, buf[:n])
		lab.Check(err)
	}
}

func main() {
	fd, port := lab.Listen(16)
	listener = fd
	server := lab.Thread("server", serve)

	first := lab.Dial(port) // says nothing for now
	second := lab.Dial(port)
	fmt.Println("second client got back:", ask(server, second, "hello"))
	fmt.Println("first client got back :", ask(server, first, "here I am"))
}

// ask sends text and returns the answer. It gives up when the server's thread
// sleeps in read while a client waits in the queue.
func ask(server *lab.Task, fd int, text string) string {
	_, err := unix.Write(fd, []byte(text))
	lab.Check(err)
	for !readable(fd) {
		busy := server.Syscall().Name == "read" && strings.HasPrefix(server.State(), "S")
		if busy && lab.RowOf(listener).Unread > 0 {
			return "nothing: the server sleeps in read"
		}
	}
	buf := make([]byte, 64)
	n, err := unix.Read(fd, buf)
	lab.Check(err)
	return string(buf[:n])
}

// readable says whether a read of fd would not wait.
func readable(fd int) bool {
	set := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	for {
		n, err := unix.Poll(set, 0)
		if err == unix.EINTR {
			continue
		}
		lab.Check(err)
		return n > 0
	}
}
