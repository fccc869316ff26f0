package picture

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example/workbook/internal/evidence"
)

// Of many arrows from one call two are drawn, and arrows inside others do not run
// on one line.
func TestArrows(t *testing.T) {
	tr := &evidence.Trace{}
	call := func(thread string) int {
		n := len(tr.Calls)
		tr.Calls = append(tr.Calls, evidence.Call{Seq: n + 1, Thread: thread, Name: "call", T0: int64(10 * n), T1: int64(10*n + 1)})
		return n + 1
	}
	flow := func(from, to int) {
		tr.Flows = append(tr.Flows, evidence.Flow{Kind: evidence.Data, From: from, To: to, Bytes: 1})
	}
	tr.Threads = []evidence.Thread{{Name: "main"}, {Name: "writer"}}
	outer, inner := call("main"), call("main")
	flow(inner, call("main"))
	flow(outer, call("main"))
	write := call("writer")
	for range 4 {
		flow(write, call("main"))
	}
	few := call("writer")
	for range 3 {
		flow(few, call("main"))
	}

	d := &drawing{f: &Figure{Trace: tr}, chart: newChart(tr)}
	rows := map[int]int{}
	var ys []float64
	for i := range tr.Calls {
		rows[i+1] = i
		ys = append(ys, float64(i))
	}
	var got []string
	for _, a := range d.arrowsBetween(ys, rows, rows) {
		s := fmt.Sprintf("%d to %d", a.flow.From, a.flow.To)
		if a.depth > 0 {
			s += fmt.Sprintf(", %d inside", a.depth)
		}
		if a.silent {
			s += ", silent"
		}
		got = append(got, s)
	}
	want := []string{"2 to 3", "1 to 4, 1 inside", "5 to 6", "5 to 9, silent", "10 to 11", "10 to 12", "10 to 13"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(- want, + got)\n%s", diff)
	}
	if !d.bundled {
		t.Error("the legend does not say that arrows are left out")
	}
}
