package evidence

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// markForms are the sentences on what lab.Mark saw.
func markForms() []form {
	return []form{
		{
			pattern: "at LABEL descriptor|descriptors FDS share one open file description",
			means:   "the descriptors refer to the same open file description",
			example: "at L1 descriptors 3 and 4 share one open file description",
			check:   checkShare,
		},
		{
			pattern: "at LABEL descriptor|descriptors FDS have open file descriptions of their own",
			means:   "no two of the descriptors refer to the same open file description",
			example: "at L1 descriptors 3 and 4 have open file descriptions of their own",
			check:   checkOwn,
		},
		{
			pattern: "at LABEL descriptor FD is blocking|non-blocking",
			means:   "whether the open file description of the descriptor has O_NONBLOCK",
			example: "at L1 descriptor 5 is non-blocking",
			check:   checkMode,
		},
		{
			pattern: "at LABEL descriptor FD is a|an KIND",
			means:   "what the descriptor refers to",
			example: "at L1 descriptor 4 is a pipe",
			check:   checkKind,
		},
		{
			pattern: "at LABEL descriptor FD is closed",
			means:   "the number refers to nothing",
			example: "at L1 descriptor 5 is closed",
			check:   checkClosed,
		},
		{
			pattern: "at LABEL descriptor FD is at offset NUMBER",
			means:   "how far the open file description of a file has been read or written, in bytes",
			example: "at L1 descriptor 3 is at offset 5",
			check:   checkOffset,
		},
		{
			pattern: "at LABEL SOCKET has COUNT connection|connections waiting",
			means:   "how many connections of a listener wait for accept",
			example: "at L1 the listener has 2 connections waiting",
			check:   checkUnread,
		},
		{
			pattern: "at LABEL SOCKET has COUNT byte|bytes unread",
			means:   "how many bytes wait in the socket to be read",
			example: "at L1 s1 has 5 bytes unread",
			check:   checkUnread,
		},
		{
			pattern: "at LABEL SOCKET is STATE",
			means:   "the state of the TCP connection or listener",
			example: "at L1 s1 is CLOSE_WAIT",
			check:   checkState,
		},
		{
			pattern: "at LABEL epoll instance FD watches FDS",
			means:   "which descriptors are on the interest list, and no others",
			example: "at L1 epoll instance 4 watches 3, 5",
			check:   checkWatches,
		},
		{
			pattern: "at LABEL epoll instance FD watches nothing",
			means:   "the interest list is empty",
			example: "at L1 epoll instance 4 watches nothing",
			check:   checkWatches,
		},
	}
}

// markAt returns the mark that a sentence speaks of, or the answer that there is none.
func (t *Trace) markAt(s spot) (*Mark, *answer) {
	var labels []string
	for i := range t.Marks {
		if t.Marks[i].Label == s.name {
			return &t.Marks[i], nil
		}
		labels = append(labels, t.Marks[i].Label)
	}
	a := misplaced(s.at, "unknown label %q: %s", s.name, suggest(s.name, labels, ""))
	if len(labels) == 0 {
		a = misplaced(s.at, "unknown label %q: the program calls lab.Mark(%q) nowhere", s.name, s.name)
	}
	return nil, &a
}

// descriptors returns those that a sentence names, or the answer that one of
// them is not open.
func (m *Mark) descriptors(fds []int) ([]*Descriptor, *answer) {
	var list []*Descriptor
	for _, fd := range fds {
		d := m.descriptor(fd)
		if d == nil {
			a := fails("at %s descriptor %d was not open: there were %s", m.Label, fd, m.numbers())
			return nil, &a
		}
		list = append(list, d)
	}
	return list, nil
}

func (m *Mark) descriptor(fd int) *Descriptor {
	for i := range m.Descriptors {
		if m.Descriptors[i].FD == fd {
			return &m.Descriptors[i]
		}
	}
	return nil
}

