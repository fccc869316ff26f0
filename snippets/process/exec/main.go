// A process changes its program.
package main

import (
	"fmt"
	"os/exec"
	"strings"

	"example/workbook/snippets/lab"
)

// --8<-- [start:main]

// The shell prints its process number and the name of the program that this
// process runs. Then exec puts cat in the place of the shell, and cat prints
// what the kernel says about cat: number and (name) come first.
const script = `echo $$; cat /proc/$$/comm; exec cat /proc/self/stat`

func main() {
	out, err := exec.Command("sh", "-c", script).Output()
	lab.Check(err)

	said := strings.Fields(string(out))
	fmt.Println("program before:", said[1])
	fmt.Println("program after :", strings.Trim(said[3], "()"))
	fmt.Println("same process  :", said[0] == said[2])
}

// --8<-- [end:main]
