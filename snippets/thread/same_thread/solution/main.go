// On how many threads do fifty goroutines run?
package main

import (
	"fmt"
	"runtime"

	"golang.org/x/sys/unix"
)

const count = 50

func main() {
	runtime.GOMAXPROCS(2) // two threads at once run Go code, no more
	fmt.Println("free  : fewer threads than goroutines:", threads(false) < count)
	fmt.Println("locked: threads for 50 goroutines:", threads(true))
}

// threads starts goroutines and counts the threads on which they ran. With
// lock, each has a thread for itself, as long as it lives.
func threads(lock bool) int {
	tids := make(chan int)
	done := make(chan bool)
	for i := 0; i < count; i++ {
		go func() {
			// --8<-- [start:lock]

			if lock {
				runtime.LockOSThread()
			}
			tids <- unix.Gettid()
			<-done // nobody leaves before all have answered
			// --8<-- [end:lock]
		}()
	}
	seen := map[int]bool{}
	for i := 0; i < count; i++ {
		seen[<-tids] = true
	}
	close(done)
	return len(seen)
}
