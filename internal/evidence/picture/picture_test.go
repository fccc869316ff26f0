package picture

import (
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example/workbook/internal/evidence"
)

var update = flag.Bool("update", false, "write what the package draws into testdata")

func load(t testing.TB, name string) *evidence.Trace {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "testdata", "traces", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	tr, err := evidence.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// What a page, a terminal and other programs get, as it was found good by
// looking at it. After a change: go test -update, and look again.
func TestGolden(t *testing.T) {
	for _, c := range []struct {
		file, trace string
		draw        func(*Figure) string
	}{
		{"blocking-calls.svg", "blocking", func(f *Figure) string { f.Kind = Calls; return f.File() }},
		{"blocking-calls-phone.svg", "blocking", func(f *Figure) string { f.Kind, f.Width = Calls, PhoneWidth; return f.SVG() }},
		{"epoll-lanes.svg", "epoll", func(f *Figure) string { f.Kind = Lanes; return f.File() }},
		{"epoll-lanes-phone.svg", "epoll", func(f *Figure) string { f.Kind, f.Width = Lanes, PhoneWidth; return f.SVG() }},
		{"marks-calls.svg", "marks", func(f *Figure) string { f.Kind = Calls; return f.File() }},
		{"marks-state.svg", "marks", func(f *Figure) string { return strings.Join(f.States(), "") }},
		{"marks.md", "marks", func(f *Figure) string { return f.Marks().Markdown() }},
		{"marks.html", "marks", func(f *Figure) string { return f.Marks().HTML("marks") }},
		{"marks-calls.txt", "marks", func(f *Figure) string { f.Kind = Calls; return f.Text(TextOptions{Width: 100}) }},
		{"blocking-calls.txt", "blocking", func(f *Figure) string { f.Kind = Calls; return f.Text(TextOptions{Width: 120}) }},
		{"blocking-calls-80.txt", "blocking", func(f *Figure) string { f.Kind = Calls; return f.Text(TextOptions{}) }},
		{"epoll-lanes-80.txt", "epoll", func(f *Figure) string { f.Kind = Lanes; return f.Text(TextOptions{}) }},
		{"epoll-calls-colour.txt", "epoll", func(f *Figure) string { f.Kind = Calls; return f.Text(TextOptions{Width: 120, Color: true}) }},
		{"epoll.md", "epoll", func(f *Figure) string { return f.Table().Markdown() }},
		{"style.css", "epoll", func(*Figure) string { return StyleSheet() }},
		{"blocking.perfetto.json", "blocking", func(f *Figure) string {
			data, err := Perfetto(f.Trace)
			if err != nil {
				t.Error(err)
			}
			return string(data)
		}},
	} {
		t.Run(c.file, func(t *testing.T) {
			got := c.draw(&Figure{Trace: load(t, c.trace)})
			file := filepath.Join("testdata", c.file)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("%s (- want, + got):\n%s", file, d)
			}
		})
	}
}

// Every picture, of recorded runs and of runs that nobody would think of.
func TestSVG(t *testing.T) {
	traces := map[string]*evidence.Trace{}
	for _, name := range []string{"blocking", "epoll", "marks"} {
		traces[name] = load(t, name)
	}
	for seed := range 60 {
		traces[fmt.Sprintf("random %d", seed)] = randomTrace(uint64(seed))
	}
	traces["empty"] = &evidence.Trace{}
	ids := map[string]string{}
	for name, tr := range traces {
		for _, kind := range []Kind{Lanes, Calls} {
			for _, width := range []int{0, PhoneWidth} {
				f := &Figure{Trace: tr, Kind: kind, Width: width, ID: name}
				where := fmt.Sprintf("%s, %s, width %d", name, kind, width)
				checkSVG(t, where, f.SVG(), ids, false)
				checkSVG(t, where+", as a file", f.File(), map[string]string{}, true)
				checkTexts(t, where, f)
				for i, state := range f.States() {
					checkSVG(t, where+", state", state, ids, false)
					d := &drawing{f: f, chart: &chart{t: tr}}
					height := d.stateBoxes(&tr.Marks[i])
					checkBoxes(t, where+", state", d.texts, f.width(), height)
				}
			}
		}
	}
}

