package isolate

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// refused are the system calls that no snippet needs and that widen what it can
// do, or what of the kernel it can attack. Most of them ask for rights that a
// program has not; in namespaces of its own it would have some. Those that not
// every architecture has are in another file.
var refused = [...]uint32{
	unix.SYS_ACCT, unix.SYS_ADD_KEY, unix.SYS_BPF, unix.SYS_CLOCK_SETTIME, unix.SYS_DELETE_MODULE, unix.SYS_FINIT_MODULE,
	unix.SYS_FSCONFIG, unix.SYS_FSMOUNT, unix.SYS_FSOPEN, unix.SYS_FSPICK, unix.SYS_INIT_MODULE, unix.SYS_KEXEC_FILE_LOAD,
	unix.SYS_KEXEC_LOAD, unix.SYS_KEYCTL, unix.SYS_MOUNT, unix.SYS_MOUNT_SETATTR, unix.SYS_MOVE_MOUNT,
	unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_OPEN_TREE, unix.SYS_PERF_EVENT_OPEN, unix.SYS_PIDFD_GETFD, unix.SYS_PIVOT_ROOT,
	unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_PTRACE, unix.SYS_QUOTACTL, unix.SYS_QUOTACTL_FD,
	unix.SYS_REBOOT, unix.SYS_REQUEST_KEY, unix.SYS_SETDOMAINNAME, unix.SYS_SETHOSTNAME, unix.SYS_SETNS,
	unix.SYS_SETTIMEOFDAY, unix.SYS_SWAPOFF, unix.SYS_SWAPON, unix.SYS_SYSLOG, unix.SYS_UMOUNT2, unix.SYS_USERFAULTFD,
	unix.SYS_VHANGUP,
}

// families are the kinds of socket that a program may open. Others, such as
// AF_VSOCK, lead out of a network namespace.
var families = [...]uint32{unix.AF_UNIX, unix.AF_INET, unix.AF_INET6, unix.AF_NETLINK, unix.AF_PACKET}

// newNamespace are the flags of clone and unshare for a new namespace.
const newNamespace = unix.CLONE_NEWNS | unix.CLONE_NEWCGROUP | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC | unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWTIME

// What a filter reads: struct seccomp_data of linux/seccomp.h. Both
// architectures are little endian, so the first word of an argument is its lower
// half, which is all that the kernel takes of the arguments looked at here.
const (
	numberAt    = 0
	archAt      = 4
	argumentsAt = 16
)

// filterCalls installs the filter for the calling thread and what it starts.
func filterCalls() error { return install(filter(), 0) }

// RefuseProcesses keeps this process from starting others, with all its threads
// and what it executes.
func RefuseProcesses() error {
	if err := noNewPrivileges(); err != nil {
		return err
	}
	var f assembler
	f.load(archAt)
	f.unless(unix.BPF_JEQ, auditArch, unix.SECCOMP_RET_KILL_PROCESS)
	f.load(numberAt)
	for _, number := range forks {
		f.when(unix.BPF_JEQ, number, fails(unix.EPERM))
	}
	f.when(unix.BPF_JEQ, unix.SYS_CLONE3, fails(unix.ENOSYS))
	f.argument(unix.SYS_CLONE, 0, func(f *assembler) { f.unless(unix.BPF_JSET, unix.CLONE_THREAD, fails(unix.EPERM)) })
	f.give(unix.SECCOMP_RET_ALLOW)
	return install(f, unix.SECCOMP_FILTER_FLAG_TSYNC)
}

// install makes program a filter of the calling thread.
func install(program assembler, flags uintptr) error {
	if auditArch == 0 {
		return os.NewSyscallError("seccomp", unix.ENOSYS)
	}
	prog := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	// Without this flag kernels before 5.16 would slow the thread down against
	// speculation, and a book measures.
	flags |= unix.SECCOMP_FILTER_FLAG_SPEC_ALLOW
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(&prog)))
	if errno != 0 {
		return os.NewSyscallError("seccomp", errno)
	}
	return nil
}

