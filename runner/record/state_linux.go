package record

import (
	"strconv"
	"strings"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Snapshot writes down what the descriptors of the process refer to at this
// moment, under a label. It asks the kernel by calls that are not recorded.
//
// The text has a line for each thing, its fields separated by tabs:
//
//	d  descriptor, kind, number that descriptors of one open file description
//	   share (0: unknown), flags of fcntl(F_GETFL), offset, link of /proc/self/fd
//	s  descriptor, domain, type, protocol, state, unread, unsent, local and
//	   remote address (the bytes of struct sockaddr in hexadecimal digits)
//	e  descriptor of an epoll instance, watched number, events, number of the
//	   open file description that is watched (0: unknown, or it has no descriptor)
func Snapshot(label string) {
	m := shared
	r := m.next()
	if r == nil {
		return
	}
	r.Kind = Mark
	r.TID = int32(gettid())
	r.Used = uint16(copy(r.Data[:], label))
	r.T0 = nanotime()
	var s state
	s.describe()
	end := atomic.AddUint64(&m.header.Notes, uint64(len(s.text)))
	begin := end - uint64(len(s.text))
	if end <= NoteSize {
		copy(m.notes[begin:], s.text)
		r.Args[0], r.Args[1] = begin, uint64(len(s.text))
	}
	r.T1 = nanotime()
	atomic.StoreUint32(&r.State, Returned)
}

// state is the text of a snapshot, and what is needed to write it.
type state struct {
	text  []byte
	files []openFile
	named int   // numbers of open file descriptions given so far
	loops []int // epoll instances
}

type openFile struct {
	fd          int
	dev, ino    uint64
	description int
}

func (s *state) describe() {
	for _, fd := range descriptors() {
		var st unix.Stat_t
		if unix.Fstat(fd, &st) != nil {
			continue // it is that of the folder
		}
		link := readLink("/proc/self/fd/" + strconv.Itoa(fd))
		if fd >= firstOwn && (link == "anon_inode:[eventpoll]" || link == "anon_inode:[eventfd]") {
			continue // the Go runtime's, see Tidy
		}
		kind := kindOf(st.Mode, link)
		flags, _ := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
		offset := int64(0)
		if kind == "file" {
			offset, _ = unix.Seek(fd, 0, unix.SEEK_CUR)
		}
		s.line("d", strconv.Itoa(fd), kind, strconv.Itoa(s.description(fd, &st)), strconv.Itoa(flags), strconv.FormatInt(offset, 10), link)
		switch kind {
		case "socket":
			s.socket(fd)
		case "epoll":
			s.loops = append(s.loops, fd)
		}
	}
	for _, fd := range s.loops {
		s.epoll(fd)
	}
}

func (s *state) line(fields ...string) {
	s.text = append(s.text, strings.Join(fields, "\t")+"\n"...)
}

// descriptors lists the descriptors of the process.
func descriptors() []int {
	dir, err := unix.Open("/proc/self/fd", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(dir)
	var fds []int
	buf := make([]byte, 8<<10)
	for {
		n, err := unix.ReadDirent(dir, buf)
		if err != nil || n <= 0 {
			return fds
		}
		_, _, names := unix.ParseDirent(buf[:n], -1, nil)
		for _, name := range names {
			if fd, err := strconv.Atoi(name); err == nil && fd != dir {
				fds = append(fds, fd)
			}
		}
	}
}

func readLink(path string) string {
	buf := make([]byte, 4096)
	n, err := unix.Readlink(path, buf)
	if err != nil {
		return ""
	}
	return string(buf[:n])
}

func kindOf(mode uint32, link string) string {
	switch mode & unix.S_IFMT {
	case unix.S_IFSOCK:
		return "socket"
	case unix.S_IFIFO:
		return "pipe"
	case unix.S_IFDIR:
		return "directory"
	case unix.S_IFCHR, unix.S_IFBLK:
		return "device"
	case unix.S_IFREG:
		if strings.HasPrefix(link, "/memfd:") {
			return "memfd"
		}
		return "file"
	}
	switch strings.TrimSuffix(strings.TrimPrefix(link, "anon_inode:"), "]") {
	case "[eventpoll":
		return "epoll"
	case "[eventfd":
		return "eventfd"
	case "[timerfd":
		return "timerfd"
	case "[signalfd":
		return "signalfd"
	case "inotify":
		return "inotify"
	case "[io_uring":
		return "io_uring"
	case "[pidfd":
		return "pidfd"
	}
	return "other"
}

// description numbers the open file description behind fd. Two descriptors of one
// file may have one or two of them: kcmp(2) tells, where it is allowed.
func (s *state) description(fd int, st *unix.Stat_t) int {
	const kcmpFile = 0 // KCMP_FILE of linux/kcmp.h
	pid := uintptr(unix.Getpid())
	file := openFile{fd: fd, dev: st.Dev, ino: st.Ino}
	for _, f := range s.files {
		if f.dev != file.dev || f.ino != file.ino {
			continue
		}
		order, _, err := unix.Syscall6(unix.SYS_KCMP, pid, pid, kcmpFile, uintptr(f.fd), uintptr(fd), 0)
		if err != 0 {
			return 0
		}
		if order == 0 {
			file.description = f.description
			break
		}
	}
	if file.description == 0 {
		s.named++
		file.description = s.named
	}
	s.files = append(s.files, file)
	if _, _, err := unix.Syscall6(unix.SYS_KCMP, pid, pid, kcmpFile, uintptr(fd), uintptr(fd), 0); err != 0 {
		return 0
	}
	return file.description
}

func (s *state) socket(fd int) {
	domain, _ := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	typ, _ := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	protocol, _ := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PROTOCOL)
	listens, _ := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
	local, remote := rawName(unix.SYS_GETSOCKNAME, fd), rawName(unix.SYS_GETPEERNAME, fd)
	unread, _ := unix.IoctlGetInt(fd, unix.TIOCINQ)
	unsent, _ := unix.IoctlGetInt(fd, unix.TIOCOUTQ)
	state := 0 // as TCP_INFO counts
	if protocol == unix.IPPROTO_TCP {
		if info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO); err == nil {
			state = int(info.State)
			if listens != 0 {
				// Of a listener, these are the length of its queue and the limit.
				unread, unsent = int(info.Unacked), int(info.Sacked)
			}
		}
	} else if listens != 0 {
		state = 10 // TCP_LISTEN
	} else if remote != "" {
		state = 1 // TCP_ESTABLISHED
	}
	s.line("s", strconv.Itoa(fd), strconv.Itoa(domain), strconv.Itoa(typ), strconv.Itoa(protocol), strconv.Itoa(state),
		strconv.Itoa(unread), strconv.Itoa(unsent), local, remote)
}

