// Two clients connect, an edge-triggered loop hears of it once and accepts once.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

var (
	listener int
	loop     int
)

// --8<-- [start:steps]

// events asks epoll_wait what it has to report at this moment: timeout 0.
func events() int {
	n, err := unix.EpollWait(loop, make([]unix.EpollEvent, 4), 0)
	lab.Check(err)
	return n
}

// queued is how many connections wait in the listener's queue.
func queued() int {
	return lab.RowOf(listener).Unread
}

// arrive lets a client connect, and waits until the queue holds so many.
func arrive(port, inQueue int) {
	lab.Dial(port)
	for queued() < inQueue {
	}
}

func main() {
	fd, port := lab.Listen(16)
	listener = fd
	lab.Check(unix.SetNonblock(listener, true))
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	lab.Check(err)
	loop = ep
	event := &unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLET, Fd: int32(listener)}
	lab.Check(unix.EpollCtl(loop, unix.EPOLL_CTL_ADD, listener, event))

	lab.Dial(port)
	arrive(port, 2)
	fmt.Println("two clients came: events", events())
	lab.Accept(listener)
	fmt.Println("one accept      : events", events(), " clients in the queue:", queued())
	lab.Mark("L1")

	arrive(port, 2)
	fmt.Println("a third one came: events", events(), " clients in the queue:", queued())
	taken := 0
	for {
		_, _, err := unix.Accept4(listener, unix.SOCK_CLOEXEC)
		if err == unix.EAGAIN {
			break
		}
		lab.Check(err)
		taken++
	}
	fmt.Println("accept until EAGAIN took", taken)
}

// --8<-- [end:steps]
