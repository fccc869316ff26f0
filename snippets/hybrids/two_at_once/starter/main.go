// Two clients on one ring. The second one waits for the first.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

var (
	server *lab.Task
	port   int
)

// talk is the clients: the second one speaks first.
func talk() {
	first := lab.Dial(port)
	second := lab.Dial(port)
	send(second, "two")
	lab.Await(server, "io_uring_enter")
	send(first, "one")
}

func send(fd int, text string) {
	_, err := unix.Write(fd, []byte(text))
	lab.Check(err)
}

func main() {
	ring := lab.NewRing(8)
	listener, number := lab.Listen(16)
	port = number
	server = lab.Self()
	lab.Thread("clients", talk)

	for i := 0; i < 2; i++ {
		ring.Accept(listener, 1)
		conn := ring.Wait().Result
		buf := make([]byte, 16)
		ring.Recv(conn, buf, 2)
		n := ring.Wait().Result
		fmt.Printf("received %q\n", buf[:n])
	}
}
