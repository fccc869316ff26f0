package evidence

import (
	"fmt"
	"slices"
	"strings"
)

// multiplexes tells whether calls wait for several descriptors at once.
func multiplexes(calls []*Call) bool {
	return slices.ContainsFunc(calls, func(c *Call) bool { return waitsForSeveral(c.Name) })
}

func waitsForSeveral(name string) bool {
	return name == "epoll_wait" || name == "poll" || name == "select"
}

// byDescriptor is the calls of a thread sorted by what they are about. It leaves
// out which connection came when, how many a call reported at once and how often
// it was asked, and the failures with EAGAIN, whose number depends on that.
func byDescriptor(calls []*Call) []string {
	about := map[string][]*Call{}
	for _, c := range calls {
		if c.Errno == "EAGAIN" {
			continue
		}
		about[subject(c)] = append(about[subject(c)], c)
	}
	alike := map[string]int{} // connections with the same calls
	var list []string
	for what, calls := range about {
		lines := withoutLuck(calls)
		if !isConnection(what) {
			list = append(list, what+"\n"+strings.Join(lines, "\n"))
			continue
		}
		alike[strings.Join(lines, "\n")]++
	}
	for lines, n := range alike {
		title := "connection"
		if n > 1 {
			title = fmt.Sprintf("connection, %d alike", n)
		}
		list = append(list, title+"\n"+lines)
	}
	slices.Sort(list)
	return strings.Split(strings.Join(list, "\n"), "\n")
}

// subject is what a call is about: a connection, or the object of its descriptor.
func subject(c *Call) string {
	if waitsForSeveral(c.Name) {
		return "waiting"
	}
	if c.Conn > 0 && c.Name != "accept4" {
		return fmt.Sprintf("connection %d", c.Conn)
	}
	if c.Role == "" {
		return "other calls"
	}
	return c.Role
}

func isConnection(subject string) bool { return strings.HasPrefix(subject, "connection ") }

// withoutLuck is a line for each call, indented; equal lines in a row are one.
func withoutLuck(calls []*Call) []string {
	var lines []string
	times := 0
	var last string
	end := func() {
		if times > 1 && !waitsForSeveral(strings.SplitN(last, "(", 2)[0]) {
			lines[len(lines)-1] += fmt.Sprintf(", %d times", times)
		}
	}
	for _, l := range summary(calls) {
		l = withoutNumber(l)
		if name, _, _ := strings.Cut(l, "("); waitsForSeveral(name) && !strings.HasSuffix(l, " has not returned") {
			l, _, _ = strings.Cut(l, " = ")
		}
		if l == last {
			times++
			continue
		}
		end()
		lines, last, times = append(lines, "  "+l), l, 1
	}
	end()
	return lines
}

// withoutNumber makes s of roles such as s3.
func withoutNumber(line string) string {
	return mapRoles(line, func(role string) string { return role[:1] })
}

// markParts is what the kernel's objects were at each mark. Numbers of
// descriptors and ports are left out, and bytes that were on their way.
func (t *Trace) markParts(numbers map[string]string) []part {
	var list []part
	for i := range t.Marks {
		m := &t.Marks[i]
		p := part{title: "at " + m.Label}
		shared := map[int]int{}
		for j := range m.Descriptors {
			shared[m.Descriptors[j].Description]++
		}
		done := map[int]bool{}
		for j := range m.Descriptors {
			d := &m.Descriptors[j]
			if d.FD <= 2 || d.Description > 0 && done[d.Description] {
				continue
			}
			done[d.Description] = true
			line := m.objectLine(d, numbers)
			if n := shared[d.Description]; d.Description > 0 && n > 1 {
				line += fmt.Sprintf(", %d descriptors", n)
			}
			p.lines = append(p.lines, line)
		}
		slices.Sort(p.lines)
		list = append(list, p)
	}
	return list
}

// objectLine is what an open file description is and in which state.
func (m *Mark) objectLine(d *Descriptor, numbers map[string]string) string {
	parts := []string{renumberRole(m.nameOf(d), numbers), "blocking"}
	if d.NonBlocking {
		parts[1] = "non-blocking"
	}
	if d.Socket > 0 {
		s := &m.Sockets[d.Socket-1]
		if s.State != "" {
			parts = append(parts, s.State)
		}
		switch {
		case s.State == "LISTEN":
			parts = append(parts, Counted(s.Unread, "connection", "connections")+" waiting")
		case s.Unread > 0:
			parts = append(parts, Counted(s.Unread, "byte", "bytes")+" unread")
		}
	}
	if d.Offset > 0 {
		parts = append(parts, fmt.Sprintf("at offset %d", d.Offset))
	}
	for i := range m.Epolls {
		if m.Epolls[i].FD != d.FD {
			continue
		}
		var each []string
		for _, in := range m.Epolls[i].Interest {
			each = append(each, renumberRole(m.watchedName(&in), numbers)+" for "+in.Events)
		}
		slices.Sort(each)
		if len(each) == 0 {
			each = []string{"nothing"}
		}
		parts = append(parts, "watches "+strings.Join(each, " and "))
	}
	return strings.Join(parts, ", ")
}

// nameOf is the role of what a descriptor refers to, or its kind.
func (m *Mark) nameOf(d *Descriptor) string {
	if d.Socket > 0 && m.Sockets[d.Socket-1].Role != "" {
		return m.Sockets[d.Socket-1].Role
	}
	return d.Kind
}

// watchedName is what is watched.
func (m *Mark) watchedName(in *Interest) string {
	name := ""
	for i := range m.Descriptors {
		if d := &m.Descriptors[i]; in.Description > 0 && d.Description == in.Description || in.Description == 0 && d.FD == in.FD {
			name = m.nameOf(d)
		}
	}
	if in.Closed(m) {
		name = strings.TrimSpace(name + " under a closed number")
	}
	return name
}

// Counted is a number with its noun, such as "1 call" or "2 calls".
func Counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
