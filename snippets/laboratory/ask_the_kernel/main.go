// One thread waits for a byte, and the kernel says what it is doing.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

var pipe = make([]int, 2)

// --8<-- [start:reader]

// read waits for a byte that nobody has written yet.
func read() {
	buf := make([]byte, 1)
	_, err := unix.Read(pipe[0], buf)
	lab.Check(err)
}

// --8<-- [end:reader]

func main() {
	// --8<-- [start:ask]

	lab.Check(unix.Pipe2(pipe, unix.O_CLOEXEC))
	reader := lab.Thread("reader", read)
	lab.Await(reader, "read") // go on when the kernel says: asleep in read

	call := reader.Syscall()
	fmt.Println("reader  :", reader.State())
	fmt.Println("its call:", call.Name)
	fmt.Println("on the descriptor that it was given:", call.Args[0] == pipe[0])
	fmt.Println("main    :", lab.Self().State())
	// --8<-- [end:ask]

	_, err := unix.Write(pipe[1], []byte("x"))
	lab.Check(err)
	reader.Wait()
	fmt.Println("reader has its byte and is gone")
}
