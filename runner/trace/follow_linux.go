package trace

import (
	"cmp"
	"encoding/binary"
	"maps"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"

	"example/workbook/internal/evidence"
	"example/workbook/runner/record"
)

// follow goes through the calls in the order of their effects. What a call causes
// counts from when it was entered, what it got from when it returned: so a cause
// never comes after its effect, also when two threads overlap.
func (b *builder) follow() {
	b.byAddress = map[[2]string]*conn{}
	type event struct {
		at   int64
		exit bool
		e    *entry
	}
	var events []event
	for _, e := range b.calls {
		events = append(events, event{e.T0, false, e})
		if !e.open {
			events = append(events, event{e.T1, true, e})
		}
	}
	for _, e := range b.marked {
		events = append(events, event{e.T0, false, e})
	}
	slices.SortStableFunc(events, func(x, y event) int { return cmp.Compare(x.at, y.at) })
	for _, v := range events {
		switch {
		case v.e.Kind == record.Mark:
			v.e.table = maps.Clone(b.table(v.e.TID).fds)
		case v.exit:
			b.exit(v.e)
		default:
			b.enter(v.e)
		}
	}
	b.number()
	slices.SortStableFunc(b.flows, func(x, y evidence.Flow) int {
		return cmp.Or(cmp.Compare(x.To, y.To), cmp.Compare(x.From, y.From))
	})
}

func (b *builder) flow(k evidence.FlowKind, from, to int, bytes int64) {
	if from != 0 && from != to {
		b.flows = append(b.flows, evidence.Flow{Kind: k, From: from, To: to, Bytes: int(bytes)})
	}
}

// at is the object behind argument i of e.
func (b *builder) at(e *entry, i int) *object {
	return b.table(e.TID).fds[int(int32(e.Args[i]))]
}

// subject is the place among the arguments of a call of the descriptor that it is
// about; -1 if it is about none.
func subject(name string) int {
	switch name {
	case "socket", "socketpair", "pipe2", "pipe", "eventfd2", "epoll_create1", "timerfd_create", "inotify_init1", "memfd_create",
		"open", "openat", "poll", "select", "nanosleep", "clock_nanosleep", "futex", "wait4", "kill", "tgkill", "getpid", "gettid",
		"getppid", "unshare", "mmap", "munmap", "mprotect", "io_uring_setup", "prctl", "getrusage", "clock_gettime", "getrandom":
		return -1
	}
	return 0
}

// enter follows what e causes.
func (b *builder) enter(e *entry) {
	name, done := e.call.Name, e.Errno == 0
	if i := subject(name); i >= 0 && e.object == nil {
		e.object = b.at(e, i)
	}
	o := e.object
	switch name {
	case "connect":
		b.connect(e, o)
	case "write", "writev", "pwrite", "sendto", "sendmsg", "send":
		if done && !e.open && e.Ret > 0 && o != nil {
			b.send(e, o, e.Ret)
		}
	case "close":
		// Linux frees the number also when close fails later on; not with EBADF.
		if unix.Errno(e.Errno) != unix.EBADF {
			b.close(e, b.table(e.TID), int(int32(e.Args[0])))
		}
	case "close_range":
		if done && e.Args[2] == 0 {
			t := b.table(e.TID)
			for fd := range t.fds {
				if uint64(fd) >= e.Args[0] && uint64(fd) <= e.Args[1] {
					b.close(e, t, fd)
				}
			}
		}
	case "shutdown":
		if done && o != nil && o.out != nil && e.Args[1] != unix.SHUT_RD {
			o.out.end(e.call.Seq)
		}
	}
}

func (s *stream) end(seq int) {
	if s.closed == 0 {
		s.closed = seq
	}
}

// close follows the end of a descriptor, and of what it named if it was the last.
func (b *builder) close(e *entry, t *table, fd int) {
	o := t.fds[fd]
	if o == nil {
		return
	}
	delete(t.fds, fd)
	if o.refs--; o.refs > 0 {
		return
	}
	if o.out != nil {
		o.out.end(e.call.Seq)
	}
	for _, other := range b.objects {
		if other.interest != nil {
			for fd, w := range other.interest {
				if w.object == o {
					delete(other.interest, fd)
				}
			}
		}
	}
}

