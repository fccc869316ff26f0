package trace

import (
	"fmt"
	"slices"

	"example/workbook/internal/evidence"
)

// table is a table of file descriptors.
type table struct{ fds map[int]*object }

// object is an open file description that a call of the program made.
type object struct {
	kind     kind
	refs     int // descriptors
	fd       int // the first one
	listens  bool
	datagram bool
	unix     bool
	local    string // address of a socket
	peer     string
	conn     *conn
	side     int     // end of the connection, or of the pipe
	in, out  *stream // what it reads from and writes to
	other    *object // end of the pipe
	waiting  []*conn // of a listener: connected, not accepted yet, in order
	inbox    []*message
	interest map[int]*watched // of an epoll instance, by descriptor
	signals  []int            // what made an eventfd readable, since it was last read
	number   int              // among its kind
}

type kind string

const (
	socket  kind = "socket"
	pipe    kind = "pipe"
	epoll   kind = "epoll"
	eventfd kind = "eventfd"
	timerfd kind = "timerfd"
	file    kind = "file"
	other   kind = "other"
)

// The sides of a connection, or the ends of a pipe.
const (
	client = iota // it connected; of a pipe, the end to read from
	server        // it was accepted; of a pipe, the end to write to
)

// conn is a connection, also one whose other end is not in this process.
type conn struct {
	number  int
	ends    [2]*object
	connect *entry
	toward  [2]*stream // bytes on their way to that side
}

// stream is bytes in one direction.
type stream struct {
	written, read int64
	pieces        []piece
	closed        int // Seq of what ended it
}

// piece is what one call wrote.
type piece struct {
	seq        int
	start, end int64
}

// message is a datagram.
type message struct {
	seq   int
	from  string
	bytes int64
}

// watched is an entry of an interest list.
type watched struct {
	fd     int
	object *object
	events uint32
	user   uint64 // what epoll_wait gives back
}

// readyEvent is one event that epoll_wait returned.
type readyEvent struct {
	name   string // descriptor, or what the program gave in its place
	events uint32
	object *object
}

// world is what the program has made so far.
type world struct {
	main      *table
	tables    map[int32]*table // of threads that left the main one
	objects   []*object
	conns     []*conn
	byAddress map[[2]string]*conn // local and peer of the connecting end
	accepted  int
}

// table is the table of descriptors of a thread.
func (w *world) table(tid int32) *table {
	if t := w.tables[tid]; t != nil {
		return t
	}
	return w.main
}

// put makes a new object and gives it a descriptor.
func (w *world) put(t *table, fd int, k kind) *object {
	o := &object{kind: k, fd: fd}
	w.objects = append(w.objects, o)
	w.point(t, fd, o)
	return o
}

// point lets fd name o.
func (w *world) point(t *table, fd int, o *object) {
	t.fds[fd] = o
	o.refs++
}

// connection makes a connection. Streams lead both ways.
func (w *world) connection() *conn {
	c := &conn{toward: [2]*stream{{}, {}}}
	w.conns = append(w.conns, c)
	return c
}

// join makes o the end of c at side.
func (c *conn) join(o *object, side int) {
	c.ends[side] = o
	o.conn, o.side = c, side
	o.in, o.out = c.toward[side], c.toward[1-side]
}

// number gives the objects their numbers, and connections that nobody accepted
// theirs behind the others.
func (w *world) number() {
	for _, c := range w.conns {
		if c.number == 0 {
			w.accepted++
			c.number = w.accepted
		}
	}
	next := map[string]int{}
	for _, o := range w.objects {
		o.number = 0
		base := o.base()
		if base == "" {
			continue
		}
		next[base]++
		o.number = next[base]
	}
}

// base is the role of o without its number; "" where a connection or the other
// end of a pipe counts.
func (o *object) base() string {
	switch {
	case o.listens:
		return "L"
	case o.conn != nil:
		return ""
	case o.kind == pipe && o.side == server:
		return ""
	case o.kind == pipe:
		return "p"
	case o.kind == epoll:
		return "ep"
	case o.kind == eventfd:
		return "e"
	case o.kind == timerfd:
		return "t"
	case o.kind == socket && o.datagram:
		return "u"
	case o.kind == socket:
		return "k"
	case o.kind == file:
		return "f"
	}
	return "d"
}

// role is how a picture calls o.
func (o *object) role() string {
	switch {
	case o == nil:
		return ""
	case o.conn != nil && !o.listens:
		return fmt.Sprintf("%s%d", [...]string{"c", "s"}[o.side], o.conn.number)
	case o.kind == pipe:
		return fmt.Sprintf("p%d%s", o.pipe().number, [...]string{"r", "w"}[o.side])
	}
	base := o.base()
	if o.number == 1 && (base == "L" || base == "ep") {
		return base
	}
	return fmt.Sprint(base, o.number)
}

// pipe is the end to read from.
func (o *object) pipe() *object {
	if o.side == server {
		return o.other
	}
	return o
}

// left is what the process still held.
func (b *builder) left() evidence.Left {
	var left evidence.Left
	var fds []int
	for fd := range b.main.fds {
		fds = append(fds, fd)
	}
	slices.Sort(fds)
	for _, fd := range fds {
		o := b.main.fds[fd]
		left.Descriptors = append(left.Descriptors, evidence.Descriptor{FD: fd, Kind: string(o.kind), Name: o.describe()})
	}
	for _, t := range b.list {
		if t.End == 0 && t.Name != "main" && b.stays(t.Name) {
			left.Threads = append(left.Threads, t.Name)
		}
	}
	return left
}

// describe says what o is to its program.
func (o *object) describe() string {
	switch {
	case o.listens:
		return "listener"
	case o.conn != nil:
		return fmt.Sprintf("connection %d, %s side", o.conn.number, [...]string{"client", "server"}[o.side])
	case o.kind == pipe:
		return fmt.Sprintf("pipe %d, the end to %s", o.pipe().number, [...]string{"read", "write"}[o.side])
	case o.kind == socket && o.datagram:
		return "datagram socket"
	}
	return string(o.kind)
}
