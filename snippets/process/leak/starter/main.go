// A parent has two files open. Which one does its child get, without being meant to?
package main

import (
	"fmt"
	"os"
	"os/exec"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

func main() {
	file, err := os.CreateTemp("", "leak")
	lab.Check(err)
	defer os.Remove(file.Name())
	lab.Check(os.WriteFile(file.Name(), []byte("secret\n"), 0o600))

	log, err := os.Open(file.Name())
	lab.Check(err)
	// TODO: one of the two leaks into the child. Close the leak, not the file.
	secret, err := unix.Open(file.Name(), unix.O_RDONLY, 0)
	lab.Check(err)
	fmt.Println("child has log   :", childHas(int(log.Fd())))
	fmt.Println("child has secret:", childHas(secret))

	buf := make([]byte, 6)
	n, err := unix.Read(secret, buf)
	lab.Check(err)
	fmt.Println("parent reads    :", string(buf[:n]))
}

// childHas starts a shell and asks it for its own descriptor fd.
func childHas(fd int) bool {
	script := fmt.Sprintf("test -e /proc/$$/fd/%d", fd)
	return exec.Command("sh", "-c", script).Run() == nil
}
