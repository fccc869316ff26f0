// Package trace turns what a process has recorded of its system calls into
// evidence, and meanwhile asks the kernel what the threads of that process are
// doing.
package trace

import (
	"cmp"
	"os"
	"slices"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"example/workbook/internal/evidence"
	"example/workbook/runner/record"
)

// Recording is the memory into which one process records.
type Recording struct {
	mem    []byte
	header *record.Header
	inode  uint64 // of the file that holds it
	lines         // of the program, if it was compiled
	witness
	ended int64 // CLOCK_MONOTONIC
}

// Prepare writes an empty recording into f from offset on, which is a multiple
// of the size of a page. The size of f grows accordingly.
func Prepare(f *os.File, offset int64) (*Recording, error) {
	if err := f.Truncate(offset + int64(record.Size)); err != nil {
		return nil, err
	}
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		return nil, os.NewSyscallError("fstat", err)
	}
	mem, err := syscall.Mmap(int(f.Fd()), offset, record.Size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		return nil, os.NewSyscallError("mmap", err)
	}
	r := Of(mem)
	r.inode = st.Ino
	r.header.Magic = record.Magic
	return r, nil
}

// Of returns the recording in mem, which is as long as one.
func Of(mem []byte) *Recording {
	return &Recording{mem: mem, header: (*record.Header)(unsafe.Pointer(&mem[0]))}
}

// Close gives the memory back.
func (r *Recording) Close() { _ = syscall.Munmap(r.mem) }

// begun is how many records there are.
func (r *Recording) begun() int {
	return int(min(atomic.LoadUint64(&r.header.Records), record.Capacity))
}

// at returns record i, from 0.
func (r *Recording) at(i int) *record.Record {
	return (*record.Record)(unsafe.Pointer(&r.mem[record.HeaderSize+i*int(unsafe.Sizeof(record.Record{}))]))
}

// entry is a record and what is found out about it.
type entry struct {
	*record.Record
	place  int // among the records
	thread int // place in the list of threads
	open   bool
	call   *evidence.Call
	object *object // behind its descriptor, or made by it
	on     *conn
	ready  []readyEvent    // of an epoll_wait
	table  map[int]*object // of the thread, at a mark
}

// entries are the records in the order of their times.
func (r *Recording) entries() []*entry {
	var all []*entry
	for i := range r.begun() {
		rec := r.at(i)
		state := atomic.LoadUint32(&rec.State)
		if state == record.Free {
			continue // it had not been entered
		}
		e := &entry{Record: rec, place: i, open: state == record.Entered}
		if e.open {
			e.T1 = max(r.ended, e.T0)
		}
		all = append(all, e)
	}
	slices.SortStableFunc(all, func(a, b *entry) int { return cmp.Compare(a.T0, b.T0) })
	return all
}

// now is CLOCK_MONOTONIC.
func now() int64 {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &t)
	return t.Nano()
}

const tick = time.Millisecond
