package runner

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"example/workbook/internal/evidence"
	"example/workbook/runner/ahead"
	"example/workbook/runner/isolate/container"
)

// recordRun runs a program that is recorded, in the module of this project.
func recordRun(t *testing.T, e Engine, source string) *Run {
	t.Helper()
	r := newRunner(t)
	r.Root = ".."
	if _, err := exec.LookPath("go"); err != nil && e == Go {
		t.Skip("no go command in PATH")
	}
	run, err := r.Run(context.Background(), Program{Name: "test", File: "main.go", Source: []byte(source), Timeout: 5 * time.Second}, e)
	if err != nil {
		t.Fatal(err)
	}
	if run.End == Rejected {
		t.Fatal(run.Problems)
	}
	return run
}

// recorded returns what was recorded in a run.
func recorded(t *testing.T, run *Run) *evidence.Trace {
	t.Helper()
	if run.Evidence == nil {
		t.Fatalf("nothing was recorded; it %s", run.Explain())
	}
	if err := run.Evidence.Validate(); err != nil {
		t.Error(err)
	}
	return run.Evidence
}

// withEach runs a test with each engine.
func withEach(t *testing.T, test func(t *testing.T, e Engine)) {
	for _, e := range []Engine{Yaegi, Go} {
		t.Run(string(e), func(t *testing.T) { test(t, e) })
	}
}

// sketch is the calls of a trace as text, one a line.
func sketch(tr *evidence.Trace) string {
	var b strings.Builder
	for _, c := range tr.Calls {
		line := fmt.Sprintf("%s: %s(%s) = %d %s %s [%s]", c.Thread, c.Name, c.Text, c.Ret, c.Errno, c.Result, c.Role)
		b.WriteString(strings.Join(strings.Fields(line), " ") + "\n")
	}
	return b.String()
}

const header = `package main
import (
	"golang.org/x/sys/unix"
	"example/workbook/snippets/lab"
)
`

// A recording tells threads, arguments, results and errors of the calls, names the
// ends of connections, and says what led to what.
func TestRecording(t *testing.T) {
	withEach(t, func(t *testing.T, e Engine) {
		run := recordRun(t, e, header+`
func main() {
	listener, err := unix.Socket(unix.AF_INET6, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	lab.Check(err)
	lab.Check(unix.Bind(listener, &unix.SockaddrInet6{Addr: [16]byte{15: 1}, Port: 0}))
	lab.Check(unix.Listen(listener, 4))
	name, err := unix.Getsockname(listener)
	lab.Check(err)
	acceptor := lab.Thread("acceptor", func() {
		conn, _, err := unix.Accept4(listener, unix.SOCK_NONBLOCK)
		lab.Check(err)
		buf := make([]byte, 16)
		_, err = unix.Read(conn, buf)
		if err != unix.EAGAIN {
			panic(err)
		}
		lab.WaitReadable(conn)
		_, err = unix.Read(conn, buf)
		lab.Check(err)
	})
	lab.Await(acceptor, "accept")
	client, err := unix.Socket(unix.AF_INET6, unix.SOCK_STREAM, 0)
	lab.Check(err)
	lab.Check(unix.Connect(client, name))
	lab.Await(acceptor, "poll")
	_, err = unix.Write(client, []byte("hello"))
	lab.Check(err)
	acceptor.Wait()
	unix.Syscall(unix.SYS_CLOSE, uintptr(client), 0, 0)
	unix.Syscall6(unix.SYS_CLOSE, 99, 0, 0, 0, 0, 0)
}`)
		tr := recorded(t, run)
		port := tr.Calls[3].Result
		got := strings.ReplaceAll(sketch(tr), port, "[::1]:PORT")
		if i := strings.Index(got, "from [::1]:"); i >= 0 {
			end := i + strings.IndexByte(got[i:], ' ') + 1
			_ = end
			rest := got[i+len("from [::1]:"):]
			got = got[:i] + "from [::1]:OTHER" + strings.TrimLeft(rest, "0123456789")
		}
		for _, want := range []string{
			"main: socket(AF_INET6, SOCK_STREAM|SOCK_CLOEXEC) = 3 [L]\n",
			"main: bind(3, [::1]:0) = 0 [L]\n",
			"main: listen(3, 4) = 0 [L]\n",
			"main: getsockname(3) = 0 [::1]:PORT [L]\n",
			"acceptor: accept4(3, SOCK_NONBLOCK) = 4 from [::1]:OTHER [L]\n",
			"main: socket(AF_INET6, SOCK_STREAM) = 5 [c1]\n",
			"main: connect(5, [::1]:PORT) = 0 [c1]\n",
			"acceptor: read(4, 16 bytes) = -1 EAGAIN [s1]\n",
			"acceptor: poll(4 POLLIN, -1) = 1 4 readable []\n",
			"main: write(5, \"hello\") = 5 [c1]\n",
			"acceptor: read(4, 16 bytes) = 5 \"hello\" [s1]\n",
			"main: close(5) = 0 [c1]\n",
			"main: close(99) = -1 EBADF []\n",
		} {
			if !strings.Contains(got, want) {
				t.Errorf("no %q in\n%s", want, got)
			}
		}
		if n := strings.Count(got, "\n"); n != 13 {
			t.Errorf("%d calls:\n%s", n, got)
		}
		kinds := map[evidence.FlowKind]string{}
		for _, f := range tr.Flows {
			kinds[f.Kind] += fmt.Sprintf("%s %s ", tr.Calls[f.From-1].Name, tr.Calls[f.To-1].Name)
		}
		if kinds[evidence.Connect] != "connect accept4 " || kinds[evidence.Data] != "write read " || kinds[evidence.Wake] != "write poll " {
			t.Errorf("flows %v", kinds)
		}
		for _, c := range tr.Calls {
			if (c.Name == "accept4" || c.Name == "poll") && (c.Slept == 0 || c.Seen == 0 || c.Wchan == "") {
				t.Errorf("%s slept %d times, was seen asleep %d times, in %q", c.Name, c.Slept, c.Seen, c.Wchan)
			}
		}
	})
}