// exit follows what e got.
func (b *builder) exit(e *entry) {
	if e.Errno != 0 {
		return
	}
	t, fd := b.table(e.TID), int(e.Ret)
	switch name := e.call.Name; name {
	case "socket":
		o := b.put(t, fd, socket)
		o.datagram = e.Args[1]&0xf == unix.SOCK_DGRAM
		o.unix = e.Args[0] == unix.AF_UNIX
		e.object = o
	case "socketpair":
		b.pair(e, t)
	case "pipe2", "pipe":
		b.pipe(e, t)
	case "epoll_create1", "epoll_create":
		e.object = b.put(t, fd, epoll)
		e.object.interest = map[int]*watched{}
	case "eventfd2", "eventfd":
		e.object = b.put(t, fd, eventfd)
	case "timerfd_create":
		e.object = b.put(t, fd, timerfd)
	case "open", "openat", "openat2", "creat":
		e.object = b.put(t, fd, file)
	case "memfd_create", "inotify_init1", "signalfd4", "io_uring_setup", "pidfd_open", "perf_event_open":
		e.object = b.put(t, fd, kindMade(name))
	case "dup":
		b.again(t, fd, e.object)
	case "dup2", "dup3":
		if int(int32(e.Args[1])) != int(int32(e.Args[0])) {
			b.close(e, t, fd)
			b.again(t, fd, e.object)
		}
	case "fcntl":
		if e.Args[1] == unix.F_DUPFD || e.Args[1] == unix.F_DUPFD_CLOEXEC {
			b.again(t, fd, e.object)
		}
	case "bind", "getsockname":
		if o := e.object; o != nil {
			o.local = address(e.data(record.Address))
		}
	case "listen":
		if e.object != nil {
			e.object.listens = true
		}
	case "accept", "accept4":
		b.accept(e, t, fd)
	case "read", "readv", "recvfrom", "recvmsg":
		b.receive(e)
	case "epoll_ctl":
		b.register(e)
	case "epoll_wait":
		b.woken(e)
	case "poll":
		for _, p := range pollfds(e.data(record.Polled)) {
			if p.Revents != 0 {
				b.wake(e, t.fds[int(p.Fd)], uint32(p.Revents))
			}
		}
	case "select":
		if e.Ret > 0 {
			sets := setsOf(e.last(record.Sets))
			for i, set := range sets {
				for _, fd := range set {
					b.wake(e, t.fds[fd], [...]uint32{unix.POLLIN, unix.POLLOUT, unix.POLLPRI}[i])
				}
			}
		}
	case "unshare":
		if e.Args[0]&unix.CLONE_FILES != 0 && t == b.main {
			own := &table{fds: map[int]*object{}}
			for fd, o := range t.fds {
				b.point(own, fd, o)
			}
			b.tables[e.TID] = own
		}
	}
}

// kindMade is what a call makes that a trace follows no further.
func kindMade(call string) kind {
	switch call {
	case "memfd_create":
		return "memfd"
	case "inotify_init1":
		return "inotify"
	case "signalfd4":
		return "signalfd"
	case "io_uring_setup":
		return "io_uring"
	case "pidfd_open":
		return "pidfd"
	}
	return other
}

// data is the first part with a tag, last the last one.
func (e *entry) data(want record.Tag) (found []byte) {
	e.Parts(func(tag record.Tag, data []byte) {
		if tag == want && found == nil {
			found = data
		}
	})
	return found
}

func (e *entry) last(want record.Tag) (found []byte) {
	e.Parts(func(tag record.Tag, data []byte) {
		if tag == want {
			found = data
		}
	})
	return found
}

func (b *builder) again(t *table, fd int, o *object) {
	if o != nil {
		b.point(t, fd, o)
	}
}

func (b *builder) pair(e *entry, t *table) {
	p := e.data(record.Pair)
	if len(p) != 8 {
		return
	}
	c := b.connection()
	for side := range 2 {
		o := b.put(t, int(binary.LittleEndian.Uint32(p[4*side:])), socket)
		o.unix = true
		c.join(o, side)
	}
	b.accepted++
	c.number = b.accepted
	e.on = c
}

