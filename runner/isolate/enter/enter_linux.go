// Package enter starts a process in namespaces of its own.
//
// It imports next to nothing, not even package strings, so that Go initialises it
// early; see package ahead.
package enter

import (
	"os"
	"syscall"

	"example/workbook/runner/lean"
)

// Nobody is the user and group without rights.
const Nobody = 65534

// Capabilities, see linux/capability.h.
const (
	chown          = 0
	dacOverride    = 1
	fowner         = 3
	fsetid         = 4
	kill           = 5
	setgid         = 6
	setuid         = 7
	setpcap        = 8
	netBindService = 10
	netAdmin       = 12
	netRaw         = 13
	ipcLock        = 14
	ipcOwner       = 15
	sysChroot      = 18
	sysAdmin       = 21
	sysNice        = 23
	sysResource    = 24
)

// Superuser are the capabilities of a program that asked to be root in its own
// namespaces. What would let it undo its isolation is not among them, and the
// filter refuses the calls.
var Superuser = [...]uintptr{
	chown, dacOverride, fowner, fsetid, kill, setgid, setuid,
	netBindService, netAdmin, netRaw, ipcLock, ipcOwner,
	sysChroot, sysNice, sysResource,
}

// building are those that it takes beside to build the box.
var building = [...]uintptr{sysAdmin, setpcap}

// How says which namespaces a process gets, and who it is there.
type How struct {
	Private   bool // it has namespaces
	Processes bool // among them one of processes
	Superuser bool // it is root there, or else the user of this process
	Nobody    bool // it is the user without rights outside, see CanBeNobody
}

// SysProcAttr is how to start the process.
func (h How) SysProcAttr() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setsid: true}
	if !h.Processes {
		// Should this process die while the program has stopped that one, it must
		// go on. The signal does no harm otherwise: it also comes when just this
		// thread ends. In its own process namespace it cannot be stopped.
		attr.Pdeathsig = syscall.SIGCONT
	}
	if !h.Private {
		return attr
	}
	attr.Cloneflags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS
	if h.Processes {
		attr.Cloneflags |= syscall.CLONE_NEWPID
	}
	uid, gid := os.Geteuid(), os.Getegid()
	root := uid == 0
	if h.Nobody {
		uid, gid = Nobody, Nobody
	}
	in := syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	if h.Superuser {
		in = syscall.Credential{}
	}
	attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: int(in.Uid), HostID: uid, Size: 1}}
	attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: int(in.Gid), HostID: gid, Size: 1}}
	if root {
		attr.GidMappingsEnableSetgroups = MayDropGroups()
		in.NoSetGroups = !attr.GidMappingsEnableSetgroups
		attr.Credential = &in
	}
	attr.AmbientCaps = append(append(attr.AmbientCaps, Superuser[:]...), building[:]...)
	return attr
}

// Supervisor starts the binary exe in that way, as a supervisor whose descriptor 3
// is one end of a socket. It returns the process id and our end. An error with the
// operation exec is the system's answer to h.
func (h How) Supervisor(exe string) (pid, control int, err error) {
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_SEQPACKET|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, -1, os.NewSyscallError("socketpair", err)
	}
	defer syscall.Close(pair[1])
	null, err := syscall.Open(os.DevNull, syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		syscall.Close(pair[0])
		return 0, -1, &os.PathError{Op: "open", Path: os.DevNull, Err: err}
	}
	defer syscall.Close(null)
	nothing := uintptr(null)
	// Package os would start one process more, to find out what it may do with
	// this one.
	//
	// It has all processors: with GOMAXPROCS=1 the thread that watches a fork bomb,
	// which goes before all others, could wait for one that does not.
	pid, err = syscall.ForkExec(exe, []string{"workbook", lean.Supervise}, &syscall.ProcAttr{
		Dir: "/", Env: lean.Environment(),
		Files: []uintptr{nothing, nothing, nothing, uintptr(pair[1])},
		Sys:   h.SysProcAttr(),
	})
	if err != nil {
		syscall.Close(pair[0])
		return 0, -1, &os.PathError{Op: "exec", Path: exe, Err: err}
	}
	return pid, pair[0], nil
}

// CanBeNobody reports whether this process may make another one nobody, which only
// root may, and whether nobody may execute this binary.
func CanBeNobody() bool {
	if os.Geteuid() != 0 || !mapped("/proc/self/uid_map", Nobody) || !mapped("/proc/self/gid_map", Nobody) {
		return false
	}
	// It is executed by its link in /proc, so the folders above do not matter.
	exe, err := os.Stat("/proc/self/exe")
	return err == nil && exe.Mode()&1 != 0
}

// mapped reports whether id exists in the user namespace of this process: a line of
// the file has the first id of a range, that outside, and their number.
func mapped(file string, id uint64) bool {
	text, _ := os.ReadFile(file)
	var line [3]uint64
	field, inside := 0, false
	for _, c := range text {
		switch {
		case '0' <= c && c <= '9' && field < len(line):
			line[field] = line[field]*10 + uint64(c-'0')
			inside = true
			continue
		case inside:
			field++
			inside = false
		}
		if c != '\n' {
			continue
		}
		if first, size := line[0], line[2]; field == len(line) && first <= id && id-first < size {
			return true
		}
		line, field = [3]uint64{}, 0
	}
	return false
}

// MayDropGroups reports whether setgroups(2) is allowed in this user namespace.
func MayDropGroups() bool {
	word, err := os.ReadFile("/proc/self/setgroups")
	return err != nil || string(word) == "allow\n"
}
