// Fifty messages, one by one or all at once: how often does the loop sleep?
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

const messages = 50

var (
	loop    int
	clients []int
	server  *lab.Task
)

// --8<-- [start:serve]

// serve handles the messages, and returns how often it was told of some, and how
// often its thread slept.
func serve() (int, int) {
	events := make([]unix.EpollEvent, messages)
	buf := make([]byte, 1)
	calls := 0
	before := lab.Sleeps()
	for done := 0; done < messages; {
		n, err := unix.EpollWait(loop, events, -1)
		if err == unix.EINTR {
			continue
		}
		lab.Check(err)
		calls++
		for _, e := range events[:n] {
			_, err := unix.Read(int(e.Fd), buf)
			lab.Check(err)
			done++
		}
	}
	return calls, lab.Sleeps() - before
}

// --8<-- [end:serve]

func connect() {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	lab.Check(err)
	clients = append(clients, pair[0])
	event := &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(pair[1])}
	lab.Check(unix.EpollCtl(loop, unix.EPOLL_CTL_ADD, pair[1], event))
}

// --8<-- [start:send]

func sendAll() {
	for _, fd := range clients {
		_, err := unix.Write(fd, []byte("x"))
		lab.Check(err)
	}
}

func sendOneByOne() {
	for _, fd := range clients {
		lab.Await(server, "epoll_wait") // the next one comes when the last is done
		_, err := unix.Write(fd, []byte("x"))
		lab.Check(err)
	}
}

// --8<-- [end:send]

func main() {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	lab.Check(err)
	loop = fd
	for len(clients) < messages {
		connect()
	}
	lab.Quiet()
	server = lab.Self()
	// --8<-- [start:main]

	sendAll()
	calls, slept := serve()
	fmt.Println("50 messages at once : calls", calls, " slept under 25 times:", slept < 25)
	sender := lab.Thread("clients", sendOneByOne)
	calls, slept = serve()
	sender.Wait()
	fmt.Println("50 messages in a row: calls", calls, " slept at least 50 times:", slept >= 50)
	// --8<-- [end:main]
}
