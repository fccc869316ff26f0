// An echo server in the style of Go: a goroutine for each connection.
package main

import (
	"net"
	"os"

	"example/workbook/snippets/lab"
)

// --8<-- [start:server]

func serve(listener int) {
	ln, err := net.FileListener(os.NewFile(uintptr(listener), "listener"))
	lab.Check(err)
	for {
		conn, err := ln.Accept()
		lab.Check(err)
		go echo(conn)
	}
}

// echo serves one client to the end of its stream.
func echo(conn net.Conn) {
	defer conn.Close()
	buf := make([]byte, 64<<10)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		_, err = conn.Write(buf[:n])
		if err != nil {
			return
		}
	}
}

// --8<-- [end:server]

func main() {
	lab.Probe(serve)
	lab.ProbeCost(serve)
}