// What led to what is known for pipes, Unix sockets, datagrams and eventfds too, and
// a socket ends with its last descriptor only.
func TestFlows(t *testing.T) {
	tr := recorded(t, recordRun(t, Yaegi, header+`
func check(_ int, err error) { lab.Check(err) }

func main() {
	buf := make([]byte, 16)
	p := make([]int, 2)
	lab.Check(unix.Pipe2(p, 0))
	check(unix.Write(p[1], []byte("abcdef")))
	check(unix.Read(p[0], buf[:2]))
	check(unix.Read(p[0], buf))

	l, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	lab.Check(err)
	lab.Check(unix.Bind(l, &unix.SockaddrUnix{Name: "here"}))
	lab.Check(unix.Listen(l, 4))
	c, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	lab.Check(err)
	lab.Check(unix.Connect(c, &unix.SockaddrUnix{Name: "here"}))
	s, _, err := unix.Accept4(l, 0)
	lab.Check(err)
	again, err := unix.Dup(c)
	lab.Check(err)
	lab.Check(unix.Close(c))
	lab.Check(unix.Close(again))
	check(unix.Read(s, buf))

	u, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	lab.Check(err)
	lab.Check(unix.Bind(u, lab.Address(0)))
	name, err := unix.Getsockname(u)
	lab.Check(err)
	v, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	lab.Check(err)
	lab.Check(unix.Sendto(v, []byte("x"), 0, name))
	_, _, err = unix.Recvfrom(u, buf, 0)
	lab.Check(err)

	e, err := unix.Eventfd(0, 0)
	lab.Check(err)
	ep, err := unix.EpollCreate1(0)
	lab.Check(err)
	lab.Check(unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, e, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: 5, Pad: 9}))
	check(unix.Write(e, []byte{1, 0, 0, 0, 0, 0, 0, 0}))
	events := make([]unix.EpollEvent, 4)
	check(unix.EpollWait(ep, events, -1))

	tcp, port := lab.Listen(1)
	n, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
	lab.Check(err)
	if err := unix.Connect(n, lab.Address(port)); err != unix.EINPROGRESS {
		lab.Check(err)
	}
	lab.Accept(tcp)
}`))
	var got []string
	for _, f := range tr.Flows {
		from, to := tr.Calls[f.From-1], tr.Calls[f.To-1]
		got = append(got, fmt.Sprintf("%s %s(%s) %s(%s) %d", f.Kind, from.Name, from.Role, to.Name, to.Role, f.Bytes))
	}
	want := []string{
		"data write(p1w) read(p1r) 2",
		"data write(p1w) read(p1r) 4",
		"connect connect(c1) accept4(L) 0",
		"close close(c1) read(s1) 0",
		"data sendto(u2) recvfrom(u1) 1",
		"wake write(e1) epoll_wait(ep) 0",
		"connect connect(c2) accept4(L2) 0",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"), sketch(tr))
	}
	for _, f := range tr.Flows {
		if f.Kind == evidence.Close && tr.Calls[f.From-2].Name != "close" {
			t.Error("the first close of a socket with two descriptors counts as its end")
		}
	}
}

