// Three threads read from one connection, and one thread reads from fifty.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:reader]

var (
	conn int // the server's end of one connection
	got  = make(chan string)
	done = make(chan bool)
)

func read() {
	buf := make([]byte, 1)
	_, err := unix.Read(conn, buf)
	lab.Check(err)
	got <- string(buf)
	<-done // stay, so that the next thread is another one
}

// --8<-- [end:reader]

func main() {
	// --8<-- [start:one]

	listener, port := lab.Listen(64)
	client := lab.Dial(port)
	conn = lab.Accept(listener)

	threads := map[int]bool{}
	for _, letter := range []string{"a", "b", "c"} {
		reader := lab.Thread("reader "+letter, read)
		threads[reader.TID()] = true
		_, err := unix.Write(client, []byte(letter))
		lab.Check(err)
		fmt.Println("read from the one connection:", <-got)
	}
	fmt.Println("threads that read from it:", len(threads))
	// --8<-- [end:one]

	// --8<-- [start:many]

	served := map[int]bool{}
	threads = map[int]bool{}
	for i := 0; i < 50; i++ {
		client := lab.Dial(port)
		server := lab.Accept(listener)
		_, err := unix.Write(client, []byte("x"))
		lab.Check(err)
		_, err = unix.Read(server, make([]byte, 1))
		lab.Check(err)
		served[server] = true
		threads[unix.Gettid()] = true
	}
	fmt.Println("connections read from:", len(served))
	fmt.Println("threads that read from them:", len(threads))
	// --8<-- [end:many]
}
