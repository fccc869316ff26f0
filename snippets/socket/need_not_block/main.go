// Which of three calls on sockets in blocking mode puts its thread to sleep?
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

func main() {
	lab.Quiet() // nothing but these calls may put this thread to sleep
	// --8<-- [start:accept]

	listener, port := lab.Listen(16)
	client := lab.Dial(port)
	lab.WaitReadable(listener) // a connection stands in the queue
	lab.Mark("L1")

	before := lab.Sleeps()
	conn, _, err := unix.Accept4(listener, unix.SOCK_CLOEXEC)
	after := lab.Sleeps()
	lab.Check(err)
	fmt.Println("accept slept:", after-before)
	// --8<-- [end:accept]

	// --8<-- [start:write]

	before = lab.Sleeps()
	n, err := unix.Write(client, []byte("hello"))
	after = lab.Sleeps()
	lab.Check(err)
	fmt.Println("write slept:", after-before)
	fmt.Println("write returned:", n)
	// --8<-- [end:write]

	// --8<-- [start:read]

	lab.WaitReadable(conn)
	fmt.Println("bytes waiting in the kernel:", lab.Unread(conn))

	buf := make([]byte, 4096)
	before = lab.Sleeps()
	n, err = unix.Read(conn, buf)
	after = lab.Sleeps()
	lab.Check(err)
	fmt.Println("read slept:", after-before)
	fmt.Println("read was offered room for 4096 bytes and returned:", n)
	// --8<-- [end:read]
}
