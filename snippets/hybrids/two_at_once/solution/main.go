// Two clients on one ring, and nobody waits for the other.
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

	// --8<-- [start:main]

	const accepting = 0            // the tag of accept; the tag of a receive is its descriptor
	buffers := map[uint64][]byte{} // one for each operation under way
	ring.Accept(listener, accepting)
	for received := 0; received < 2; {
		done := ring.Wait()
		if done.Tag == accepting {
			conn := done.Result
			buffers[uint64(conn)] = make([]byte, 16)
			ring.Recv(conn, buffers[uint64(conn)], uint64(conn))
			ring.Accept(listener, accepting)
			continue
		}
		fmt.Printf("received %q\n", buffers[done.Tag][:done.Result])
		received++
	}
	// --8<-- [end:main]
}
