// A goroutine waits in conn.Read. What does the kernel know of it?
package main

import (
	"fmt"
	"net"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:look]

// descriptor is the number of a connection, borrowed for a moment.
func descriptor(conn net.Conn) int {
	raw, err := conn.(*net.TCPConn).SyscallConn()
	lab.Check(err)
	n := -1
	lab.Check(raw.Control(func(fd uintptr) { n = int(fd) }))
	return n
}

// sleepers is how many threads sleep in a call that begins so in /proc.
func sleepers(call string) int {
	entries, err := os.ReadDir("/proc/self/task")
	lab.Check(err)
	n := 0
	for _, entry := range entries {
		text, err := os.ReadFile("/proc/self/task/" + entry.Name() + "/syscall")
		if err == nil && strings.HasPrefix(string(text)+" ", call) {
			n++
		}
	}
	return n
}

// watched is the event mask under which an epoll instance of this process
// watches fd, from /proc/self/fdinfo.
func watched(fd int) int {
	entries, err := os.ReadDir("/proc/self/fdinfo")
	lab.Check(err)
	for _, entry := range entries {
		text, err := os.ReadFile("/proc/self/fdinfo/" + entry.Name())
		if err != nil {
			continue
		}
		for _, line := range strings.Split(string(text), "\n") {
			number, mask := 0, 0
			_, err := fmt.Sscanf(line, "tfd: %d events: %x", &number, &mask)
			if err == nil && number == fd {
				return mask
			}
		}
	}
	return 0
}

// --8<-- [end:look]

var answer = make(chan string)

func main() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	lab.Check(err)
	client, err := net.Dial("tcp", ln.Addr().String())
	lab.Check(err)
	// --8<-- [start:main]

	conn, err := ln.Accept()
	lab.Check(err)
	go func() {
		buf := make([]byte, 8)
		n, err := conn.Read(buf)
		lab.Check(err)
		answer <- string(buf[:n])
	}()
	fd := descriptor(conn)
	waiting := 0
	for waiting == 0 {
		unix.Poll(nil, 1) // main waits in the kernel, so that Go has nothing to do
		waiting = sleepers(fmt.Sprint(unix.SYS_EPOLL_PWAIT, " "))
	}
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	lab.Check(err)
	mask := watched(fd)
	fmt.Println("threads asleep in read on it   :", sleepers(fmt.Sprintf("%d %#x ", unix.SYS_READ, fd)))
	fmt.Println("threads asleep in epoll_wait   :", waiting)
	fmt.Println("the descriptor is non-blocking :", flags&unix.O_NONBLOCK != 0)
	fmt.Println("epoll watches it for input     :", mask&unix.EPOLLIN != 0)
	fmt.Println("epoll watches it for edges     :", uint32(mask)&unix.EPOLLET != 0)

	_, err = client.Write([]byte("wake"))
	lab.Check(err)
	fmt.Println("conn.Read returned", <-answer)
	// --8<-- [end:main]
}
