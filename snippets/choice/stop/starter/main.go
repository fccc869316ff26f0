// An echo server that can be stopped. It forgets the clients that it has.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// serve answers clients until the eventfd stop is rung.
func serve(listener, stop int) {
	loop, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	lab.Check(err)
	watch(loop, stop)
	watch(loop, listener)
	events := make([]unix.EpollEvent, 16)
	for {
		n, err := unix.EpollWait(loop, events, -1)
		if err == unix.EINTR {
			continue
		}
		lab.Check(err)
		for _, e := range events[:n] {
			switch int(e.Fd) {
			case stop:
				lab.Check(unix.Close(listener))
				return
			case listener:
				watch(loop, lab.Accept(listener))
			default:
				echo(int(e.Fd))
			}
		}
	}
}

// echo answers once. It says whether the connection goes on.
func echo(conn int) bool {
	buf := make([]byte, 64)
	n, err := unix.Read(conn, buf)
	lab.Check(err)
	if n == 0 {
		lab.Check(unix.Close(conn))
		return false
	}
	_, err = unix.Write(conn, buf[:n])
	lab.Check(err)
	return true
}

func watch(loop, fd int) {
	event := &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}
	lab.Check(unix.EpollCtl(loop, unix.EPOLL_CTL_ADD, fd, event))
}

// say connects a client that has no more to say than this.
func say(port int, text string) int {
	client := lab.Dial(port)
	_, err := unix.Write(client, []byte(text))
	lab.Check(err)
	lab.Check(unix.Shutdown(client, unix.SHUT_WR))
	return client
}

func answer(client int) string {
	buf := make([]byte, 64)
	n, err := unix.Read(client, buf)
	if err != nil {
		return err.Error()
	}
	return string(buf[:n])
}

func main() {
	listener, port := lab.Listen(16)
	stop, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	lab.Check(err)

	first, second := say(port, "last words"), say(port, "mine too")
	lab.WaitReadable(listener) // both are in the queue
	_, err = unix.Write(stop, []byte{1, 0, 0, 0, 0, 0, 0, 0})
	lab.Check(err)

	serve(listener, stop)

	fmt.Println("a client got  :", answer(first))
	fmt.Println("a client got  :", answer(second))
	fmt.Println("a new client  :", unix.Connect(lab.Socket(), lab.Address(port)))
}
