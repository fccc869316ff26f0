package evidence

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what the package says into the cases")

// TestCases runs testdata/cases: each is a fence, the runs that it is about,
// and what the package must say. The runs are named in a line of "runs", with
// edits behind it that turn a recorded run into another:
//
//	epoll.json drop=12 slept=10
func TestCases(t *testing.T) {
	names, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			in := map[string]string{}
			for _, f := range a.Files {
				in[f.Name] = string(f.Data)
			}
			got := says(t, in)
			for i, f := range a.Files {
				want, ok := got[f.Name]
				if !ok {
					continue
				}
				if *update {
					a.Files[i].Data = []byte(want)
				} else if d := cmp.Diff(string(f.Data), want); d != "" {
					t.Errorf("%s (- want, + got):\n%s", f.Name, d)
				}
			}
			if *update {
				if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// says returns what the package says for each file that a case may have.
func says(t *testing.T, in map[string]string) map[string]string {
	got := map[string]string{}
	var runs []*Trace
	for line := range strings.Lines(in["runs"]) {
		runs = append(runs, loadRun(t, strings.Fields(line)))
	}
	if len(runs) > 0 {
		got["structure"] = runs[0].Structure()
	}
	if len(runs) > 1 {
		got["difference"] = Compare(runs[0], runs[1])
	}
	s, err := Parse(in["fence"])
	if err != nil {
		got["errors"] = err.Error() + "\n"
		return got
	}
	got["errors"] = ""
	if len(runs) == 0 {
		return got
	}
	var b strings.Builder
	for _, f := range s.Check(runs[0]) {
		place := fmt.Sprint(f.Line)
		if f.Col > 0 {
			place += fmt.Sprintf(":%d", f.Col)
		}
		fmt.Fprintf(&b, "%s: %s", place, f.Verdict)
		if f.Fact != "" {
			fmt.Fprintf(&b, ": %s", f.Fact)
		}
		b.WriteString("\n")
	}
	got["findings"] = b.String()
	text := s.Accept(runs...)
	got["accepted"] = text
	again, err := Parse(text)
	if err != nil {
		t.Fatalf("what Accept returned cannot be read: %v", err)
	}
	if twice := again.Accept(runs...); twice != text {
		t.Errorf("Accept is not idempotent:\n%s", cmp.Diff(text, twice))
	}
	for _, run := range runs {
		for _, f := range again.Check(run) {
			if f.Verdict == Fails {
				t.Errorf("what Accept returned does not hold: %s: %s", f.Sentence, f.Fact)
			}
		}
	}
	return got
}

// loadRun reads a trace and edits it.
func loadRun(t *testing.T, words []string) *Trace {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata/traces", words[0]))
	if err != nil {
		t.Fatal(err)
	}
	tr, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range words[1:] {
		key, value, _ := strings.Cut(w, "=")
		if err := edit(tr, key, value); err != nil {
			t.Fatalf("%s: %v", w, err)
		}
	}
	if err := tr.Validate(); err != nil {
		t.Fatal(err)
	}
	return tr
}

func edit(tr *Trace, key, value string) error {
	var seq, n int
	var text string
	fmt.Sscanf(value, "%d:%d", &seq, &n)
	if _, after, ok := strings.Cut(value, ":"); ok {
		text = after
	}
	if key == "unwatched" {
		tr.Witnesses, tr.Unconfirmed = nil, "/proc/PID/task/TID/syscall cannot be read here"
		for i := range tr.Calls {
			tr.Calls[i].Seen, tr.Calls[i].Slept = 0, 0
		}
		return nil
	}
	if key == "leave" {
		for i := range n {
			tr.Left.Descriptors = append(tr.Left.Descriptors, Descriptor{FD: seq + i, Kind: text[strings.IndexByte(text, ':')+1:]})
		}
		return nil
	}
	if key == "order" {
		tr.Order = Order(value)
		return nil
	}
	if key == "unread" { // so much waits in the first socket of mark seq
		tr.Marks[seq-1].Sockets[0].Unread = n
		return nil
	}
	if seq < 1 || seq > len(tr.Calls) {
		return errors.New("no such call")
	}
	c := &tr.Calls[seq-1]
	switch key {
	case "sleep": // slept for so many milliseconds, and was seen
		c.Slept, c.Seen, c.T1 = 1, n, c.T0+int64(n)*1e6
	case "doze": // slept for so many microseconds, and nobody saw it
		c.Slept, c.Seen, c.T1 = 1, 0, c.T0+int64(n)*1e3
	case "open":
		c.Open, c.Seen, c.T1, c.Ret, c.Errno = true, 3, c.T0+1e9, 0, ""
	case "cut": // the run ended in the middle of it
		c.Open, c.Ret, c.Errno = true, 0, ""
	case "errno":
		c.Errno, c.Ret = text, -1
	case "ret":
		c.Ret, c.Errno = int64(n), ""
	case "repeat": // the call is made n times more
		for range n {
			tr.Calls = slices.Insert(tr.Calls, seq, *c)
		}
		for i := range tr.Calls {
			tr.Calls[i].Seq = i + 1
		}
		tr.Flows = nil
	case "later": // the call is made n calls later
		c := tr.Calls[seq-1]
		tr.Calls = slices.Insert(slices.Delete(tr.Calls, seq-1, seq), seq-1+n, c)
		for i := range tr.Calls {
			tr.Calls[i].Seq = i + 1
		}
		tr.Flows = nil
	case "drop":
		tr.Calls = append(tr.Calls[:seq-1], tr.Calls[seq:]...)
		for i := range tr.Calls {
			tr.Calls[i].Seq = i + 1
		}
		tr.Flows = nil
	default:
		return errors.New("unknown edit")
	}
	return nil
}

// Every example of the reference is a sentence of its own form, and every form
// has its example.
func TestReference(t *testing.T) {
	page := Reference()
	for _, f := range forms() {
		if !strings.Contains(page, f.pattern) || !strings.Contains(page, f.example) {
			t.Errorf("the reference lacks %q", f.pattern)
		}
		s, err := Parse(f.example)
		if err != nil {
			t.Errorf("%s: %v", f.pattern, err)
			continue
		}
		if got := s.lines[0].form.pattern; got != f.pattern {
			t.Errorf("%q is read as %q, not as %q", f.example, got, f.pattern)
		}
	}
}

func TestNamesAreSorted(t *testing.T) {
	for _, call := range strings.Split(usualCalls, ", ") {
		if !isCall(call) {
			t.Errorf("%s is not among the calls", call)
		}
	}
	for _, e := range strings.Split(usualErrnos, ", ") {
		if !isErrno(e) {
			t.Errorf("%s is not among the errors", e)
		}
	}
	for _, list := range [][]string{known().calls, known().errnos} {
		for i := 1; i < len(list); i++ {
			if list[i-1] >= list[i] {
				t.Errorf("%s stands before %s", list[i-1], list[i])
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, form := range forms() {
		f.Add(form.example)
	}
	f.Add("# a comment\n\nthread \"my thread\" never sleeps outside read, write\nat L1 descriptors 3, 4 and 5 share one open file description")
	data, err := os.ReadFile("testdata/traces/epoll.json")
	if err != nil {
		f.Fatal(err)
	}
	run, err := Decode(data)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse(text)
		if err != nil {
			for line := range strings.Lines(err.Error()) {
				if strings.TrimSpace(line) == "" {
					t.Errorf("an empty line in %q", err)
				}
			}
			return
		}
		s.Check(run)
		accepted := s.Accept(run)
		again, err := Parse(accepted)
		if err != nil {
			t.Fatalf("%q became %q: %v", text, accepted, err)
		}
		for _, finding := range again.Check(run) {
			if finding.Verdict == Fails {
				t.Errorf("%q became %q, of which %q fails: %s", text, accepted, finding.Sentence, finding.Fact)
			}
		}
		if twice := again.Accept(run); twice != accepted {
			t.Errorf("%q became %q and then %q", text, accepted, twice)
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"schema":"workbook/evidence/1","threads":[{"name":"main","tid":1}],"calls":[{"seq":1,"thread":"main","name":"read","ret":5,"t0":1,"t1":2,"role":"c1","conn":1}],"flows":[{"kind":"data","from":1,"to":1}],"marks":[{"label":"L1","seq":1,"t":3}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		tr, err := Decode(data)
		if err != nil {
			return
		}
		text := tr.Structure()
		written, err := tr.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := Decode(written)
		if err != nil {
			t.Fatal(err)
		}
		if back.Structure() != text || Compare(tr, back) != "" {
			t.Error("the structure changes when the trace is written and read")
		}
	})
}
