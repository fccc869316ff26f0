// Package early starts a process at the earliest moment: the supervisor of what
// package ahead starts. It imports next to nothing, see there.
package early

import (
	"os"

	"example/workbook/runner/isolate/enter"
)

// Supervisor is one that waits for its order.
type Supervisor struct {
	How     enter.How
	PID     int
	Control int // our end of its socket
}

// started is the supervisor, if one was. Starting it takes less from the packages
// that have their turn next than a thread to start it on would.
var started = begin()

func begin() *Supervisor {
	if !expected(os.Args) {
		return nil
	}
	s := &Supervisor{How: enter.How{Private: true, Processes: true, Nobody: enter.CanBeNobody()}}
	var err error
	if s.PID, s.Control, err = s.How.Supervisor("/proc/self/exe"); err != nil {
		return nil // the run will say why
	}
	return s
}

// expected reports whether args look like a command that interprets something.
func expected(args []string) bool {
	if len(args) < 2 || args[1] != "run" {
		return false
	}
	for i, a := range args {
		if a == "--engine=go" || a == "go" && args[i-1] == "--engine" {
			return false
		}
	}
	return true
}

// Take gives the supervisor, or nil. It is for package ahead.
func Take() *Supervisor { return started }
