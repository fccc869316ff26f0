package runner

import (
	"testing"

	"golang.org/x/sys/unix"
)

// What comes one after the other keeps its order. What is there at once is read
// from stdout first.
func TestOrderOfStreams(t *testing.T) {
	e := &execution{
		cmd: &command{}, out: &outcome{}, rec: newRecorder(1000, nil),
		control: -1, wake: [2]int{-1, -1}, buf: make([]byte, 100),
	}
	var writers [2]int
	for s := range writers {
		var p [2]int
		if err := unix.Pipe2(p[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
			t.Fatal(err)
		}
		e.streams[s], writers[s] = p[0], p[1]
	}
	defer e.close()
	write := func(s Stream, text string) {
		if _, err := unix.Write(writers[s], []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	step := func() {
		if err := e.step(); err != nil {
			t.Fatal(err)
		}
	}
	write(Stderr, "1")
	step()
	write(Stdout, "2")
	step()
	write(Stderr, "3")
	step()
	write(Stderr, "5")
	write(Stdout, "4")
	step()
	unix.Close(writers[0])
	unix.Close(writers[1])
	step()
	run := &Run{}
	run.Output, run.Dropped, run.gap = e.rec.output()
	if got := run.shape(); got != "e:1 o:2 e:3 o:4 e:5" || e.streams != [2]int{-1, -1} {
		t.Errorf("%s, streams %v", got, e.streams)
	}
}
