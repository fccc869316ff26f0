// One thread is blocked, another one works.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

var pipe = make([]int, 2)

// --8<-- [start:reader]

func read() {
	buf := make([]byte, 16)
	n, err := unix.Read(pipe[0], buf)
	lab.Check(err)
	fmt.Printf("reader: read returned %q\n", buf[:n])
}

// --8<-- [end:reader]

func main() {
	// --8<-- [start:main]

	lab.Check(unix.Pipe2(pipe, unix.O_CLOEXEC))
	reader := lab.Thread("reader", read)
	lab.Await(reader, "read")
	before := reader.Switches().Total()

	sum := 0
	for i := 1; i <= 100000; i++ { // main works
		sum += i
	}
	fmt.Println("main  : sum", sum, "in state", lab.Self().State())
	fmt.Println("reader: state", reader.State())
	fmt.Println("reader: context switches meanwhile", reader.Switches().Total()-before)

	_, err := unix.Write(pipe[1], []byte("wake up"))
	lab.Check(err)
	reader.Wait()
	// --8<-- [end:main]
}
