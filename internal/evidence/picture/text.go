package picture

import (
	"cmp"
	"fmt"
	"strings"

	"example/workbook/internal/evidence"
)

// TextOptions say how text is drawn. The zero value is plain text of 80 columns.
type TextOptions struct {
	Width int  // columns
	Color bool // with terminal escapes
}

// The SGR parameters of ECMA-48 that drawings use. Nothing depends on them.
const (
	sgrDim  = "2"
	sgrBold = "1"
	sgrCall = "36"
	sgrFail = "31;1"
)

// sgrConn is the colour of an arrow.
func sgrConn(k int) string { return [...]string{"2", "32", "35", "33"}[k] }

// cell is one place of a terminal.
type cell struct {
	r   rune
	sgr string
}

// grid draws text line by line.
type grid struct {
	b     strings.Builder
	color bool
	width int
	line  []cell
}

func (g *grid) clear() {
	g.line = g.line[:0]
	for range g.width {
		g.line = append(g.line, cell{r: ' '})
	}
}

// put writes s from column x on; what does not fit is cut off.
func (g *grid) put(x int, s, sgr string) int {
	for _, r := range clean(s) {
		if x >= 0 && x < len(g.line) {
			g.line[x] = cell{r, sgr}
		}
		x++
	}
	return x
}

// flush ends the line.
func (g *grid) flush() {
	end := len(g.line)
	for end > 0 && g.line[end-1].r == ' ' {
		end--
	}
	now := ""
	for _, c := range g.line[:end] {
		if g.color && c.sgr != now {
			if now != "" {
				g.b.WriteString("\x1b[m")
			}
			if c.sgr != "" {
				g.b.WriteString("\x1b[" + c.sgr + "m")
			}
			now = c.sgr
		}
		g.b.WriteRune(c.r)
	}
	if now != "" {
		g.b.WriteString("\x1b[m")
	}
	g.b.WriteByte('\n')
	g.clear()
}

// Text draws the figure for a terminal. Threads are columns as long as the
// width has room for them, else lines at the left.
func (f *Figure) Text(opt TextOptions) string {
	t := &textDrawing{chart: newChart(f.Trace), f: f}
	t.width, t.color = max(cmp.Or(opt.Width, 80), 40), opt.Color
	t.clear()
	if f.kind() == Lanes {
		t.lanes()
	} else {
		t.calls()
	}
	t.foot()
	for i := range f.Trace.Marks {
		t.flush()
		t.state(&f.Trace.Marks[i])
	}
	return t.b.String()
}

// state lists the objects of the kernel at a mark: descriptors, the open file
// descriptions that they refer to, and the objects behind those.
func (t *textDrawing) state(m *evidence.Mark) {
	rows := [][3][]string{{{"fd"}, {"open file description"}, {"object of the kernel"}}}
	names := letters(m)
	seen := map[int]bool{}
	for _, d := range shown(m) {
		row := [3][]string{{fmt.Sprint(d.FD)}, {strings.Join(fileLines(d, names[d.Description]), " ")}, objectLines(m, d, false)}
		if d.Description > 0 && seen[d.Description] {
			row[1], row[2] = []string{names[d.Description] + ", the same"}, nil
		}
		seen[d.Description] = true
		rows = append(rows, row)
	}
	var at [3]int
	for _, r := range rows {
		for k := range 2 {
			at[k+1] = max(at[k+1], len([]rune(r[k][0]))+2)
		}
	}
	at[0] = 2
	at[1] += at[0]
	at[2] += at[1]
	t.put(0, "at "+m.Label, sgrBold)
	t.flush()
	for i, r := range rows {
		sgr := ""
		if i == 0 {
			sgr = sgrDim
		}
		t.put(at[0], r[0][0], sgr)
		t.put(at[1], r[1][0], sgr)
		x := at[2]
		for n, line := range r[2] {
			switch {
			case n == 0:
			case !strings.HasPrefix(line, "watches ") && x+2+len([]rune(line)) <= t.width:
				x = t.put(x, ", ", sgr)
			default:
				t.flush()
				x = at[2] + 2
			}
			x = t.put(x, cut(line, t.width-x), sgr)
		}
		t.flush()
	}
}