// The recording of a program that is killed in the middle of a call ends there.
func TestRecordingSurvivesSIGKILL(t *testing.T) {
	withEach(t, func(t *testing.T, e Engine) {
		run := recordRun(t, e, header+`
func main() {
	p := make([]int, 2)
	lab.Check(unix.Pipe2(p, 0))
	reader := lab.Thread("reader", func() { unix.Read(p[0], make([]byte, 1)) })
	lab.Await(reader, "read")
	unix.Kill(unix.Getpid(), unix.SIGKILL)
	for {
	}
}`)
		tr := recorded(t, run)
		if run.Signal != syscall.SIGKILL {
			t.Errorf("it %s", run.Explain())
		}
		got := sketch(tr)
		if !strings.HasPrefix(got, "main: pipe2(0) = 0 3 and 4 [p1r]\nreader: read(3, 1 byte) = 0 [p1r]\nmain: getpid() = ") {
			t.Errorf("recorded\n%s", got)
		}
		if c := tr.Calls[1]; !c.Open || c.Seen == 0 {
			t.Errorf("read: %+v", c)
		}
		if !slices.Contains(tr.Left.Threads, "reader") || len(tr.Left.Descriptors) != 2 {
			t.Errorf("left %+v", tr.Left)
		}
	})
}

// The witness sees threads asleep that nobody waits for, also in a namespace of
// their own.
func TestWitness(t *testing.T) {
	withEach(t, func(t *testing.T, e Engine) {
		tr := recorded(t, recordRun(t, e, header+`
func main() {
	lab.Thread("sleeper", func() { unix.Poll(nil, 200) }).Wait()
}`))
		if c := tr.Calls[0]; c.Name != "poll" || c.Slept == 0 || tr.Unconfirmed == "" && c.Seen == 0 {
			t.Errorf("%+v, unconfirmed: %q", c, tr.Unconfirmed)
		}
		if tr.Unconfirmed != "" {
			t.Error(tr.Unconfirmed)
		}
	})
}

// Calls for which there is no room are counted.
func TestLost(t *testing.T) {
	tr := recorded(t, recordRun(t, Go, header+`
var _ = lab.Check
func main() {
	for i := 0; i < 40000; i++ {
		unix.Getpid()
	}
}`))
	if n := len(tr.Calls) + tr.Lost; n != 40000 || tr.Lost == 0 {
		t.Errorf("%d calls recorded, %d lost", len(tr.Calls), tr.Lost)
	}
}

// Nothing is recorded of a program that makes no system calls by package unix,
// nor where the settings or the program refuse it.
func TestNotRecorded(t *testing.T) {
	const plain = "package main\nfunc main() { println(1) }\n"
	const calls = "package main\nimport \"golang.org/x/sys/unix\"\nfunc main() { unix.Getpid() }\n"
	for name, c := range map[string]struct {
		off bool
		p   Program
	}{
		"no package unix": {p: Program{Source: []byte(plain)}},
		"by the runner":   {off: true, p: Program{Source: []byte(calls)}},
		"by the program":  {p: Program{Source: []byte(calls), NoEvidence: true}},
	} {
		r := newRunner(t)
		r.NoEvidence = c.off
		c.p.File = "main.go"
		run, err := r.Run(context.Background(), c.p, Yaegi)
		if err != nil || run.End != Exited || run.Evidence != nil {
			t.Errorf("%s: %v, %+v", name, err, run)
		}
	}
}

