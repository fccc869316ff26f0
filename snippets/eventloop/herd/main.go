// Eight threads wait for one connection. How many does it wake?
package main

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

const (
	waiters   = 8
	epollWait = "epoll_pwait" // the kernel's name for the call that Go makes
)

var (
	listener int
	port     int
	never    = make(chan bool)
)

// --8<-- [start:ways]

// watcher makes an epoll instance that watches the listener.
func watcher(flags uint32) int {
	loop, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	lab.Check(err)
	event := &unix.EpollEvent{Events: unix.EPOLLIN | flags, Fd: int32(listener)}
	lab.Check(unix.EpollCtl(loop, unix.EPOLL_CTL_ADD, listener, event))
	return loop
}

func wait(loop int) {
	events := make([]unix.EpollEvent, 1)
	for {
		_, err := unix.EpollWait(loop, events, -1)
		if err != unix.EINTR {
			lab.Check(err)
			return
		}
	}
}

func inAccept() {
	trial("all in accept                     ", "accept4", func() { lab.Accept(listener) })
}

func ownLoops(name string, flags uint32) {
	trial(name, epollWait, func() { wait(watcher(flags)) })
}

func oneLoop(name string, flags uint32) {
	loop := watcher(flags)
	trial(name, epollWait, func() { wait(loop) })
}

// --8<-- [end:ways]

// trial lets eight threads wait, lets one client connect, and counts the
// threads that came back. Nobody takes the connection; who was woken counts.
func trial(name, call string, wait func()) {
	back := make(chan int, waiters)
	waiting := map[int]*lab.Task{}
	for len(waiting) < waiters {
		t := lab.Thread("waiter", func() {
			wait()
			back <- unix.Gettid()
			<-never
		})
		lab.Await(t, call)
		waiting[t.TID()] = t
	}
	lab.Dial(port)
	delete(waiting, <-back) // one, at least
	for quiet := 0; quiet < 2; {
		if allAsleep(waiting, call) {
			quiet++
		} else {
			quiet = 0 // one of them is on its way
		}
		for len(back) > 0 {
			delete(waiting, <-back)
			quiet = 0
		}
	}
	fmt.Println(name, "woken:", waiters-len(waiting), "of", waiters)
}

func allAsleep(threads map[int]*lab.Task, call string) bool {
	for _, t := range threads {
		if t.Syscall().Name != call || !strings.HasPrefix(t.State(), "S") {
			return false
		}
	}
	return true
}

// listen makes a new listener for each trial.
func listen(nonblocking bool) {
	fd, p := lab.Listen(16)
	listener = fd
	port = p
	lab.Check(unix.SetNonblock(listener, nonblocking))
}

func main() {
	// --8<-- [start:main]

	listen(false)
	inAccept()
	listen(true)
	ownLoops("a loop each, level-triggered      ", 0)
	listen(true)
	ownLoops("a loop each, EPOLLEXCLUSIVE       ", unix.EPOLLEXCLUSIVE)
	listen(true)
	oneLoop("one loop for all, level-triggered ", 0)
	listen(true)
	oneLoop("one loop for all, edge-triggered  ", unix.EPOLLET)
	// --8<-- [end:main]
}
