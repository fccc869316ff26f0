// A thread waits in accept, and the kernel says where it is.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:acceptor]

var (
	listener int
	accepted = make(chan int)
)

func accept() {
	conn, _, err := unix.Accept4(listener, unix.SOCK_CLOEXEC) // nobody has connected yet
	lab.Check(err)
	accepted <- conn
}

// --8<-- [end:acceptor]

func main() {
	// --8<-- [start:look]

	fd, port := lab.Listen(16)
	listener = fd
	acceptor := lab.Thread("acceptor", accept)
	lab.Await(acceptor, "accept4")

	call := acceptor.Syscall()
	fmt.Println("state   :", acceptor.State())
	fmt.Println("call    :", call.Name)
	fmt.Println("on the listener:", call.Args[0] == listener)
	fmt.Println("in the kernel's function:", acceptor.Wchan())
	fmt.Println("main    :", lab.Self().State())
	// --8<-- [end:look]

	// --8<-- [start:wake]

	lab.Dial(port)
	conn := <-accepted
	fmt.Println("accept returned a new descriptor:", conn != listener)
	fmt.Println("descriptor:", conn)
	// --8<-- [end:wake]
}
