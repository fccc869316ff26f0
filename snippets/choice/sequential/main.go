// An echo server that serves its clients one after the other.
package main

import (
	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:server]

// --8<-- [start:serve]

func serve(listener int) {
	for {
		conn, _, err := unix.Accept4(listener, unix.SOCK_CLOEXEC)
		if err == unix.EINTR || err == unix.ECONNABORTED {
			continue
		}
		lab.Check(err)
		echo(conn)
	}
}

// --8<-- [end:serve]

// --8<-- [start:echo]

// echo serves one client to the end of its stream.
func echo(conn int) {
	buf := make([]byte, 64<<10)
	for {
		n, err := unix.Read(conn, buf)
		if err == unix.EINTR {
			continue
		}
		if n <= 0 || err != nil || !writeAll(conn, buf[:n]) {
			break
		}
	}
	lab.Check(unix.Close(conn))
}

func writeAll(conn int, data []byte) bool {
	for len(data) > 0 {
		n, err := unix.Write(conn, data)
		if err != nil && err != unix.EINTR {
			return false
		}
		if n > 0 {
			data = data[n:]
		}
	}
	return true
}

// --8<-- [end:echo]

// --8<-- [end:server]

func main() {
	lab.Probe(serve)
	lab.ProbeCost(serve)
}
