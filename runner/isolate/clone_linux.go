package isolate

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// nobody is the user and group without rights.
const nobody = 65534

// kept are the capabilities that a program has in its own namespaces: to listen
// at port 80 and to open raw sockets, as many a book about sockets does.
var kept = [...]uintptr{unix.CAP_NET_BIND_SERVICE, unix.CAP_NET_RAW}

// superuser are those of a program that asked to be root there. What would let
// it undo its isolation is not among them, and the filter refuses the calls.
var superuser = [...]uintptr{
	unix.CAP_CHOWN, unix.CAP_DAC_OVERRIDE, unix.CAP_FOWNER, unix.CAP_FSETID, unix.CAP_KILL, unix.CAP_SETGID, unix.CAP_SETUID,
	unix.CAP_NET_BIND_SERVICE, unix.CAP_NET_ADMIN, unix.CAP_NET_RAW, unix.CAP_IPC_LOCK, unix.CAP_IPC_OWNER,
	unix.CAP_SYS_CHROOT, unix.CAP_SYS_NICE, unix.CAP_SYS_RESOURCE,
}

// building are those that it takes beside to build the box.
var building = [...]uintptr{unix.CAP_SYS_ADMIN, unix.CAP_SETPCAP}

// SysProcAttr is how to start the process that will seal the box: with the
// namespaces that its level has.
func (b *Box) SysProcAttr() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setsid: true}
	if b.Level != Full {
		// Should this process die while the program has stopped that one, it must
		// go on. The signal does no harm otherwise: it also comes when just this
		// thread ends. In its own process namespace it cannot be stopped.
		attr.Pdeathsig = syscall.SIGCONT
	}
	if !b.Level.Private() {
		return attr
	}
	attr.Cloneflags = unix.CLONE_NEWUSER | unix.CLONE_NEWNET | unix.CLONE_NEWNS | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS
	if b.Level == Full {
		attr.Cloneflags |= unix.CLONE_NEWPID
	}
	uid, gid := os.Geteuid(), os.Getegid()
	root := uid == 0
	if b.Nobody {
		uid, gid = nobody, nobody
	}
	in := syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	if b.Superuser {
		in = syscall.Credential{}
	}
	attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: int(in.Uid), HostID: uid, Size: 1}}
	attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: int(in.Gid), HostID: gid, Size: 1}}
	if root {
		attr.GidMappingsEnableSetgroups = mayDropGroups()
		in.NoSetGroups = !attr.GidMappingsEnableSetgroups
		attr.Credential = &in
	}
	attr.AmbientCaps = append(append(attr.AmbientCaps, superuser[:]...), building[:]...)
	return attr
}

// mapped reports whether id exists in the user namespace of this process.
func mapped(file string, id int) bool {
	text, err := os.ReadFile(file)
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(text)) {
		var first, outside, size int
		if n, _ := fmt.Sscan(line, &first, &outside, &size); n == 3 && first <= id && id-first < size {
			return true
		}
	}
	return false
}

// CanBeNobody reports whether this process may make the program nobody, which
// only root may, and whether nobody then gets at what it needs.
func (b *Box) CanBeNobody() bool {
	if os.Geteuid() != 0 || !mapped("/proc/self/uid_map", nobody) || !mapped("/proc/self/gid_map", nobody) {
		return false
	}
	// It is executed by its link in /proc, so the folders above do not matter.
	if exe, err := os.Stat("/proc/self/exe"); err != nil || exe.Mode()&1 == 0 {
		return false
	}
	if b.Level.Private() {
		return true
	}
	return b.Level != Off && !b.Superuser && open(b.Temp)
}

// open reports whether all users may use what path leads to, and pass the
// folders on the way.
func open(path string) bool {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return false
	}
	if fi, err := os.Stat(path); err != nil || fi.Mode()&1 == 0 {
		return false
	}
	return path == "/" || open(filepath.Dir(path))
}

// Credential is who the program is to be, or nil where it stays who the process
// is that starts it. With Private, that is nobody already.
func (b *Box) Credential() *syscall.Credential {
	if !b.Nobody || b.Level.Private() {
		return nil
	}
	return &syscall.Credential{Uid: nobody, Gid: nobody, NoSetGroups: !mayDropGroups()}
}

// Furnish makes the folders of a box that has its files on disk, and lets the
// program have them.
func (b *Box) Furnish() error {
	if b.Level.Private() {
		return nil
	}
	for _, dir := range append([]string{b.Dir}, b.Folders...) {
		if err := os.Mkdir(dir, 0o700); err != nil && !os.IsExist(err) {
			return err
		}
		if b.Credential() == nil {
			continue
		}
		if err := os.Chown(dir, nobody, nobody); err != nil {
			return err
		}
	}
	return nil
}

// mayDropGroups reports whether setgroups(2) is allowed in this user namespace.
func mayDropGroups() bool {
	word, err := os.ReadFile("/proc/self/setgroups")
	return err != nil || string(bytes.TrimSpace(word)) == "allow"
}
