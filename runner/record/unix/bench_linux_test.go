package unix_test

import (
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"example/workbook/runner/record"
	recorded "example/workbook/runner/record/unix"
)

var (
	memory []byte // of the recording of this process
	header *record.Header
)

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == scenarioArg {
		scenario()
		return
	}
	var err error
	memory, err = syscall.Mmap(-1, 0, record.Size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED|syscall.MAP_ANON)
	if err != nil {
		panic(err)
	}
	header = (*record.Header)(unsafe.Pointer(&memory[0]))
	header.Magic = record.Magic
	header.Off = 1 // until a test asks for it
	<-record.Use(memory)
	os.Exit(m.Run())
}

// recording records until the test is over.
func recording(tb testing.TB) {
	rewind()
	atomic.StoreUint32(&header.Off, 0)
	tb.Cleanup(func() { atomic.StoreUint32(&header.Off, 1) })
}

// rewind empties the recording, whose records no call may be using.
func rewind() {
	n := min(int(header.Records), record.Capacity)
	clear(memory[record.HeaderSize : record.HeaderSize+n*int(unsafe.Sizeof(record.Record{}))])
	atomic.StoreUint64(&header.Records, 0)
}

// A cheap call: read of an empty pipe, which fails with EAGAIN.
func BenchmarkCheapCall(b *testing.B) {
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 1)
	run := func(b *testing.B, read func(int, []byte) (int, error)) {
		for i := range b.N {
			if i%record.Capacity == 0 {
				atomic.StoreUint64(&header.Records, 0) // there is always room
			}
			if _, err := read(p[0], buf); err != unix.EAGAIN {
				b.Fatal(err)
			}
		}
	}
	b.Run("plain", func(b *testing.B) { run(b, unix.Read) })
	b.Run("off", func(b *testing.B) { run(b, recorded.Read) })
	b.Run("recorded", func(b *testing.B) { recording(b); run(b, recorded.Read) })
}

// A round trip: two writes and two reads that block, between two threads on TCP.
func BenchmarkRoundTrip(b *testing.B) {
	run := func(b *testing.B, read, write func(int, []byte) (int, error)) {
		here, there := connection(b)
		done := make(chan bool)
		go func() {
			runtime.LockOSThread()
			buf := make([]byte, 64)
			for {
				n, err := read(there, buf)
				if n <= 0 || err != nil {
					close(done)
					return
				}
				_, _ = write(there, buf[:n])
			}
		}()
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		buf := make([]byte, 64)
		b.ResetTimer()
		for i := range b.N {
			if i%(record.Capacity/8) == 0 {
				atomic.StoreUint64(&header.Records, 0)
			}
			if _, err := write(here, []byte("ping")); err != nil {
				b.Fatal(err)
			}
			if n, err := read(here, buf); err != nil || n != 4 {
				b.Fatal(n, err)
			}
		}
		b.StopTimer()
		unix.Close(here)
		<-done
		unix.Close(there)
	}
	b.Run("plain", func(b *testing.B) { run(b, unix.Read, unix.Write) })
	b.Run("recorded", func(b *testing.B) { recording(b); run(b, recorded.Read, recorded.Write) })
}

// connection is both ends of a TCP connection.
func connection(tb testing.TB) (here, there int) {
	check := func(err error) {
		if err != nil {
			tb.Helper()
			tb.Fatal(err)
		}
	}
	l, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	check(err)
	defer unix.Close(l)
	check(unix.Bind(l, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	check(unix.Listen(l, 1))
	name, err := unix.Getsockname(l)
	check(err)
	here, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	check(err)
	check(unix.Connect(here, name))
	there, _, err = unix.Accept4(l, unix.SOCK_CLOEXEC)
	check(err)
	return here, there
}
