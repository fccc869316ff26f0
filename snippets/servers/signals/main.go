// A signal reaches a thread that sleeps in a system call.
package main

import (
	"fmt"
	"os"
	"os/signal"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:sleepers]

var (
	pair = make([]int, 2) // two connected sockets; nobody writes yet
	name = "read"
)

func read() {
	n, err := unix.Read(pair[0], make([]byte, 8))
	fmt.Println(name, "returned", n, err)
}

func poll() {
	set := []unix.PollFd{{Fd: int32(pair[0]), Events: unix.POLLIN}}
	n, err := unix.Poll(set, -1)
	fmt.Println("poll returned", n, err)
}

// --8<-- [end:sleepers]

// --8<-- [start:signal]

// interrupt sends t a signal. Go's runtime has a handler for it, which asks, like
// all of Go's, that interrupted calls go on (SA_RESTART).
func interrupt(t *lab.Task) {
	lab.Check(unix.Tgkill(unix.Getpid(), t.TID(), unix.SIGUSR1))
}

// --8<-- [end:signal]

func main() {
	made, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	lab.Check(err)
	signal.Notify(make(chan os.Signal, 8), unix.SIGUSR1)
	pair[0] = made[0]
	pair[1] = made[1]
	// --8<-- [start:read]

	reader := lab.Thread("reader", read)
	lab.Await(reader, "read")
	before := reader.Switches().Voluntary
	interrupt(reader)
	for reader.Switches().Voluntary == before { // until it has gone to sleep once more
	}
	lab.Await(reader, "read")
	fmt.Println("read, after a signal: woken, and asleep in read again")
	_, err = unix.Write(pair[1], []byte("data"))
	lab.Check(err)
	reader.Wait()
	// --8<-- [end:read]

	// --8<-- [start:others]

	poller := lab.Thread("poller", poll)
	lab.Await(poller, "poll")
	interrupt(poller)
	poller.Wait()

	name = "read with a limit of 60 seconds"
	limit := unix.Timeval{Sec: 60}
	lab.Check(unix.SetsockoptTimeval(pair[0], unix.SOL_SOCKET, unix.SO_RCVTIMEO, &limit))
	reader = lab.Thread("reader", read)
	lab.Await(reader, "read")
	interrupt(reader)
	reader.Wait()
	// --8<-- [end:others]
}
