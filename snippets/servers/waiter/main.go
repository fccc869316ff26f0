// What a thread uses while it waits for a client.
package main

import (
	"fmt"
	"time"

	"example/workbook/snippets/lab"
)

// --8<-- [start:waiter]

var (
	listener int
	sleeps   int           // how often the waiter went to sleep
	cpu      time.Duration // CPU time that it used
)

func wait() {
	before := lab.Sleeps()
	start := lab.CPU()
	lab.Accept(listener)
	cpu = lab.CPU() - start
	sleeps = lab.Sleeps() - before
}

// --8<-- [end:waiter]

func main() {
	// --8<-- [start:main]

	fd, port := lab.Listen(16)
	listener = fd
	waiter := lab.Thread("waiter", wait)
	lab.Await(waiter, "accept4")
	work(100 * time.Millisecond) // of CPU time, in another thread of the same program
	lab.Dial(port)
	waiter.Wait()

	fmt.Println("main used at least 100 ms of CPU meanwhile")
	fmt.Println("the waiter used under 5 ms:", cpu < 5*time.Millisecond)
	fmt.Println("the waiter used", cpu, "and slept", sleeps)
	// --8<-- [end:main]
}

// work keeps the calling thread busy until it has used d of CPU time.
func work(d time.Duration) {
	start := lab.CPU()
	for lab.CPU()-start < d {
	}
}
