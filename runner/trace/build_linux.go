package trace

import (
	"fmt"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"

	"example/workbook/internal/evidence"
	"example/workbook/runner/record"
)

// Trace returns the evidence of the process, which has ended. The caller fills in
// the name of the snippet and the engine.
func (r *Recording) Trace() *evidence.Trace {
	entries := r.entries()
	b := &builder{recording: r, used: map[string]bool{}}
	b.main, b.tables = &table{fds: map[int]*object{}}, map[int32]*table{}
	if len(entries) > 0 {
		b.base = entries[0].T0
	}
	b.threads(entries)
	defer r.lines.close()
	for _, e := range entries {
		switch {
		case e.Kind == record.Mark:
			b.marked = append(b.marked, e)
		case e.Kind == record.Call && !b.passing(e):
			b.calls = append(b.calls, e)
			e.call = b.begin(e, len(b.calls))
		}
	}
	b.follow()
	t := &evidence.Trace{
		Schema: evidence.Schema, Host: host(), Witnesses: []string{"rusage"},
		Threads: b.list, Flows: b.flows, Lost: max(0, int(r.header.Records)-record.Capacity),
	}
	if !record.Exact {
		t.Witnesses = nil
	}
	for _, e := range b.calls {
		b.finish(e)
		t.Calls = append(t.Calls, *e.call)
	}
	t.Marks = b.marks()
	t.Left = b.left()
	if r.refused == "" {
		t.Witnesses = append(t.Witnesses, "proc")
	} else {
		t.Unconfirmed = r.refused
	}
	return t
}

func host() evidence.Host {
	h := evidence.Host{OS: runtime.GOOS, Arch: runtime.GOARCH, Go: runtime.Version(), CPUs: runtime.NumCPU()}
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		h.Kernel = unix.ByteSliceToString(u.Release[:])
	}
	return h
}

// builder follows the calls of a process.
type builder struct {
	recording *Recording
	base      int64
	calls     []*entry
	marked    []*entry
	list      []evidence.Thread
	used      map[string]bool
	world
	flows []evidence.Flow
}

// threads finds the threads and their names. A name counts from the first record
// of its thread on; the number of a thread that has ended may come again.
func (b *builder) threads(entries []*entry) {
	current := map[int32]int{} // place in b.list by number
	add := func(e *entry, name string) {
		b.list = append(b.list, evidence.Thread{Name: b.unique(name), TID: int(e.TID), Start: e.T0 - b.base})
		current[e.TID] = len(b.list) - 1
	}
	named := map[int]bool{} // places in b.list that lab.Thread named
	others := 1
	for _, e := range entries {
		at, known := current[e.TID]
		switch e.Kind {
		case record.Named:
			name := string(e.Data[:e.Used])
			if !known || named[at] {
				add(e, name)
			} else {
				b.list[at].Name = b.unique(name)
			}
			named[current[e.TID]] = true
		case record.Ended:
			if known {
				b.list[at].End = e.T0 - b.base
				delete(current, e.TID)
			}
		case record.Call:
			if !known && e.TID == b.recording.header.MainTID {
				add(e, "main")
			} else if !known {
				others++
				add(e, fmt.Sprintf("thread-%d", others))
			}
			e.thread = current[e.TID]
		}
	}
}

// unique returns name, with a number behind it when another thread has it.
func (b *builder) unique(name string) string {
	full := name
	for n := 2; b.used[full]; n++ {
		full = fmt.Sprintf("%s#%d", name, n)
	}
	b.used[full] = true
	return full
}

// passing reports whether a call was interrupted by the end of the process by
// chance: that it was made at all is luck. One that sleeps is another matter.
func (b *builder) passing(e *entry) bool {
	return e.open && e.Seen == 0 && b.recording.seen[e.place] == 0 && e.T1-e.T0 < int64(tick)
}

// begin makes the call of e out of what needs no other call.
func (b *builder) begin(e *entry, seq int) *evidence.Call {
	c := &evidence.Call{
		Seq: seq, Thread: b.list[e.thread].Name, Name: callName(e.Number),
		Ret: e.Ret, T0: e.T0 - b.base, T1: e.T1 - b.base, CPU: e.CPU,
		Slept: int(e.Slept), Pushed: int(e.Pushed), Open: e.open,
	}
	if e.Errno != 0 {
		c.Errno = unix.ErrnoName(syscall.Errno(e.Errno))
	}
	if e.open {
		c.Ret = 0
	}
	c.Line = b.recording.lineOf(e)
	w := &b.recording.witness
	c.Seen = w.seen[e.place] + int(e.Seen)
	if c.Wchan = w.wchan[e.place]; c.Wchan == "" {
		c.Wchan = unix.ByteSliceToString(e.Wchan[:])
	}
	return c
}

// callName is the name that is shown for a system call: that of the manual page,
// not of the newer call that takes its place.
func callName(number int32) string {
	name, ok := callNames[number]
	if !ok {
		return fmt.Sprintf("syscall_%d", number)
	}
	switch name {
	case "epoll_pwait", "epoll_pwait2":
		return "epoll_wait"
	case "ppoll":
		return "poll"
	case "pselect6":
		return "select"
	case "newfstatat", "fstatat":
		return "fstat"
	case "pread64", "pwrite64", "fadvise64", "getdents64":
		return name[:len(name)-2]
	case "prlimit64":
		return "prlimit"
	}
	return name
}
