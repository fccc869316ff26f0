// 200 goroutines wait in Read, and then 200 in read. How many threads is that?
package main

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

const count = 200

// --8<-- [start:counts]

// parked is how many goroutines wait for the network, in the words of Go's runtime.
func parked() int {
	buf := make([]byte, 16<<20)
	n := runtime.Stack(buf, true)
	return strings.Count(string(buf[:n]), "[IO wait")
}

// threads is how many threads this process has, and how many of the others
// sleep in read.
func threads() (int, int) {
	entries, err := os.ReadDir("/proc/self/task")
	lab.Check(err)
	inRead := 0
	for _, entry := range entries {
		if entry.Name() == fmt.Sprint(unix.Gettid()) {
			continue // this thread, which reads the file
		}
		call, err := os.ReadFile("/proc/self/task/" + entry.Name() + "/syscall")
		if err == nil && strings.HasPrefix(string(call), fmt.Sprint(unix.SYS_READ, " ")) {
			inRead++
		}
	}
	return len(entries), inRead
}

// until looks again every millisecond, until a fact is there.
func until(fact func() bool) {
	for !fact() {
		_, err := unix.Poll(nil, 1)
		if err != unix.EINTR {
			lab.Check(err)
		}
	}
}

// --8<-- [end:counts]

func main() {
	runtime.LockOSThread()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	lab.Check(err)
	var clients []net.Conn
	// --8<-- [start:net]

	before, readersBefore := threads()
	waitingBefore := parked()
	for len(clients) < count {
		client, err := net.Dial("tcp", ln.Addr().String())
		lab.Check(err)
		clients = append(clients, client)
		conn, err := ln.Accept()
		lab.Check(err)
		go conn.Read(make([]byte, 1))
	}
	until(func() bool { return parked() >= waitingBefore+count })
	now, readers := threads()
	fmt.Println("conn.Read: goroutines that wait      :", count)
	fmt.Println("conn.Read: threads asleep in read    :", readers-readersBefore)
	fmt.Println("conn.Read: fewer than 10 more threads:", now-before < 10)
	// --8<-- [end:net]

	// --8<-- [start:raw]

	var ends []int
	for len(ends) < count {
		pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		lab.Check(err)
		ends = append(ends, pair[0])
		go unix.Read(pair[1], make([]byte, 1))
	}
	until(func() bool {
		_, readers = threads()
		return readers >= readersBefore+count
	})
	now, readers = threads()
	fmt.Println("unix.Read: goroutines that wait      :", count)
	fmt.Println("unix.Read: threads asleep in read    :", readers-readersBefore)
	fmt.Println("unix.Read: fewer than 10 more threads:", now-before < 10)
	// --8<-- [end:raw]

	for _, end := range ends {
		lab.Check(unix.Close(end))
	}
	for _, client := range clients {
		lab.Check(client.Close())
	}
}
