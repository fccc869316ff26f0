package picture

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example/workbook/internal/evidence"
)

// Tables are several tables, one below the other.
type Tables []Table

// Marks lists the objects of the kernel at each label: the descriptors, the
// open file descriptions that they refer to, and what these are of.
func (f *Figure) Marks() Tables {
	var list Tables
	for i := range f.Trace.Marks {
		m := &f.Trace.Marks[i]
		list = append(list, descriptorTable(m))
		if t := epollTable(m); len(t.Rows) > 0 {
			list = append(list, t)
		}
	}
	return list
}

// descriptorTable has a row for each descriptor. Descriptors of one open file
// description have its letter.
func descriptorTable(m *evidence.Mark) Table {
	t := Table{
		Caption: "Descriptors at " + m.Label,
		Head:    []string{"descriptor", "open file description", "mode", "object", "state", "waiting"},
	}
	letters := letters(m)
	seen := map[int]bool{}
	for _, d := range shown(m) {
		letter := "?"
		if d.Description > 0 {
			letter = letters[d.Description]
			if seen[d.Description] {
				letter += ", the same"
			}
			seen[d.Description] = true
		}
		mode := "blocking"
		if d.NonBlocking {
			mode = "non-blocking"
		}
		row := []string{strconv.Itoa(d.FD), letter, mode, object(d), "", ""}
		if d.Socket > 0 {
			s := &m.Sockets[d.Socket-1]
			row[3], row[4], row[5] = socketName(s), s.State, waiting(s)
		} else if d.Offset > 0 {
			row[4] = fmt.Sprintf("at offset %d", d.Offset)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// shown are the descriptors of a mark that a figure has: those of one open file
// description side by side, and the standard streams only where the program did
// something with them.
func shown(m *evidence.Mark) []*evidence.Descriptor {
	const standard = 2 // and below
	first, own := map[int]int{}, map[int]bool{}
	for i := range m.Descriptors {
		d := &m.Descriptors[i]
		if _, ok := first[d.Description]; !ok {
			first[d.Description] = d.FD
		}
		own[d.Description] = own[d.Description] || d.FD > standard
	}
	var list []*evidence.Descriptor
	for i := range m.Descriptors {
		d := &m.Descriptors[i]
		if d.FD > standard || d.Description > 0 && own[d.Description] {
			list = append(list, d)
		}
	}
	slices.SortStableFunc(list, func(a, b *evidence.Descriptor) int {
		if a.Description == 0 || b.Description == 0 {
			return a.FD - b.FD
		}
		return cmp.Or(first[a.Description]-first[b.Description], a.FD-b.FD)
	})
	return list
}

// letters name the open file descriptions of a mark.
func letters(m *evidence.Mark) map[int]string {
	list := map[int]string{}
	for _, d := range shown(m) {
		if d.Description > 0 && list[d.Description] == "" {
			list[d.Description] = letterOf(len(list))
		}
	}
	return list
}

// watched is an entry of an interest list: what is watched, and under which number.
func watched(m *evidence.Mark, in *evidence.Interest) string {
	s := strconv.Itoa(in.FD)
	if letter := letters(m)[in.Description]; letter != "" {
		s = letter + " as " + s
	}
	if in.Closed(m) {
		s += " (closed)"
	}
	return s
}

// letterOf names open file descriptions A, B, ... Z, A2, ...
func letterOf(n int) string {
	s := string(rune('A' + n%26))
	if n >= 26 {
		s += strconv.Itoa(n/26 + 1)
	}
	return s
}

func object(d *evidence.Descriptor) string {
	if d.Kind == "epoll" {
		return "epoll instance"
	}
	if d.Name == "" || d.Name == d.Kind {
		return d.Kind
	}
	return d.Kind + " " + d.Name
}

// socketName is a socket by its addresses.
func socketName(s *evidence.Socket) string {
	name := s.Protocol + " socket"
	if s.Role != "" {
		name += " " + s.Role
	}
	switch {
	case s.Local != "" && s.Remote != "" && s.State != "LISTEN":
		name += ", " + s.Local + " to " + s.Remote
	case s.Local != "":
		name += ", " + s.Local
	}
	return name
}

// waiting is what stands in the queues of a socket.
func waiting(s *evidence.Socket) string {
	if s.State == "LISTEN" {
		return fmt.Sprintf("%s waiting, of at most %d", evidence.Counted(s.Unread, "connection", "connections"), s.Unsent)
	}
	var parts []string
	if s.Unread > 0 {
		parts = append(parts, evidence.Counted(s.Unread, "byte", "bytes")+" to read")
	}
	if s.Unsent > 0 {
		parts = append(parts, evidence.Counted(s.Unsent, "byte", "bytes")+" to send")
	}
	return strings.Join(parts, ", ")
}

func epollTable(m *evidence.Mark) Table {
	t := Table{Caption: "Interest lists at " + m.Label, Head: []string{"epoll instance", "watches", "for"}}
	for _, e := range m.Epolls {
		if len(e.Interest) == 0 {
			t.Rows = append(t.Rows, []string{strconv.Itoa(e.FD), "nothing", ""})
		}
		for _, in := range e.Interest {
			t.Rows = append(t.Rows, []string{strconv.Itoa(e.FD), watched(m, &in), in.Events})
		}
	}
	return t
}

// Markdown writes the tables as Markdown, with their captions in bold.
func (ts Tables) Markdown() string {
	var b strings.Builder
	for i, t := range ts {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString("**" + t.Caption + "**\n\n" + t.Markdown())
	}
	return b.String()
}

// HTML writes the tables for a page; class is put on each.
func (ts Tables) HTML(class string) string {
	var b strings.Builder
	for _, t := range ts {
		b.WriteString(t.HTML(class))
	}
	return b.String()
}
