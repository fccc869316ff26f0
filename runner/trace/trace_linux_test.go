package trace

import (
	"slices"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"example/workbook/runner/record"
)

// memory is a recording of nothing.
func memory(t *testing.T) *Recording {
	mem, err := syscall.Mmap(-1, 0, record.Size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	r := Of(mem)
	t.Cleanup(r.Close)
	return r
}

// Where the kernel does not say in which call a thread sleeps, the trace says so,
// and does not name it as a witness.
func TestRefused(t *testing.T) {
	r := memory(t)
	if got := r.Trace(); got.Unconfirmed != "" || !slices.Contains(got.Witnesses, "proc") {
		t.Errorf("%+v", got)
	}
	r.refused = "no /proc"
	if got := r.Trace(); got.Unconfirmed != "no /proc" || slices.Contains(got.Witnesses, "proc") {
		t.Errorf("%+v", got)
	}
}

func TestFlags(t *testing.T) {
	for _, c := range []struct {
		kind string
		v    int64
		want string
	}{
		{"type", unix.SOCK_STREAM | unix.SOCK_CLOEXEC, "SOCK_STREAM|SOCK_CLOEXEC"},
		{"domain", unix.AF_INET6, "AF_INET6"},
		{"domain", 77, "77"},
		{"openflags", unix.O_RDWR | unix.O_CREAT, "O_RDWR|O_CREAT"},
		{"openflags", 0, "0"},
		{"epoll", unix.EPOLLIN | unix.EPOLLET&0xffffffff, "EPOLLIN|EPOLLET"},
		{"poll", 0x4000, "0x4000"},
	} {
		if got := flags(c.kind, c.v); got != c.want {
			t.Errorf("%s %#x: got %s, want %s", c.kind, c.v, got, c.want)
		}
	}
}

func TestValues(t *testing.T) {
	zeros := make([]byte, 32)
	for want, got := range map[string]string{
		"50ms":                               value([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0x50, 0xc3, 0, 0, 0, 0, 0, 0}), // SO_RCVTIMEO: 50,000 microseconds
		"1":                                  value([]byte{1, 0, 0, 0}),
		"notes":                              pathName("/tmp/workbook-run-ABC/tmp/notes"),
		"/proc/self/fd":                      pathName("/proc/self/fd"),
		"1048576 bytes, zeros first":         quote(zeros, 1<<20),
		`"hello"`:                            quote([]byte("hello"), 5),
		`"hello"... 9 bytes`:                 quote([]byte("hello"), 9),
		`"\x01\x00\x00\x00\x00\x00\x00\x00"`: quote([]byte{1, 0, 0, 0, 0, 0, 0, 0}, 8),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestAddress(t *testing.T) {
	for want, raw := range map[string][]byte{
		"127.0.0.1:8080": {2, 0, 0x1f, 0x90, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0},
		"[::1]:80":       {10, 0, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0},
		`"/run/x"`:       append([]byte{1, 0}, "/run/x\x00"...),
		`"@name"`:        append([]byte{1, 0, 0}, "name"...),
		"":               {1, 0},
	} {
		if got := address(raw); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
