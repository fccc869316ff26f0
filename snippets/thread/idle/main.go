// 200 threads wait for one byte.
package main

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

const count = 200

// --8<-- [start:reader]

var (
	ends = make([]int, 2) // the two ends of a socket pair
	got  = make(chan int) // the number of the thread that got the byte
	done = make(chan bool)
)

func read() {
	buf := make([]byte, 1)
	_, err := unix.Read(ends[0], buf) // 200 threads wait here for one byte
	lab.Check(err)
	got <- unix.Gettid()
	<-done
}

// --8<-- [end:reader]

// switches is the sum over all threads.
func switches(threads []*lab.Task) int {
	n := 0
	for _, t := range threads {
		n += t.Switches().Total()
	}
	return n
}

// work keeps the calling thread busy until it has used d of CPU time.
func work(d time.Duration) {
	start := lab.CPU()
	for lab.CPU()-start < d {
	}
}

func main() {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	lab.Check(err)
	ends[0] = pair[0]
	ends[1] = pair[1]
	// --8<-- [start:main]

	var threads []*lab.Task
	for len(threads) < count {
		threads = append(threads, lab.Thread("reader", read))
	}
	for _, t := range threads {
		lab.Await(t, "read")
	}

	before := switches(threads)
	work(100 * time.Millisecond)
	fmt.Println("threads asleep in read:", len(threads))
	fmt.Println("switches among them while main worked:", switches(threads)-before)
	// --8<-- [end:main]

	// --8<-- [start:wake]

	before = switches(threads)
	_, err = unix.Write(ends[1], []byte("x"))
	lab.Check(err)
	winner := <-got
	for _, t := range threads {
		if t.TID() != winner {
			lab.Await(t, "read")
		}
	}
	caused := switches(threads) - before
	fmt.Println("one byte came; asleep in read again:", len(threads)-1)
	fmt.Println("switches it caused, at least 199:", caused >= 199)
	fmt.Println("switches it caused:", caused)
	// --8<-- [end:wake]
}
