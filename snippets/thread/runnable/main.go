// Four busy threads share one CPU.
package main

import (
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

const count = 4

// --8<-- [start:spin]

var (
	oneCPU unix.CPUSet
	stop   int32
)

// spin wants a CPU all the time and waits for nothing.
func spin() {
	lab.Check(unix.SchedSetaffinity(0, &oneCPU)) // this thread may run on one CPU only
	for atomic.LoadInt32(&stop) == 0 {
	}
}

// --8<-- [end:spin]

// firstCPU is a CPU that this process may use.
func firstCPU() int {
	var allowed unix.CPUSet
	lab.Check(unix.SchedGetaffinity(0, &allowed))
	cpu := 0
	for !allowed.IsSet(cpu) {
		cpu++
	}
	return cpu
}

// --8<-- [start:look]

// ready is how many of the threads are in state R at this moment.
func ready(threads []*lab.Task) int {
	n := 0
	for _, t := range threads {
		if strings.HasPrefix(t.State(), "R") {
			n++
		}
	}
	return n
}

// pushed is how often a thread was taken off the CPU though it wanted to go on.
func pushed(threads []*lab.Task) int {
	n := 0
	for _, t := range threads {
		n += t.Switches().Involuntary
	}
	return n
}

// --8<-- [end:look]

func main() {
	runtime.GOMAXPROCS(count + 2) // Go itself must not be what makes them wait
	oneCPU.Set(firstCPU())
	// --8<-- [start:main]

	var threads []*lab.Task
	for len(threads) < count {
		threads = append(threads, lab.Thread("spinner", spin))
	}
	most := 0
	before := pushed(threads)
	start := time.Now()
	for time.Since(start) < 5*time.Second { // a limit, not a measure
		now := ready(threads)
		if now > most {
			most = now
		}
		if most == count && pushed(threads)-before >= 20 {
			break
		}
	}
	times := pushed(threads) - before
	atomic.StoreInt32(&stop, 1)

	fmt.Println("threads in state R at once:", most)
	fmt.Println("CPUs they may use:", oneCPU.Count())
	fmt.Println("pushed off the CPU at least 20 times:", times >= 20)
	// --8<-- [end:main]

	for _, t := range threads {
		t.Wait()
	}
}
