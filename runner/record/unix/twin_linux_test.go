package unix_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"example/workbook/runner/interp/symbols"
	recorded "example/workbook/runner/record/unix"
)

// table is functions of package unix by name: the real or the recorded ones.
type table func(name string) reflect.Value

func real(name string) reflect.Value {
	p, _ := symbols.Lookup("golang.org/x/sys/unix")
	return p.Value(name)
}

func twin(name string) reflect.Value { return reflect.ValueOf(recorded.Function(name)) }

// Every recorded function has the parameters and results of the real one.
func TestSignatures(t *testing.T) {
	names := strings.Fields(recorded.Names)
	if len(names) < 300 {
		t.Errorf("only %d functions are recorded", len(names))
	}
	for _, name := range names {
		if got, want := twin(name).Type(), real(name).Type(); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	for line := range strings.Lines(recorded.Unrecorded) {
		name, reason, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || reason == "" || recorded.Function(name) != nil || !real(name).IsValid() {
			t.Errorf("unrecorded %q", line)
		}
	}
}

// script is calls of functions whose results are written down.
type script struct {
	functions table
	log       strings.Builder
	ports     []int // as they came up
}

// call calls a function and writes down what it returned.
func (s *script) call(name string, args ...any) []reflect.Value {
	f := s.functions(name)
	in := make([]reflect.Value, len(args))
	for i, a := range args {
		if a == nil {
			in[i] = reflect.Zero(f.Type().In(i))
			continue
		}
		in[i] = reflect.ValueOf(a).Convert(f.Type().In(i))
	}
	out := f.Call(in)
	fmt.Fprintf(&s.log, "%s(%s) =", name, s.show(in))
	fmt.Fprintf(&s.log, " %s\n", s.show(out))
	return out
}

func (s *script) show(values []reflect.Value) string {
	var list []string
	for _, v := range values {
		list = append(list, s.text(v.Interface()))
	}
	return strings.Join(list, " ")
}

// text shows a value the same for both tables: a port by the order in which it
// came up.
func (s *script) text(v any) string {
	switch v := v.(type) {
	case *unix.SockaddrInet4:
		return fmt.Sprint("inet4 ", v.Addr, " port ", s.port(v.Port))
	case *unix.SockaddrInet6:
		return fmt.Sprint("inet6 ", v.Addr, " zone ", v.ZoneId, " port ", s.port(v.Port))
	case *unix.SockaddrUnix:
		return fmt.Sprintf("unix %q", filepath.Base(v.Name))
	case []byte:
		return fmt.Sprintf("%q", v)
	case unix.Errno:
		return unix.ErrnoName(v)
	case *unix.TCPInfo:
		return fmt.Sprint("TCP state ", v.State)
	case *unix.Timespec, *unix.Timeval, *unix.Stat_t, *unix.Rusage, *unix.Sysinfo_t:
		return fmt.Sprintf("%T", v)
	}
	return fmt.Sprintf("%+v", v)
}

func (s *script) port(n int) string {
	if n == 0 {
		return "0"
	}
	if !slices.Contains(s.ports, n) {
		s.ports = append(s.ports, n)
	}
	return fmt.Sprint("#", slices.Index(s.ports, n)+1)
}

func fd(out []reflect.Value) int { return int(out[0].Int()) }

// scripts are what both tables must do alike.
var scripts = map[string]func(s *script, dir string){
	"tcp4": func(s *script, _ string) {
		stream(s, unix.AF_INET, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	},
	"tcp6":      func(s *script, _ string) { stream(s, unix.AF_INET6, &unix.SockaddrInet6{Addr: [16]byte{15: 1}}) },
	"unix path": func(s *script, dir string) { stream(s, unix.AF_UNIX, &unix.SockaddrUnix{Name: dir + "/socket"}) },
	"unix abstract": func(s *script, _ string) {
		stream(s, unix.AF_UNIX, &unix.SockaddrUnix{Name: "@workbook-twin"})
	},
	"udp4": func(s *script, _ string) {
		datagrams(s, unix.AF_INET, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	},
	"udp6": func(s *script, _ string) { datagrams(s, unix.AF_INET6, &unix.SockaddrInet6{Addr: [16]byte{15: 1}}) },
	"unix datagrams": func(s *script, dir string) {
		datagrams(s, unix.AF_UNIX, &unix.SockaddrUnix{Name: dir + "/datagrams"})
	},
	"pairs": func(s *script, _ string) {
		pair := s.call("Socketpair", unix.AF_UNIX, unix.SOCK_STREAM, 0)[0].Interface().([2]int)
		s.call("Write", pair[0], []byte("hello"))
		buf := make([]byte, 8)
		s.call("Recvfrom", pair[1], buf, unix.MSG_PEEK)
		s.call("IoctlGetInt", pair[1], unix.TIOCINQ)
		s.call("Readv", pair[1], [][]byte{buf[:2], buf[2:]})
		s.call("SendmsgN", pair[0], []byte("a"), unix.UnixRights(pair[0]), nil, 0)
		oob := make([]byte, 64)
		s.call("Recvmsg", pair[1], buf, oob, 0)
		s.call("Writev", pair[0], [][]byte{[]byte("ab"), nil, []byte("c")})
		s.call("Shutdown", pair[0], unix.SHUT_WR)
		s.call("Read", pair[1], buf)
		s.call("Read", pair[1], buf)
		s.call("Close", pair[0])
		s.call("Close", pair[1])
		s.call("Close", pair[1])
	},
	"pipes": func(s *script, _ string) {
		p := make([]int, 2)
		s.call("Pipe2", p, unix.O_NONBLOCK|unix.O_CLOEXEC)
		s.log.WriteString(fmt.Sprintln(p))
		s.call("Read", p[0], make([]byte, 1))
		s.call("Dup", p[0])
		s.call("FcntlInt", uintptr(p[0]), unix.F_GETFL, 0)
		s.call("SetNonblock", p[0], false)
		s.call("FcntlInt", uintptr(p[0]), unix.F_GETFL, 0)
		s.call("Dup3", p[1], p[0], 0)
		s.call("Dup3", p[1], p[0], unix.O_CLOEXEC)
		s.call("Write", p[1], nil)
		s.call("Write", -1, []byte("x"))
		s.call("Pipe2", p[:1], 0)
	},
	"readiness": func(s *script, _ string) {
		e := fd(s.call("Eventfd", 0, unix.EFD_NONBLOCK))
		ep := fd(s.call("EpollCreate1", unix.EPOLL_CLOEXEC))
		s.call("EpollCtl", ep, unix.EPOLL_CTL_ADD, e, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: 77, Pad: 5})
		s.call("EpollCtl", ep, unix.EPOLL_CTL_ADD, e, &unix.EpollEvent{})
		events := make([]unix.EpollEvent, 4)
		s.call("EpollWait", ep, events, 0)
		s.call("Write", e, []byte{1, 0, 0, 0, 0, 0, 0, 0})
		s.call("EpollWait", ep, events, -1)
		s.log.WriteString(fmt.Sprintln(events))
		polled := []unix.PollFd{{Fd: int32(e), Events: unix.POLLIN | unix.POLLOUT}}
		s.call("Poll", polled, 10)
		s.call("Ppoll", polled, &unix.Timespec{}, nil)
		var set unix.FdSet
		set.Set(e)
		s.call("Select", e+1, &set, nil, nil, &unix.Timeval{Sec: 1})
		s.call("Pselect", e+1, &set, nil, nil, &unix.Timespec{Sec: 1}, nil)
		s.log.WriteString(fmt.Sprintln(set.IsSet(e)))
		s.call("EpollCtl", ep, unix.EPOLL_CTL_DEL, e, nil)
		s.call("EpollWait", ep, nil, 0)
		timer := fd(s.call("TimerfdCreate", unix.CLOCK_MONOTONIC, 0))
		s.call("TimerfdSettime", timer, 0, &unix.ItimerSpec{Value: unix.Timespec{Nsec: 1}}, nil)
		s.call("Read", timer, make([]byte, 8))
		s.call("Nanosleep", &unix.Timespec{Nsec: 1000}, nil)
		s.call("ClockNanosleep", unix.CLOCK_MONOTONIC, 0, &unix.Timespec{Nsec: 1000}, nil)
		s.call("Signalfd", -1, &unix.Sigset_t{}, 0)
	},
	"files": func(s *script, dir string) {
		name := dir + "/file"
		f := fd(s.call("Open", name, unix.O_RDWR|unix.O_CREAT|unix.O_CLOEXEC, 0o600))
		s.call("Write", f, []byte("0123456789"))
		s.call("Pwrite", f, []byte("ab"), 2)
		buf := make([]byte, 4)
		s.call("Pread", f, buf, 1)
		s.log.WriteString(fmt.Sprintf("%q\n", buf))
		s.call("Seek", f, 4, unix.SEEK_SET)
		s.call("Read", f, buf)
		s.call("Preadv", f, [][]byte{buf}, 8)
		s.call("Ftruncate", f, 3)
		s.call("Fsync", f)
		s.call("Fdatasync", f)
		var st unix.Stat_t
		s.call("Fstat", f, &st)
		s.log.WriteString(fmt.Sprintln(st.Size))
		s.call("Flock", f, unix.LOCK_EX)
		s.call("Openat", unix.AT_FDCWD, name+"x", 0, 0)
		s.call("Open", "a\x00b", 0, 0)
		s.call("Mkdir", dir+"/folder", 0o700)
		s.call("Rename", name, dir+"/other")
		s.call("Unlink", dir+"/other")
		s.call("Rmdir", dir+"/folder")
		s.call("MemfdCreate", "memory", unix.MFD_CLOEXEC)
		in := fd(s.call("InotifyInit1", unix.IN_CLOEXEC))
		s.call("InotifyAddWatch", in, dir, unix.IN_CREATE)
		p := make([]int, 2)
		s.call("Pipe2", p, 0)
		s.call("Sendfile", p[1], f, nil, 2)
		s.call("Splice", p[0], nil, f, nil, 2, unix.SPLICE_F_NONBLOCK)
		s.call("CopyFileRange", -1, nil, f, nil, 1, 0)
		s.call("Getdents", f, buf)
	},
	"options": func(s *script, _ string) {
		f := fd(s.call("Socket", unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0))
		s.call("SetsockoptInt", f, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
		s.call("GetsockoptInt", f, unix.SOL_SOCKET, unix.SO_REUSEADDR)
		s.call("SetsockoptTimeval", f, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 2})
		s.call("GetsockoptTimeval", f, unix.SOL_SOCKET, unix.SO_RCVTIMEO)
		s.call("SetsockoptLinger", f, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
		s.call("GetsockoptTCPInfo", f, unix.IPPROTO_TCP, unix.TCP_INFO)
		s.call("GetsockoptString", f, unix.IPPROTO_TCP, unix.TCP_CONGESTION)
		s.call("GetsockoptInt", -1, unix.SOL_SOCKET, unix.SO_TYPE)
		s.call("Socket", 999, unix.SOCK_STREAM, 0)
		s.call("Getpeername", f)
	},
	"processes": func(s *script, _ string) {
		s.call("Getpid")
		s.call("Getppid")
		s.call("Kill", 1<<30, 0)
		s.call("Wait4", 1<<30, nil, 0, nil)
		s.call("Getrusage", unix.RUSAGE_THREAD, &unix.Rusage{})
		s.call("ClockGettime", unix.CLOCK_MONOTONIC, &unix.Timespec{})
		s.call("Unshare", 0)
		s.call("Sysinfo", &unix.Sysinfo_t{})
		s.call("Prctl", unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
		s.call("PrctlRetInt", unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
		s.call("SchedGetaffinity", 0, &unix.CPUSet{})
		s.call("PidfdOpen", 1<<30, 0)
	},
	"signal mask": func(s *script, _ string) {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		set, old := &unix.Sigset_t{Val: [16]uint64{1 << (unix.SIGUSR2 - 1)}}, &unix.Sigset_t{}
		s.call("PthreadSigmask", unix.SIG_BLOCK, set, nil)
		s.call("Getpid")
		s.call("PthreadSigmask", unix.SIG_UNBLOCK, set, old)
		s.log.WriteString(fmt.Sprintln(old.Val[0]))
	},
	"raw": func(s *script, _ string) {
		s.call("Syscall", unix.SYS_GETPID, 0, 0, 0)
		s.call("Syscall", unix.SYS_CLOSE, ^uintptr(0), 0, 0)
		s.call("Syscall", unix.SYS_READ, 0, 8, 16) // no such memory
		s.call("Syscall", unix.SYS_WRITE, ^uintptr(0), 8, 16)
		s.call("Syscall6", unix.SYS_EPOLL_PWAIT, ^uintptr(0), 0, 0, 0, 0, 0)
		s.call("RawSyscall", unix.SYS_GETPID, 0, 0, 0)
		s.call("SyscallNoError", unix.SYS_GETPID, 0, 0, 0)
		word := uint32(1)
		s.call("Syscall6", unix.SYS_FUTEX, uintptr(unsafe.Pointer(&word)), 129, 1, 0, 0, 0)
		s.call("Syscall6", 100000, 1, 2, 3, 4, 5, 6)
	},
	"bad descriptors": func(s *script, _ string) {
		for _, name := range []string{"Bind", "Connect"} {
			s.call(name, -1, &unix.SockaddrInet4{})
			s.call(name, -1, &unix.SockaddrInet4{Port: 1 << 20})
			s.call(name, -1, &unix.SockaddrUnix{Name: strings.Repeat("x", 200)})
			s.call(name, -1, &unix.SockaddrNetlink{})
		}
		for _, name := range []string{"Accept", "Getsockname", "Getpeername", "Close", "Fsync", "Dup", "Fchdir"} {
			s.call(name, -1)
		}
		s.call("Accept4", -1, 0)
		s.call("Listen", -1, 1)
		s.call("Sendto", -1, []byte("x"), 0, &unix.SockaddrInet6{})
		s.call("Send", -1, []byte("x"), 0)
		s.call("Recvmsg", -1, nil, nil, 0)
		s.call("EpollCtl", -1, 1, -1, nil)
		s.call("EpollWait", -1, make([]unix.EpollEvent, 1), 0)
	},
}

// stream is a connection between two sockets, from the beginning to the end.
func stream(s *script, domain int, here unix.Sockaddr) {
	l := fd(s.call("Socket", domain, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0))
	s.call("Bind", l, here)
	s.call("Bind", l, here)
	s.call("Listen", l, 4)
	name := s.call("Getsockname", l)[0].Interface()
	c := fd(s.call("Socket", domain, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0))
	s.call("Connect", c, name)
	a := fd(s.call("Accept4", l, unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK))
	s.call("Read", a, make([]byte, 1))
	s.call("Getsockname", c)
	s.call("Getpeername", a)
	s.call("Write", c, []byte("hello"))
	buf := make([]byte, 16)
	s.call("Read", a, buf)
	s.call("Send", a, []byte("answer"), unix.MSG_NOSIGNAL)
	s.call("Recvfrom", c, buf, 0)
	s.call("Connect", c, name)
	s.call("SetNonblock", l, true)
	s.call("Accept", l)
	s.call("Close", c)
	s.call("Read", a, buf)
	s.call("Close", a)
	s.call("Close", l)
}

// datagrams is a message from one socket to another.
func datagrams(s *script, domain int, here unix.Sockaddr) {
	r := fd(s.call("Socket", domain, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0))
	s.call("Bind", r, here)
	name := s.call("Getsockname", r)[0].Interface()
	w := fd(s.call("Socket", domain, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0))
	s.call("Sendto", w, []byte("one"), 0, name)
	buf := make([]byte, 8)
	s.call("Recvfrom", r, buf, 0)
	s.call("Connect", w, name)
	s.call("Write", w, []byte("two"))
	s.call("Recvmsg", r, buf, nil, 0)
	s.call("Recvfrom", r, buf, unix.MSG_DONTWAIT)
	s.call("Close", r)
	s.call("Close", w)
}

// A program cannot tell the recorded functions from the real ones: same
// descriptors, errors, addresses and bytes; also while nothing is recorded.
func TestTwins(t *testing.T) {
	for name, run := range scripts {
		t.Run(name, func(t *testing.T) {
			play := func(functions table) string {
				s := &script{functions: functions}
				before := descriptors(t)
				dir := t.TempDir()
				run(s, dir)
				for _, fd := range descriptors(t) {
					if !slices.Contains(before, fd) {
						unix.Close(fd)
					}
				}
				return strings.ReplaceAll(s.log.String(), dir, "/dir")
			}
			want := play(real)
			if got := play(twin); got != want {
				t.Errorf("off:\n%s\nwant:\n%s", got, want)
			}
			recording(t)
			if got := play(twin); got != want {
				t.Errorf("recorded:\n%s\nwant:\n%s", got, want)
			}
			if calls := strings.Count(want, "\n"); int(header.Records) < calls/2 {
				t.Errorf("%d records for %d lines", header.Records, calls)
			}
		})
	}
}

func descriptors(t *testing.T) []int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	var fds []int
	for _, e := range entries {
		var fd int
		fmt.Sscan(e.Name(), &fd)
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil {
			fds = append(fds, fd)
		}
	}
	return fds
}
