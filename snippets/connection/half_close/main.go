// One direction of a connection ends, the other goes on.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

func main() {
	listener, port := lab.Listen(16)
	client := lab.Dial(port)
	server := lab.Accept(listener)
	conn := lab.ConnectionOf(client)

	// --8<-- [start:question]

	_, err := unix.Write(client, []byte("question"))
	lab.Check(err)
	lab.Check(unix.Shutdown(client, unix.SHUT_WR)) // "that was all I have to say"
	fmt.Printf("server read %q\n", read(server))
	fmt.Printf("server read %q: end of file\n", read(server))
	conn.Await("FIN_WAIT2", "CLOSE_WAIT")
	lab.Mark("L1")
	fmt.Println("client's end FIN_WAIT2, server's end CLOSE_WAIT")
	// --8<-- [end:question]

	// --8<-- [start:answer]

	n, err := unix.Write(server, []byte("answer"))
	fmt.Println("server's write returned:", n, err)
	fmt.Printf("client read %q\n", read(client))
	_, err = unix.Write(client, []byte("more"))
	fmt.Println("client write after its shutdown:", err)
	// --8<-- [end:answer]

	// --8<-- [start:end]

	lab.Check(unix.Close(server))
	fmt.Printf("client read %q: end of file\n", read(client))
	// --8<-- [end:end]
}

// --8<-- [start:read]

// read returns what one call of read returns, "" for 0 bytes.
func read(fd int) string {
	buf := make([]byte, 64)
	n, err := unix.Read(fd, buf)
	lab.Check(err)
	return string(buf[:n])
}

// --8<-- [end:read]
