// What does it cost to have many clients wait: in a loop, on goroutines, on threads?
package main

import (
	"net"
	"os"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:main]

const clients = 50 // try 1000, and 10000

func main() {
	lab.ProbeIdle("loop      ", clients, loop)
	lab.ProbeIdle("goroutines", clients, goroutines)
	lab.ProbeIdle("threads   ", clients, threads)
}

// --8<-- [end:main]

const room = 512 // bytes of buffer for a connection

func threads(listener int) {
	for {
		conn := lab.Accept(listener)
		go func() { // while it sleeps in read, it holds a thread
			buf := make([]byte, room)
			for {
				n, err := unix.Read(conn, buf)
				if err == unix.EINTR {
					continue
				}
				lab.Check(err)
				_, err = unix.Write(conn, buf[:n])
				lab.Check(err)
			}
		}()
	}
}

func goroutines(listener int) {
	ln, err := net.FileListener(os.NewFile(uintptr(listener), "listener"))
	lab.Check(err)
	for {
		conn, err := ln.Accept()
		lab.Check(err)
		go func() {
			buf := make([]byte, room)
			for {
				n, err := conn.Read(buf)
				lab.Check(err)
				_, err = conn.Write(buf[:n])
				lab.Check(err)
			}
		}()
	}
}

func loop(listener int) {
	lab.Check(unix.SetNonblock(listener, true))
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	lab.Check(err)
	watch(ep, listener)
	events := make([]unix.EpollEvent, 64)
	buf := make([]byte, room)
	for {
		n, err := unix.EpollWait(ep, events, -1)
		if err == unix.EINTR {
			continue
		}
		lab.Check(err)
		for _, e := range events[:n] {
			fd := int(e.Fd)
			if fd == listener {
				conn, _, err := unix.Accept4(listener, unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK)
				lab.Check(err)
				watch(ep, conn)
				continue
			}
			n, err := unix.Read(fd, buf)
			lab.Check(err)
			_, err = unix.Write(fd, buf[:n])
			lab.Check(err)
		}
	}
}

func watch(ep, fd int) {
	event := &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}
	lab.Check(unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, fd, event))
}
