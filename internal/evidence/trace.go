// Package evidence is what a run leaves behind of its system calls: which thread
// made which call, with which result, and whether the thread slept in it.
//
// A [Trace] comes from the runner, which records it, and goes to a chapter's
// evidence fence, whose sentences it must bear out, to a picture, and to a file
// beside the program, with which later runs are compared. This package knows
// the record and nothing of how it was made.
package evidence

// Schema names the version of the JSON form of a Trace.
const Schema = "workbook/evidence/1"

// Trace is the record of one run. Times are nanoseconds since its first call.
type Trace struct {
	Schema  string `json:"schema"`
	Snippet string `json:"snippet"` // its id, such as socket/accept_loop
	Engine  string `json:"engine"`  // yaegi or go
	Host    Host   `json:"host"`
	// Witnesses name what vouches for "asleep": "rusage" is the count of
	// voluntary context switches around each call, "proc" the kernel's word in
	// /proc/PID/task/TID/syscall while a call lasts.
	Witnesses []string `json:"witnesses"`
	// Unconfirmed says why there is no witness "proc"; empty where there is.
	Unconfirmed string   `json:"unconfirmed,omitempty"`
	Threads     []Thread `json:"threads"` // in the order of their first call or name
	Calls       []Call   `json:"calls"`   // in the order in which they were entered
	Flows       []Flow   `json:"flows,omitempty"`
	Marks       []Mark   `json:"marks,omitempty"`
	// Order is which order of calls a later run must keep.
	Order Order `json:"order,omitempty"`
	Lost  int   `json:"lost,omitempty"` // calls that did not fit into the recording
	Left  Left  `json:"left"`           // what was still there when the run ended
}

// Order says which order of the calls of a thread is no luck.
type Order string

// ByDescriptor is the Order of a thread that waits for several descriptors at
// once, with epoll_wait, poll or select, while others make them ready as it comes:
// what it did with each of them is no luck, which one it served first is. Other
// threads, and all of them where nothing is said, make all their calls in an
// order of their own.
const ByDescriptor Order = "descriptor"

// Host is the machine on which a trace was recorded.
type Host struct {
	OS     string `json:"os"`
	Arch   string `json:"arch"`
	Kernel string `json:"kernel"`
	Go     string `json:"go"`
	CPUs   int    `json:"cpus"`
}

// Thread is a thread that made a call, or that the program gave a name.
type Thread struct {
	Name  string `json:"name"` // that lab.Thread gave it; "main", or "thread-2" for others
	TID   int    `json:"tid"`  // as the program sees it
	Start int64  `json:"start"`
	End   int64  `json:"end,omitempty"` // 0 while it lives
}

// Call is one system call.
type Call struct {
	Seq    int     `json:"seq"`    // its place in Calls, from 1
	Thread string  `json:"thread"` // name of the thread that made it
	Name   string  `json:"name"`   // accept4, epoll_wait, read, ...
	Args   []int64 `json:"args,omitempty"`
	// Text is the arguments as a reader should see them: `3, SOCK_CLOEXEC`,
	// `5, "hello"`, `3, 127.0.0.1:8080`.
	Text   string `json:"text,omitempty"`
	Ret    int64  `json:"ret"`
	Errno  string `json:"errno,omitempty"`  // EAGAIN; empty when the call did not fail
	Result string `json:"result,omitempty"` // what came back beside Ret: `"hello"`, `5 readable`
	T0     int64  `json:"t0"`               // when it was entered
	T1     int64  `json:"t1"`               // when it returned; when the recording ended, for an open one
	CPU    int64  `json:"cpu"`              // nanoseconds of it on a processor
	Slept  int    `json:"slept,omitempty"`  // voluntary context switches during it
	Pushed int    `json:"pushed,omitempty"` // involuntary ones
	Seen   int    `json:"seen,omitempty"`   // how often /proc said: asleep in this call
	Wchan  string `json:"wchan,omitempty"`  // function of the kernel it slept in
	Open   bool   `json:"open,omitempty"`   // it had not returned when the recording ended
	Role   string `json:"role,omitempty"`   // of its descriptor: L a listener, c1 s1 the ends of connection 1, ep an epoll instance, p1r p1w a pipe, e1 an eventfd
	Conn   int    `json:"conn,omitempty"`   // number of the connection, from 1; 0 for none
	Line   int    `json:"line,omitempty"`   // of the program, where it is known
}

