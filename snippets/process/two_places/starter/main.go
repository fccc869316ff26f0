// Three descriptors read one file. Which of them share a place in it?
package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

func main() {
	file, err := os.CreateTemp("", "places")
	lab.Check(err)
	defer os.Remove(file.Name())
	lab.Check(os.WriteFile(file.Name(), []byte("one\ntwo\nsix\n"), 0o600))

	first, err := unix.Open(file.Name(), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	lab.Check(err)
	// TODO: second has to be at a place of its own, twin where first is.
	second := first
	twin := first
	fmt.Println("numbers that differ:", first != second && second != twin && twin != first)
	fmt.Println("first  reads:", word(first))
	fmt.Println("second reads:", word(second))
	fmt.Println("twin   reads:", word(twin))
}

// word reads one line of four bytes.
func word(fd int) string {
	buf := make([]byte, 4)
	n, err := unix.Read(fd, buf)
	lab.Check(err)
	return strings.TrimSpace(string(buf[:n]))
}