// checkSVG reads an SVG as a browser would.
func checkSVG(t *testing.T, where, svg string, ids map[string]string, alone bool) {
	t.Helper()
	if len(svg) > maxSVG {
		t.Errorf("%s: %d bytes, more than %d", where, len(svg), maxSVG)
	}
	dec := xml.NewDecoder(strings.NewReader(svg))
	var refs []string
	own := map[string]bool{}
	found := map[string]int{}
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		start, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		found[start.Name.Local]++
		for _, a := range start.Attr {
			switch a.Name.Local {
			case "id":
				if other, ok := ids[a.Value]; ok {
					t.Errorf("%s: id %s is that of a part of %s", where, a.Value, other)
				}
				ids[a.Value], own[a.Value] = where, true
			case "style":
				t.Errorf("%s: a style attribute, which a Content-Security-Policy may forbid", where)
			case "aria-labelledby":
				refs = append(refs, strings.Fields(a.Value)...)
			}
			if strings.HasPrefix(a.Value, "url(#") {
				refs = append(refs, strings.TrimSuffix(strings.TrimPrefix(a.Value, "url(#"), ")"))
			}
			if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
				t.Errorf("%s: %s=%q", where, a.Name.Local, a.Value)
			}
		}
	}
	for _, ref := range refs {
		if !own[ref] {
			t.Errorf("%s: refers to %s, which there is not", where, ref)
		}
	}
	if found["title"] == 0 || found["desc"] != 1 {
		t.Errorf("%s: no title or description", where)
	}
	if alone != (found["style"] == 1) {
		t.Errorf("%s: %d style elements", where, found["style"])
	}
}

// checkTexts checks that no text stands over another or outside the picture, by
// the widths of the widest fonts.
func checkTexts(t *testing.T, where string, f *Figure) {
	t.Helper()
	c := newChart(f.Trace)
	d, height := f.layOut(c, 0, false)
	checkBoxes(t, where, d.texts, f.width(), height)
}

func checkBoxes(t *testing.T, where string, texts []box, width, height float64) {
	t.Helper()
	for i, a := range texts {
		if a.w > 0 && (a.x < 0 || a.x+a.w > width+1 || a.y < 0 || a.y+a.h > height) {
			t.Errorf("%s: a text at %v stands outside %v by %v", where, a, width, height)
		}
		for _, b := range texts[:i] {
			if a.w > 0 && b.w > 0 && a.meets(b) {
				t.Errorf("%s: the texts at %v and %v meet", where, a, b)
			}
		}
	}
}

