package runner

import (
	"encoding/json"
	"errors"
	"testing"

	"golang.org/x/sys/unix"

	"example/workbook/runner/isolate"
	"example/workbook/runner/supervisor"
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

// A program may stop or kill the supervisor before that has said that the program
// is there: from the sealed box on, the run has begun. An end before that is the
// box's, and leads to a weaker one.
func TestSettle(t *testing.T) {
	for _, c := range []struct {
		says    []supervisor.Notice
		ends    bool
		refused bool
	}{
		{says: []supervisor.Notice{{Sealed: true}}},
		{says: []supervisor.Notice{{Sealed: true}}, ends: true},
		{ends: true, refused: true},
		{says: []supervisor.Notice{{Refused: &supervisor.Step{Name: "mount"}}}, refused: true},
		{says: []supervisor.Notice{{Failed: "no such file"}}},
	} {
		e := &execution{
			cmd: &command{}, out: &outcome{}, box: isolate.Box{Level: isolate.Basic},
			control: said(t, !c.ends, c.says...), streams: [2]int{-1, -1}, wake: [2]int{-1, -1}, buf: make([]byte, 1000),
		}
		err := e.settle()
		var no *isolate.Refusal
		if errors.As(err, &no) != c.refused || (err != nil) != c.refused {
			t.Errorf("%+v, end %v: %v", c.says, c.ends, err)
		}
		e.close()
	}
}

// A program may start too many processes and end before they are counted.
func TestCrowdAtTheEnd(t *testing.T) {
	notices := []supervisor.Notice{
		{Sealed: true}, {Started: 7}, {Exited: &supervisor.Exit{}}, {Crowd: true}, {Gone: &supervisor.Gone{}},
	}
	e := &execution{
		cmd: &command{}, out: &outcome{}, control: said(t, true, notices...),
		streams: [2]int{-1, -1}, wake: [2]int{-1, -1}, buf: make([]byte, 1000),
	}
	for range notices {
		if err := e.hear(); err != nil {
			t.Fatal(err)
		}
	}
	if !e.gone || !e.out.exited || !e.out.crowd {
		t.Errorf("gone %v, exited %v, crowd %v", e.gone, e.out.exited, e.out.crowd)
	}
	e.close()
}

// said returns the runner's end of the socket of a supervisor that has said all
// this, and lives on until the test is over or has ended.
func said(t *testing.T, lives bool, notices ...supervisor.Notice) int {
	t.Helper()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range notices {
		text, err := json.Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := unix.Write(pair[1], text); err != nil {
			t.Fatal(err)
		}
	}
	if lives {
		t.Cleanup(func() { unix.Close(pair[1]) })
	} else {
		unix.Close(pair[1])
	}
	return pair[0]
}
