package isolate

import (
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"

	"example/workbook/runner/isolate/enter"
)

// Seal isolates the calling thread and what it will start; the other threads of
// this process go on as they are. The thread must be locked, and the process
// must have been started with SysProcAttr. An error is a *Refusal.
func (b *Box) Seal() error {
	if b.Level == Off {
		return nil
	}
	if b.Level.Private() {
		if err := b.enter(); err != nil {
			return err
		}
	}
	for _, step := range []struct {
		name string
		do   func() error
		from Level // the weakest level that has it
	}{
		{"no new privileges", noNewPrivileges, Minimal},
		{"capabilities", b.dropCapabilities, Minimal},
		{"Landlock", b.landlock, Basic},
		{"seccomp", filterCalls, Minimal},
	} {
		if b.Level > step.from {
			continue
		}
		if err := step.do(); err != nil {
			if b.Level == Full && step.from == Basic {
				continue // what Landlock refuses is not there: files, processes, sockets
			}
			return &Refusal{step.name, err}
		}
	}
	return nil
}

func noNewPrivileges() error {
	return os.NewSyscallError("prctl", unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
}

// dropCapabilities leaves the thread, and for ever what it starts, with the
// capabilities that the program is to have.
func (b *Box) dropCapabilities() error {
	var keep []uintptr
	switch {
	case b.Superuser && !b.Level.Private():
		return nil
	case b.Superuser:
		keep = enter.Superuser[:]
	case b.Level.Private():
		keep = kept[:]
	}
	hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var have [2]unix.CapUserData
	if err := unix.Capget(&hdr, &have[0]); err != nil {
		return os.NewSyscallError("capget", err)
	}
	if has(have[:], unix.CAP_SETPCAP) {
		for c := uintptr(0); c <= unix.CAP_LAST_CAP; c++ {
			if in(keep, c) {
				continue
			}
			if err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0); err != nil && err != unix.EINVAL {
				return os.NewSyscallError("prctl", err) // EINVAL: a newer one than the kernel has
			}
		}
	}
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil && err != unix.EINVAL {
		return os.NewSyscallError("prctl", err)
	}
	var left [2]unix.CapUserData
	for _, c := range keep {
		bit := uint32(1) << (c % 32)
		left[c/32].Effective |= bit
		left[c/32].Permitted |= bit
		left[c/32].Inheritable |= bit
	}
	if b.Credential() != nil { // it takes these to become nobody, who then has none
		const bits = 1<<unix.CAP_SETUID | 1<<unix.CAP_SETGID
		left[0].Effective |= bits
		left[0].Permitted |= bits
	}
	if err := unix.Capset(&hdr, &left[0]); err != nil {
		return os.NewSyscallError("capset", err)
	}
	for _, c := range keep {
		if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_RAISE, c, 0, 0); err != nil {
			return os.NewSyscallError("prctl", err)
		}
	}
	return nil
}

func has(sets []unix.CapUserData, c uintptr) bool {
	return sets[c/32].Effective&(1<<(c%32)) != 0
}

func in(list []uintptr, c uintptr) bool {
	for _, k := range list {
		if k == c {
			return true
		}
	}
	return false
}

// Rights of Landlock, by the version of the kernel's interface that brought
// them; see landlock(7).
const (
	readable   = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	everything = 1<<13 - 1 // version 1
	refer      = 1 << 13   // version 2
	truncate   = 1 << 14   // version 3
	ioctlDev   = 1 << 15   // version 5
	ofFiles    = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | truncate | ioctlDev

	scoped = 1<<0 | 1<<1 // version 6: abstract sockets, signals
)

// landlock refuses files other than those of the system and of the run, and
// signals and abstract sockets to whom the run did not start.
func (b *Box) landlock() error {
	version, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return os.NewSyscallError("landlock_create_ruleset", errno)
	}
	attr := struct{ fs, net, scoped uint64 }{fs: everything}
	size := uintptr(8)
	for v, right := range map[uintptr]uint64{2: refer, 3: truncate, 5: ioctlDev} {
		if version >= v {
			attr.fs |= right
		}
	}
	if version >= 6 {
		attr.scoped, size = scoped, unsafe.Sizeof(attr)
	}
	set, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), size, 0)
	if errno != 0 {
		return os.NewSyscallError("landlock_create_ruleset", errno)
	}
	defer unix.Close(int(set))
	for _, rule := range b.rules() {
		if err := allow(int(set), rule, attr.fs); err != nil {
			return err
		}
	}
	_, _, errno = unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, set, 0, 0)
	if errno != 0 {
		return os.NewSyscallError("landlock_restrict_self", errno)
	}
	return nil
}

// rule is a file or folder and what may be done there.
type rule struct {
	path   string
	rights uint64
}

func (b *Box) rules() []rule {
	const write = unix.LANDLOCK_ACCESS_FS_WRITE_FILE | truncate
	rules := []rule{
		{"/proc", readable | write},
		{"/proc/self/exe", readable},
		{b.Dir, everything | refer | truncate | ioctlDev},
	}
	for _, name := range devices {
		rules = append(rules, rule{"/dev/" + name, readable | write | ioctlDev})
	}
	if b.Level.Private() { // whose root shows nothing else
		return append(rules, rule{"/", readable}, rule{b.space(), everything | refer | truncate | ioctlDev})
	}
	for _, dir := range append(systemFolders(), "/etc", "/sys", "/run/systemd/resolve") {
		rules = append(rules, rule{dir, readable})
	}
	return rules
}

// allow adds a rule. What is not there needs none.
func allow(set int, r rule, handled uint64) error {
	fd, err := unix.Open(r.path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return os.NewSyscallError("fstat", err)
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		r.rights &= ofFiles
	}
	attr := unix.LandlockPathBeneathAttr{Allowed_access: r.rights & handled, Parent_fd: int32(fd)}
	_, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(set), unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&attr)), 0, 0, 0)
	if errno != 0 {
		return fmt.Errorf("landlock_add_rule %s: %w", r.path, errno)
	}
	return nil
}
