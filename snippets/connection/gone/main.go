// A program writes to a peer that has gone.
package main

import (
	"fmt"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

func main() {
	// --8<-- [start:closed]

	listener, port := lab.Listen(16)
	client := lab.Dial(port)
	server := lab.Accept(listener)
	conn := lab.ConnectionOf(client)
	lab.Check(unix.Close(server))

	n, err := unix.Read(client, make([]byte, 8))
	fmt.Println("read        :", n, err)
	n, err = unix.Write(client, []byte("x"))
	fmt.Println("first write :", n, err)
	conn.Await("none", "none") // the answer has come: the connection is gone
	n, err = unix.Write(client, []byte("x"))
	fmt.Println("second write:", n, err)
	// --8<-- [end:closed]

	// --8<-- [start:signal]

	yes := exec.Command("yes")
	out, err := yes.StdoutPipe()
	lab.Check(err)
	lab.Check(yes.Start())
	lab.Check(out.Close()) // nobody will read what it writes
	_ = yes.Wait()
	status := yes.ProcessState.Sys().(syscall.WaitStatus)
	fmt.Println("yes was ended by:", status.Signal())
	// --8<-- [end:signal]

	// --8<-- [start:reset]

	client = lab.Dial(port)
	server = lab.Accept(listener)
	rude := &unix.Linger{Onoff: 1, Linger: 0} // close with a reset
	lab.Check(unix.SetsockoptLinger(server, unix.SOL_SOCKET, unix.SO_LINGER, rude))
	lab.Check(unix.Close(server))
	n, err = unix.Read(client, make([]byte, 8))
	fmt.Println("read after a reset:", n, err)
	// --8<-- [end:reset]
}
