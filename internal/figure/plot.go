package figure

import (
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"

	"example/workbook/internal/evidence/picture"
)

// plots are those of what was recorded.
func plots(root fs.FS) ([]Figure, error) {
	r, err := ReadRecording(root)
	if err != nil {
		return nil, err
	}
	return []Figure{r.memory(), r.switches(), r.latency()}, nil
}

// plot is a chart of dots: a group for each number of clients, a row for each
// design, and in it one or two dots with the range of all runs.
type plot struct {
	name, title string
	unit        string                          // below the axis
	disc, ring  string                          // what the two kinds of dots mean
	log         bool                            // microseconds, with a line for each power of ten
	values      func(Idle) (disc, ring *Spread) // nil where nothing was recorded
	note        string                          // over the column at the right
	column      func(Idle) string               // what stands there; nil for none
}

func (r *Recording) memory() Figure {
	return r.draw(plot{
		name: "cost_memory", title: "What an idle client costs: memory and threads",
		unit: "KiB for each client", disc: "the process", ring: "kernel stacks",
		values: func(i Idle) (*Spread, *Spread) { return &i.Memory, i.Stacks },
		note:   "threads", column: func(i Idle) string { return fmt.Sprint(i.Threads) },
	})
}

func (r *Recording) switches() Figure {
	return r.draw(plot{
		name: "cost_switches", title: "What a message costs: how often a thread sleeps",
		unit: "sleeps for each message", disc: "one by one", ring: "up to 100 at once",
		values: func(i Idle) (*Spread, *Spread) {
			if i.Messages == nil {
				return nil, nil
			}
			return &i.Messages.Alone, &i.Messages.Crowd
		},
	})
}

func (r *Recording) latency() Figure {
	return r.draw(plot{
		name: "cost_latency", title: "How long a client waits for the answer to one message",
		unit: "each line ten times the last", disc: "half of the answers within", ring: "99 of 100",
		log: true,
		values: func(i Idle) (*Spread, *Spread) {
			if i.Messages == nil {
				return nil, nil
			}
			return &i.Messages.Half, &i.Messages.Most
		},
	})
}

// ConditionsText says under which conditions the recording was made.
func (r *Recording) ConditionsText() string {
	low, high := math.Inf(1), 0.0
	var dates []string
	note := func(s Session) {
		low, high, dates = min(low, s.Load.Min), max(high, s.Load.Max), append(dates, s.Date)
	}
	for _, i := range r.Idle {
		note(i.Session)
	}
	for _, s := range r.Servers {
		note(s.Session)
	}
	date := slices.Min(dates)
	if last := slices.Max(dates); last != date {
		date += " to " + last
	}
	c := r.Conditions
	return fmt.Sprintf("Linux %s, %s, %d processors, %s; load average %.0f to %.0f; %d runs each, %s",
		c.Kernel, c.Arch, c.CPUs, c.Go, low, high, r.Runs, date)
}

func (r *Recording) draw(p plot) Figure {
	const top, header, row, gap = 38.0, 18.0, 15.0, 6.0
	left, right := 110.0, 280.0
	if p.column != nil {
		right = 250
	}
	idle := slices.DeleteFunc(slices.Clone(r.Idle), func(i Idle) bool {
		disc, _ := p.values(i)
		return disc == nil
	})
	designs := 0
	for _, i := range idle {
		if i.Clients == idle[0].Clients {
			designs++
		}
	}
	groups := len(idle) / max(designs, 1)
	bottom := top + float64(groups)*(header+gap) + float64(len(idle))*row
	ticks := p.axis(idle)
	s := picture.NewSheet(p.name, width, bottom+90)
	at := func(v float64) float64 { return left + p.place(v, ticks)*(right-left) }

	s.Dot(1, 14, 12, 3.5, false)
	s.Text(22, 16, plain, p.disc)
	x := 22 + 7*float64(len(p.disc)) + 10
	s.Dot(1, x, 12, 3.5, true)
	s.Text(x+8, 16, plain, p.ring)
	if p.column != nil {
		s.Text(292, 34, dimEnd, p.note)
	}
	for _, tick := range ticks {
		s.Line("M", at(tick), top, "V", bottom+2)
		s.Text(at(tick), bottom+14, middle, p.label(tick))
	}
	s.Text((left+right)/2, bottom+30, dimMid, p.unit)

	var told []string
	y := top
	for n, i := range idle {
		if n%designs == 0 {
			y += header
			s.Text(8, y-4, bold, fmt.Sprintf("%d clients", i.Clients))
		}
		k := n%designs + 1
		disc, ring := p.values(i)
		y += row
		s.Text(14, y-3, plain, i.Design)
		text := p.mark(s, k, at, y-7, *disc, false)
		if ring != nil {
			text += ", " + p.mark(s, k, at, y-7, *ring, true)
		}
		if p.column != nil {
			s.Text(292, y-3, atEnd, p.column(i))
			text += ", " + p.column(i) + " " + p.note
		}
		told = append(told, fmt.Sprintf("%d clients, %s: %s", i.Clients, i.Design, text))
		if n%designs == designs-1 {
			y += gap
		}
	}
	s.Text(8, bottom+52, dim, strings.Split(r.ConditionsText(), "; ")...)
	return Figure{
		Name: p.name, Title: p.title,
		Desc: fmt.Sprintf("%s, %s and %s; the median of all runs, and in brackets the smallest and the largest. %s. %s.",
			p.unit, p.disc, p.ring, strings.Join(told, ". "), r.ConditionsText()),
		sheet: s,
	}
}