// Calls that one thread makes in a row are one bar in lanes, but for those that
// fail, and for those that an arrow leaves or reaches, unless these are many.
func TestCallsInARow(t *testing.T) {
	made := func(calls string) *evidence.Trace {
		tr := &evidence.Trace{Snippet: "a/b", Threads: []evidence.Thread{{Name: "main", TID: 1}, {Name: "other", TID: 2}}}
		for i, kind := range calls {
			c := evidence.Call{Seq: i + 1, Thread: "main", Name: "write", T0: int64(i) * 1000, T1: int64(i)*1000 + 500}
			switch kind {
			case 'c':
				c.Name = "close"
			case 'e':
				c.Errno, c.Ret = "EAGAIN", -1
			case 'o':
				c.Thread, c.Name = "other", "read"
			}
			tr.Calls = append(tr.Calls, c)
		}
		return tr
	}
	for _, c := range []struct {
		calls, want string
		links       []evidence.Flow
	}{
		{"wwwwwwwo", "| | | | | | |; |", nil},
		{"wwwwwwwwo", "8 × write; |", nil},
		{"wwwwcwwcwo", "9 calls; |", nil},
		{"wwwwwwwweeeeeeeeeo", "8 × write 9 × write fail; |", nil},
		{"wwwwwowwww", "| | | | | | | | |; |", nil},
		{"wwwwwwwwwcccccccccowwwwwwww", "9 × write | 8 × close 8 × write; |", []evidence.Flow{{Kind: evidence.Data, From: 10, To: 19}}},
		{"wwwwwwwwwooooooooo", "9 × write; 9 × read", []evidence.Flow{
			{Kind: evidence.Data, From: 1, To: 10}, {Kind: evidence.Data, From: 2, To: 11},
			{Kind: evidence.Data, From: 3, To: 12}, {Kind: evidence.Data, From: 4, To: 13},
		}},
	} {
		tr := made(c.calls)
		tr.Flows = c.links
		f := &Figure{Trace: tr, Kind: Lanes}
		a := newAxis(newChart(tr), scale{width: 1000, bunch: func(bunch) float64 { return 1 }})
		var lanes []string
		for _, th := range tr.Threads {
			var lane []string
			for _, p := range a.points {
				switch {
				case p.call.Thread != th.Name || p.end:
				case p.bunch == nil:
					lane = append(lane, "|")
				default:
					_, name := p.bunch.label()
					lane = append(lane, name)
				}
			}
			lanes = append(lanes, strings.Join(lane, " "))
		}
		if got := strings.Join(lanes, "; "); got != c.want {
			t.Errorf("%s: %s, want %s", c.calls, got, c.want)
		}
		arrows := strings.Count(f.SVG(), "marker-end")
		if want := 2 * min(len(c.links), 1); arrows != want { // with that of the legend
			t.Errorf("%s: %d arrows, want %d", c.calls, arrows, want)
		}
	}
}

// randomTrace makes a run of up to 12 threads, with long names, many calls,
// texts that are no XML, and flows in all directions.
func randomTrace(seed uint64) *evidence.Trace {
	r := rand.New(rand.NewPCG(seed, 1))
	t := &evidence.Trace{Schema: evidence.Schema, Snippet: "a/b", Engine: "go", Witnesses: []string{"rusage", "proc"}}
	t.Host = evidence.Host{OS: "linux", Kernel: "6.1.0-13-cloud", CPUs: 2}
	names := []string{"main", "a-very-long-nm", "x", "conn-1", "event-loop", "client-1", "client-2", "worker", "reader", "writer<&>", "“quoted”", "twelve"}
	for i := range 1 + r.IntN(len(names)) {
		t.Threads = append(t.Threads, evidence.Thread{Name: names[i], TID: i + 1, Start: int64(i) * 1000})
	}
	calls := []string{"read", "write", "accept4", "epoll_wait", "close", "epoll_create1", "epoll_ctl", "rt_sigtimedwait"}
	now := int64(0)
	returned := map[string]int64{}
	thread, stays := 0, r.IntN(3)*10 // calls in a row, on average
	for i := range r.IntN(160) {
		now += int64(math.Exp(r.Float64() * 15))
		if r.IntN(stays+1) == 0 {
			thread = r.IntN(len(t.Threads))
		}
		c := evidence.Call{
			Seq: i + 1, Thread: t.Threads[thread].Name, Name: calls[r.IntN(len(calls))],
			Args: []int64{int64(r.IntN(12))}, Conn: r.IntN(5),
		}
		now = max(now, returned[c.Thread]) // a thread makes one call at a time
		c.T0, c.T1 = now, now+1+int64(math.Exp(r.Float64()*15))
		returned[c.Thread] = c.T1 + 1
		c.Text = fmt.Sprintf("%d, %q", c.Args[0], "<&>\x00\u202e]]>")
		switch r.IntN(6 + 8*stays) {
		case 0:
			c.Errno, c.Ret = "EAGAIN", -1
		case 1, 2:
			c.Slept, c.Seen = 1, 1
		case 3:
			c.Ret = r.Int64N(1 << 40)
			c.Result = "3 readable, 4 readable"
		}
		t.Calls = append(t.Calls, c)
	}
	kinds := []evidence.FlowKind{evidence.Connect, evidence.Data, evidence.Close, evidence.Wake}
	for range len(t.Calls) / 3 {
		from := 1 + r.IntN(len(t.Calls))
		to := from + r.IntN(len(t.Calls)-from+1)
		t.Flows = append(t.Flows, evidence.Flow{Kind: kinds[r.IntN(4)], From: from, To: to, Bytes: r.IntN(9)})
	}
	m := evidence.Mark{Label: "a label", Seq: len(t.Calls), T: now, Sockets: []evidence.Socket{
		{Role: "L", Protocol: "tcp", Local: "127.0.0.1:40001", State: "LISTEN", Unread: 3, Unsent: 128},
		{Role: "s1", Protocol: "tcp", Local: "127.0.0.1:40001", Remote: "192.168.100.100:50002", State: "ESTABLISHED", Unread: 65536, Unsent: 7},
	}}
	for fd := range r.IntN(12) {
		m.Descriptors = append(m.Descriptors, evidence.Descriptor{FD: fd, Kind: "file", Name: "/a/very/long/name/of/a/file", Description: r.IntN(8), Socket: r.IntN(3), Offset: int64(r.IntN(3))})
	}
	m.Epolls = []evidence.Epoll{{FD: 3, Interest: []evidence.Interest{{FD: 4, Events: "EPOLLIN|EPOLLOUT|EPOLLET|EPOLLONESHOT"}}}}
	t.Marks = append(t.Marks, m)
	return t
}

