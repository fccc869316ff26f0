// A thread leaves the descriptor table of its process.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:worker]

var (
	fd   int // opened by main
	mine int // opened by the worker, after it has left
	left = make(chan bool)
	done = make(chan bool)
)

// valid says whether fd names something in the caller's table.
func valid(fd int) bool {
	_, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	return err == nil
}

func leave() {
	lab.Check(unix.Unshare(unix.CLONE_FILES)) // from here on, a copy of its own
	opened, err := unix.Open("/dev/null", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	lab.Check(err)
	lab.Check(unix.Close(fd))
	mine = opened
	fmt.Println("worker: main's descriptor is valid:", valid(fd))
	fmt.Println("worker: its own is valid:", valid(mine))
	left <- true
	<-done
}

// --8<-- [end:worker]

func main() {
	// --8<-- [start:main]

	opened, err := unix.Open("/dev/null", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	lab.Check(err)
	fd = opened
	worker := lab.Thread("worker", leave)
	<-left
	fmt.Println("main  : its descriptor is valid:", valid(fd))
	fmt.Println("main  : the worker's is valid:", valid(mine))
	// --8<-- [end:main]

	close(done)
	worker.Wait()
}
