// A server that counts words, and a client that wants to know the answer.
package main

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

var port int

// --8<-- [start:client]

// client sends a text in three parts and asks how many words it has.
func client() {
	conn := lab.Dial(port)
	for _, part := range []string{"a connection ", "is two ", "streams of bytes"} {
		_, err := unix.Write(conn, []byte(part))
		lab.Check(err)
	}
	lab.Check(unix.Shutdown(conn, unix.SHUT_WR)) // this was all; the other direction stays open

	buf := make([]byte, 64)
	n, err := unix.Read(conn, buf)
	fmt.Printf("client: read %q, error: %v\n", buf[:max(n, 0)], err)
}

// --8<-- [end:client]

// --8<-- [start:serve]

// serve reads the whole text and answers with the number of its words.
func serve(conn int) {
	text := ""
	buf := make([]byte, 64)
	for {
		n, err := unix.Read(conn, buf)
		lab.Check(err)
		if n == 0 { // the client's direction has ended
			break
		}
		text += string(buf[:n])
	}

	words := len(strings.Fields(text))
	_, err := unix.Write(conn, []byte(fmt.Sprint(words)))
	lab.Check(err)
	lab.Check(unix.Close(conn))
}

// --8<-- [end:serve]

func main() {
	listener, free := lab.Listen(16)
	port = free
	asking := lab.Thread("client", client)
	serve(lab.Accept(listener))
	asking.Wait()
}
