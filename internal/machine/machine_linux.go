package machine

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Kernel is the name and release of the running kernel, as uname(2) gives them.
func Kernel() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return runtime.GOOS
	}
	return unix.ByteSliceToString(u.Sysname[:]) + " " + unix.ByteSliceToString(u.Release[:])
}

func isRoot() (bool, string) {
	if uid := os.Geteuid(); uid != 0 {
		return false, fmt.Sprintf("user id %d: run the snippet as root", uid)
	}
	return true, "user id 0"
}

func hasIPv6() (bool, string) {
	fd, err := unix.Socket(unix.AF_INET6, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return false, fmt.Sprintf("socket(AF_INET6): %v", err)
	}
	defer unix.Close(fd)
	if err := unix.Bind(fd, &unix.SockaddrInet6{Addr: [16]byte{15: 1}}); err != nil {
		return false, fmt.Sprintf("bind to ::1: %v", err)
	}
	return true, "::1 can be bound"
}

func hasPrivateNetwork() (bool, string) {
	return false, "runs share this machine's network"
}

// hasIOUring sets up a ring of one entry. Container runtimes refuse the call
// with EPERM, kernels built without it with ENOSYS.
func hasIOUring() (bool, string) {
	var params [120]byte // struct io_uring_params, see io_uring_setup(2)
	fd, _, errno := unix.Syscall(unix.SYS_IO_URING_SETUP, 1, uintptr(unsafe.Pointer(&params)), 0)
	if errno != 0 {
		return false, fmt.Sprintf("io_uring_setup: %v: allow it in the container's seccomp profile or in kernel.io_uring_disabled", errno)
	}
	unix.Close(int(fd))
	return true, "io_uring_setup works"
}

// readsProcSyscall reads what the kernel says about a thread of this process;
// proc(5) demands the rights of ptrace for the file, which one's own threads have.
func readsProcSyscall() (bool, string) {
	name := fmt.Sprintf("/proc/self/task/%d/syscall", os.Getpid())
	if _, err := os.ReadFile(name); err != nil {
		return false, fmt.Sprintf("%v: mount /proc, or allow ptrace of your own processes", errors.Unwrap(err))
	}
	return true, "the kernel names the call in which a thread sleeps"
}

// Witness tells whether this machine lets one process see in which system call the
// threads of another sleep, a child here. Without that, the evidence of a run says
// "not confirmed".
func Witness() Fact {
	f := Fact{Name: "witness"}
	child := exec.Command("sleep", "10")
	if err := child.Start(); err != nil {
		f.OK, f.Detail = readsProcSyscall()
		return f
	}
	defer func() {
		_ = child.Process.Kill()
		_ = child.Wait()
	}()
	_, err := os.ReadFile(fmt.Sprintf("/proc/%d/syscall", child.Process.Pid))
	if err != nil {
		f.Detail = fmt.Sprintf("%v: what a thread sleeps in is not confirmed: mount /proc, or lower kernel.yama.ptrace_scope to 1", errors.Unwrap(err))
		return f
	}
	f.OK, f.Detail = true, "the kernel confirms in which call a thread of a run sleeps"
	return f
}

// hasKcmp compares a descriptor with itself; container profiles often refuse kcmp(2).
func hasKcmp() (bool, string) {
	const kcmpFile = 0 // KCMP_FILE of linux/kcmp.h
	pid := uintptr(os.Getpid())
	if _, _, errno := unix.Syscall6(unix.SYS_KCMP, pid, pid, kcmpFile, 0, 0, 0); errno != 0 {
		return false, fmt.Sprintf("kcmp: %v: allow it in the container's seccomp profile", errno)
	}
	return true, "kcmp compares open file descriptions"
}

// hasUnshare lets a thread leave the descriptor table of this process, and the
// thread ends with that: Go does not use a locked thread again.
func hasUnshare() (bool, string) {
	result := make(chan error)
	go func() {
		runtime.LockOSThread()
		result <- unix.Unshare(unix.CLONE_FILES)
	}()
	if err := <-result; err != nil {
		return false, fmt.Sprintf("unshare(CLONE_FILES): %v: allow it in the container's seccomp profile", err)
	}
	return true, "a thread can leave the descriptor table"
}
