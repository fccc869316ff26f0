package trace

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"example/workbook/runner/record"
)

// shapes say how the arguments of calls are shown, one word an argument:
//
//   - a pointer, or nothing to see; neither in Text nor in Args
//     @part    what was written down of the memory behind it; only in Text
//     others   a number, in Args, shown in Text as the word says; a word in
//     parentheses is in Args only
//
// Calls that are not here show all their arguments that the recorder does not
// know as addresses.
var shapes = map[string]string{
	"socket":            "domain type protocol",
	"socketpair":        "domain type protocol -",
	"bind":              "fd @address (n)",
	"connect":           "fd @address (n)",
	"listen":            "fd n",
	"accept":            "fd - -",
	"accept4":           "fd - - sockflags",
	"getsockname":       "fd - -",
	"getpeername":       "fd - -",
	"read":              "fd - bytes",
	"pread":             "fd - bytes n",
	"write":             "fd @buffer (n)",
	"pwrite":            "fd @buffer (n) n",
	"readv":             "fd - n",
	"writev":            "fd @buffer (n)",
	"recvfrom":          "fd - bytes msgflags - -",
	"recvmsg":           "fd - msgflags",
	"sendto":            "fd @buffer (n) msgflags @address -",
	"sendmsg":           "fd @buffer msgflags",
	"shutdown":          "fd how",
	"close":             "fd",
	"close_range":       "fd fd n",
	"dup":               "fd",
	"dup2":              "fd fd",
	"dup3":              "fd fd openflags",
	"fcntl":             "fd fcntl fcntlarg",
	"ioctl":             "fd ioctl -",
	"setsockopt":        "fd level option @value (n)",
	"getsockopt":        "fd level option - -",
	"pipe2":             "- openflags",
	"eventfd2":          "n eventflags",
	"epoll_create1":     "epollflags",
	"epoll_ctl":         "fd epollop fd @event",
	"epoll_wait":        "fd - events timeout",
	"poll":              "@asked (n) @timeout - -",
	"select":            "(n) @sets - - @timeout -",
	"nanosleep":         "@timeout -",
	"clock_nanosleep":   "clock n @timeout -",
	"timerfd_create":    "clock openflags",
	"timerfd_settime":   "fd n @timer -",
	"timerfd_gettime":   "fd -",
	"signalfd4":         "fd - n openflags",
	"inotify_init1":     "openflags",
	"inotify_add_watch": "fd @path hex",
	"memfd_create":      "@path hex",
	"openat":            "dirfd @path openflags (mode)",
	"open":              "@path openflags (mode)",
	"lseek":             "fd n whence",
	"fsync":             "fd",
	"fdatasync":         "fd",
	"ftruncate":         "fd n",
	"sendfile":          "fd fd - bytes",
	"splice":            "fd - fd - bytes hex",
	"tee":               "fd fd bytes hex",
	"futex":             "- futexop n @timeout - -",
	"wait4":             "n - n -",
	"kill":              "n signal",
	"tgkill":            "n n signal",
	"getpid":            "",
	"gettid":            "",
	"getppid":           "",
	"unshare":           "unshare",
	"mkdirat":           "dirfd @path mode",
	"unlinkat":          "dirfd @path hex",
	"fstat":             "dirfd @path - -",
	"io_uring_setup":    "n -",
	"io_uring_enter":    "fd n n hex - -",
	"io_uring_register": "fd n - n",
	"getrusage":         "n -",
	"flock":             "fd n",
	"prctl":             "n - - - -",
	"getrandom":         "- bytes hex",
	"sched_yield":       "",
}

// describe fills in Args, Text and Result.
func (b *builder) describe(e *entry) {
	c := e.call
	parts := map[record.Tag][]byte{}
	e.Parts(func(tag record.Tag, data []byte) {
		if tag != record.Sets || parts[tag] == nil {
			parts[tag] = data
		} else {
			parts[readySets] = data
		}
	})
	shape, known := shapes[c.Name]
	if !known {
		shape = "? ? ? ? ? ?"
		if parts[record.Path] != nil {
			shape = "@path"
		}
	}
	var text []string
	for i, word := range strings.Fields(shape) {
		if i >= len(e.Args) {
			break
		}
		arg := int64(int32(e.Args[i]))
		if wide(word) {
			arg = int64(e.Args[i])
		}
		switch {
		case word == "-":
			continue
		case word == "?":
			if uint64(e.Args[i]) > 1<<32 && uint64(e.Args[i]) < 1<<63 {
				continue // an address
			}
		case word[0] == '@':
			if s := b.part(word[1:], e, parts); s != "" {
				text = append(text, s)
			}
			continue
		}
		c.Args = append(c.Args, arg)
		if word[0] != '(' {
			if s := number(word, arg, e); s != "" {
				text = append(text, s)
			}
		}
	}
	if !known {
		text = trimZeros(text)
	}
	c.Text = strings.Join(text, ", ")
	if !e.open && c.Errno == "" {
		c.Result = b.result(e, parts)
	}
}

