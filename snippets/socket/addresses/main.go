// Sockets without an address, and two sockets on one port number.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

func main() {
	// --8<-- [start:no_address]

	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	lab.Check(err)
	name, err := unix.Getsockname(pair[0])
	lab.Check(err)
	_, isIP := name.(*unix.SockaddrInet4)
	fmt.Println("socket of a pair has an IP address:", isIP)

	n, err := unix.Write(pair[0], []byte("hello"))
	lab.Check(err)
	fmt.Println("bytes it sent to the other end:", n)

	fresh := lab.Socket()
	fmt.Println("port of a new TCP socket:", lab.Port(fresh))
	// --8<-- [end:no_address]

	// --8<-- [start:protocols]

	_, port := lab.Listen(16)
	udp, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	lab.Check(err)
	err = unix.Bind(udp, lab.Address(port))
	fmt.Println("UDP socket on the TCP listener's port:", err)
	err = unix.Bind(fresh, lab.Address(port))
	fmt.Println("TCP socket on the TCP listener's port:", err)
	// --8<-- [end:protocols]
}
