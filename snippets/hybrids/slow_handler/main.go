// One request needs a long computation. Who waits for it?
package main

import (
	"crypto/sha256"
	"fmt"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

var (
	slow, fast [2]int // connections: the client's end, the server's end
	loop       int
	bell       int   // an eventfd
	answers    int   // that the loop has sent
	answered   int32 // 1 when the fast client has its answer
	worker     *lab.Task
	during     bool // it had its answer while the computation went on
)

// --8<-- [start:compute]

// compute hashes until the other client has its answer, and says whether it
// has. A real computation has its own end; this one gives up after so many pieces.
func compute(pieces int) bool {
	data := make([]byte, 64<<10)
	for i := 0; i < pieces && atomic.LoadInt32(&answered) == 0; i++ {
		sum := sha256.Sum256(data)
		data[0] = sum[0]
	}
	return atomic.LoadInt32(&answered) == 1
}

// --8<-- [end:compute]

// --8<-- [start:handlers]

func inTheLoop() {
	during = compute(300)
	answer(slow[1])
}

func onAWorker() {
	worker = lab.Thread("worker", func() {
		during = compute(100000)
		_, err := unix.Write(bell, []byte{1, 0, 0, 0, 0, 0, 0, 0}) // wake the loop
		lab.Check(err)
	})
}

// --8<-- [end:handlers]

// --8<-- [start:loop]

// serve is the loop. It answers two requests.
func serve(handleSlow func()) {
	events := make([]unix.EpollEvent, 4)
	buf := make([]byte, 8)
	for answers = 0; answers < 2; {
		n, err := unix.EpollWait(loop, events, -1)
		if err == unix.EINTR {
			continue
		}
		lab.Check(err)
		for _, e := range events[:n] {
			_, err := unix.Read(int(e.Fd), buf)
			lab.Check(err)
			switch int(e.Fd) {
			case slow[1]:
				handleSlow()
			case fast[1]:
				answer(fast[1])
			case bell:
				answer(slow[1])
			}
		}
	}
}

// --8<-- [end:loop]

func answer(fd int) {
	send(fd)
	answers++
}

func send(fd int) {
	_, err := unix.Write(fd, []byte("x"))
	lab.Check(err)
}

func watch(fd int) {
	event := &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}
	lab.Check(unix.EpollCtl(loop, unix.EPOLL_CTL_ADD, fd, event))
}

func connected() [2]int {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	lab.Check(err)
	watch(pair[1])
	return pair
}

func try(name string, handleSlow func()) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	lab.Check(err)
	loop = fd
	fd, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	lab.Check(err)
	bell = fd
	watch(bell)
	slow = connected()
	fast = connected()
	atomic.StoreInt32(&answered, 0)
	// --8<-- [start:clients]

	buf := make([]byte, 8)
	send(slow[0]) // the slow request comes first
	send(fast[0])
	server := lab.Thread("loop", func() { serve(handleSlow) })
	_, err = unix.Read(fast[0], buf)
	lab.Check(err)
	atomic.StoreInt32(&answered, 1)
	_, err = unix.Read(slow[0], buf)
	lab.Check(err)
	server.Wait()
	fmt.Println(name, "the other client is served meanwhile:", during)
	// --8<-- [end:clients]
	if worker != nil {
		worker.Wait()
	}
}

func main() {
	try("computed in the loop :", inTheLoop)
	try("computed on a worker :", onAWorker)
}
