// Two threads of one process: what do they share?
package main

import (
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:worker]

var (
	shared = 1              // one variable in the memory of the process
	pipe   = make([]int, 2) // two descriptors, opened by the worker
	pid    int              // what the worker is told when it asks for its process
	ready  = make(chan bool)
)

func work() {
	pid = unix.Getpid()
	shared = 2
	lab.Check(unix.Pipe2(pipe, unix.O_CLOEXEC))
	ready <- true

	buf := make([]byte, 1)
	_, err := unix.Read(pipe[0], buf) // stay here while main looks
	lab.Check(err)
}

// --8<-- [end:worker]

// --8<-- [start:main]

func main() {
	self := lab.Self()
	worker := lab.Thread("worker", work)
	<-ready

	_, err := os.Stat("/proc/self/task/" + strconv.Itoa(worker.TID()))
	fmt.Println("same process as main:", pid == unix.Getpid())
	fmt.Println("same thread as main:", worker.TID() == self.TID())
	fmt.Println("listed in /proc/self/task:", err == nil)
	fmt.Println("main sees shared =", shared)

	n, err := unix.Write(pipe[1], []byte("x"))
	lab.Check(err)
	fmt.Println("bytes main wrote to the worker's descriptor:", n)
	worker.Wait()
}

// --8<-- [end:main]