// rawName is the address of a socket or its peer, in hexadecimal digits.
func rawName(call uintptr, fd int) string {
	var address [unix.SizeofSockaddrAny]byte
	size := uint32(len(address))
	if _, _, err := unix.RawSyscall(call, uintptr(fd), uintptr(unsafe.Pointer(&address)), uintptr(unsafe.Pointer(&size))); err != 0 {
		return ""
	}
	const digits = "0123456789abcdef"
	var text []byte
	for _, b := range address[:min(size, uint32(len(address)))] {
		text = append(text, digits[b>>4], digits[b&15])
	}
	return string(text)
}

// epoll reads the interest list of an epoll instance, see proc_pid_fdinfo(5).
func (s *state) epoll(fd int) {
	again := map[string]uint32{} // a number may stand there several times
	for line := range strings.Lines(readAll("/proc/self/fdinfo/" + strconv.Itoa(fd))) {
		f := strings.Fields(line)
		if len(f) >= 4 && f[0] == "tfd:" && f[2] == "events:" {
			number, _ := strconv.Atoi(f[1])
			s.line("e", strconv.Itoa(fd), f[1], f[3], strconv.Itoa(s.watched(fd, number, again[f[1]])))
			again[f[1]]++
		}
	}
}

// watched is the number of the open file description that an entry of an interest
// list refers to. Its descriptor may be closed, or be another one's by now: kcmp(2)
// tells.
func (s *state) watched(loop, number int, place uint32) int {
	const kcmpEpollTarget = 7 // KCMP_EPOLL_TFD of linux/kcmp.h
	slot := [3]uint32{uint32(loop), uint32(number), place}
	pid := uintptr(unix.Getpid())
	for _, same := range []bool{true, false} { // mostly it is still the one of that number
		for _, f := range s.files {
			if (f.fd == number) != same {
				continue
			}
			order, _, err := unix.Syscall6(unix.SYS_KCMP, pid, pid, kcmpEpollTarget, uintptr(f.fd), uintptr(unsafe.Pointer(&slot)), 0)
			switch {
			case err == unix.EPERM || err == unix.ENOSYS: // a container's filter
				return 0
			case err == 0 && order == 0:
				return f.description
			}
		}
	}
	return 0
}

func readAll(path string) string {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return ""
	}
	defer unix.Close(fd)
	var text []byte
	buf := make([]byte, 16<<10)
	for {
		n, err := unix.Read(fd, buf)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return string(text)
		}
		text = append(text, buf[:n]...)
	}
}
