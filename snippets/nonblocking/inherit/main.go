// Which sockets have O_NONBLOCK, and who took it away?
package main

import (
	"fmt"
	"net"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

func main() {
	// --8<-- [start:accept]

	listener, port := lab.Listen(16)
	lab.Check(unix.SetNonblock(listener, true))
	fmt.Println("listener                   :", nonblock(listener))
	for _, flag := range []int{0, unix.SOCK_NONBLOCK} {
		lab.Dial(port)
		lab.WaitReadable(listener)
		conn, _, err := unix.Accept4(listener, unix.SOCK_CLOEXEC|flag)
		lab.Check(err)
		fmt.Printf("accepted, SOCK_NONBLOCK %-3s: %v\n", onOff(flag != 0), nonblock(conn))
	}
	// --8<-- [end:accept]

	// --8<-- [start:net]

	server, err := net.Listen("tcp", "127.0.0.1:0")
	lab.Check(err)
	show := func(when string) {
		raw, err := server.(*net.TCPListener).SyscallConn()
		lab.Check(err)
		look := func(fd uintptr) { fmt.Println(when, nonblock(int(fd))) }
		lab.Check(raw.Control(look))
	}
	show("net.Listen made it         :")
	file, err := server.(*net.TCPListener).File() // a dup of its descriptor
	lab.Check(err)
	show("after File()               :")
	_ = file.Fd() // "only the number, for a log message"
	show("after Fd() of that file    :")
	// --8<-- [end:net]
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// nonblock says whether the open file description behind fd has O_NONBLOCK.
func nonblock(fd int) bool {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	lab.Check(err)
	return flags&unix.O_NONBLOCK != 0
}