// axis are the values at which the lines of the plot stand. They reach as far as
// what was measured.
func (p plot) axis(idle []Idle) []float64 {
	low, high := math.Inf(1), 0.0
	for _, i := range idle {
		disc, ring := p.values(i)
		for _, v := range []*Spread{disc, ring} {
			if v != nil {
				low, high = min(low, v.Min), max(high, v.Max)
			}
		}
	}
	var ticks []float64
	if p.log {
		for v := math.Pow10(int(math.Floor(math.Log10(max(low, 1))))); ; v *= 10 {
			if ticks = append(ticks, v); v >= high {
				return ticks
			}
		}
	}
	step := .5
	for _, factor := range []float64{1, 2, 4, 10, 20, 40, 100, 200, 400, 1000, 2000, 4000, 10000} {
		if step = .5 * factor; step*4 >= high {
			break
		}
	}
	for v := 0.0; ; v += step {
		if ticks = append(ticks, v); v >= high {
			return ticks
		}
	}
}

// label is what stands below a line.
func (p plot) label(tick float64) string {
	unit := ""
	if p.log {
		unit = "µs"
		if tick >= 1000 {
			tick, unit = tick/1000, "ms"
		}
	}
	return strconv.FormatFloat(tick, 'f', -1, 64) + unit
}

// place is where on the axis, from 0 to 1, a value stands.
func (p plot) place(v float64, ticks []float64) float64 {
	from, to := ticks[0], ticks[len(ticks)-1]
	if p.log {
		v, from, to = math.Log(max(v, from)), math.Log(from), math.Log(to)
	}
	return min(max((v-from)/(to-from), 0), 1)
}

// mark draws the dot and the range of a spread, and says it.
func (p plot) mark(s *picture.Sheet, k int, at func(float64) float64, y float64, v Spread, ring bool) string {
	if at(v.Max)-at(v.Min) > 1 {
		s.Way(k, "M", at(v.Min), y, "H", at(v.Max))
	}
	s.Dot(k, at(v.Median), y, 3.5, ring)
	return v.String()
}

// String is the median, and in brackets the smallest and the largest.
func (v Spread) String() string {
	digits := 1
	switch {
	case v.Median >= 10 || v.Median == math.Trunc(v.Median) && v.Min == math.Trunc(v.Min) && v.Max == math.Trunc(v.Max):
		digits = 0
	case math.Abs(v.Median) < 2:
		digits = 2
	}
	text := func(n float64) string {
		n = math.Round(n*math.Pow10(digits)) / math.Pow10(digits)
		return fmt.Sprintf("%.*f", digits, n+0) // no -0
	}
	return fmt.Sprintf("%s (%s to %s)", text(v.Median), text(v.Min), text(v.Max))
}

// Tables are the plots as tables in Markdown, by the name of the figure.
func (r *Recording) Tables() map[string]string {
	heads := map[string]string{
		"cost_memory":   "| clients | design | threads that wait | KiB of the process, for each client | KiB of kernel stacks, for each client |\n|---:|---|---:|---|---|\n",
		"cost_switches": "| clients | design | sleeps for each message, one by one | the same, up to 100 at once |\n|---:|---|---|---|\n",
		"cost_latency":  "| clients | design | half of the answers within, µs | 99 of 100 within, µs |\n|---:|---|---|---|\n",
	}
	tables := map[string]string{}
	for name, text := range heads {
		for _, i := range r.Idle {
			start := fmt.Sprintf("| %d | %s | ", i.Clients, i.Design)
			switch m := i.Messages; {
			case name == "cost_memory":
				stacks := "-"
				if i.Stacks != nil {
					stacks = i.Stacks.String()
				}
				text += start + fmt.Sprintf("%d | %s | %s |\n", i.Threads, i.Memory, stacks)
			case m != nil && name == "cost_switches":
				text += start + fmt.Sprintf("%s | %s |\n", m.Alone, m.Crowd)
			case m != nil && name == "cost_latency":
				text += start + fmt.Sprintf("%s | %s |\n", m.Half, m.Most)
			}
		}
		tables[name] = text
	}
	return tables
}
