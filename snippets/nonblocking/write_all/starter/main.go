// One megabyte through a socket in non-blocking mode.
package main

import (
	"bytes"
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

var (
	pair   = make([]int, 2)
	text   = bytes.Repeat([]byte("sixteen letters "), 1<<16) // 1 MiB
	begin  = make(chan bool)
	waited = false
)

// waitWritable waits until a write to fd would not wait. Use it; it is right.
func waitWritable(fd int) {
	if !waited { // only now does the slow peer begin to read
		waited = true
		close(begin)
	}
	set := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
	for {
		_, err := unix.Poll(set, -1)
		if err == unix.EINTR {
			continue
		}
		lab.Check(err)
		return
	}
}

// writeAll writes all of text to fd, which is in non-blocking mode.
func writeAll(fd int, text []byte) error {
	// TODO: a write may take only a part, or nothing for now.
	_, err := unix.Write(fd, text)
	return err
}

// peer reads until end of file.
func peer() {
	<-begin
	var got []byte
	buf := make([]byte, 64<<10)
	for {
		n, err := unix.Read(pair[1], buf)
		lab.Check(err)
		if n == 0 {
			break
		}
		got = append(got, buf[:n]...)
	}
	fmt.Println("peer got", len(got), "bytes, as they were written:", bytes.Equal(got, text))
}

func main() {
	made, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	lab.Check(err)
	pair[0] = made[0]
	pair[1] = made[1]
	lab.Check(unix.SetNonblock(pair[0], true))
	reader := lab.Thread("peer", peer)

	fmt.Println("writeAll returned:", writeAll(pair[0], text))
	lab.Check(unix.Close(pair[0]))
	if !waited {
		close(begin)
	}
	reader.Wait()
}
