// One thread sleeps in read, another one asks the kernel where it is.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

var pipe = make([]int, 2)

func main() {
	lab.Check(unix.Pipe2(pipe, unix.O_CLOEXEC))

	// TODO: turn it round. Main has to sleep, and another thread to watch it.
	sleeper := lab.Thread("sleeper", sleep)
	watch(sleeper)
	sleeper.Wait()
}

// sleep waits for a byte.
func sleep() {
	buf := make([]byte, 1)
	n, err := unix.Read(pipe[0], buf)
	lab.Check(err)
	fmt.Println("read returned:", n)
}

// watch waits until t sleeps, says what it knows about it, and wakes it.
func watch(t *lab.Task) {
	lab.Await(t, "read")
	fmt.Println("its TID is the PID:", t.TID() == unix.Getpid())
	fmt.Println("it sleeps in:", t.Syscall().Name)
	_, err := unix.Write(pipe[1], []byte("x"))
	lab.Check(err)
}
