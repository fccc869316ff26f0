// Package machine finds out what the computer at hand allows, by trying it: a
// sysctl or a version number says what should work, a system call says what does.
package machine

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// A Fact is the answer to one question about this machine.
type Fact struct {
	Name   string // name of the requirement, as in a chapter's needs=
	OK     bool
	Detail string // what was seen; where OK is false, why not and what mends it
}

// Probe tries the requirement called name. Its second result is false when there
// is no requirement of that name.
func Probe(name string) (Fact, bool) {
	try, ok := probes[name]
	if !ok {
		return Fact{}, false
	}
	ok, detail := try()
	return Fact{Name: name, OK: ok, Detail: detail}, true
}

// probes holds a question for each name that needs= may carry.
var probes = map[string]func() (ok bool, detail string){
	"linux":           isLinux,
	"go":              hasToolchain,
	"root":            isRoot,
	"ipv6":            hasIPv6,
	"private-network": hasPrivateNetwork,
	"processes":       startsProcesses,
	"io_uring":        hasIOUring,
	"proc-syscall":    readsProcSyscall,
	"kcmp":            hasKcmp,
	"unshare":         hasUnshare,
}

func isLinux() (bool, string) {
	if runtime.GOOS != "linux" {
		return false, "this is " + runtime.GOOS + ": run the workbook in a Linux virtual machine or container"
	}
	return true, Kernel()
}

func hasToolchain() (bool, string) {
	if v := GoVersion(); v != "" {
		return true, v
	}
	return false, "no go command in PATH: install Go to run snippets compiled"
}

// startsProcesses runs a shell, which is what most snippets that ask for it start.
// Whether a snippet may do that is up to the reader.
func startsProcesses() (bool, string) {
	if err := exec.Command("sh", "-c", "exit 0").Run(); err != nil {
		return false, fmt.Sprintf("no shell can be started: %v", err)
	}
	return true, "a shell can be started; snippets of a book from elsewhere may do that with --limit processes=N"
}

// GoVersion is the version of the go command in PATH, such as "go1.26.8", or ""
// when there is none that answers.
func GoVersion() string {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "go", "env", "GOVERSION").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
