package unix_test

import (
	"crypto/rand"
	"os"
	"runtime"
	"slices"
	"sync"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"example/workbook/runner/record"
	recorded "example/workbook/runner/record/unix"
)

// The processor time of a call is what the kernel says: next to nothing where the
// thread sleeps, nearly all of it where it works, also when other processes want
// the processor. Each call is held against the clock of its thread around it.
func TestProcessorTime(t *testing.T) {
	if !record.Exact {
		t.Skip("the clock is not looked at around a call alone")
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	file := worker(t)
	buf := make([]byte, 2<<20)
	nap := unix.NsecToTimespec(1e6)
	recording(t)
	const rounds = 31
	for name, one := range map[string]struct {
		call        func()
		least, most float64 // of the processor time around the call
		sleeps      bool
	}{
		"sleep": {func() { _ = recorded.Nanosleep(&nap, nil) }, 0, 1, true},
		"work":  {func() { _, _ = recorded.Pread(file, buf, 0) }, 0.5, 1, false},
	} {
		var shares []float64
		for range rounds {
			rewind()
			before := clock(t)
			one.call()
			around := clock(t) - before
			r := (*record.Record)(unsafe.Pointer(&memory[record.HeaderSize]))
			if r.CPU < 0 || r.CPU > r.T1-r.T0 || one.sleeps && r.Slept == 0 {
				t.Errorf("%s: %d of %d ns, slept %d times", name, r.CPU, r.T1-r.T0, r.Slept)
			}
			shares = append(shares, float64(r.CPU)/float64(around))
		}
		slices.Sort(shares)
		if median := shares[rounds/2]; median < one.least || median > one.most {
			t.Errorf("%s: %v of what the thread used around the call", name, median)
		}
	}
}

// The first call of a thread is recorded as the later ones are, of however many
// threads, also while the collector takes the processors away. With the race
// detector it once crashed then.
func TestFirstCalls(t *testing.T) {
	recording(t)
	const threads = 1000
	over, collected := make(chan bool), make(chan bool)
	go func() {
		defer close(collected)
		for {
			select {
			case <-over:
				return
			default:
				runtime.GC()
			}
		}
	}()
	seen := map[int]bool{}
	var wait sync.WaitGroup
	for i := range threads {
		wait.Go(func() {
			runtime.LockOSThread() // for good: the thread ends with it
			if i%2 == 0 {
				_ = recorded.Close(-1)
			} else {
				_, _ = recorded.Read(-1, nil)
			}
		})
	}
	wait.Wait()
	close(over)
	<-collected
	for i := range threads {
		r := (*record.Record)(unsafe.Pointer(&memory[record.HeaderSize+i*int(unsafe.Sizeof(record.Record{}))]))
		if r.State != record.Returned || r.Errno != int32(unix.EBADF) || r.CPU < 0 || r.CPU > r.T1-r.T0 {
			t.Errorf("call %d: state %d, errno %d, %d of %d ns", i, r.State, r.Errno, r.CPU, r.T1-r.T0)
		}
		seen[int(r.TID)] = true
	}
	if len(seen) < 2 {
		t.Errorf("%d calls on %d thread", threads, len(seen))
	}
}

// worker is a file whose reading takes the processor for a while.
func worker(t *testing.T) int {
	t.Helper()
	fd, err := unix.MemfdCreate("work", unix.MFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(uintptr(fd), "work")
	t.Cleanup(func() { f.Close() })
	noise := make([]byte, 2<<20)
	_, _ = rand.Read(noise)
	if _, err := f.Write(noise); err != nil {
		t.Fatal(err)
	}
	return int(f.Fd())
}

// clock is how long the calling thread has been on a processor, in nanoseconds.
func clock(t *testing.T) int64 {
	t.Helper()
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &now); err != nil {
		t.Fatal(err)
	}
	return now.Nano()
}
