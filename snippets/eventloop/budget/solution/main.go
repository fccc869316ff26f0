// One client sends without end, two others send once. All are to be served soon.
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

// serve serves the connections that are ready, in this order, until all but the
// flood, the first of them, have been served.
func serve(flooder int, ready []int, budget int) {
	flood := ready[0]
	reads := 0
	served := 0
	buf := make([]byte, 64)
	for served < 2 && reads < giveUp {
		fd := ready[0]
		ready = ready[1:]
		empty := false
		for turn := 0; turn < budget && !empty; turn++ {
			_, err := unix.Read(fd, buf)
			if err == unix.EAGAIN {
				empty = true
				continue
			}
			lab.Check(err)
			if fd == flood {
				reads++
				send(flooder) // the flood is never over
				continue
			}
			served++
			fmt.Println("served a quiet client; reads of the flood before:", reads)
		}
		if !empty {
			ready = append(ready, fd) // its turn is over, it is not: to the end of the line
		}
	}
	fmt.Println("quiet clients served:", served)
}

// --8<-- [end:serve]

func main() {
	flooder, flood := connected()
	first, quiet := connected()
	second, silent := connected()
	send(flooder)
	send(first)
	send(second)
	serve(flooder, []int{flood, quiet, silent}, 4)
}