// readySets stands for the second part with the tag Sets.
const readySets record.Tag = 'D'

// wide says that an argument is 64 bits wide.
func wide(word string) bool { return word == "bytes" || word == "n" || word == "(n)" || word == "?" }

// trimZeros leaves out what unknown calls were not given.
func trimZeros(text []string) []string {
	for len(text) > 0 && text[len(text)-1] == "0" {
		text = text[:len(text)-1]
	}
	return text
}

// number shows one number of the arguments.
func number(word string, v int64, e *entry) string {
	switch word {
	case "bytes":
		return plural(v, "byte")
	case "events":
		return plural(v, "event")
	case "hex":
		if v == 0 {
			return "0"
		}
		return fmt.Sprintf("%#x", v)
	case "timeout", "n", "fd", "?":
		return strconv.FormatInt(v, 10)
	case "dirfd":
		if v == unix.AT_FDCWD {
			return ""
		}
		return strconv.FormatInt(v, 10)
	case "mode":
		return fmt.Sprintf("%#o", v)
	case "protocol":
		if v == 0 {
			return "" // the usual one
		}
	case "option":
		return option(int64(e.Args[1]), v)
	case "fcntlarg":
		switch e.Args[1] {
		case unix.F_GETFD, unix.F_GETFL:
			return ""
		case unix.F_SETFL:
			return flags("openflags", v)
		case unix.F_SETFD:
			return flags("fdflags", v)
		}
		return strconv.FormatInt(v, 10)
	case "signal":
		if name := unix.SignalName(unix.Signal(v)); name != "" {
			return name
		}
		return strconv.FormatInt(v, 10)
	}
	return flags(word, v)
}