type textDrawing struct {
	grid
	*chart
	f *Figure

	rows   []row
	at     []int // column of each thread
	textAt func(k int) int
	out    map[int][]evidence.Flow // arrows that leave a call
	asleep []bool
	alive  []bool

	bunched bool // calls in a row were drawn
}

const timeColumns = 8

// calls draws a line for each call.
func (t *textDrawing) calls() {
	t.rows = t.chart.rows()
	describe(t.rows, false)
	t.out = map[int][]evidence.Flow{}
	for _, f := range t.flows {
		if f.Kind != evidence.Wake || !t.carries(f) {
			t.out[f.From] = append(t.out[f.From], f)
		}
	}
	t.asleep, t.alive = make([]bool, len(t.threads)), make([]bool, len(t.threads))
	if t.columnsAt() {
		for i, name := range t.threads {
			t.put(t.at[i], name, sgrBold)
		}
		t.flush()
		t.textAt = func(k int) int { return t.at[k] + 2 }
		t.body(true)
		return
	}
	pitch := 3
	if len(t.threads) > 5 {
		pitch = 2
	}
	names := 0
	for i, name := range t.threads {
		t.at[i] = timeColumns + i*pitch
		names = max(names, len([]rune(name)))
	}
	left := timeColumns + len(t.threads)*pitch + names + 1
	t.textAt = func(int) int { return left }
	t.body(false)
}

// columnsAt sets the columns of threads and tells whether they fit.
func (t *textDrawing) columnsAt() bool {
	need, sum := make([]int, len(t.threads)), 0
	for i, name := range t.threads {
		need[i] = len([]rune(name)) + 2
	}
	for i := range t.rows {
		if r := &t.rows[i]; r.call != nil {
			k := t.place[r.call.Thread]
			need[k] = max(need[k], runes(r)+4)
			if r.phase == leaves {
				need[k] = max(need[k], runes(r)+4+len([]rune(evidence.Duration(r.call.T1-r.call.T0)))+3)
			}
		}
	}
	t.at = make([]int, len(need))
	for i := range need {
		sum += need[i]
	}
	if timeColumns+sum > t.width {
		return false
	}
	spare := min((t.width-timeColumns-sum)/max(len(need), 1), 16)
	x := timeColumns
	for i := range need {
		t.at[i] = x
		x += need[i] + spare
	}
	return true
}

func runes(r *row) int {
	n := len([]rune(r.text + r.result))
	if r.text != "" && r.result != "" {
		n++
	}
	return n
}

// body draws the rows. wide says that each thread has its texts beside its line.
func (t *textDrawing) body(wide bool) {
	first, last := (&drawing{f: t.f, chart: t.chart}).lives(t.rows)
	named := ""
	for i := range t.rows {
		r := &t.rows[i]
		for k := range t.threads {
			t.alive[k] = i >= first[k] && i <= last[k]
		}
		if r.gap > 0 {
			t.lines()
			t.put(0, fmt.Sprintf("%7s", "+"+evidence.Duration(r.gap)), sgrDim)
			for k := range t.threads {
				if t.asleep[k] && wide {
					t.put(t.at[k]+2, "asleep", sgrDim)
				}
			}
			t.flush()
		}
		t.lines()
		if i == 0 || r.gap > 0 && r.mark == nil { // a label stands there
			t.put(0, fmt.Sprintf("%7s", evidence.Duration(r.t)), sgrDim)
		}
		if r.mark != nil {
			t.markLine(r.mark)
			continue
		}
		if !wide && (named != r.call.Thread || r.gap > 0) {
			named = r.call.Thread
			t.put(t.textAt(0)-len([]rune(named))-1, named, sgrBold)
		}
		t.call(r, wide)
		t.flush()
		t.asleep[t.place[r.call.Thread]] = r.phase == enters
	}
}

// lines draws the line of each thread.
func (t *textDrawing) lines() {
	for k := range t.threads {
		switch {
		case t.asleep[k]:
			t.put(t.at[k], "▒", sgrDim)
		case t.alive[k]:
			t.put(t.at[k], "│", sgrDim)
		}
	}
}

