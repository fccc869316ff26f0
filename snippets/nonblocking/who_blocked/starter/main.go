// A Go server logs the number of its descriptor.
package main

import (
	"fmt"
	"net"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// describe says for the log where server listens.
func describe(server *net.TCPListener) string {
	file, err := server.File()
	lab.Check(err)
	defer file.Close()
	return fmt.Sprintf("descriptor %d, %v", file.Fd(), server.Addr())
}

func main() {
	server, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	lab.Check(err)
	text := describe(server)
	fmt.Println("log:", text)

	own, nonblock := look(server)
	fmt.Println("the log names the listener's own descriptor:", strings.HasPrefix(text, fmt.Sprintf("descriptor %d,", own)))
	if !nonblock {
		fmt.Println("the listener is in blocking mode: no deadline would ever end an Accept")
		return
	}
	lab.Check(server.SetDeadline(time.Now().Add(50 * time.Millisecond)))
	_, err = server.Accept() // nobody comes
	timeout, ok := err.(net.Error)
	fmt.Println("Accept ended by its deadline:", ok && timeout.Timeout())
}

// look returns the descriptor of server and whether its open file description has
// O_NONBLOCK.
func look(server *net.TCPListener) (own uintptr, nonblock bool) {
	raw, err := server.SyscallConn()
	lab.Check(err)
	control := func(fd uintptr) {
		flags, err := unix.FcntlInt(fd, unix.F_GETFL, 0)
		lab.Check(err)
		own, nonblock = fd, flags&unix.O_NONBLOCK != 0
	}
	lab.Check(raw.Control(control))
	return own, nonblock
}
