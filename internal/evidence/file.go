package evidence

import (
	"bytes"
	_ "embed" // for schema.json
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// FileName is the name of a recording, beside the main.go of its snippet.
const FileName = "evidence.json"

//go:embed schema.json
var schema string

// JSONSchema is the description of the JSON form of a Trace, as JSON Schema
// (draft 2020-12).
func JSONSchema() string { return schema }

// The largest recording that is read.
const (
	maxFile  = 8 << 20 // bytes
	maxCalls = 100_000
)

// Decode reads a trace in its JSON form and checks that it makes sense: what
// draws and compares traces relies on that.
func Decode(data []byte) (*Trace, error) {
	if len(data) > maxFile {
		return nil, fmt.Errorf("a recording of more than %d MiB: record less of the program (evidence=off), or let it make fewer calls", maxFile>>20)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	t := new(Trace)
	if err := dec.Decode(t); err != nil {
		return nil, fmt.Errorf("no recording: %w: make it anew with workbook accept", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("something follows the recording: make it anew with workbook accept")
	}
	if t.Schema != Schema {
		return nil, fmt.Errorf("schema %q, this workbook reads %q: make the recording anew with workbook accept", t.Schema, Schema)
	}
	return t, t.Validate()
}

// Validate reports the first thing that does not fit together in t.
func (t *Trace) Validate() error {
	if t.Order != "" && t.Order != ByDescriptor {
		return fmt.Errorf("order %q: there is %q, or none", t.Order, ByDescriptor)
	}
	names := map[string]bool{}
	for i := range t.Threads {
		if t.Threads[i].Name == "" {
			return fmt.Errorf("thread %d has no name", i+1)
		}
		names[t.Threads[i].Name] = true
	}
	if len(t.Calls) > maxCalls {
		return fmt.Errorf("more than %d calls", maxCalls)
	}
	for i := range t.Calls {
		c := &t.Calls[i]
		switch {
		case c.Seq != i+1:
			return fmt.Errorf("call %d has number %d", i+1, c.Seq)
		case !names[c.Thread]:
			return fmt.Errorf("call %d is of thread %q, which there is not", c.Seq, c.Thread)
		case c.Name == "":
			return fmt.Errorf("call %d has no name", c.Seq)
		case c.T1 < c.T0:
			return fmt.Errorf("call %d returned before it was entered", c.Seq)
		}
	}
	for _, f := range t.Flows {
		if f.From < 1 || f.From > len(t.Calls) || f.To < 1 || f.To > len(t.Calls) {
			return fmt.Errorf("a flow from call %d to call %d, of %d calls", f.From, f.To, len(t.Calls))
		}
		if !slices.Contains([]FlowKind{Connect, Data, Close, Wake}, f.Kind) {
			return fmt.Errorf("a flow of kind %q", f.Kind)
		}
	}
	for i := range t.Marks {
		m := &t.Marks[i]
		if m.Seq < 0 || m.Seq > len(t.Calls) {
			return fmt.Errorf("mark %s stands behind call %d, of %d", m.Label, m.Seq, len(t.Calls))
		}
		for j := range m.Descriptors {
			if n := m.Descriptors[j].Socket; n < 0 || n > len(m.Sockets) {
				return fmt.Errorf("mark %s: descriptor %d is socket %d, of %d", m.Label, m.Descriptors[j].FD, n, len(m.Sockets))
			}
		}
	}
	return nil
}

// Encode writes t in its JSON form, a line for each call, so that a recording
// can be read and compared as text.
func (t *Trace) Encode() ([]byte, error) {
	type head Trace // without this method
	short := head(*t)
	short.Threads, short.Calls, short.Flows, short.Marks = nil, nil, nil, nil
	data, err := marshal(short)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return nil, err
	}
	b.WriteString("{\n")
	for _, name := range []string{"schema", "snippet", "engine", "host", "witnesses", "unconfirmed", "order", "lost", "left"} {
		if v, ok := fields[name]; ok {
			fmt.Fprintf(&b, "%q: %s,\n", name, v)
		}
	}
	err = errors.Join(
		writeLines(&b, "threads", t.Threads),
		writeLines(&b, "calls", t.Calls),
		writeLines(&b, "flows", t.Flows),
		writeLines(&b, "marks", t.Marks),
	)
	b.Truncate(b.Len() - len(",\n"))
	b.WriteString("\n}\n")
	return b.Bytes(), err
}

// writeLines writes a list with a line for each of its elements.
func writeLines[E any](b *bytes.Buffer, name string, list []E) error {
	fmt.Fprintf(b, "%q: [", name)
	for i := range list {
		data, err := marshal(list[i])
		if err != nil {
			return err
		}
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n\t")
		b.Write(data)
	}
	b.WriteString("\n],\n")
	return nil
}

// marshal is json.Marshal without the escapes for HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}
