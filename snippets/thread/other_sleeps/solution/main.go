// Three threads sleep, each for another reason.
package main

import (
	"fmt"
	"os"
	"os/exec"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

var (
	pipe  = make([]int, 2)
	child *exec.Cmd // ends when its standard input is closed
	path  string    // of the file that is locked
)

func read() {
	buf := make([]byte, 1)
	_, err := unix.Read(pipe[0], buf)
	lab.Check(err)
}

// --8<-- [start:others]

// wait sleeps until the child has ended.
func wait() {
	_, err := unix.Wait4(child.Process.Pid, nil, 0, nil)
	lab.Check(err)
}

// ask sleeps until it has the lock.
func ask() {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	lab.Check(err)
	lab.Check(unix.Flock(fd, unix.LOCK_EX))
}

// --8<-- [end:others]

func main() {
	lab.Check(unix.Pipe2(pipe, unix.O_CLOEXEC))
	child = exec.Command("cat")
	input, err := child.StdinPipe()
	lab.Check(err)
	lab.Check(child.Start())
	held := lock() // main has the lock as long as this descriptor is open

	reader := lab.Thread("reader", read)
	lab.Await(reader, "read")
	fmt.Println("reader sleeps in:", reader.Syscall().Name)
	waiter := lab.Thread("waiter", wait)
	lab.Await(waiter, "wait4")
	fmt.Println("waiter sleeps in:", waiter.Syscall().Name)
	locker := lab.Thread("locker", ask)
	lab.Await(locker, "flock")
	fmt.Println("locker sleeps in:", locker.Syscall().Name)

	_, err = unix.Write(pipe[1], []byte("x"))
	lab.Check(err)
	lab.Check(input.Close())    // the child ends
	lab.Check(unix.Close(held)) // and so does the lock
	reader.Wait()
	waiter.Wait()
	locker.Wait()
	lab.Check(os.Remove(path))
	fmt.Println("all are awake")
}

// lock makes a file and locks it. Who asks for the lock through another open
// file description has to wait until this one is closed.
func lock() int {
	file, err := os.CreateTemp("", "lock")
	lab.Check(err)
	path = file.Name()
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	lab.Check(err)
	lab.Check(file.Close())
	lab.Check(unix.Flock(fd, unix.LOCK_EX))
	return fd
}
