// The kernel is told to receive, and says when it has: completion instead of readiness.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:client]

const (
	accepted = 1 // tags: they come back with the results
	received = 2
)

var (
	ring *lab.Ring
	port int
	buf  = make([]byte, 64)
)

// connect is the client.
func connect(server *lab.Task) {
	lab.Await(server, "io_uring_enter")
	fmt.Println("client: the server sleeps in io_uring_enter, I connect and send")
	client := lab.Dial(port)
	_, err := unix.Write(client, []byte("hello"))
	lab.Check(err)
}

// --8<-- [end:client]

func main() {
	// --8<-- [start:accept]

	ring = lab.NewRing(8)
	listener, number := lab.Listen(16) // in blocking mode
	port = number

	ring.Accept(listener, accepted)
	_, done := ring.Done()
	fmt.Println("accept started on a blocking listener; done:", done)

	server := lab.Self()
	lab.Thread("client", func() { connect(server) })
	first := ring.Wait()
	conn := first.Result
	fmt.Println("accept is done:", first.Tag == accepted)
	// --8<-- [end:accept]

	// --8<-- [start:receive]

	ring.Recv(conn, buf, received)
	second := ring.Wait()
	fmt.Println("receive is done:", second.Tag == received)
	fmt.Println("bytes:", second.Result)
	fmt.Println("left in the kernel:", lab.Unread(conn))
	fmt.Printf("in our buffer, and nobody called read: %q\n", buf[:second.Result])
	// --8<-- [end:receive]
}
