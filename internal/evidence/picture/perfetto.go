package picture

import (
	"bytes"
	"encoding/json"
	"strings"

	"example/workbook/internal/evidence"
)

// event is one of the Chrome Trace Event Format, which Perfetto and
// chrome://tracing open. Times are microseconds.
type event struct {
	Name string         `json:"name"`
	Cat  string         `json:"cat,omitempty"`
	Ph   string         `json:"ph"`
	TS   float64        `json:"ts"`
	Dur  *float64       `json:"dur,omitempty"`
	PID  int            `json:"pid"`
	TID  int            `json:"tid"`
	ID   int            `json:"id,omitempty"`
	BP   string         `json:"bp,omitempty"`
	S    string         `json:"s,omitempty"`
	Args map[string]any `json:"args,omitempty"`
}

// Perfetto writes a trace in the Chrome Trace Event Format: a slice for each
// call, an arrow for each flow, an instant for each mark.
func Perfetto(t *evidence.Trace) ([]byte, error) {
	events := []event{{Name: "process_name", Ph: "M", PID: 1, Args: map[string]any{"name": t.Snippet}}}
	tid := map[string]int{}
	for i, th := range t.Threads {
		tid[th.Name] = i + 1
		events = append(events,
			event{Name: "thread_name", Ph: "M", PID: 1, TID: i + 1, Args: map[string]any{"name": th.Name}},
			event{Name: "thread_sort_index", Ph: "M", PID: 1, TID: i + 1, Args: map[string]any{"sort_index": i}})
	}
	micro := func(ns int64) float64 { return float64(ns) / 1e3 }
	for i := range t.Calls {
		c := &t.Calls[i]
		cat := "syscall"
		if asleep(c) {
			cat = "syscall,asleep"
		}
		dur := micro(max(c.T1-c.T0, 1))
		args := map[string]any{
			"arguments": c.Text, "result": outcome(c), "cpu_us": micro(c.CPU),
			"voluntary_switches": c.Slept, "involuntary_switches": c.Pushed, "seen_asleep": c.Seen,
		}
		if c.Wchan != "" {
			args["kernel_function"] = c.Wchan
		}
		events = append(events, event{Name: c.Brief() + " = " + outcome(c), Cat: cat, Ph: "X", TS: micro(c.T0), Dur: &dur, PID: 1, TID: tid[c.Thread], Args: args})
	}
	for i, f := range t.Flows {
		from, to := &t.Calls[f.From-1], &t.Calls[f.To-1]
		// An arrow must begin and end inside its slices.
		events = append(events,
			event{Name: string(f.Kind), Cat: "flow", Ph: "s", ID: i + 1, TS: micro(from.T0), PID: 1, TID: tid[from.Thread]},
			event{Name: string(f.Kind), Cat: "flow", Ph: "f", BP: "e", ID: i + 1, TS: micro(max(to.T1-1, to.T0)), PID: 1, TID: tid[to.Thread]})
	}
	for _, m := range t.Marks {
		objects := map[string]any{}
		for _, row := range descriptorTable(&m).Rows {
			objects["descriptor "+row[0]] = strings.TrimSpace(strings.Join(row[1:], " "))
		}
		for _, row := range epollTable(&m).Rows {
			key := "epoll instance " + row[0] + " watches"
			if before, ok := objects[key].(string); ok {
				row[1] = before + "; " + row[1]
			}
			objects[key] = strings.TrimSpace(row[1] + " " + row[2])
		}
		events = append(events, event{Name: m.Label, Cat: "mark", Ph: "i", S: "p", TS: micro(m.T), PID: 1, Args: objects})
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(map[string]any{
		"displayTimeUnit": "ns",
		"otherData":       map[string]any{"schema": t.Schema, "engine": t.Engine, "kernel": t.Host.Kernel, "go": t.Host.Go},
		"traceEvents":     events,
	})
	return b.Bytes(), err
}
