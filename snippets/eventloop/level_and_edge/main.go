// Half of the data is read. Does epoll_wait report the other half?
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

var (
	client int
	conn   int // the server's end
	loop   int
)

// connect makes a new connection whose server's end the loop watches.
func connect(mode uint32) {
	listener, port := lab.Listen(1)
	client = lab.Dial(port)
	conn = lab.Accept(listener)
	lab.Check(unix.SetNonblock(conn, true))
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	lab.Check(err)
	loop = fd
	event := &unix.EpollEvent{Events: unix.EPOLLIN | mode, Fd: int32(conn)}
	lab.Check(unix.EpollCtl(loop, unix.EPOLL_CTL_ADD, conn, event))
}

// --8<-- [start:steps]

// events asks epoll_wait what it has to report at this moment: timeout 0.
func events() int {
	n, err := unix.EpollWait(loop, make([]unix.EpollEvent, 4), 0)
	lab.Check(err)
	return n
}

func arrive(text string) {
	there := lab.Unread(conn)
	_, err := unix.Write(client, []byte(text))
	lab.Check(err)
	for lab.Unread(conn) < there+len(text) { // until the kernel has them all
	}
}

func read(room int) {
	_, err := unix.Read(conn, make([]byte, room))
	lab.Check(err)
}

func try(name string, mode uint32) {
	connect(mode)
	arrive("abcd")
	fmt.Println(name, "4 bytes came   : events", events())
	read(2)
	fmt.Println(name, "2 of them read : events", events(), " still unread:", lab.Unread(conn))
	arrive("ef")
	fmt.Println(name, "2 more came    : events", events())
	read(64)
	fmt.Println(name, "all read       : events", events())
}

// --8<-- [end:steps]

func main() {
	try("level:", 0)
	try("edge :", unix.EPOLLET)
}
