// A child process changes its copy of a variable.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"example/workbook/snippets/lab"
)

// --8<-- [start:main]

// The child prints its own number, its parent's, and a variable before and
// after it has changed it.
const script = `echo $$ $PPID $LESSON; LESSON=changed; echo $LESSON`

func main() {
	lab.Check(os.Setenv("LESSON", "original"))
	out, err := exec.Command("sh", "-c", script).Output()
	lab.Check(err)

	said := strings.Fields(string(out))
	me := strconv.Itoa(os.Getpid())
	fmt.Println("child is this process:", said[0] == me)
	fmt.Println("child's parent is this process:", said[1] == me)
	fmt.Println("child began with  :", said[2])
	fmt.Println("child ended with  :", said[3])
	fmt.Println("parent still has  :", os.Getenv("LESSON"))
}

// --8<-- [end:main]
