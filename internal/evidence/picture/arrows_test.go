package picture

import (
	"fmt"
	"regexp"
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
	var rows []row
	var ys []float64
	for i := range tr.Calls {
		rows = append(rows, row{call: &tr.Calls[i]})
		ys = append(ys, float64(i))
	}
	var got []string
	for _, a := range d.arrowsBetween(ys, rows) {
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

// A thread that has the drawing to itself moves aside for the arrows that come back
// to it, so that each has a line of its own beside the times.
func TestOwnArrows(t *testing.T) {
	const calls = 12
	draw := func(threads ...string) (paths []string) {
		tr := &evidence.Trace{}
		for _, name := range threads {
			tr.Threads = append(tr.Threads, evidence.Thread{Name: name})
		}
		call := func(thread string) {
			n := len(tr.Calls)
			tr.Calls = append(tr.Calls, evidence.Call{Seq: n + 1, Thread: thread, Name: "call", T0: int64(10 * n), T1: int64(10*n + 1)})
		}
		for range calls {
			call(threads[0])
		}
		for _, name := range threads[1:] {
			call(name)
		}
		for n := range calls / 2 {
			tr.Flows = append(tr.Flows, evidence.Flow{Kind: evidence.Data, From: n + 1, To: calls - n, Bytes: 1})
		}
		f := &Figure{Trace: tr, Kind: Calls}
		for _, m := range regexp.MustCompile(`class="ev-a [^>]* d="(M[^"]*C[^"]*)"`).FindAllStringSubmatch(f.SVG(), -1) {
			paths = append(paths, m[1])
		}
		return paths
	}
	farthest := func(paths []string) map[float64]bool {
		list := map[float64]bool{}
		for _, p := range paths {
			var x0, y0, out float64
			if _, err := fmt.Sscanf(p, "M%g %gC%g", &x0, &y0, &out); err != nil {
				t.Fatalf("%s: %v", p, err)
			}
			if nearest := x0 - (x0-out)*3/4; nearest <= timeColumn-12 {
				t.Errorf("%s runs over the times", p)
			}
			list[out] = true
		}
		return list
	}
	alone := draw("main")
	if n := len(farthest(alone)); len(alone) != calls/2 || n != calls/2 {
		t.Errorf("%d arrows on %d lines", len(alone), n)
	}
	if n := len(farthest(draw("main", "other"))); n != deepest+1 {
		t.Errorf("beside another thread %d lines", n)
	}
}
