package runner

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/tools/txtar"
)

// What the Go runtime writes at the end of a program becomes a sentence, a place
// and a report of the program's own frames.
func TestCrashReports(t *testing.T) {
	files, err := filepath.Glob("testdata/crash/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	p := &Program{File: "chapters/07-case.md", Line: 101}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		part := map[string]string{}
		for _, f := range ar.Files {
			part[f.Name] = string(f.Data)
		}
		p.Source = []byte(part["main.go"])
		out := &outcome{exited: true, timedOut: strings.HasPrefix(part["stderr"], "SIGQUIT"), status: syscall.WaitStatus(2 << 8), output: []Chunk{{Stderr, []byte(part["stderr"])}}, gap: [2]int{-1, -1}}
		run := p.newRun(Go, &command{}, out, p.examine)
		got := fmt.Sprintf("%v\n%s\nown %q\n", run.End, run.Explain(), run.Printed())
		if got != part["want"] {
			t.Errorf("%s: got\n%s\nwant\n%s", file, got, part["want"])
		}
		report := part["report"]
		if run.Stderr() != report && strings.TrimPrefix(run.Stderr(), run.Printed()) != report {
			t.Errorf("%s: stderr\n%s\nwant\n%s", file, run.Stderr(), report)
		}
	}
}

// A dump that is longer than what is kept of stderr leaves no gap: it is cut
// anyway.
func TestCrashReportWithGap(t *testing.T) {
	rec := newRecorder(2000, nil)
	rec.add(Stdout, []byte("hello\n"))
	rec.add(Stderr, []byte("own words\nfatal error: all goroutines are asleep - deadlock!\n\n"))
	for i := range 200 {
		fmt.Fprintf(writer{rec}, "goroutine %d [chan send]:\nmain.main.func1()\n\tchapters/07-case.md:110 +0x4f\n\n", i+1)
	}
	out := &outcome{exited: true, status: syscall.WaitStatus(2 << 8)}
	out.output, out.dropped, out.gap = rec.output()
	p := &Program{File: "chapters/07-case.md", Line: 101}
	run := p.newRun(Go, &command{}, out, p.examine)
	if run.End != Deadlocked || run.Dropped[Stderr] != 0 || run.Printed() != "own words\n" {
		t.Errorf("%v, dropped %d, own %q", run.End, run.Dropped, run.Printed())
	}
	for _, part := range []string{"own words\nfatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 and ", " more [chan send]:\nmain.main.func1()\n\tchapters/07-case.md:110\n"} {
		if !strings.Contains(run.Stderr(), part) {
			t.Errorf("no %q in\n%s", part, run.Stderr())
		}
	}
	if n := strings.Count(run.Stderr(), "\n"); n > maxReport+2 {
		t.Errorf("%d lines", n)
	}
}

// A dump can be so long that the run is stopped for it. Why the runtime ended the
// program counts then, not how much it wrote about it.
func TestCrashReportThatFloods(t *testing.T) {
	for _, c := range []struct {
		text   string
		memory int64
		want   End
	}{
		{"fatal error: all goroutines are asleep - deadlock!", 0, Deadlocked},
		{"SIGSEGV: segmentation violation\nPC=0x44c5f6 m=2 sigcode=1 addr=0x0", 1 << 20, Panicked},
		{"SIGSEGV: segmentation violation\nPC=0x44c5f6 m=2 sigcode=1 addr=0x0", 1 << 28, Panicked},
		{"SIGSEGV: segmentation violation\nPC=0x44c5f6 m=2 sigcode=1 addr=0x0", 1 << 29, OutOfMemory},
		{"SIGSEGV: segmentation violation\nPC=0x44c5f6 m=2 sigcode=1 addr=0x0\n\ngoroutine 0 gp=0x2aa350bb70e0 m=2 mp=0x2aa350bf2008 [idle]:\nruntime.(*spanQueue).tryDrain(0x2aa300001000?, 0x2aa350b4dfe8?, 0x50b4dfe0?)\n\truntime/mgcmark_greenteagc.go:520 +0x5d", 1 << 28, OutOfMemory},
	} {
		rec := newRecorder(2000, nil)
		rec.add(Stdout, []byte("hello\n"))
		rec.add(Stderr, []byte(c.text+"\n\n"))
		for i := 0; !rec.flooded(); i++ {
			fmt.Fprintf(writer{rec}, "goroutine %d gp=0x1f148991e780 m=nil [sleep, locked to thread]:\nmain.main.func1()\n\tchapters/07-case.md:110 +0x4f\n\n", i+1)
		}
		out := &outcome{exited: true, flooded: true, memory: c.memory, status: syscall.WaitStatus(syscall.SIGKILL)}
		out.output, out.dropped, out.gap = rec.output()
		p := &Program{File: "chapters/07-case.md", Line: 101}
		if run := p.newRun(Go, &command{memory: 1 << 30}, out, p.examine); run.End != c.want {
			t.Errorf("%s: %v, want %v", c.text, run.End, c.want)
		}
	}
}

type writer struct{ rec *recorder }

func (w writer) Write(p []byte) (int, error) {
	w.rec.add(Stderr, p)
	return len(p), nil
}
