// One thread serves fifty clients, and sleeps while none of them says anything.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

const clients = 50

var listener int // in non-blocking mode

// --8<-- [start:loop]

func serve() {
	loop, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	lab.Check(err)
	watch(loop, listener)
	events := make([]unix.EpollEvent, 16)
	for {
		n, err := unix.EpollWait(loop, events, -1) // the only place to wait
		if err == unix.EINTR {
			continue
		}
		lab.Check(err)
		for _, e := range events[:n] {
			if int(e.Fd) == listener {
				accept(loop)
			} else {
				echo(int(e.Fd))
			}
		}
	}
}

// watch puts fd on the interest list: tell me when it can be read.
func watch(loop, fd int) {
	event := &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}
	lab.Check(unix.EpollCtl(loop, unix.EPOLL_CTL_ADD, fd, event))
}

// --8<-- [end:loop]

// --8<-- [start:handlers]

func accept(loop int) {
	conn, _, err := unix.Accept4(listener, unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK)
	if err == unix.EAGAIN { // the client has gone already
		return
	}
	lab.Check(err)
	watch(loop, conn)
}

func echo(conn int) {
	buf := make([]byte, 64)
	n, err := unix.Read(conn, buf)
	if err == unix.EAGAIN { // nothing there after all
		return
	}
	lab.Check(err)
	if n == 0 { // the client has closed
		lab.Check(unix.Close(conn)) // which also takes it off the interest list
		return
	}
	_, err = unix.Write(conn, buf[:n])
	lab.Check(err)
}

// --8<-- [end:handlers]

func main() {
	fd, port := lab.Listen(clients)
	listener = fd
	lab.Check(unix.SetNonblock(listener, true))
	server := lab.Thread("server", serve)
	// --8<-- [start:main]

	lab.Await(server, "epoll_wait")
	fmt.Println("before: the server is in epoll_wait,", server.State())

	var conns []int
	for len(conns) < clients {
		conns = append(conns, lab.Dial(port))
	}
	for i, conn := range conns {
		_, err := unix.Write(conn, []byte(fmt.Sprint("hello ", i)))
		lab.Check(err)
	}
	answered := 0
	buf := make([]byte, 64)
	for i := clients - 1; i >= 0; i-- { // the last client asks first
		n, err := unix.Read(conns[i], buf)
		lab.Check(err)
		if string(buf[:n]) == fmt.Sprint("hello ", i) {
			answered++
		}
	}
	fmt.Println("clients connected:", len(conns))
	fmt.Println("clients answered :", answered)

	lab.Await(server, "epoll_wait")
	fmt.Println("after : the server is in epoll_wait,", server.State())
	// --8<-- [end:main]
}
