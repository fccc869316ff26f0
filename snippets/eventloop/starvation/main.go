// One client sends without end, another one sends once. Who is served?
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

const giveUp = 10000

// connected makes a socket pair: one end for a client, one for the server.
func connected() (int, int) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	lab.Check(err)
	return pair[0], pair[1]
}

func send(fd int) {
	_, err := unix.Write(fd, make([]byte, 64))
	lab.Check(err)
}

// --8<-- [start:serve]

// serve reads from ready descriptors, at most budget times from one before it
// turns to the next. It returns how often it read from the flood before it came
// to the quiet client.
func serve(budget int) int {
	flooder, flood := connected()
	other, quiet := connected()
	send(flooder)
	send(other)

	ready := []int{flood, quiet} // what epoll_wait reported, in this order
	reads := 0
	buf := make([]byte, 64)
	for len(ready) > 0 {
		fd := ready[0]
		ready = ready[1:]
		for turn := 0; ; turn++ {
			if turn == budget {
				ready = append(ready, fd) // not empty yet: to the end of the line
				break
			}
			_, err := unix.Read(fd, buf)
			if err == unix.EAGAIN {
				break
			}
			lab.Check(err)
			if fd == quiet || reads == giveUp {
				return reads
			}
			reads++
			send(flooder) // the flood is never over
		}
	}
	return reads
}

// --8<-- [end:serve]

func main() {
	fmt.Println("read until EAGAIN: reads of the flood before the quiet client:", serve(giveUp+1))
	fmt.Println("four reads a turn: reads of the flood before the quiet client:", serve(4))
}
