// The number of a process, and the numbers of its threads.
package main

import (
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:all]

var (
	tid   int
	pid   int
	ready = make(chan bool)
	done  = make(chan bool)
)

func work() {
	tid = unix.Gettid()
	pid = unix.Getpid()
	ready <- true
	<-done
}

func main() {
	worker := lab.Thread("worker", work)
	<-ready
	threads, err := os.ReadDir("/proc/self/task")
	lab.Check(err)
	first := 0
	own := 0
	for _, entry := range threads {
		if entry.Name() == strconv.Itoa(pid) {
			first++
		}
		if entry.Name() == strconv.Itoa(tid) {
			own++
		}
	}
	fmt.Println("worker's PID is the process's:", pid == os.Getpid())
	fmt.Println("worker's TID is the PID:", tid == pid)
	fmt.Println("threads with the worker's TID:", own)
	fmt.Println("threads with the PID as TID:", first)
	close(done)
	worker.Wait()
}

// --8<-- [end:all]