// Marks show what descriptors refer to, and what sockets and epoll instances hold.
func TestMarks(t *testing.T) {
	withEach(t, func(t *testing.T, e Engine) {
		tr := recorded(t, recordRun(t, e, header+`
func main() {
	listener, port := lab.Listen(7)
	client := lab.Dial(port)
	lab.WaitReadable(listener)
	again, err := unix.Dup(listener)
	lab.Check(err)
	ep, err := unix.EpollCreate1(0)
	lab.Check(err)
	lab.Check(unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, listener, &unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLET}))
	lab.Mark("before")
	conn := lab.Accept(again)
	lab.Check(unix.SetNonblock(conn, true))
	_, err = unix.Write(client, []byte("hello"))
	lab.Check(err)
	lab.WaitReadable(conn)
	lab.Mark("after")
}`))
		if len(tr.Marks) != 2 {
			t.Fatalf("marks %+v", tr.Marks)
		}
		before, after := tr.Marks[0], tr.Marks[1]
		find := func(m evidence.Mark, fd int) (d evidence.Descriptor, s evidence.Socket) {
			for _, d = range m.Descriptors {
				if d.FD == fd {
					if d.Socket > 0 {
						s = m.Sockets[d.Socket-1]
					}
					return d, s
				}
			}
			t.Errorf("mark %s has no descriptor %d", m.Label, fd)
			return
		}
		l, queue := find(before, 3)
		again, _ := find(before, 5)
		if l.Kind != "socket" || queue.State != "LISTEN" || queue.Unread != 1 || queue.Unsent != 7 || queue.Role != "L" {
			t.Errorf("listener %+v %+v", l, queue)
		}
		if l.Description == 0 || l.Description != again.Description {
			t.Errorf("dup made another description: %d and %d", l.Description, again.Description)
		}
		if _, q := find(after, 3); q.Unread != 0 {
			t.Errorf("queue %+v", q)
		}
		conn, s := find(after, 7)
		if !conn.NonBlocking || s.Unread != 5 || s.State != "ESTABLISHED" || s.Role != "s1" || conn.Description == l.Description {
			t.Errorf("connection %+v %+v", conn, s)
		}
		if len(before.Epolls) != 1 || len(before.Epolls[0].Interest) != 1 || before.Epolls[0].Interest[0] != (evidence.Interest{FD: 3, Events: "EPOLLIN|EPOLLET", Description: l.Description}) {
			t.Errorf("epoll %+v", before.Epolls)
		}
		if before.Label != "before" || tr.Calls[before.Seq-1].Name != "epoll_ctl" {
			t.Errorf("mark %q after call %d", before.Label, before.Seq)
		}
	})
}

// What the compiler says about a program does not change because it would be
// recorded.
func TestInstrumentedErrors(t *testing.T) {
	source := header + `
func main() { var n int = unix.Read(0); unix.Nothing(); lab.Check(unix.Close("x")) }
`
	r := newRunner(t)
	r.Root = ".."
	var lists [2]string
	for i := range lists {
		r.NoEvidence = i == 1
		run, err := r.Run(context.Background(), Program{File: "main.go", Source: []byte(source)}, Go)
		if err != nil {
			t.Fatal(err)
		}
		lists[i] = fmt.Sprint(run.Problems)
	}
	if lists[0] != lists[1] || !strings.Contains(lists[0], "main.go:7:") {
		t.Errorf("%s\nunrecorded: %s", lists[0], lists[1])
	}
}

