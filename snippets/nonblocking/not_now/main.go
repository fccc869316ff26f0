// accept and read say "not now", and what they do not do meanwhile.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

func main() {
	lab.Quiet()
	// --8<-- [start:refused]

	listener, port := lab.Listen(16)
	lab.Check(unix.SetNonblock(listener, true))

	before := lab.Sleeps()
	fd, _, err := unix.Accept4(listener, unix.SOCK_CLOEXEC) // nobody has connected
	after := lab.Sleeps()
	fmt.Println("accept returned:", fd, err)
	fmt.Println("is EAGAIN:", err == unix.EAGAIN, " is EWOULDBLOCK:", err == unix.EWOULDBLOCK)
	fmt.Println("slept:", after-before)
	// --8<-- [end:refused]

	// --8<-- [start:loop]

	client := -1
	refusals := 0
	conn := -1
	for conn < 0 {
		fd, _, err := unix.Accept4(listener, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		switch err {
		case nil:
			conn = fd
		case unix.EAGAIN: // the thread is free to do something else
			refusals++
			if refusals == 3 {
				client = lab.Dial(port)
			}
		default:
			lab.Check(err)
		}
	}
	fmt.Println("accepted, after at least 3 refusals:", refusals >= 3)
	// --8<-- [end:loop]

	// --8<-- [start:read]

	buf := []byte(".....")
	n, err := unix.Read(conn, buf)
	fmt.Println("read returned:", n, err)

	_, err = unix.Write(client, []byte("hello"))
	lab.Check(err)
	lab.WaitReadable(conn)
	fmt.Printf("data has come; in the buffer of that read: %q  unread: %d\n", buf, lab.Unread(conn))

	n, err = unix.Read(conn, buf)
	fmt.Println("read returned:", n, err)
	lab.Check(unix.Close(client))
	lab.WaitReadable(conn)
	n, err = unix.Read(conn, buf)
	fmt.Println("read returned:", n, err)
	// --8<-- [end:read]
}
