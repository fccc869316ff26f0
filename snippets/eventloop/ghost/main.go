// A watched descriptor is closed, and its events go on.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

func main() {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	lab.Check(err)
	// --8<-- [start:main]

	loop, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	lab.Check(err)
	fd := pair[0]
	event := &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}
	lab.Check(unix.EpollCtl(loop, unix.EPOLL_CTL_ADD, fd, event))
	twin, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	lab.Check(err)

	lab.Check(unix.Close(fd))
	_, err = unix.Write(pair[1], []byte("boo"))
	lab.Check(err)
	lab.Mark("L1")

	events := make([]unix.EpollEvent, 4)
	n, err := unix.EpollWait(loop, events, 0)
	lab.Check(err)
	fmt.Println("closed: events", n, " for the closed number:", int(events[0].Fd) == fd)
	_, err = unix.Read(fd, make([]byte, 8))
	fmt.Println("read it              :", err)
	fmt.Println("take it off the list :", unix.EpollCtl(loop, unix.EPOLL_CTL_DEL, fd, nil))
	fmt.Println("take its twin off    :", unix.EpollCtl(loop, unix.EPOLL_CTL_DEL, twin, nil))

	lab.Check(unix.Close(twin))
	n, err = unix.EpollWait(loop, events, 0)
	lab.Check(err)
	fmt.Println("twin closed: events", n)
	// --8<-- [end:main]
}
