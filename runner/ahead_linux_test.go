package runner

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// The interpreter that is started ahead is the one of the first run, unless that is
// asked for something else; then it is ended. Either way nothing is left.
func TestAhead(t *testing.T) {
	if box, err := (&Runner{}).Isolated(context.Background()); err != nil || len(box.Lacks) > 0 {
		t.Skipf("no namespaces here: %v %+v", err, box)
	}
	for how, want := range map[string]string{
		"plain":     "taken: true, hello, children left: false\n",
		"memory":    "taken: false, hello, children left: false\n",
		"isolation": "taken: false, hello, children left: false\n",
		"superuser": "taken: false, hello, children left: false\n",
		"nothing":   "children left: false\n",
	} {
		out, err := exec.Command(newRunner(t).Executable, "run", how).CombinedOutput()
		if err != nil || string(out) != want {
			t.Errorf("%s: %v, got %q, want %q", how, err, out, want)
		}
	}
}

// takeAhead is what the test binary does as the command run.
func takeAhead(how string) int {
	r, p := &Runner{}, Program{Source: []byte(hello)}
	switch how {
	case "memory":
		r.MemoryLimit = 512 << 20
	case "isolation":
		r.Isolation = 2
	case "superuser":
		p.Superuser = true
	}
	if how != "nothing" {
		first, err := r.newChild(p.Superuser)
		if err != nil {
			fmt.Println(err)
			return 1
		}
		warm := make(chan *child, 1)
		warm <- first
		r.warm = warm
		run, err := r.Run(context.Background(), p, Yaegi)
		if err != nil {
			fmt.Println(err)
			return 1
		}
		fmt.Printf("taken: %v, %s, ", first.cmd.extra == nil, strings.TrimSpace(run.Stdout()))
		if p.Superuser {
			first.abandon()
		}
	}
	Leave()
	_, err := unix.Wait4(-1, nil, unix.WNOHANG, nil)
	fmt.Println("children left:", err != unix.ECHILD)
	return 0
}