func (b *builder) pipe(e *entry, t *table) {
	p := e.data(record.Pair)
	if len(p) != 8 {
		return
	}
	s := &stream{}
	r := b.put(t, int(binary.LittleEndian.Uint32(p)), pipe)
	w := b.put(t, int(binary.LittleEndian.Uint32(p[4:])), pipe)
	r.in, w.out = s, s
	r.side, w.side = client, server
	r.other, w.other = w, r
	e.object = r
}

// connect follows a connect that was accepted for the queue of a listener, also
// one of a nonblocking socket that is still under way.
func (b *builder) connect(e *entry, o *object) {
	if o == nil || e.open || e.Errno != 0 && unix.Errno(e.Errno) != unix.EINPROGRESS {
		return
	}
	o.local, o.peer = address(e.data(record.Local)), address(e.data(record.Address))
	if o.datagram || o.conn != nil {
		return
	}
	c := b.connection()
	c.connect = e
	c.join(o, client)
	e.on = c
	if !o.unix {
		b.byAddress[[2]string{o.local, o.peer}] = c
	}
	for _, l := range b.objects {
		if l.listens && l.refs > 0 && listensAt(l.local, o.peer) {
			l.waiting = append(l.waiting, c)
			break
		}
	}
}

// listensAt says whether a listener bound to one address gets what is sent to
// another. The port of a listener may not be known, where the kernel chose it.
func listensAt(local, to string) bool {
	if local == to {
		return true
	}
	host, port, ok := cutPort(local)
	toHost, toPort, _ := cutPort(to)
	return ok && (port == toPort || port == "0") && (host == toHost || host == "0.0.0.0" || host == "[::]")
}

func cutPort(address string) (host, port string, ok bool) {
	for i := len(address) - 1; i >= 0; i-- {
		if address[i] == ':' {
			return address[:i], address[i+1:], true
		}
	}
	return "", "", false
}

func (b *builder) accept(e *entry, t *table, fd int) {
	o := b.put(t, fd, socket)
	o.local, o.peer = address(e.data(record.Local)), address(e.data(record.Address))
	l := e.object
	var c *conn
	if l != nil && l.unix {
		o.unix = true
		if len(l.waiting) > 0 {
			c = l.waiting[0]
		}
	} else {
		c = b.byAddress[[2]string{o.peer, o.local}]
		delete(b.byAddress, [2]string{o.peer, o.local})
	}
	if c == nil {
		c = b.connection() // the other end is in another process
	}
	if l != nil {
		l.local = o.local // now its port is known
		l.waiting = slices.DeleteFunc(l.waiting, func(w *conn) bool { return w == c })
	}
	c.join(o, server)
	b.accepted++
	c.number = b.accepted
	e.on = c
	if c.connect != nil {
		b.flow(evidence.Connect, c.connect.call.Seq, e.call.Seq, 0)
	}
}

// send follows n bytes that were written.
func (b *builder) send(e *entry, o *object, n int64) {
	switch {
	case o.kind == eventfd:
		o.signals = append(o.signals, e.call.Seq)
	case o.out != nil:
		o.out.pieces = append(o.out.pieces, piece{e.call.Seq, o.out.written, o.out.written + n})
		o.out.written += n
	case o.datagram:
		to := address(e.data(record.Address))
		if to == "" {
			to = o.peer
		}
		if local := address(e.data(record.Local)); local != "" {
			o.local = local
		}
		for _, r := range b.objects {
			if r.datagram && r.refs > 0 && r != o && listensAt(r.local, to) {
				r.inbox = append(r.inbox, &message{e.call.Seq, o.local, n})
				break
			}
		}
	}
}

// receive follows what was read, back to the calls that wrote it.
func (b *builder) receive(e *entry) {
	o := e.object
	if o == nil {
		return
	}
	if o.datagram {
		b.receiveDatagram(e, o)
		return
	}
	if o.kind == eventfd {
		for _, seq := range o.signals {
			b.flow(evidence.Data, seq, e.call.Seq, 8)
		}
		o.signals = nil
		return
	}
	if o.in == nil {
		return
	}
	if e.call.Name != "read" && e.call.Name != "readv" && peeks(e) {
		return
	}
	if e.Ret == 0 {
		b.flow(evidence.Close, o.in.closed, e.call.Seq, 0)
		return
	}
	start, end := o.in.read, o.in.read+e.Ret
	o.in.read = end
	for _, p := range o.in.pieces {
		if n := min(p.end, end) - max(p.start, start); n > 0 {
			b.flow(evidence.Data, p.seq, e.call.Seq, n)
		}
	}
}