// Asleep tells whether the thread gave its processor away during the call, or
// was seen asleep in it.
func (c *Call) Asleep() bool { return c.Slept > 0 || c.Seen > 0 }

// FlowKind says what a Flow carries from one call to another.
type FlowKind string

// The kinds of flows.
const (
	Connect FlowKind = "connect" // a connect, to the accept that took the connection
	Data    FlowKind = "data"    // a write, to the read that got its bytes
	Close   FlowKind = "close"   // a close or shutdown, to the read that returned 0
	Wake    FlowKind = "wake"    // what made a descriptor ready, to the epoll_wait or poll that returned
)

// Flow is what one call caused in another.
type Flow struct {
	Kind  FlowKind `json:"kind"`
	From  int      `json:"from"` // Seq
	To    int      `json:"to"`   // Seq
	Bytes int      `json:"bytes,omitempty"`
}

// Mark is the state of the kernel's objects at a point that lab.Mark names.
type Mark struct {
	Label       string       `json:"label"`
	Seq         int          `json:"seq"` // of the last call entered before it
	T           int64        `json:"t"`
	Descriptors []Descriptor `json:"descriptors"`
	Sockets     []Socket     `json:"sockets,omitempty"`
	Epolls      []Epoll      `json:"epolls,omitempty"`
}

// Descriptor is one entry of the table of file descriptors.
type Descriptor struct {
	FD          int    `json:"fd"`
	Kind        string `json:"kind"`                  // socket, pipe, file, epoll, eventfd, ...
	Name        string `json:"name"`                  // link text of /proc/self/fd without volatile numbers
	Description int    `json:"description,omitempty"` // descriptors with one number share an open file description; 0 when unknown
	NonBlocking bool   `json:"nonblocking,omitempty"`
	Offset      int64  `json:"offset,omitempty"`
	Socket      int    `json:"socket,omitempty"` // index in Sockets, from 1
}

// Socket is a socket of the program, or the other end of one.
type Socket struct {
	Role     string `json:"role"`
	Protocol string `json:"protocol"` // tcp, udp, unix
	Local    string `json:"local,omitempty"`
	Remote   string `json:"remote,omitempty"`
	State    string `json:"state,omitempty"` // LISTEN, ESTABLISHED, ... (RFC 9293, section 3.3.2)
	Unread   int    `json:"unread"`          // bytes; for a listener, connections that wait for accept
	Unsent   int    `json:"unsent"`          // bytes; for a listener, the limit of its queue
}

// Epoll is an epoll instance with its interest list.
type Epoll struct {
	FD       int        `json:"fd"`
	Interest []Interest `json:"interest"`
}

// Interest is one entry of the interest list of an epoll instance.
type Interest struct {
	FD          int    `json:"fd"`                    // number under which it was added; it may be closed by now
	Events      string `json:"events"`                // EPOLLIN|EPOLLET
	Description int    `json:"description,omitempty"` // that is watched, by its number among those of the descriptors; 0 when unknown
}

// Closed tells whether the number under which something is watched is no
// descriptor of it any more.
func (in *Interest) Closed(m *Mark) bool {
	for i := range m.Descriptors {
		if d := &m.Descriptors[i]; d.FD == in.FD {
			return in.Description > 0 && d.Description != in.Description
		}
	}
	return true
}

// Left is what a run still held when it ended.
type Left struct {
	Descriptors []Descriptor `json:"descriptors,omitempty"`
	Threads     []string     `json:"threads,omitempty"`
}
