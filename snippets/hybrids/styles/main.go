// One event loop under three ways to write a program: callback, future, plain call.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:loop]

// waiting is what each descriptor is watched for: a function to call with what came.
var (
	loop    int
	waiting = map[int]func(text string){}
)

// onData is the callback style: then is called with what comes on fd, once.
func onData(fd int, then func(text string)) {
	waiting[fd] = then
	event := &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}
	lab.Check(unix.EpollCtl(loop, unix.EPOLL_CTL_ADD, fd, event))
}

// run is the loop.
func run() {
	events := make([]unix.EpollEvent, 4)
	buf := make([]byte, 64)
	for {
		n, err := unix.EpollWait(loop, events, -1)
		if err == unix.EINTR {
			continue
		}
		lab.Check(err)
		for _, e := range events[:n] {
			fd := int(e.Fd)
			n, err := unix.Read(fd, buf)
			lab.Check(err)
			lab.Check(unix.EpollCtl(loop, unix.EPOLL_CTL_DEL, fd, nil))
			waiting[fd](string(buf[:n]))
		}
	}
}

// --8<-- [end:loop]

// --8<-- [start:styles]

// future is a value that will be there later.
type future struct {
	text string
	done chan bool // closed when text is there
}

// data is the future style, made of a callback.
func data(fd int) *future {
	f := &future{done: make(chan bool)}
	onData(fd, func(text string) {
		f.text = text
		close(f.done)
	})
	return f
}

func (f *future) get() string {
	<-f.done
	return f.text
}

// read is the plain style, made of a future: it looks like a blocking call.
func read(fd int) string { return data(fd).get() }

// --8<-- [end:styles]

func main() {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	lab.Check(err)
	loop = fd
	var pairs [3][2]int
	for i := range pairs {
		pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
		lab.Check(err)
		pairs[i] = pair
	}
	// --8<-- [start:main]

	ran := make(chan int)
	onData(pairs[0][0], func(text string) {
		fmt.Println("callback: got", text)
		ran <- unix.Gettid()
	})
	later := data(pairs[1][0])

	server := lab.Thread("loop", run)
	send(pairs[0][1], "one")
	fmt.Println("callback: ran on the loop's thread:", <-ran == server.TID())

	fmt.Println("future  : there before the data   :", len(later.text) > 0)
	send(pairs[1][1], "two")
	fmt.Println("future  : got", later.get())

	reader := lab.Thread("reader", func() { fmt.Println("plain   : got", read(pairs[2][0])) })
	lab.Await(reader, "futex") // it sleeps, and not in read
	send(pairs[2][1], "three")
	reader.Wait()
	lab.Await(server, "epoll_wait") // nothing left to do
	// --8<-- [end:main]
}

func send(fd int, text string) {
	_, err := unix.Write(fd, []byte(text))
	lab.Check(err)
}
