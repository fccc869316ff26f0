// Two threads wait for a client: one sleeps, one asks again and again.
package main

import (
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:wait]

var (
	listener int
	calls    int64         // how often the thread has called accept
	cpu      time.Duration // CPU time that it used
)

// wait calls accept until it gets a connection.
func wait() {
	start := lab.CPU()
	for {
		atomic.AddInt64(&calls, 1)
		_, _, err := unix.Accept4(listener, unix.SOCK_CLOEXEC)
		if err == nil {
			break
		}
		if err != unix.EAGAIN {
			lab.Check(err)
		}
	}
	cpu = lab.CPU() - start
}

// --8<-- [end:wait]

func main() {
	// --8<-- [start:main]

	fd, port := lab.Listen(16)
	listener = fd
	sleeper := lab.Thread("sleeper", wait)
	lab.Await(sleeper, "accept4")
	work(50 * time.Millisecond) // main does something else
	lab.Dial(port)
	sleeper.Wait()
	slept := cpu
	fmt.Println("sleeper: calls of accept:", calls, " CPU", slept)

	lab.Check(unix.SetNonblock(listener, true))
	atomic.StoreInt64(&calls, 0)
	poller := lab.Thread("poller", wait)
	for atomic.LoadInt64(&calls) < 10000 { // until it has asked often
	}
	lab.Dial(port)
	poller.Wait()
	fmt.Println("poller : calls of accept:", calls, " CPU", cpu)
	fmt.Println("the poller used over 10 times as much:", cpu > 10*slept)
	// --8<-- [end:main]
}

// work keeps the calling thread busy until it has used d of CPU time.
func work(d time.Duration) {
	start := lab.CPU()
	for lab.CPU()-start < d {
	}
}
