package isolate

import "golang.org/x/sys/unix"

const (
	auditArch = unix.AUDIT_ARCH_X86_64
	otherABI  = 0x40000000 // __X32_SYSCALL_BIT of asm/unistd.h
)

var refusedHere = [...]uint32{unix.SYS_IOPERM, unix.SYS_IOPL, unix.SYS_MODIFY_LDT, unix.SYS_USELIB}

// forks are the system calls that start a process, beside clone and clone3.
var forks = [...]uint32{unix.SYS_FORK, unix.SYS_VFORK}
