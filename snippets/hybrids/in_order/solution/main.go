// Three requests come on one connection, and three workers compute the answers. They go out in the order of the requests.
package main

import (
	"fmt"
	"sync"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// answer is what a worker has computed for the request with this number.
type answer struct {
	number int
	text   string
}

var (
	client, conn int // the two ends of the connection
	bell         int // an eventfd: rung when done has something

	mu   sync.Mutex
	done []answer

	collected [4]chan bool // closed when the loop has the answer to the request with this number
)

// compute is a worker. A request is computed when the loop has the answer to the
// next one: they finish in reverse order, one at a time.
func compute(number int, request string) {
	<-collected[number+1]
	fmt.Println("computed:", request)
	mu.Lock()
	done = append(done, answer{number, request})
	mu.Unlock()
	_, err := unix.Write(bell, []byte{1, 0, 0, 0, 0, 0, 0, 0})
	lab.Check(err)
}

// --8<-- [start:serve]

// serve is the loop, until it has sent three answers.
func serve() {
	requests := 0
	sent := 0
	early := map[int]string{} // answers that are not due yet, by number
	buf := make([]byte, 1)
	for sent < 3 {
		if lab.WaitReadable(bell, conn) == conn {
			_, err := unix.Read(conn, buf)
			lab.Check(err)
			go compute(requests, string(buf))
			requests++
			continue
		}
		for _, a := range collect() {
			early[a.number] = a.text
		}
		for early[sent] != "" { // the one that is due, and those behind it
			send(conn, early[sent])
			delete(early, sent)
			sent++
		}
	}
}

// --8<-- [end:serve]

// collect takes the answers that the workers have left.
func collect() []answer {
	_, err := unix.Read(bell, make([]byte, 8))
	lab.Check(err)
	mu.Lock()
	defer mu.Unlock()
	taken := done
	done = nil
	for _, a := range taken {
		close(collected[a.number])
	}
	return taken
}

func send(fd int, text string) {
	_, err := unix.Write(fd, []byte(text))
	lab.Check(err)
}

func main() {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	lab.Check(err)
	client = pair[0]
	conn = pair[1]
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	lab.Check(err)
	bell = fd
	for i := range collected {
		collected[i] = make(chan bool)
	}
	close(collected[3]) // there is no fourth request to wait for

	send(client, "a")
	send(client, "b")
	send(client, "c")
	serve()
	buf := make([]byte, 8)
	n, err := unix.Read(client, buf)
	lab.Check(err)
	fmt.Printf("answers : %s\n", buf[:n])
}
