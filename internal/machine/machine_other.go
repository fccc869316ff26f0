//go:build !linux

package machine

import "runtime"

// Kernel is the name of the operating system.
func Kernel() string { return runtime.GOOS }

// Witness tells whether one process can see in which system call another sleeps.
func Witness() Fact {
	_, detail := notHere()
	return Fact{Name: "witness", Detail: detail}
}

func notHere() (bool, string) {
	return false, "only Linux has it"
}

func isRoot() (bool, string)            { return notHere() }
func hasIPv6() (bool, string)           { return notHere() }
func hasPrivateNetwork() (bool, string) { return notHere() }
func hasIOUring() (bool, string)        { return notHere() }
func readsProcSyscall() (bool, string)  { return notHere() }
func hasKcmp() (bool, string)           { return notHere() }
func hasUnshare() (bool, string)        { return notHere() }
