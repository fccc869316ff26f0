// A server that counts words, and a client that wants to know the answer.
package main

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

var port int

// client sends a text in three parts and asks how many words it has.
func client() {
	conn := lab.Dial(port)
	for _, part := range []string{"a connection ", "is two ", "streams of bytes"} {
		_, err := unix.Write(conn, []byte(part))
		lab.Check(err)
	}
	lab.Check(unix.Close(conn)) // TODO: tell the server that this was all, and hear its answer

	buf := make([]byte, 64)
	n, err := unix.Read(conn, buf)
	fmt.Printf("client: read %q, error: %v\n", buf[:max(n, 0)], err)
}

// serve reads the whole text and answers with the number of its words.
func serve(conn int) {
	buf := make([]byte, 64)
	n, err := unix.Read(conn, buf) // TODO: read the whole text
	lab.Check(err)
	text := string(buf[:n])

	words := len(strings.Fields(text))
	_, err = unix.Write(conn, []byte(fmt.Sprint(words)))
	lab.Check(err)
	lab.Check(unix.Close(conn))
}

func main() {
	listener, free := lab.Listen(16)
	port = free
	asking := lab.Thread("client", client)
	serve(lab.Accept(listener))
	asking.Wait()
}
