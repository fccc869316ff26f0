// O_NONBLOCK, poll and epoll on a regular file.
package main

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

func main() {
	// --8<-- [start:ready]

	file, err := os.CreateTemp("", "regular")
	lab.Check(err)
	defer os.Remove(file.Name())
	fd, err := unix.Open(file.Name(), unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	lab.Check(err)
	pipe := make([]int, 2)
	lab.Check(unix.Pipe2(pipe, unix.O_NONBLOCK|unix.O_CLOEXEC))

	fmt.Println("poll says readable: empty pipe", readable(pipe[0]), " empty file", readable(fd))
	n, err := unix.Read(pipe[0], make([]byte, 8))
	fmt.Println("read of the empty pipe:", n, err)
	n, err = unix.Read(fd, make([]byte, 8))
	fmt.Println("read of the empty file:", n, err)

	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	lab.Check(err)
	event := &unix.EpollEvent{Events: unix.EPOLLIN}
	fmt.Println("epoll, pipe:", unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, pipe[0], event))
	fmt.Println("epoll, file:", unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, fd, event))
	// --8<-- [end:ready]

	// --8<-- [start:disk]

	_, err = unix.Write(fd, make([]byte, 1<<20))
	lab.Check(err)
	lab.Check(unix.Fsync(fd))
	buf := [][]byte{make([]byte, 4096)}
	for i := 0; i < 100; i++ { // "not needed in memory" is advice: the kernel may take a while
		lab.Check(unix.Fadvise(fd, 0, 0, unix.FADV_DONTNEED))
		n, err = unix.Preadv2(fd, buf, 0, unix.RWF_NOWAIT)
		if err != nil {
			break
		}
	}
	fmt.Println("RWF_NOWAIT, perhaps not in memory:", n, err)
	n, err = unix.Pread(fd, buf[0], 0)
	fmt.Println("O_NONBLOCK, perhaps not in memory:", n, err)
	// --8<-- [end:disk]
}

// readable is what poll says about fd, without waiting.
func readable(fd int) bool {
	set := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	for {
		n, err := unix.Poll(set, 0)
		if err == unix.EINTR {
			continue
		}
		lab.Check(err)
		return n > 0
	}
}
