package cli

import (
	"os"
	"testing"

	"example/workbook/internal/evidence"
)

// What is recorded of runs keeps the strictest order in which they agree, and
// one that left something to luck goes on to do so.
func TestOrderOfRuns(t *testing.T) {
	load := func(drop func(*evidence.Call) bool) *evidence.Trace {
		data, err := os.ReadFile("../evidence/testdata/traces/epoll.json")
		if err != nil {
			t.Fatal(err)
		}
		tr, err := evidence.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		var kept []evidence.Call
		for i := range tr.Calls {
			if drop == nil || !drop(&tr.Calls[i]) {
				kept = append(kept, tr.Calls[i])
			}
		}
		tr.Calls, tr.Flows = kept, nil
		return tr
	}
	vain := func(c *evidence.Call) bool { return c.Seq == 12 } // accept4 that fails with EAGAIN
	effect := func(c *evidence.Call) bool { return c.Name == "write" }
	loose := load(nil)
	loose.Order = evidence.ByDescriptor
	for _, c := range []struct {
		name   string
		old    *evidence.Trace
		runs   []*evidence.Trace
		want   evidence.Order
		differ bool
	}{
		{"the same", nil, []*evidence.Trace{load(nil), load(nil)}, "", false},
		{"by luck", nil, []*evidence.Trace{load(nil), load(vain)}, evidence.ByDescriptor, false},
		{"in the third run", nil, []*evidence.Trace{load(nil), load(nil), load(vain)}, evidence.ByDescriptor, false},
		{"of a loose recording", loose, []*evidence.Trace{load(nil), load(nil)}, evidence.ByDescriptor, false},
		{"in effect", nil, []*evidence.Trace{load(nil), load(effect), load(nil)}, evidence.ByDescriptor, true},
	} {
		a := &accepted{runs: c.runs}
		if diff := a.compare(c.old); (diff != "") != c.differ {
			t.Errorf("%s: difference %q", c.name, diff)
		}
		if !c.differ && c.runs[0].Order != c.want {
			t.Errorf("%s: order %q, want %q", c.name, c.runs[0].Order, c.want)
		}
	}
}
