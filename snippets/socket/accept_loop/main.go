// A whole server: one thread, one client at a time.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

const clients = 2

var (
	server *lab.Task
	port   int
)

// --8<-- [start:listen]

// listen makes the socket at which clients arrive, and returns its descriptor.
func listen() int {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	lab.Check(err)
	here := &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}} // port 0: the kernel picks a free one
	lab.Check(unix.Bind(fd, here))
	lab.Check(unix.Listen(fd, 16))
	return fd
}

// --8<-- [end:listen]

func main() {
	server = lab.Self()
	listener := listen()
	port = lab.Port(listener)
	client := lab.Thread("client", talk)

	// --8<-- [start:loop]

	for i := 1; i <= clients; i++ {
		conn, _, err := unix.Accept4(listener, unix.SOCK_CLOEXEC)
		lab.Check(err)
		fmt.Println("server: accepted connection", i)
		echo(conn)
		lab.Check(unix.Close(conn))
	}
	// --8<-- [end:loop]
	client.Wait()
}

// --8<-- [start:echo]

// echo sends back what it reads, until the client closes.
func echo(conn int) {
	buf := make([]byte, 64)
	for {
		n, err := unix.Read(conn, buf)
		lab.Check(err)
		fmt.Println("server: read returned", n)
		if n == 0 {
			return
		}
		_, err = unix.Write(conn, buf[:n])
		lab.Check(err)
	}
}

// --8<-- [end:echo]

// --8<-- [start:client]

// talk is the clients, one after the other.
func talk() {
	for i := 1; i <= clients; i++ {
		lab.Await(server, "accept4")
		fmt.Println("client: the server sleeps in accept4, I connect")
		conn := lab.Dial(port)
		_, err := unix.Write(conn, []byte("hello"))
		lab.Check(err)
		buf := make([]byte, 64)
		n, err := unix.Read(conn, buf)
		lab.Check(err)
		fmt.Printf("client: got back %q\n", buf[:n])
		lab.Check(unix.Close(conn))
	}
}

// --8<-- [end:client]