// peeks says whether a receiving call leaves the bytes where they are.
func peeks(e *entry) bool {
	flags := e.Args[3]
	if e.call.Name == "recvmsg" {
		flags = e.Args[2]
	}
	return flags&unix.MSG_PEEK != 0
}

func (b *builder) receiveDatagram(e *entry, o *object) {
	from := address(e.data(record.Address))
	for i, m := range o.inbox {
		if from == "" || m.from == "" || m.from == from || listensAt(m.from, from) {
			b.flow(evidence.Data, m.seq, e.call.Seq, m.bytes)
			if !peeks(e) || e.call.Name == "read" {
				o.inbox = slices.Delete(o.inbox, i, i+1)
			}
			return
		}
	}
}

// register follows epoll_ctl.
func (b *builder) register(e *entry) {
	ep, fd := e.object, int(int32(e.Args[2]))
	if ep == nil || ep.interest == nil {
		return
	}
	target := b.table(e.TID).fds[fd]
	if target != nil {
		e.on = target.conn
	}
	if e.Args[1] == unix.EPOLL_CTL_DEL {
		delete(ep.interest, fd)
		return
	}
	if ev := e.data(record.Events); len(ev) >= 12 {
		ep.interest[fd] = &watched{fd, target, binary.LittleEndian.Uint32(ev), user(ev)}
	}
}

// user is what the program put into a struct epoll_event. On amd64 the struct is
// packed.
func user(event []byte) uint64 { return binary.LittleEndian.Uint64(event[len(event)-8:]) }

// woken follows epoll_wait.
func (b *builder) woken(e *entry) {
	ep := e.object
	size := epollEventSize
	for data := e.data(record.Events); len(data) >= size; data = data[size:] {
		ev := readyEvent{events: binary.LittleEndian.Uint32(data), name: strconv.FormatUint(user(data[:size]), 10)}
		if ep != nil {
			for _, w := range ep.interest {
				if w.user == user(data[:size]) {
					ev.name, ev.object = strconv.Itoa(w.fd), w.object
				}
			}
		}
		e.ready = append(e.ready, ev)
		b.wake(e, ev.object, ev.events)
	}
}

// wake follows readiness back to what made it: of what nobody has taken yet, the
// first.
func (b *builder) wake(e *entry, o *object, events uint32) {
	if o == nil || events&(unix.POLLIN|unix.POLLHUP|unix.POLLRDHUP) == 0 {
		return
	}
	switch {
	case o.listens:
		if len(o.waiting) > 0 {
			b.flow(evidence.Wake, o.waiting[0].connect.call.Seq, e.call.Seq, 0)
		}
	case o.kind == eventfd && len(o.signals) > 0:
		b.flow(evidence.Wake, o.signals[0], e.call.Seq, 0)
	case o.datagram && len(o.inbox) > 0:
		b.flow(evidence.Wake, o.inbox[0].seq, e.call.Seq, 0)
	case o.in != nil:
		for _, p := range o.in.pieces {
			if p.end > o.in.read {
				b.flow(evidence.Wake, p.seq, e.call.Seq, 0)
				return
			}
		}
		b.flow(evidence.Wake, o.in.closed, e.call.Seq, 0)
	}
}

// finish fills in what is known only when all calls were followed.
func (b *builder) finish(e *entry) {
	b.describe(e)
	e.call.Role = e.object.role()
	switch {
	case e.on != nil:
		e.call.Conn = e.on.number
	case e.object != nil && e.object.conn != nil:
		e.call.Conn = e.object.conn.number
	}
}

// stays says whether a thread was still asleep in a call when the process ended.
// One that was about to end is no matter of concern.
func (b *builder) stays(name string) bool {
	last := (*entry)(nil)
	for _, e := range b.calls {
		if e.call.Thread == name {
			last = e
		}
	}
	return last != nil && last.open && (last.call.Seen > 0 || last.T1-last.T0 > int64(tick))
}
