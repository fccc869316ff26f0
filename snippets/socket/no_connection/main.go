// One UDP socket hears from three peers.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:socket]

// socket makes a UDP socket on a port that the kernel chose.
func socket() int {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	lab.Check(err)
	lab.Check(unix.Bind(fd, lab.Address(0)))
	return fd
}

// --8<-- [end:socket]

func main() {
	// --8<-- [start:peers]

	server := socket()
	peers := map[int]bool{}
	for i := 0; i < 3; i++ {
		client := socket()
		lab.Check(unix.Sendto(client, []byte("ping"), 0, lab.Address(lab.Port(server))))
		buf := make([]byte, 16)
		_, from, err := unix.Recvfrom(server, buf, 0)
		lab.Check(err)
		peers[lab.PortOf(from)] = true
	}
	fmt.Println("one socket heard from peers:", len(peers))

	_, _, err := unix.Accept4(server, unix.SOCK_CLOEXEC)
	fmt.Println("accept on it:", err)
	// --8<-- [end:peers]

	// --8<-- [start:nobody]

	client := socket()
	gone := socket()
	port := lab.Port(gone)
	lab.Check(unix.Close(gone)) // nobody has this port now

	fmt.Println("connect to nobody:", unix.Connect(client, lab.Address(port)))
	_, err = unix.Write(client, []byte("x"))
	fmt.Println("first send :", err)
	lab.WaitReadable(client) // the answer "no such port" has come
	_, err = unix.Write(client, []byte("x"))
	fmt.Println("second send:", err)
	// --8<-- [end:nobody]
}
