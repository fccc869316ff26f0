// What a thousand waiting threads occupy.
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

const count = 1000

// --8<-- [start:threads]

var pipe = make([]int, 2)

func wait() {
	_, err := unix.Read(pipe[0], make([]byte, 1)) // nobody will write
	lab.Check(err)
}

// --8<-- [end:threads]

func main() {
	lab.Check(unix.Pipe2(pipe, unix.O_CLOEXEC))
	// --8<-- [start:measure]

	before := resident()
	var threads []*lab.Task
	for len(threads) < count {
		threads = append(threads, lab.Thread("waiter", wait))
	}
	for _, t := range threads {
		lab.Await(t, "read")
	}
	fmt.Println("threads asleep in read:", len(threads))
	fmt.Println("waiting threads, MiB of memory:", (resident()-before)/1024)
	// --8<-- [end:measure]

	// --8<-- [start:reserve]

	before = resident()
	space := addresses()
	for i := 0; i < 50; i++ {
		stack := reserve(8 << 20) // mmap
		stack[len(stack)-1] = 1   // use one byte of it
	}
	fmt.Println("50 stacks of 8 MiB, MiB of addresses:", (addresses()-space)/1024)
	fmt.Println("50 stacks of 8 MiB, MiB of memory:", (resident()-before)/1024)
	// --8<-- [end:reserve]
}

// reserve asks for memory, as a C library does for the stack of a new thread.
func reserve(size int) []byte {
	access := unix.PROT_READ | unix.PROT_WRITE
	mem, err := unix.Mmap(-1, 0, size, access, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	lab.Check(err)
	_ = unix.Madvise(mem, unix.MADV_NOHUGEPAGE) // pages of the usual size, where there are others
	return mem
}

// --8<-- [start:kib]

// resident is the memory that the process occupies, in KiB.
func resident() int { return kib("/proc/self/smaps_rollup", "Rss") }

// addresses is how many the process may touch, in KiB.
func addresses() int { return kib("/proc/self/status", "VmSize") }

// --8<-- [end:kib]

// kib is a number of KiB from a file of /proc.
func kib(file, key string) int {
	text, err := os.ReadFile(file)
	lab.Check(err)
	for _, line := range strings.Split(string(text), "\n") {
		value, ok := strings.CutPrefix(line, key+":")
		if ok {
			n, err := strconv.Atoi(strings.Fields(value)[0])
			lab.Check(err)
			return n
		}
	}
	return -1
}