func (t *textDrawing) markLine(m *evidence.Mark) {
	for x := timeColumns; x < t.width; x++ {
		if t.line[x].r == ' ' {
			t.put(x, "╌", sgrDim)
		}
	}
	t.put(max(timeColumns-1-len([]rune(m.Label)), 0), m.Label, sgrBold)
	t.flush()
}

// call draws the row of a call, and the arrows that leave it.
func (t *textDrawing) call(r *row, wide bool) {
	k := t.place[r.call.Thread]
	x := t.textAt(k)
	end := x + runes(r)
	if r.phase != leaves {
		for _, f := range t.out[r.call.Seq] {
			end = t.arrow(f, k, end, wide)
			if wide {
				break // one line has room for one
			}
		}
	}
	dot, sgr := "●", sgrCall
	if r.call.Errno != "" && r.phase != enters {
		dot, sgr = "✗", sgrFail
	}
	t.put(t.at[k], dot, sgr)
	if r.text != "" {
		x = t.put(x, r.text, "") + 1
	}
	x = t.put(x, r.result, sgr)
	switch {
	case r.phase == leaves && r.call.T1-r.call.T0 > pause:
		t.put(x+1, "("+evidence.Duration(r.call.T1-r.call.T0)+")", sgrDim)
	case r.phase == enters && !wide:
		t.put(x, sleepText(t.chart, r.call), sgrDim)
	}
}

// arrow draws what leaves a call of thread k whose text ends before end. It
// returns where the text ends then.
func (t *textDrawing) arrow(f evidence.Flow, k, end int, wide bool) int {
	to := t.place[t.chart.call(f.To).Thread]
	if to == k {
		return end
	}
	sgr, text := sgrConn(t.colour(f)), t.carried(f)
	if f.Kind == evidence.Wake {
		sgr, text = sgrConn(0), "wakes"
	}
	from, tip := end+1, t.at[to]-1
	head := "▶"
	if !wide {
		from = t.at[k] + 1
	}
	if to < k {
		from, tip, head = t.at[k]-2, t.at[to]+1, "◀"
		if !wide {
			from++
		}
	}
	for x := min(from, tip); x <= max(from, tip); x++ {
		s := "─"
		if t.line[x].r != ' ' && x != from {
			s = "┼"
		}
		t.put(x, s, sgr)
	}
	t.put(tip, head, sgr)
	if !wide {
		return t.put(end+2, text+" → "+t.threads[to], sgr)
	}
	if room := max(from, tip) - min(from, tip) - 5; text != "" && room >= len([]rune(text)) {
		x := from + 2
		if to < k {
			x = from - 3 - len([]rune(text))
		}
		t.put(x, " "+text+" ", sgr)
		for i, at := range t.at { // lines of threads stay whole
			if at > x && at <= x+len([]rune(text)) && i != k && t.alive[i] {
				return end
			}
		}
	}
	return end
}

// lanes draws a line for each thread, time to the right.
func (t *textDrawing) lanes() {
	left := 2
	for _, name := range t.threads {
		left = max(left, len([]rune(name))+2)
	}
	a := newAxis(t.chart, scale{
		width: float64(t.width - left - 2), step: .6, apart: 2, growth: .5,
		bar:   func(c *evidence.Call) float64 { return float64(len(c.Name) + 2) },
		short: func(c *evidence.Call) float64 { return float64(min(len(c.Name), 4) + 2) },
		bunch: func(b bunch) float64 {
			label, _ := b.label()
			return float64(len(label) + 1)
		},
	})
	for k := range a.systems {
		if k > 0 {
			t.flush()
		}
		for _, name := range t.threads {
			if (&drawing{f: t.f, chart: t.chart}).aliveIn(a, k, name) {
				t.lane(a, k, name, left)
			}
		}
		t.axisLine(a, k, left)
	}
}

