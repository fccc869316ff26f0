// One thread sets O_NONBLOCK while another one sleeps in read.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:reader]

var pair = make([]int, 2) // two connected sockets

func read() {
	for i := 1; i <= 2; i++ {
		n, err := unix.Read(pair[0], make([]byte, 1))
		fmt.Println("reader: call", i, "returned", n, err)
	}
}

// --8<-- [end:reader]

func main() {
	made, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	lab.Check(err)
	pair[0] = made[0]
	pair[1] = made[1]

	// --8<-- [start:asleep]

	reader := lab.Thread("reader", read)
	lab.Await(reader, "read")
	before := reader.Switches().Total()
	lab.Check(unix.SetNonblock(pair[0], true)) // main sets the flag
	lab.Await(reader, "read")
	fmt.Println("reader: still asleep in its call, woken:", reader.Switches().Total()-before)

	_, err = unix.Write(pair[1], []byte("x"))
	lab.Check(err)
	reader.Wait()
	// --8<-- [end:asleep]

	// --8<-- [start:passed]

	lab.Check(unix.Sendmsg(pair[1], []byte("x"), unix.UnixRights(pair[0]), nil, 0))
	oob := make([]byte, unix.CmsgSpace(4))
	_, size, _, _, err := unix.Recvmsg(pair[0], make([]byte, 1), oob, 0)
	lab.Check(err)
	messages, err := unix.ParseSocketControlMessage(oob[:size])
	lab.Check(err)
	fds, err := unix.ParseUnixRights(&messages[0])
	lab.Check(err)
	fmt.Println("passed on: another number:", fds[0] != pair[0], " O_NONBLOCK:", nonblock(fds[0]))
	lab.Check(unix.SetNonblock(fds[0], false))
	fmt.Println("cleared through the new number; the old one has O_NONBLOCK:", nonblock(pair[0]))
	// --8<-- [end:passed]
}

// nonblock says whether the open file description behind fd has O_NONBLOCK.
func nonblock(fd int) bool {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	lab.Check(err)
	return flags&unix.O_NONBLOCK != 0
}
