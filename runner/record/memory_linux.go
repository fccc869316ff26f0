package record

import (
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// memory is the memory that the parent shares; nil pointers where it shares none.
type memory struct {
	header  *Header
	records unsafe.Pointer
	notes   []byte
}

// shared is set once, before the program begins.
var shared = inherited()

// inherited returns the memory at the descriptor that the environment names.
func inherited() memory {
	text, ok := syscall.Getenv(Variable)
	if !ok {
		return memory{}
	}
	syscall.Unsetenv(Variable)
	fd := 0
	for _, c := range []byte(text) {
		if c < '0' || c > '9' || fd > 1<<20 {
			return memory{}
		}
		fd = 10*fd + int(c-'0')
	}
	m := open(fd, 0)
	syscall.Close(fd)
	if m.header != nil {
		<-Tidy()
		// Package initialisation runs on the main thread. Now the main goroutine
		// stays there, and is the thread called main for good.
		runtime.LockOSThread()
		m.begin()
	}
	return m
}

// Use makes mem, the memory of a recording, that of this process, and tidies the
// descriptors, see [Tidy]. Nothing may run yet that is to be recorded.
func Use(mem []byte) (tidied <-chan struct{}) {
	if m := view(mem); m.header != nil {
		m.begin()
		shared = m
	}
	return Tidy()
}

// steps is the code of the function that does the steps of an interpreted program.
var steps struct{ begin, size uintptr }

// Interpret says that the program is interpreted: the function whose code begins
// at begin does its steps, and gets their lines as the first of its arguments.
func Interpret(begin, size uintptr) {
	if runtime.GOARCH == "amd64" {
		steps.begin, steps.size = begin, size
	}
}

// Stop ends the recording for good.
func Stop() {
	if shared.header != nil {
		atomic.StoreUint32(&shared.header.Off, 1)
	}
}

// On reports whether calls are recorded.
func On() bool { return shared.header != nil && atomic.LoadUint32(&shared.header.Off) == 0 }

func open(fd int, offset int64) memory {
	mem, err := syscall.Mmap(fd, offset, Size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		return memory{}
	}
	return view(mem)
}

// view returns the parts of mem; none if it is no recording that this package
// knows.
func view(mem []byte) memory {
	if len(mem) < Size {
		return memory{}
	}
	header := (*Header)(unsafe.Pointer(&mem[0]))
	if header.Magic != Magic {
		return memory{}
	}
	return memory{header, unsafe.Pointer(&mem[HeaderSize]), mem[Size-NoteSize : Size]}
}

func (m memory) begin() {
	m.header.MainTID = int32(syscall.Gettid())
	atomic.StoreInt32(&m.header.PID, int32(syscall.Getpid()))
}

// at returns record i, from 0.
func (m memory) at(i uint64) *Record {
	return (*Record)(unsafe.Add(m.records, uintptr(i)*unsafe.Sizeof(Record{})))
}

// next returns a free record, or nil when there is none.
func (m memory) next() *Record {
	if m.header == nil || atomic.LoadUint32(&m.header.Off) != 0 {
		return nil
	}
	n := atomic.AddUint64(&m.header.Records, 1) - 1
	if n >= Capacity {
		return nil
	}
	return m.at(n)
}

// event writes down what is no call.
func (m memory) event(k Kind, data string) {
	r := m.next()
	if r == nil {
		return
	}
	r.Kind = k
	r.TID = int32(gettid())
	r.Used = uint16(copy(r.Data[:], data))
	r.T0 = nanotime()
	r.T1 = r.T0
	atomic.StoreUint32(&r.State, Returned)
}

// Name says that the calling thread is called name.
func Name(name string) { shared.event(Named, name) }

// End says that the function of the calling thread has returned.
func End() { shared.event(Ended, "") }

// Asleep waits until the parent has seen thread tid asleep in a system call after
// Asleep was called. It gives up, and returns false, after the limit, and at once
// where no parent can see that.
func Asleep(tid, call int, limit time.Duration) bool {
	h := shared.header
	if h == nil {
		return false
	}
	for i := range h.Questions {
		q := &h.Questions[i]
		if !atomic.CompareAndSwapInt32(&q.TID, 0, -1) {
			continue
		}
		defer atomic.StoreInt32(&q.TID, 0)
		q.Number, q.Asked = int32(call), nanotime()
		atomic.StoreInt64(&q.Seen, 0)
		atomic.StoreInt32(&q.TID, int32(tid))
		for end := q.Asked + int64(limit); nanotime() < end && atomic.LoadUint32(&h.Blind) == 0; {
			if atomic.LoadInt64(&q.Seen) >= q.Asked {
				return true
			}
			pause := syscall.Timespec{Nsec: 50_000}
			_ = syscall.Nanosleep(&pause, nil)
		}
		return false
	}
	return false
}

// Saw writes down the kernel's word that thread tid sleeps in the call it is in,
// in its function wchan.
func Saw(tid int, wchan string) {
	m := shared
	if m.header == nil {
		return
	}
	for i := min(atomic.LoadUint64(&m.header.Records), Capacity); i > 0; i-- {
		r := m.at(i - 1)
		if r.TID != int32(tid) || r.Kind != Call || atomic.LoadUint32(&r.State) == Free {
			continue
		}
		if atomic.LoadUint32(&r.State) == Entered {
			copy(r.Wchan[:len(r.Wchan)-1], wchan)
			atomic.AddUint32(&r.Seen, 1)
		}
		return
	}
}

func gettid() uintptr {
	tid, _, _ := syscall.RawSyscall(syscall.SYS_GETTID, 0, 0, 0)
	return tid
}
