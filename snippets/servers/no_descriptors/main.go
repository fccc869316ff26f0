// accept, in a process that has no descriptor left.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

func main() {
	lab.Quiet()
	listener, port := lab.Listen(16)
	client := lab.Dial(port)
	lab.WaitReadable(listener)
	// --8<-- [start:full]

	spare, err := unix.Open("/dev/null", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	lab.Check(err)
	taken := takeAll(spare)

	before := lab.Sleeps()
	failures := 0
	for failures < 100 {
		_, _, err := unix.Accept4(listener, unix.SOCK_CLOEXEC)
		if err != unix.EMFILE {
			lab.Check(err)
			break
		}
		failures++
	}
	slept := lab.Sleeps() - before
	fmt.Println("accept failed, one time after the other:", failures, " slept under 25 times:", slept < 25)
	fmt.Println("the client still waits in the queue:", lab.WaitReadable(listener) == listener)
	// --8<-- [end:full]

	// --8<-- [start:spare]

	lab.Check(unix.Close(spare))
	conn := lab.Accept(listener)
	lab.Check(unix.Close(conn))
	n, err := unix.Read(client, make([]byte, 1))
	fmt.Println("the client read:", n, err)
	// --8<-- [end:spare]

	for _, fd := range taken {
		lab.Check(unix.Close(fd))
	}
}

// --8<-- [start:take]

// takeAll lets the process have 64 descriptors at most, and takes all that are
// left. It returns them.
func takeAll(fd int) []int {
	limit := unix.Rlimit{}
	lab.Check(unix.Getrlimit(unix.RLIMIT_NOFILE, &limit))
	limit.Cur = 64
	lab.Check(unix.Setrlimit(unix.RLIMIT_NOFILE, &limit))
	var taken []int
	for {
		twin, err := unix.Dup(fd)
		if err != nil {
			fmt.Println("dup:", err)
			return taken
		}
		taken = append(taken, twin)
	}
}

// --8<-- [end:take]
