// A Go server logs the number of its descriptor.
package main

import (
	"fmt"
	"net"
	"time"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:describe]

// describe says for the log where server listens.
func describe(server *net.TCPListener) string {
	raw, err := server.SyscallConn()
	lab.Check(err)
	text := ""
	look := func(fd uintptr) { text = fmt.Sprintf("descriptor %d, %v", fd, server.Addr()) }
	lab.Check(raw.Control(look))
	return text
}

// --8<-- [end:describe]

func main() {
	server, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	lab.Check(err)
	fmt.Println("log:", describe(server))

	if !nonblock(server) {
		fmt.Println("the listener is in blocking mode: no deadline would ever end an Accept")
		return
	}
	lab.Check(server.SetDeadline(time.Now().Add(50 * time.Millisecond)))
	_, err = server.Accept() // nobody comes
	timeout, ok := err.(net.Error)
	fmt.Println("Accept ended by its deadline:", ok && timeout.Timeout())
}

// nonblock says whether the open file description of server has O_NONBLOCK.
func nonblock(server *net.TCPListener) bool {
	raw, err := server.SyscallConn()
	lab.Check(err)
	flags := 0
	look := func(fd uintptr) {
		got, err := unix.FcntlInt(fd, unix.F_GETFL, 0)
		lab.Check(err)
		flags = got
	}
	lab.Check(raw.Control(look))
	return flags&unix.O_NONBLOCK != 0
}