// lane draws the line of one thread.
func (t *textDrawing) lane(a *axis, k int, name string, left int) {
	first, last := a.span(name)
	from, end := a.systems[k][0], a.systems[k][1]
	column := func(i int) int { return left + int(a.points[i].x+.5) }
	x0, x1 := left, column(end-1)
	if first >= from {
		x0 = column(first)
	}
	if last < end {
		x1 = column(last)
	}
	for x := x0; x <= x1; x++ {
		t.put(x, "─", sgrDim)
	}
	for i := 0; i < len(a.points); i++ {
		p := &a.points[i]
		if p.call == nil || p.call.Thread != name || p.end {
			continue
		}
		if j, ok := a.exit[p.call.Seq]; ok && i < end && j >= from {
			s, e := left, column(end-1)
			if i >= from {
				s = column(i)
			}
			if j < end {
				e = column(j)
			}
			if p.bunch != nil {
				t.bunch(p.bunch, s, e)
				continue
			}
			for x := s; x <= e; x++ {
				t.put(x, "▒", sgrDim)
			}
			if e-s-1 >= len(p.call.Name) {
				t.put(s+(e-s+1-len(p.call.Name))/2, p.call.Name, "")
			}
		}
	}
	for i := from; i < end; i++ {
		if p := &a.points[i]; p.call != nil && p.call.Thread == name && p.bunch == nil && !p.end && !t.stretched(p.call) {
			dot, sgr := "●", sgrCall
			if p.call.Errno != "" {
				dot, sgr = "✗", sgrFail
			}
			t.put(column(i), dot, sgr)
		}
	}
	t.put(0, name, sgrBold)
	t.flush()
}

// bunch draws calls in a row between two columns.
func (t *textDrawing) bunch(b bunch, from, to int) {
	t.bunched = true
	sgr := sgrCall
	if b[0].Errno != "" {
		sgr = sgrFail
	}
	for x := from; x <= to; x++ {
		t.put(x, "━", sgr)
	}
	label, name := b.label()
	if len([]rune(name)) <= to-from-1 {
		label = name
	}
	if n := len([]rune(label)); n <= to-from+1 {
		t.put(from+(to-from+1-n)/2, label, "")
	}
}

// axisLine writes the times below the lanes, and the labels of marks.
func (t *textDrawing) axisLine(a *axis, k, left int) {
	free := left
	from, end := a.systems[k][0], a.systems[k][1]
	t.put(0, "time", sgrDim)
	for i := from; i < end; i++ {
		p := &a.points[i]
		x := left + int(p.x+.5)
		s, sgr := "'"+evidence.Duration(p.t), sgrDim
		if p.mark != nil {
			s, sgr = "^"+p.mark.Label, sgrBold
		} else if i > from && p.t-a.points[i-1].t < pause {
			continue
		}
		if x >= free && x+len([]rune(s)) <= t.width {
			free = t.put(x, s, sgr) + 1
		}
	}
	t.flush()
}

// foot explains the signs.
func (t *textDrawing) foot() {
	sleeps, seen := t.facts()
	t.flush()
	x := 0
	entry := func(sign, sgr, text string) {
		if x > 0 && x+1+len(text) > t.width {
			t.flush()
			x = 0
		}
		x = t.put(x, sign, sgr)
		x = t.put(x, " "+text+"   ", "")
	}
	entry("●", sgrCall, "system call")
	for i := range t.t.Calls {
		if t.t.Calls[i].Errno != "" {
			entry("✗", sgrFail, "it failed")
			break
		}
	}
	if t.bunched {
		entry("━", sgrCall, "calls in a row")
	}
	if sleeps > 0 {
		s := "asleep in the kernel, inside the call"
		if x+2+len(s) > t.width {
			s = "asleep in the call"
		}
		entry("▒", sgrDim, s)
	}
	t.flush()
	line := ""
	for i, n := range (&drawing{f: t.f, chart: t.chart}).remarks(sleeps, seen) {
		if i > 0 && len([]rune(line+"; "+n)) <= t.width {
			line += "; " + n
			continue
		}
		t.note(line)
		line = n
	}
	t.note(line)
}

// note writes a remark, in several lines where it is longer than one.
func (t *textDrawing) note(text string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len([]rune(line+" "+word)) > t.width {
			t.put(0, line, sgrDim)
			t.flush()
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		t.put(0, line, sgrDim)
		t.flush()
	}
}
