// Two loops are told of one connection, and both accept.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

var listener int

// watcher makes an epoll instance that watches the listener.
func watcher() int {
	loop, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	lab.Check(err)
	event := &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(listener)}
	lab.Check(unix.EpollCtl(loop, unix.EPOLL_CTL_ADD, listener, event))
	return loop
}

// --8<-- [start:accept]

// accept does what a loop does when it was told that the listener is ready.
func accept() {
	_, _, err := unix.Accept4(listener, unix.SOCK_CLOEXEC)
	lab.Check(err)
}

// --8<-- [end:accept]

func main() {
	fd, port := lab.Listen(16)
	listener = fd
	lab.Check(unix.SetNonblock(listener, true))
	// --8<-- [start:main]

	first := watcher()
	second := watcher()
	lab.Dial(port)
	lab.WaitReadable(listener)

	events := make([]unix.EpollEvent, 1)
	for _, loop := range []int{first, second} {
		n, err := unix.EpollWait(loop, events, 0)
		lab.Check(err)
		fmt.Println("told that the listener is ready:", n == 1)
	}
	_, _, err := unix.Accept4(listener, unix.SOCK_CLOEXEC)
	fmt.Println("first loop accepts :", err)
	_, _, err = unix.Accept4(listener, unix.SOCK_CLOEXEC)
	fmt.Println("second loop accepts:", err)
	// --8<-- [end:main]

	// --8<-- [start:blocking]

	lab.Check(unix.SetNonblock(listener, false)) // and once more, in blocking mode
	loop := lab.Thread("loop", accept)
	lab.Await(loop, "accept4")
	fmt.Println("second loop, blocking listener: asleep in accept")
	// --8<-- [end:blocking]
}
