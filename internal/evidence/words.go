package evidence

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Duration writes nanoseconds as a reader likes to see them.
func Duration(ns int64) string {
	switch {
	case ns == 0:
		return "0"
	case ns < 10_000:
		return fmt.Sprintf("%.1f µs", float64(ns)/1e3)
	case ns < 1_000_000:
		return fmt.Sprintf("%d µs", ns/1000)
	case ns < 10_000_000:
		return fmt.Sprintf("%.1f ms", float64(ns)/1e6)
	case ns < 10_000_000_000:
		return fmt.Sprintf("%d ms", ns/1_000_000)
	}
	return fmt.Sprintf("%d s", ns/1_000_000_000)
}

// Brief is the call with what tells it from others, such as accept4(3) or
// epoll_ctl(4, ADD, 5).
func (c *Call) Brief() string { return c.Name + "(" + c.briefArgs() + ")" }

// longestArgs bounds the arguments in Brief, in characters.
const longestArgs = 24

func (c *Call) briefArgs() string {
	text := c.Text
	if text == "" {
		text = strings.Trim(strings.ReplaceAll(fmt.Sprint(c.Args), " ", ", "), "[]")
	}
	parts := strings.Split(text, ", ")
	switch c.Name {
	case "socket", "socketpair":
		return socketArgs(text)
	case "epoll_create1", "eventfd2", "pipe2", "pipe":
		return ""
	case "epoll_ctl":
		if len(parts) >= 3 {
			return parts[0] + ", " + strings.TrimPrefix(parts[1], "EPOLL_CTL_") + ", " + parts[2]
		}
	case "getsockopt", "setsockopt":
		if len(parts) >= 3 {
			return parts[0] + ", " + parts[2] // the level says little to who knows the option
		}
	case "openat", "fcntl", "nanosleep", "clock_nanosleep", "futex", "shutdown", "dup2", "dup3", "kill", "tgkill", "lseek":
		text = strings.Replace(text, "F_SETFL, O_RDWR|", "F_SETFL, ", 1) // which ignores the access mode, fcntl(2)
		if utf8.RuneCountInString(text) <= longestArgs {
			return text
		}
		return strings.Join(parts[:min(2, len(parts))], ", ")
	}
	return parts[0]
}

// socketArgs keeps what is not usual of the arguments of socket.
func socketArgs(text string) string {
	var list []string
	switch {
	case strings.Contains(text, "AF_UNIX"):
		list = append(list, "unix")
	case strings.Contains(text, "AF_INET6"):
		list = append(list, "ipv6")
	}
	if strings.Contains(text, "SOCK_DGRAM") {
		list = append(list, "dgram")
	}
	if strings.Contains(text, "SOCK_NONBLOCK") {
		list = append(list, "nonblock")
	}
	return strings.Join(list, ", ")
}

// Outcome is what came of the call: 4, -1 EAGAIN, or that it has not returned.
func (c *Call) Outcome() string {
	switch {
	case c.Open:
		return "not at all"
	case c.Errno != "":
		return "-1 " + c.Errno
	}
	return fmt.Sprint(c.Ret)
}
