// Futures on an event loop, and one that stands for all of them.
package main

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// waiting is what each descriptor is watched for: a function to call with what came.
var (
	loop    int
	waiting = map[int]func(text string){}
)

// onData is the callback style: then is called with what comes on fd, once.
func onData(fd int, then func(text string)) {
	waiting[fd] = then
	event := &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}
	lab.Check(unix.EpollCtl(loop, unix.EPOLL_CTL_ADD, fd, event))
}

// run is the loop.
func run() {
	events := make([]unix.EpollEvent, 4)
	buf := make([]byte, 64)
	for {
		n, err := unix.EpollWait(loop, events, -1)
		if err == unix.EINTR {
			continue
		}
		lab.Check(err)
		for _, e := range events[:n] {
			fd := int(e.Fd)
			n, err := unix.Read(fd, buf)
			lab.Check(err)
			lab.Check(unix.EpollCtl(loop, unix.EPOLL_CTL_DEL, fd, nil))
			waiting[fd](string(buf[:n]))
		}
	}
}

// future is a value that will be there later.
type future struct {
	text  string
	done  chan bool // closed when text is there
	after []func()  // what is to be done then
}

func newFuture() *future { return &future{done: make(chan bool)} }

// complete makes the value known. Futures are completed on the loop's thread.
func (f *future) complete(text string) {
	f.text = text
	for _, do := range f.after {
		do()
	}
	close(f.done)
}

// then has do called when the value is there. It must be called before.
func (f *future) then(do func()) { f.after = append(f.after, do) }

func (f *future) isDone() bool {
	select {
	case <-f.done:
		return true
	default:
		return false
	}
}

func (f *future) get() string {
	<-f.done
	return f.text
}

// data is what comes on fd next.
func data(fd int) *future {
	f := newFuture()
	onData(fd, f.complete)
	return f
}

// --8<-- [start:all]

// all is a future with the texts of all, in their order, joined by blanks. It is
// there when the last of them is.
func all(parts []*future) *future {
	f := newFuture()
	missing := len(parts)
	for _, part := range parts {
		part.then(func() {
			missing--
			if missing > 0 {
				return
			}
			var texts []string
			for _, p := range parts {
				texts = append(texts, p.text)
			}
			f.complete(strings.Join(texts, " "))
		})
	}
	return f
}

// --8<-- [end:all]

func main() {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	lab.Check(err)
	loop = fd
	var ends []int
	var parts []*future
	for len(ends) < 3 {
		pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
		lab.Check(err)
		ends = append(ends, pair[1])
		parts = append(parts, data(pair[0]))
	}
	whole := all(parts)
	lab.Thread("loop", run)
	send(ends[2], "three")
	parts[2].get()
	send(ends[0], "one")
	parts[0].get()
	fmt.Println("there when two of three are:", whole.isDone())
	send(ends[1], "two")
	fmt.Println("in the end:", whole.get())
}

func send(fd int, text string) {
	_, err := unix.Write(fd, []byte(text))
	lab.Check(err)
}
