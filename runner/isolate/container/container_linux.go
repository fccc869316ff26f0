// Package container makes a process what it would be in a container with a
// default profile, for tests of what is skipped there.
package container

import (
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// refused are calls that the default profile of Docker answers with EPERM, as
// far as a book could want them. Without CAP_SYS_ADMIN, unshare is one of them
// whatever it asks for.
var refused = []uint32{
	unix.SYS_PERF_EVENT_OPEN, unix.SYS_PTRACE, unix.SYS_KCMP, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV,
	unix.SYS_UNSHARE, unix.SYS_SETNS, unix.SYS_MOUNT, unix.SYS_PIVOT_ROOT, unix.SYS_BPF, unix.SYS_USERFAULTFD,
	unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER, unix.SYS_KEYCTL, unix.SYS_ADD_KEY,
}

// namespaces are the flags of clone that the profile refuses.
const namespaces = unix.CLONE_NEWUSER | unix.CLONE_NEWNET | unix.CLONE_NEWPID | unix.CLONE_NEWNS | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS | unix.CLONE_NEWCGROUP

// Enter refuses these calls to all threads of the process and to what it
// starts. There is no way back.
func Enter() error {
	const number, argument = 0, 16 // offsets in struct seccomp_data, see seccomp(2)
	load := func(at uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: at}
	}
	give := func(verdict uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: verdict}
	}
	fail := func(errno unix.Errno) unix.SockFilter { return give(unix.SECCOMP_RET_ERRNO | uint32(errno)) }
	equal := func(k uint32, no uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: k, Jf: no}
	}
	program := []unix.SockFilter{load(number)}
	for _, n := range refused {
		program = append(program, equal(n, 1), fail(unix.EPERM))
	}
	program = append(program,
		equal(unix.SYS_CLONE3, 1), fail(unix.ENOSYS), // its flags are out of the filter's sight
		equal(unix.SYS_CLONE, 3), load(argument),
		unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, K: namespaces, Jf: 1},
		fail(unix.EPERM), give(unix.SECCOMP_RET_ALLOW))
	f := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return os.NewSyscallError("prctl", err)
	}
	_, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&f)))
	if errno != 0 {
		return os.NewSyscallError("seccomp", errno)
	}
	return nil
}
