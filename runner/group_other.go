//go:build !unix

package runner

import "os/exec"

func ownGroup(*exec.Cmd) {}

// killGroup kills c alone: there are no process groups here.
func killGroup(c *exec.Cmd) { _ = c.Process.Kill() }