func (m *Mark) numbers() string {
	var list []string
	for i := range m.Descriptors {
		list = append(list, strconv.Itoa(m.Descriptors[i].FD))
	}
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

func checkShare(t *Trace, w *words) answer { return checkDescriptions(t, w, true) }

func checkOwn(t *Trace, w *words) answer { return checkDescriptions(t, w, false) }

func checkDescriptions(t *Trace, w *words, shared bool) answer {
	m, wrong := t.markAt(w.label)
	if wrong != nil {
		return *wrong
	}
	list, wrong := m.descriptors(w.fds)
	if wrong != nil {
		return *wrong
	}
	for i, d := range list {
		if d.Description == 0 {
			return unconfirmed(&Trace{Unconfirmed: "nothing here tells which descriptors share an open file description"})
		}
		for _, e := range list[:i] {
			switch same := d.Description == e.Description; {
			case same && !shared:
				return fails("at %s descriptors %d and %d shared one open file description", m.Label, e.FD, d.FD)
			case !same && shared:
				return fails("at %s descriptors %d and %d had open file descriptions of their own", m.Label, e.FD, d.FD)
			}
		}
	}
	return holds()
}

func checkMode(t *Trace, w *words) answer {
	m, wrong := t.markAt(w.label)
	if wrong != nil {
		return *wrong
	}
	list, wrong := m.descriptors(w.fds)
	if wrong != nil {
		return *wrong
	}
	if list[0].NonBlocking == slices.Contains(w.alts, "non-blocking") {
		return holds()
	}
	is := "blocking"
	if list[0].NonBlocking {
		is = "non-blocking"
	}
	return fails("at %s descriptor %d was %s", m.Label, w.fds[0], is)
}

func checkKind(t *Trace, w *words) answer {
	m, wrong := t.markAt(w.label)
	if wrong != nil {
		return *wrong
	}
	list, wrong := m.descriptors(w.fds)
	if wrong != nil {
		return *wrong
	}
	if k := kindOf(list[0]); k != w.kinds[0].kind {
		return fails("at %s descriptor %d was: %s (%s)", m.Label, w.fds[0], k, list[0].Name)
	}
	return holds()
}

func checkClosed(t *Trace, w *words) answer {
	m, wrong := t.markAt(w.label)
	if wrong != nil {
		return *wrong
	}
	if d := m.descriptor(w.fds[0]); d != nil {
		return fails("at %s descriptor %d was open: %s (%s)", m.Label, w.fds[0], kindOf(d), d.Name)
	}
	return holds()
}

func checkOffset(t *Trace, w *words) answer {
	m, wrong := t.markAt(w.label)
	if wrong != nil {
		return *wrong
	}
	list, wrong := m.descriptors(w.fds)
	if wrong != nil {
		return *wrong
	}
	if list[0].Offset != w.ret {
		return fails("at %s descriptor %d was at offset %d", m.Label, w.fds[0], list[0].Offset)
	}
	return holds()
}

// socketAt returns the socket that a sentence speaks of, and what to call it.
func (m *Mark) socketAt(w *words) (*Socket, string, *answer) {
	if w.socket == "" {
		name := fmt.Sprintf("descriptor %d", w.fds[0])
		list, wrong := m.descriptors(w.fds)
		if wrong != nil {
			return nil, name, wrong
		}
		if i := list[0].Socket; i > 0 && i <= len(m.Sockets) {
			return &m.Sockets[i-1], name, nil
		}
		a := fails("at %s %s was no socket: %s (%s)", m.Label, name, kindOf(list[0]), list[0].Name)
		return nil, name, &a
	}
	var roles []string
	for i := range m.Sockets {
		if m.Sockets[i].Role == w.socket {
			name := w.socket
			if name == "L" {
				name = "the listener"
			}
			return &m.Sockets[i], name, nil
		}
		if r := m.Sockets[i].Role; r != "" && !slices.Contains(roles, r) {
			roles = append(roles, r)
		}
	}
	a := fails("at %s there was no socket %s: %s", m.Label, w.socket, suggest(w.socket, roles, ""))
	return nil, w.socket, &a
}

func checkUnread(t *Trace, w *words) answer {
	m, wrong := t.markAt(w.label)
	if wrong != nil {
		return *wrong
	}
	s, name, wrong := m.socketAt(w)
	if wrong != nil {
		return *wrong
	}
	listener := s.State == "LISTEN"
	asked := slices.Contains(w.alts, "connection") || slices.Contains(w.alts, "connections")
	switch {
	case asked && !listener:
		return fails("at %s %s was no listener but %s: only listeners have connections waiting", m.Label, name, s.State)
	case !asked && listener:
		return fails("at %s %s was a listener: it has connections waiting, not bytes unread", m.Label, name)
	case asked:
		return tallied(w.count, s.Unread, s.Unread, fmt.Sprintf("at %s %s had %d waiting", m.Label, name, s.Unread))
	}
	return tallied(w.count, s.Unread, s.Unread, fmt.Sprintf("at %s %s had %d unread", m.Label, name, s.Unread))
}

func checkState(t *Trace, w *words) answer {
	m, wrong := t.markAt(w.label)
	if wrong != nil {
		return *wrong
	}
	s, name, wrong := m.socketAt(w)
	if wrong != nil {
		return *wrong
	}
	if s.State != w.state {
		return fails("at %s %s was %s", m.Label, name, s.State)
	}
	return holds()
}

func checkWatches(t *Trace, w *words) answer {
	m, wrong := t.markAt(w.label)
	if wrong != nil {
		return *wrong
	}
	var instances []string
	for i := range m.Epolls {
		e := &m.Epolls[i]
		if e.FD != w.fds[0] {
			instances = append(instances, strconv.Itoa(e.FD))
			continue
		}
		var got []int
		for _, in := range e.Interest {
			got = append(got, in.FD)
		}
		want := slices.Clone(w.fds[1:])
		slices.Sort(got)
		slices.Sort(want)
		if slices.Equal(got, want) {
			return holds()
		}
		if len(got) == 0 {
			return fails("at %s epoll instance %d watched nothing", m.Label, e.FD)
		}
		return fails("at %s epoll instance %d watched %s", m.Label, e.FD, strings.Trim(strings.ReplaceAll(fmt.Sprint(got), " ", ", "), "[]"))
	}
	if len(instances) == 0 {
		return fails("at %s there was no epoll instance", m.Label)
	}
	return fails("at %s descriptor %d was no epoll instance: there are %s", m.Label, w.fds[0], strings.Join(instances, ", "))
}
