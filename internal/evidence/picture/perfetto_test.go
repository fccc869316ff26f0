package picture

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"example/workbook/internal/evidence"
)

// eventFields are the fields of the Trace Event Format for each phase that an
// export has: those that must be there, and those that may. See "Trace Event
// Format" (docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU)
// and Perfetto's "Visualizing external trace formats", Chrome JSON format.
var eventFields = map[string][2][]string{
	"M": {{"name", "ph", "pid", "args"}, {"ts", "tid"}},
	"X": {{"name", "cat", "ph", "ts", "dur", "pid", "tid"}, {"args"}},
	"s": {{"name", "cat", "ph", "ts", "pid", "tid", "id"}, nil},
	"f": {{"name", "cat", "ph", "ts", "pid", "tid", "id", "bp"}, nil},
	"i": {{"name", "ph", "ts", "s", "pid"}, {"cat", "tid", "args"}},
}

// slice is what an importer makes of an event X. Perfetto counts nanoseconds.
type slice struct {
	name       string
	start, end int64
}

// The export has what the format documents and nothing else, and means what
// Perfetto's importer makes of it: a track of its own name for each thread, slices
// that do not overlap, and arrows from the call that caused something to the call
// that got it. An importer binds the end of an arrow to the slice that is open on
// its track at that time ("bp": "e" says so for the second end).
func TestPerfetto(t *testing.T) {
	traces := map[string]*evidence.Trace{}
	for _, name := range []string{"blocking", "epoll", "marks"} {
		traces[name] = load(t, name)
	}
	for seed := range 40 {
		traces[fmt.Sprintf("random %d", seed)] = randomTrace(uint64(seed))
	}
	for name, tr := range traces {
		t.Run(name, func(t *testing.T) {
			data, err := Perfetto(tr)
			if err != nil {
				t.Fatal(err)
			}
			var file map[string]json.RawMessage
			if err := json.Unmarshal(data, &file); err != nil {
				t.Fatal(err)
			}
			if got := slices.Sorted(maps.Keys(file)); !slices.Equal(got, []string{"displayTimeUnit", "otherData", "traceEvents"}) {
				t.Errorf("the file has %v", got)
			}
			var events []map[string]any
			if err := json.Unmarshal(file["traceEvents"], &events); err != nil {
				t.Fatal(err)
			}
			importTrace(t, tr, events)
		})
	}
}

func importTrace(t *testing.T, tr *evidence.Trace, events []map[string]any) {
	tracks := map[float64][]slice{}
	names := map[float64]string{}
	type arrowEnd struct{ tid, ts float64 }
	begins, ends := map[float64]arrowEnd{}, map[float64]arrowEnd{}
	marks := 0
	for _, e := range events {
		fields, ok := eventFields[fmt.Sprint(e["ph"])]
		if !ok {
			t.Fatalf("phase %v", e["ph"])
		}
		for _, f := range fields[0] {
			if _, ok := e[f]; !ok {
				t.Errorf("%v lacks %s", e, f)
			}
		}
		for f, v := range e {
			if !slices.Contains(fields[0], f) && !slices.Contains(fields[1], f) {
				t.Errorf("%v has %s, which the format does not know", e, f)
			}
			switch v := v.(type) {
			case float64:
				if !slices.Contains([]string{"ts", "dur", "pid", "tid", "id"}, f) || v < 0 {
					t.Errorf("%s is %v", f, v)
				}
			case string:
				if !slices.Contains([]string{"name", "cat", "ph", "s", "bp"}, f) {
					t.Errorf("%s is %q", f, v)
				}
			case map[string]any:
				if f != "args" {
					t.Errorf("%s is %v", f, v)
				}
			default:
				t.Errorf("%s is %v", f, v)
			}
		}
		switch e["ph"] {
		case "M":
			if e["name"] == "thread_name" {
				names[e["tid"].(float64)] = e["args"].(map[string]any)["name"].(string)
			}
		case "X":
			start := nanoseconds(e["ts"])
			tracks[e["tid"].(float64)] = append(tracks[e["tid"].(float64)], slice{e["name"].(string), start, start + nanoseconds(e["dur"])})
		case "s":
			begins[e["id"].(float64)] = arrowEnd{e["tid"].(float64), e["ts"].(float64)}
		case "f":
			if e["bp"] != "e" {
				t.Errorf("%v binds to the next slice", e)
			}
			ends[e["id"].(float64)] = arrowEnd{e["tid"].(float64), e["ts"].(float64)}
		case "i":
			marks++
			if !slices.Contains([]string{"g", "p", "t"}, e["s"].(string)) {
				t.Errorf("%v: scope", e)
			}
		}
	}
	n := 0
	for tid, track := range tracks {
		n += len(track)
		slices.SortFunc(track, func(a, b slice) int { return int(a.start - b.start) })
		for i := 1; i < len(track); i++ {
			if track[i].start < track[i-1].end {
				t.Errorf("%s: %v and %v overlap", names[tid], track[i-1], track[i])
			}
		}
	}
	if n != len(tr.Calls) || marks != len(tr.Marks) || len(begins) != len(tr.Flows) || len(ends) != len(tr.Flows) {
		t.Fatalf("%d slices, %d marks, %d and %d ends of arrows for %d calls, %d marks, %d flows", n, marks, len(begins), len(ends), len(tr.Calls), len(tr.Marks), len(tr.Flows))
	}
	for i, f := range tr.Flows {
		for k, end := range []arrowEnd{begins[float64(i+1)], ends[float64(i+1)]} {
			want := &tr.Calls[[2]int{f.From, f.To}[k]-1]
			if names[end.tid] != want.Thread {
				t.Errorf("arrow %d is on the track %q, not %q", i+1, names[end.tid], want.Thread)
			}
			at := nanoseconds(end.ts)
			bound := ""
			for _, s := range tracks[end.tid] {
				if s.start <= at && at < s.end {
					bound = fmt.Sprint(s.start, s.name)
				}
			}
			if want := fmt.Sprint(want.T0, want.Brief()+" = "+outcome(want)); bound != want {
				t.Errorf("arrow %d binds to %q, not to %q", i+1, bound, want)
			}
		}
	}
}

// nanoseconds is a time of the format, which counts microseconds.
func nanoseconds(v any) int64 { return int64(math.Round(v.(float64) * 1e3)) }
