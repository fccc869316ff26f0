package runner

import (
	"strings"
	"testing"
	"testing/fstest"

	"example/workbook/internal/book"
	"example/workbook/internal/evidence"
)

// sleeper is a run in which main slept so many nanoseconds in accept4.
func sleeper(ns int64) *evidence.Trace {
	return &evidence.Trace{
		Schema: evidence.Schema, Snippet: "case/1", Witnesses: []string{"rusage", "proc"},
		Threads: []evidence.Thread{{Name: "main", TID: 1}},
		Calls:   []evidence.Call{{Seq: 1, Thread: "main", Name: "accept4", Args: []int64{3}, Text: "3", Ret: 4, T1: ns, Slept: 1, Seen: 1, Role: "L", Conn: 1}},
	}
}

// An evidence fence, a recorded run, and what Check says.
func TestCheckEvidence(t *testing.T) {
	const fence = "```evidence\n# why\nthread main never sleeps\nexactly one accept4\n```\n"
	for _, tt := range []struct {
		name, fence string
		change      func(*Run)
		want        string
	}{
		{"every sentence holds", strings.Replace(fence, "never sleeps", "sleeps in accept4", 1), func(*Run) {}, "pass"},
		{"a sleep that should not be", fence, func(*Run) {},
			"fail: it did not do what the evidence fence at case.md:6 says: thread main slept 2000 ms in accept4(3): a listener in blocking mode?\nmismatch evidence fails holds"},
		{"nobody tells who slept", fence, func(r *Run) {
			t := r.Evidence
			t.Witnesses, t.Unconfirmed = nil, "the kernel does not say"
		}, "pass\nnote: not confirmed who slept: the kernel does not say"},
		{"nothing recorded", fence, func(r *Run) { r.Evidence = nil }, "pass\nnote: its evidence fence was not checked: nothing was recorded"},
		{"more calls than a recording holds", fence, func(r *Run) { r.Evidence.Lost = 7 },
			"fail: 7 system calls were too many for a recording, so its evidence says nothing: let it make fewer calls, or write evidence=off in the workbook comment above it"},
		{"what was left is told", "", func(r *Run) {
			r.Evidence.Left = evidence.Left{Descriptors: []evidence.Descriptor{{FD: 3, Kind: "socket", Name: "listener"}, {FD: 5, Kind: "pipe"}}, Threads: []string{"acceptor"}}
		}, "pass\nnote: left open when it ended: descriptors 3 (listener), 5 (pipe)\nnote: still there when it ended: thread acceptor"},
		{"unless a sentence says so", "```evidence\nleft open: one pipe\n```\n", func(r *Run) {
			r.Evidence.Left = evidence.Left{Descriptors: []evidence.Descriptor{{FD: 5, Kind: "pipe"}}}
		}, "pass"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := load(t, "```go\npackage main\n```\n\n"+tt.fence)
			run := &Run{Engine: Yaegi, Evidence: sleeper(2e9)}
			tt.change(run)
			res := Check(s, run)
			got := res.Verdict.String()
			if res.Reason != "" {
				got += ": " + res.Reason
			}
			for _, n := range append(res.Notes, res.Left...) {
				got += "\nnote: " + n
			}
			for _, m := range res.Mismatches {
				got += "\nmismatch " + m.Fence
				for _, f := range m.Findings {
					got += " " + f.Verdict.String()
				}
				if m.Result == nil || m.Result.OK {
					t.Error("the mismatch matches")
				}
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// A run that does something else than the recording beside its program fails;
// one that only slept longer does not.
func TestCompareRecording(t *testing.T) {
	old := sleeper(1e6)
	data, err := old.Encode()
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{
		"mkdocs.yml":                      {Data: []byte("site_name: B\n")},
		"docs/01-a.md":                    {Data: []byte("<!-- workbook: file=snippets/a/x/main.go region=r -->\n```go\n```\n")},
		"snippets/a/x/main.go":            {Data: []byte("package main\n\n// --8<-- [start:r]\n\nfunc main() {}\n\n// --8<-- [end:r]\n")},
		"snippets/a/x/evidence.json":      {Data: data},
		"snippets/a/broken/main.go":       {Data: []byte("package main\n\nfunc main() {}\n")},
		"snippets/a/broken/evidence.json": {Data: []byte("{}")},
	}
	b, err := book.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	snippets, err := b.Select("a/x")
	if err != nil {
		t.Fatal(err)
	}
	s := snippets[0]
	recorded, err := ReadRecording(fsys, s)
	if err != nil || recorded == nil {
		t.Fatal(recorded, err)
	}
	check := func(now *evidence.Trace) Result {
		res := Check(s, &Run{Engine: Go, Evidence: now})
		res.CompareRecording(recorded)
		return res
	}
	if res := check(sleeper(5e9)); res.Verdict != Pass {
		t.Errorf("a longer sleep: %v: %s", res.Verdict, res.Reason)
	}
	other := sleeper(1e6)
	other.Calls[0].Errno, other.Calls[0].Ret, other.Calls[0].Conn = "EAGAIN", -1, 0
	res := check(other)
	if res.Verdict != Fail || res.Reason != "it did something else than its recording snippets/a/x/evidence.json" {
		t.Errorf("another error: %v: %s", res.Verdict, res.Reason)
	}
	want := "thread main\n  - accept4(L) = s1\n  + accept4(L) = -1 EAGAIN\n"
	if len(res.Mismatches) != 1 || res.Mismatches[0].Difference != want {
		t.Errorf("got %+v", res.Mismatches)
	}
	broken := *s
	broken.File = "snippets/a/broken/main.go"
	if _, err := ReadRecording(fsys, &broken); err == nil || !strings.HasPrefix(err.Error(), "snippets/a/broken/evidence.json: schema ") {
		t.Errorf("a recording that is none: %v", err)
	}
}
