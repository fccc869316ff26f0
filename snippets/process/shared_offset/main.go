// A child reads from a file that it inherited, and its parent looks where it is now.
package main

import (
	"fmt"
	"os"
	"os/exec"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:position]

// position is the offset at which the next read through fd begins.
func position(fd int) int64 {
	offset, err := unix.Seek(fd, 0, unix.SEEK_CUR)
	lab.Check(err)
	return offset
}

// --8<-- [end:position]

func main() {
	// --8<-- [start:child]

	file, err := os.CreateTemp("", "offset")
	lab.Check(err)
	defer os.Remove(file.Name())
	lab.Check(os.WriteFile(file.Name(), []byte("hello world\n"), 0o600))
	fd := int(file.Fd())
	fmt.Println("parent before:", position(fd))

	child := exec.Command("dd", "bs=6", "count=1") // reads 6 bytes from its descriptor 0 ...
	child.Stdin = file                             // ... which refers to our file
	out, err := child.Output()
	lab.Check(err)
	fmt.Printf("child read   : %q\n", out)
	fmt.Println("parent after :", position(fd))
	// --8<-- [end:child]

	// --8<-- [start:others]

	twin, err := unix.Dup(fd) // a second number for the same open file description
	lab.Check(err)
	again, err := unix.Open(file.Name(), unix.O_RDONLY|unix.O_CLOEXEC, 0) // a new one
	lab.Check(err)
	fmt.Println("dup of it    :", position(twin))
	fmt.Println("opened again :", position(again))
	// --8<-- [end:others]
}
