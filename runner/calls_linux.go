package runner

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"example/workbook/internal/evidence"
)

// blockingCalls are the system calls in which threads wait, by number. Those
// that not every architecture has are in another file.
func blockingCalls() map[int]string {
	calls := map[int]string{
		unix.SYS_READ: "read", unix.SYS_WRITE: "write", unix.SYS_READV: "readv", unix.SYS_WRITEV: "writev",
		unix.SYS_ACCEPT: "accept", unix.SYS_ACCEPT4: "accept4", unix.SYS_CONNECT: "connect",
		unix.SYS_RECVFROM: "recvfrom", unix.SYS_RECVMSG: "recvmsg", unix.SYS_SENDTO: "sendto", unix.SYS_SENDMSG: "sendmsg",
		unix.SYS_PPOLL: "ppoll", unix.SYS_PSELECT6: "pselect6", unix.SYS_EPOLL_PWAIT: "epoll_pwait",
		unix.SYS_FUTEX: "futex", unix.SYS_NANOSLEEP: "nanosleep", unix.SYS_CLOCK_NANOSLEEP: "clock_nanosleep",
		unix.SYS_WAIT4: "wait4", unix.SYS_WAITID: "waitid", unix.SYS_FLOCK: "flock", unix.SYS_FCNTL: "fcntl",
		unix.SYS_IO_URING_ENTER: "io_uring_enter", unix.SYS_RT_SIGTIMEDWAIT: "rt_sigtimedwait",
	}
	for number, name := range olderCalls {
		calls[number] = name
	}
	return calls
}

// threadCalls says what the threads of a process are doing: computing, or
// asleep in which system calls. It returns "" where the kernel does not tell.
func threadCalls(pid int) string {
	dir := "/proc/" + strconv.Itoa(pid) + "/task/"
	tasks, err := os.ReadDir(dir)
	if err != nil || pid == 0 {
		return ""
	}
	names := blockingCalls()
	asleep := map[string]int{}
	computing := 0
	for _, t := range tasks[:min(len(tasks), 1000)] {
		call, err := os.ReadFile(dir + t.Name() + "/syscall")
		if err != nil {
			continue
		}
		first, _, _ := strings.Cut(strings.TrimSpace(string(call)), " ")
		number, err := strconv.Atoi(first)
		switch name := names[number]; {
		case err != nil: // "running"
			computing++
		case name != "" && name != "futex": // the Go runtime parks its threads in futex
			asleep[name]++
		}
	}
	var parts []string
	if computing > 0 {
		parts = append(parts, evidence.Counted(computing, "thread was", "threads were")+" computing")
	}
	for name, n := range asleep {
		parts = append(parts, fmt.Sprintf("%s asleep in %s", evidence.Counted(n, "thread was", "threads were"), name))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}
