// Two threads serve the clients of one port.
package main

import (
	"fmt"

	"example/workbook/snippets/lab"
	"golang.org/x/sys/unix"
)

const clients = 64

var served = make(chan string) // the name of the thread that took a client

// serve takes clients from a listener.
func serve(name string, listener int) {
	for {
		lab.Accept(listener)
		served <- name
	}
}

// --8<-- [start:listen]

// listen makes a listener that allows others on its address.
func listen(port int) int {
	fd := lab.Socket()
	lab.Check(unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1))
	lab.Check(unix.Bind(fd, lab.Address(port)))
	lab.Check(unix.Listen(fd, clients))
	return fd
}

// --8<-- [end:listen]

func main() {
	// --8<-- [start:main]

	first := listen(0)
	port := lab.Port(first)
	second := listen(port)
	// --8<-- [end:main]
	lab.Thread("one", func() { serve("one", first) })
	lab.Thread("two", func() { serve("two", second) })

	took := map[string]int{}
	for i := 0; i < clients; i++ {
		lab.Dial(port)
		name := <-served
		took[name]++
	}
	fmt.Println("listeners on the port:", listeners(port))
	fmt.Println("clients served:", took["one"]+took["two"])
	fmt.Println("both threads had some:", took["one"] > 0 && took["two"] > 0)
}

// listeners counts the sockets that listen on a port.
func listeners(port int) int {
	n := 0
	for _, row := range lab.Rows(port) {
		if row.State == "LISTEN" {
			n++
		}
	}
	return n
}