func filter() assembler {
	var f assembler
	f.load(archAt)
	f.unless(unix.BPF_JEQ, auditArch, unix.SECCOMP_RET_KILL_PROCESS)
	f.load(numberAt)
	if otherABI != 0 { // x32 has the numbers from here
		f.when(unix.BPF_JGE, otherABI, fails(unix.ENOSYS))
	}
	for _, list := range [][]uint32{refused[:], refusedHere[:]} {
		for _, number := range list {
			f.when(unix.BPF_JEQ, number, fails(unix.EPERM))
		}
	}
	// Its flags are in memory, where a filter cannot look; programs then take
	// clone.
	f.when(unix.BPF_JEQ, unix.SYS_CLONE3, fails(unix.ENOSYS))
	f.argument(unix.SYS_CLONE, 0, func(f *assembler) { f.when(unix.BPF_JSET, newNamespace&^unix.CLONE_NEWTIME, fails(unix.EPERM)) })
	f.argument(unix.SYS_UNSHARE, 0, func(f *assembler) { f.when(unix.BPF_JSET, newNamespace, fails(unix.EPERM)) })
	f.argument(unix.SYS_PRLIMIT64, 0, func(f *assembler) { // of others, such as who watches over the run
		f.unless(unix.BPF_JEQ, 0, fails(unix.EPERM))
	})
	f.argument(unix.SYS_IOCTL, 1, func(f *assembler) { // typing into a terminal
		f.when(unix.BPF_JEQ, unix.TIOCSTI, fails(unix.EPERM))
		f.when(unix.BPF_JEQ, unix.TIOCLINUX, fails(unix.EPERM))
	})
	f.argument(unix.SYS_SOCKET, 0, func(f *assembler) {
		for _, family := range families {
			f.when(unix.BPF_JEQ, family, unix.SECCOMP_RET_ALLOW)
		}
		f.give(fails(unix.EAFNOSUPPORT))
	})
	f.give(unix.SECCOMP_RET_ALLOW)
	return f
}

// fails makes a system call return an error number.
func fails(errno unix.Errno) uint32 { return unix.SECCOMP_RET_ERRNO | uint32(errno) }

// assembler is a program of the kernel's packet filter, see bpf(4).
type assembler []unix.SockFilter

func (f *assembler) add(code uint16, k uint32, yes, no uint8) {
	*f = append(*f, unix.SockFilter{Code: code, Jt: yes, Jf: no, K: k})
}

// load loads a word of what the filter reads.
func (f *assembler) load(at uint32) { f.add(unix.BPF_LD|unix.BPF_W|unix.BPF_ABS, at, 0, 0) }

// give ends the filter with a verdict.
func (f *assembler) give(verdict uint32) { f.add(unix.BPF_RET|unix.BPF_K, verdict, 0, 0) }

// when gives a verdict if the word loaded last compares with k.
func (f *assembler) when(compare uint16, k, verdict uint32) {
	f.add(unix.BPF_JMP|compare|unix.BPF_K, k, 0, 1)
	f.give(verdict)
}

// unless gives a verdict if it does not.
func (f *assembler) unless(compare uint16, k, verdict uint32) {
	f.add(unix.BPF_JMP|compare|unix.BPF_K, k, 1, 0)
	f.give(verdict)
}

// argument looks at an argument of one system call, whose number is loaded, and
// leaves the number loaded.
func (f *assembler) argument(call, number uint32, look func(*assembler)) {
	var inner assembler
	inner.load(argumentsAt + 8*number)
	look(&inner)
	inner.load(numberAt)
	f.add(unix.BPF_JMP|unix.BPF_JEQ|unix.BPF_K, call, 0, uint8(len(inner)))
	*f = append(*f, inner...)
}