// The recorded calls stand where the program has its own, under a name as long.
func TestInstrument(t *testing.T) {
	for source, want := range map[string]string{
		"package main\nimport \"golang.org/x/sys/unix\" // why\nfunc main() { unix.Close(unix.Stdin); unix.ErrnoName(1) }\n": "package main\nimport \"golang.org/x/sys/unix\"; import unix@ \"PATH/unix\" // why\n" +
			"func main() { unix@.Close(unix.Stdin); unix.ErrnoName(1) }\n\nvar _ unix.Errno\n",
		"package main\nimport (\n\tu \"golang.org/x/sys/unix\"\n)\nfunc main() { f := u.Close; _ = f; for u := range 1 { _ = u } }\n": "package main\nimport (\n\tu \"golang.org/x/sys/unix\"; x \"PATH/unix\"\n)\n" +
			"func main() { f := x.Close; _ = f; for u := range 1 { _ = u } }\n\nvar _ u.Errno\n",
		"package main\nimport \"fmt\"\nfunc main() { fmt.Println() }\n": "package main\nimport \"fmt\"\nfunc main() { fmt.Println() }\n",
	} {
		got := string(instrument([]byte(source), "PATH"))
		if want := strings.ReplaceAll(want, "unix@", "uniy"); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

// A program in somebody else's module is recorded too.
func TestForeignModule(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command in PATH")
	}
	dir := t.TempDir()
	text, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	i := bytes.Index(text, []byte("golang.org/x/sys "))
	version, _, _ := strings.Cut(string(text[i:]), "\n")
	sums, err := os.ReadFile("../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{"go.mod": "module example.org/foreign\n\ngo 1.26.0\n\nrequire " + version + "\n", "go.sum": string(sums)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r := newRunner(t)
	r.Root = dir
	run, err := r.Run(context.Background(), Program{File: "main.go", Source: []byte("package main\nimport \"golang.org/x/sys/unix\"\nfunc main() { unix.Close(99) }\n")}, Go)
	if err != nil {
		t.Fatal(err)
	}
	if got := sketch(recorded(t, run)); got != "main: close(99) = -1 EBADF []\n" {
		t.Errorf("recorded %s", got)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Errorf("the module holds %v", entries)
	}
}

// A program that must not start processes is recorded like any other.
func TestRecordingWithoutProcesses(t *testing.T) {
	withEach(t, func(t *testing.T, e Engine) {
		r := newRunner(t)
		r.Root = ".."
		source := header + "func main() { lab.Check(unix.Close(0)); unix.Close(99) }\n"
		run, err := r.Run(context.Background(), Program{Name: "test", File: "main.go", Source: []byte(source), NoProcesses: true}, e)
		if err != nil {
			t.Fatal(err)
		}
		if got := sketch(recorded(t, run)); got != "main: close(0) = 0 []\nmain: close(99) = -1 EBADF []\n" {
			t.Errorf("recorded %q", got)
		}
	})
}

var (
	structureRuns = flag.Int("structure.runs", 5, "how many runs of each program TestOneStructure compares")
	structureOf   = flag.String("structure.of", "^socket/(accept_loop|blocked_in_accept)$", "which recorded snippets TestOneStructure runs")
	structureIdle = flag.Bool("structure.idle", false, "run them without load")
)

// Runs of one program under load do what its recording says, interpreted or
// compiled.
func TestOneStructure(t *testing.T) {
	chosen, err := regexp.Compile(*structureOf)
	if err != nil {
		t.Fatal(err)
	}
	recordings, err := filepath.Glob("../snippets/*/*/" + evidence.FileName)
	if err != nil || len(recordings) == 0 {
		t.Fatal("no recordings", err)
	}
	if !*structureIdle {
		keepBusy(t)
	}
	ran := 0
	for _, file := range recordings {
		dir := filepath.Dir(file)
		name := path.Join(filepath.Base(filepath.Dir(dir)), filepath.Base(dir))
		if chosen.MatchString(name) {
			ran++
			t.Run(name, func(t *testing.T) { holdStructure(t, file) })
		}
	}
	if ran == 0 {
		t.Errorf("no recorded snippet matches -structure.of %s", *structureOf)
	}
}

// keepBusy keeps all processors busy until the test ends.
func keepBusy(t *testing.T) {
	stop := make(chan bool)
	t.Cleanup(func() { close(stop) })
	for range runtime.NumCPU() {
		go func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
			}
		}()
	}
}

// holdStructure compares runs of a snippet with its recording.
func holdStructure(t *testing.T, file string) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := evidence.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(filepath.Dir(file), "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	withEach(t, func(t *testing.T, e Engine) {
		differ := 0
		run := repeatable(t, e, Program{Name: recorded.Snippet, File: "main.go", Source: source, Timeout: 20 * time.Second})
		for range *structureRuns {
			if d := evidence.Compare(recorded, run()); d != "" {
				if differ++; differ <= 3 {
					t.Error(d)
				}
			}
		}
		if differ > 0 {
			t.Errorf("%d of %d runs differ", differ, *structureRuns)
		}
	})
}

