// Ten clients, and descriptors for four of them.
package main

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

const clients = 10

// --8<-- [start:serve]

var failures int // how often accept failed with EMFILE

// serve takes every client out of the queue. It says hello to as many as it has
// descriptors for, and hangs up on the others. The process has five left.
func serve(listener int) {
	spare := reserve()
	for taken := 0; taken < clients; taken++ {
		conn, _, err := unix.Accept4(listener, unix.SOCK_CLOEXEC)
		if err == unix.EMFILE {
			failed()
			lab.Check(unix.Close(spare)) // one descriptor, for a moment
			conn = lab.Accept(listener)
			lab.Check(unix.Close(conn))
			spare = reserve()
			continue
		}
		lab.Check(err)
		_, err = unix.Write(conn, []byte("hello"))
		lab.Check(err)
	}
}

// reserve takes a descriptor that can be given up later.
func reserve() int {
	fd, err := unix.Open("/dev/null", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	lab.Check(err)
	return fd
}

// --8<-- [end:serve]

// failed counts a failure, and ends the program when it has come to nothing.
func failed() {
	failures++
	if failures > 1000 {
		fmt.Println("accept failed 1000 times: the server spins")
		os.Exit(0)
	}
}

func main() {
	listener, port := lab.Listen(clients)
	var conns []int
	for i := 1; i <= clients; i++ {
		conns = append(conns, lab.Dial(port))
		for lab.RowOf(listener).Unread < i {
		}
	}
	leave(5)
	serve(listener)

	answered := 0
	for _, conn := range conns {
		n, err := unix.Read(conn, make([]byte, 5))
		lab.Check(err)
		if n > 0 {
			answered++
		}
	}
	fmt.Println("clients answered:", answered)
	fmt.Println("clients hung up on:", clients-answered)
	fmt.Println("accept failed:", failures)
}

// leave lets the process have 64 descriptors, and takes all of them but a few.
func leave(few int) {
	limit := unix.Rlimit{}
	lab.Check(unix.Getrlimit(unix.RLIMIT_NOFILE, &limit))
	limit.Cur = 64
	lab.Check(unix.Setrlimit(unix.RLIMIT_NOFILE, &limit))
	var taken []int
	for {
		fd, err := unix.Dup(0)
		if err != nil {
			break
		}
		taken = append(taken, fd)
	}
	for _, fd := range taken[:few] {
		lab.Check(unix.Close(fd))
	}
}
