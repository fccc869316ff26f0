//go:build unix && !linux

package runner

import (
	"os/exec"
	"syscall"
)

// ownGroup makes c the leader of a new session and process group.
func ownGroup(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

// killGroup kills what is still in the group of c. To be gone already is as
// good.
func killGroup(c *exec.Cmd) { _ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