// repeatable returns what runs p and returns its evidence. A compiled program is
// built once.
func repeatable(t *testing.T, e Engine, p Program) func() *evidence.Trace {
	ctx := context.Background()
	r := newRunner(t)
	r.Root = ".."
	result := func(run *Run, err error) *evidence.Trace {
		if err != nil {
			t.Fatal(err)
		}
		if run.End == Rejected {
			t.Fatal(run.Problems)
		}
		return recorded(t, run)
	}
	if e == Yaegi {
		return func() *evidence.Trace { return result(r.Run(ctx, p, e)) }
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command in PATH")
	}
	folder := func() ahead.Folder {
		f, err := ahead.NewFolder()
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Make(); err != nil {
			t.Fatal(err)
		}
		return f
	}
	built := folder()
	defer built.Remove()
	made, isRecorded, problems, err := r.buildRecorded(ctx, &p, built)
	if err != nil || problems != nil || !isRecorded {
		t.Fatal(err, problems)
	}
	// A run has its program in its own folder, and removes that.
	binary := filepath.Join(t.TempDir(), filepath.Base(made))
	if err := os.Rename(made, binary); err != nil {
		t.Fatal(err)
	}
	return func() *evidence.Trace {
		f := folder()
		defer f.Remove()
		own := filepath.Join(string(f), filepath.Base(binary))
		if err := os.Link(binary, own); err != nil {
			t.Fatal(err)
		}
		return result(r.runBinary(ctx, &p, f, own, true))
	}
}

// Nobody may record as well.
func TestRecordingAsNobody(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("already without root")
	}
	dir, err := os.MkdirTemp("", "nobody")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	temp := filepath.Join(dir, "tmp")
	content, err := os.ReadFile(newRunner(t).Executable)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, "runner.test")
	for _, step := range []error{
		os.Chmod(dir, 0o755), os.Mkdir(temp, 0o777), os.Chmod(temp, 0o777), os.WriteFile(copied, content, 0o755),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	cmd := exec.Command(copied, "-test.v", "-test.run", "^(TestRecording|TestWitness|TestRecordingSurvivesSIGKILL|TestMarks)$/^yaegi$")
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + temp, "HOME=/nonexistent"}
	const nobody = 65534
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	if err != nil || bytes.Count(out, []byte("--- PASS: Test")) != 8 {
		t.Errorf("%v\n%s", err, out)
	}
}

// filtered makes the test binary one under a filter of system calls.
const filtered = "WORKBOOK_TEST_FILTERED"

// In a container whose filter refuses ptrace, kcmp, perf events, namespaces and
// io_uring, everything is recorded and seen but which descriptors share an open
// file description.
func TestRecordingInContainer(t *testing.T) {
	if os.Getenv(filtered) == "" {
		cmd := exec.Command(newRunner(t).Executable, "-test.v", "-test.run", "^(TestRecordingInContainer|TestRecording|TestWitness)$/^yaegi$")
		cmd.Env = append(os.Environ(), filtered+"=1")
		out, err := cmd.CombinedOutput()
		if err != nil || bytes.Count(out, []byte("--- PASS: Test")) < 5 {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	t.Run("yaegi", func(t *testing.T) {
		if err := container.Enter(); err != nil {
			t.Fatal(err)
		}
		if _, _, err := unix.Syscall(unix.SYS_PERF_EVENT_OPEN, 0, 0, 0); err != unix.EPERM {
			t.Fatalf("the filter lets perf_event_open pass: %v", err)
		}
		tr := recorded(t, recordRun(t, Yaegi, header+`
func main() {
	unix.Dup(0)
	lab.Mark("here")
}`))
		if len(tr.Marks) != 1 || len(tr.Marks[0].Descriptors) < 4 || tr.Marks[0].Descriptors[0].Description != 0 {
			t.Errorf("marks %+v", tr.Marks)
		}
	})
}