// Text never is wider than asked, and says the same without colours.
func TestTextWidth(t *testing.T) {
	for seed := range 40 {
		tr := randomTrace(uint64(seed))
		for _, kind := range []Kind{Lanes, Calls} {
			for _, width := range []int{40, 80, 133} {
				f := &Figure{Trace: tr, Kind: kind}
				plain := f.Text(TextOptions{Width: width})
				for line := range strings.Lines(plain) {
					if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > width {
						t.Errorf("random %d, %s: a line of %d columns, not %d: %s", seed, kind, n, width, line)
					}
				}
				if bare := stripSGR(f.Text(TextOptions{Width: width, Color: true})); bare != plain {
					t.Errorf("random %d, %s, %d columns: colours change the text", seed, kind, width)
				}
			}
		}
	}
}

func stripSGR(s string) string {
	var b strings.Builder
	for {
		i := strings.Index(s, "\x1b[")
		if i < 0 {
			return b.String() + s
		}
		b.WriteString(s[:i])
		s = s[i:]
		s = s[strings.IndexByte(s, 'm')+1:]
	}
}

// Texts can be read on their ground, on bands and in sleeps: WCAG 2.2 asks for
// a contrast of 4.5 to 1, and for 3 to 1 of what else carries meaning.
func TestContrast(t *testing.T) {
	for name, p := range map[string]palette{"light": light(), "dark": dark()} {
		grounds := map[string]string{"ground": p.ground, "band": p.band}
		for on, ground := range grounds {
			for what, colour := range map[string]string{"text": p.text, "dim": p.dim, "call": p.call, "fail": p.fail, "1": p.conn[0], "2": p.conn[1], "3": p.conn[2]} {
				if c := contrast(colour, ground); c < 4.5 {
					t.Errorf("%s: %s on %s has a contrast of %.2f", name, what, on, c)
				}
			}
			if c := contrast(p.edge, ground); c < 2.9 {
				t.Errorf("%s: the edge of a sleep on %s has a contrast of %.2f", name, on, c)
			}
		}
		for what, colour := range map[string]string{"text": p.text, "dim": p.dim} {
			if c := contrast(colour, p.sleep); c < 4.5 {
				t.Errorf("%s: %s in a sleep has a contrast of %.2f", name, what, c)
			}
		}
	}
}

// contrast is that of WCAG 2.2, from 1 to 21.
func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

func luminance(hex string) float64 {
	c := rgb(hex)
	return .2126*c[0] + .7152*c[1] + .0722*c[2]
}
