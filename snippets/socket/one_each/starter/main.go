// Two threads serve the clients of one port.
package main

import (
	"fmt"

	"example/workbook/snippets/lab"
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

func main() {
	first, port := lab.Listen(clients)
	second := first // TODO: a listener of its own, on the same port

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