func plural(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// part shows what is behind an address.
func (b *builder) part(word string, e *entry, parts map[record.Tag][]byte) string {
	switch word {
	case "address":
		return address(parts[record.Address])
	case "path":
		return strconv.Quote(pathName(string(parts[record.Path])))
	case "buffer":
		n := e.Args[2]
		if e.call.Name == "writev" || e.call.Name == "sendmsg" {
			n = uint64(len(parts[record.Buffer]))
		}
		return quote(parts[record.Buffer], int64(n))
	case "value":
		return value(parts[record.Value])
	case "event":
		if ev := parts[record.Events]; len(ev) >= 4 {
			return flags("epoll", int64(binary.LittleEndian.Uint32(ev)))
		}
	case "asked":
		var list []string
		for _, p := range pollfds(parts[record.Asked]) {
			list = append(list, fmt.Sprintf("%d %s", p.Fd, flags("poll", int64(p.Events))))
		}
		return strings.Join(list, ", ")
	case "sets":
		return sets(parts[record.Sets])
	case "timeout":
		t := parts[record.Time]
		if len(t) < 16 {
			if e.call.Name == "poll" || e.call.Name == "select" {
				return "-1"
			}
			return ""
		}
		return duration(t).String()
	case "timer":
		if v := parts[record.Value]; len(v) >= 16 {
			s := duration(v[16:]).String()
			if every := duration(v); every > 0 {
				s += ", then every " + every.String()
			}
			return s
		}
	}
	return ""
}

func duration(timespec []byte) time.Duration {
	if len(timespec) < 16 {
		return 0
	}
	return time.Duration(binary.LittleEndian.Uint64(timespec))*time.Second + time.Duration(binary.LittleEndian.Uint64(timespec[8:]))
}

func value(v []byte) string {
	switch len(v) {
	case 4:
		return strconv.Itoa(int(int32(binary.LittleEndian.Uint32(v))))
	case 16:
		// What socket options have of this size is a struct timeval.
		seconds, micro := binary.LittleEndian.Uint64(v), binary.LittleEndian.Uint64(v[8:])
		return (time.Duration(seconds)*time.Second + time.Duration(micro)*time.Microsecond).String()
	}
	return ""
}

// pathName is a path without the folder of the run, whose name is luck.
func pathName(p string) string {
	if strings.Contains(p, "/workbook-run-") {
		return path.Base(p)
	}
	return p
}

// quote shows the first bytes of a buffer, all n if there are few.
func quote(data []byte, n int64) string {
	const most = 32
	if n == 0 {
		return `""`
	}
	shown := data[:min(len(data), most)]
	if n > most && len(bytes.TrimLeft(shown, "\x00")) == 0 {
		return fmt.Sprintf("%d bytes, zeros first", n)
	}
	s := strconv.Quote(string(shown))
	if int64(len(shown)) < n {
		s += fmt.Sprintf("... %d bytes", n)
	}
	return s
}

func pollfds(data []byte) []unix.PollFd {
	var all []unix.PollFd
	for ; len(data) >= 8; data = data[8:] {
		all = append(all, unix.PollFd{
			Fd:     int32(binary.LittleEndian.Uint32(data)),
			Events: int16(binary.LittleEndian.Uint16(data[4:])), Revents: int16(binary.LittleEndian.Uint16(data[6:])),
		})
	}
	return all
}

// setsOf returns the descriptors in the three sets of select.
func setsOf(masks []byte) (sets [3][]int) {
	size := len(masks) / 3
	for i := range sets {
		for j, b := range masks[i*size : (i+1)*size] {
			for bit := range 8 {
				if b&(1<<bit) != 0 {
					sets[i] = append(sets[i], j*8+bit)
				}
			}
		}
	}
	return sets
}

func sets(masks []byte) string {
	var list []string
	for i, set := range setsOf(masks) {
		for _, fd := range set {
			list = append(list, fmt.Sprintf("%d %s", fd, [...]string{"readable", "writable", "exceptional"}[i]))
		}
	}
	return strings.Join(list, ", ")
}

// result shows what came back beside the number.
func (b *builder) result(e *entry, parts map[record.Tag][]byte) string {
	switch e.call.Name {
	case "read", "pread", "readv", "recvmsg":
		if e.Ret > 0 {
			return quote(parts[record.Buffer], e.Ret)
		}
	case "recvfrom":
		s := ""
		if e.Ret > 0 {
			s = quote(parts[record.Buffer], e.Ret)
		}
		if a := address(parts[record.Address]); a != "" {
			s = strings.TrimSpace(s + " from " + a)
		}
		return s
	case "accept", "accept4":
		if a := address(parts[record.Address]); a != "" {
			return "from " + a
		}
	case "getsockname", "getpeername":
		return address(parts[record.Address])
	case "fcntl":
		if e.Args[1] == unix.F_GETFL {
			return flags("openflags", int64(e.Ret))
		}
	case "getsockopt", "ioctl":
		if v := parts[record.Value]; e.call.Name == "getsockopt" && e.Args[1] == unix.SOL_SOCKET && e.Args[2] == unix.SO_ERROR && len(v) == 4 {
			switch no := unix.Errno(binary.LittleEndian.Uint32(v)); {
			case no == 0:
				return "no error"
			case unix.ErrnoName(no) != "":
				return unix.ErrnoName(no)
			}
		}
		return value(parts[record.Value])
	case "pipe2", "pipe", "socketpair":
		if p := parts[record.Pair]; len(p) == 8 {
			return fmt.Sprintf("%d and %d", binary.LittleEndian.Uint32(p), binary.LittleEndian.Uint32(p[4:]))
		}
	case "epoll_wait":
		var list []string
		for _, ev := range e.ready {
			list = append(list, fmt.Sprintf("%s %s", ev.name, ready("epoll", int64(ev.events))))
		}
		return strings.Join(list, ", ")
	case "poll":
		var list []string
		for _, p := range pollfds(parts[record.Polled]) {
			if p.Revents != 0 {
				list = append(list, fmt.Sprintf("%d %s", p.Fd, ready("poll", int64(p.Revents))))
			}
		}
		return strings.Join(list, ", ")
	case "select":
		if e.Ret > 0 {
			return sets(parts[readySets])
		}
	}
	return ""
}

// ready says in words what the commonest flags mean.
func ready(kind string, v int64) string {
	switch v {
	case unix.POLLIN:
		return "readable"
	case unix.POLLOUT:
		return "writable"
	case unix.POLLIN | unix.POLLOUT:
		return "readable, writable"
	}
	return flags(kind, v)
}

// address is a socket address as text.
func address(raw []byte) string {
	if len(raw) < 2 {
		return ""
	}
	switch binary.NativeEndian.Uint16(raw) {
	case unix.AF_INET:
		if len(raw) >= 8 {
			return fmt.Sprintf("%d.%d.%d.%d:%d", raw[4], raw[5], raw[6], raw[7], binary.BigEndian.Uint16(raw[2:]))
		}
	case unix.AF_INET6:
		if len(raw) >= 24 {
			return fmt.Sprintf("[%s]:%d", ipv6(raw[8:24]), binary.BigEndian.Uint16(raw[2:]))
		}
	case unix.AF_UNIX:
		path := raw[2:]
		if len(path) == 0 {
			return ""
		}
		if path[0] == 0 {
			return strconv.Quote("@" + string(path[1:]))
		}
		return strconv.Quote(unix.ByteSliceToString(path))
	}
	return ""
}
