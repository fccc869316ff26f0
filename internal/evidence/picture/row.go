package picture

import (
	"slices"
	"strings"

	"example/workbook/internal/evidence"
)

// row is one line of a chart of calls.
type row struct {
	t     int64
	call  *evidence.Call
	phase phase
	mark  *evidence.Mark // set instead of call
	gap   int64          // nanoseconds without anything before it, where that is worth a word

	text, result string // what was called, and what came back
}

type phase int

const (
	whole  phase = iota // entry and return
	enters              // goes to sleep
	leaves              // returns from a sleep
)

// pause is how long nothing must happen for a figure to say so, in nanoseconds.
const pause = 400_000

// ends are the rows in which calls are entered, and those in which they return, by
// their number.
func ends(rows []row) (entry, exit map[int]int) {
	entry, exit = map[int]int{}, map[int]int{}
	for i, r := range rows {
		if r.call == nil {
			continue
		}
		if r.phase != leaves {
			entry[r.call.Seq] = i
		}
		if r.phase != enters {
			exit[r.call.Seq] = i
		}
	}
	return entry, exit
}

// rows are what happened in the order of time. A call that slept has two: where
// it was entered and where it returned.
func (c *chart) rows() []row {
	var list []row
	woken := map[int]bool{}
	for _, f := range c.flows {
		woken[f.To] = true
	}
	for i := range c.t.Calls {
		call := &c.t.Calls[i]
		switch {
		case !c.shows(call):
		case c.stretched(call):
			list = append(list, row{t: call.T0, call: call, phase: enters})
			if !call.Open {
				list = append(list, row{t: call.T1, call: call, phase: leaves})
			}
		case woken[call.Seq]:
			list = append(list, row{t: call.T1, call: call}) // below what it got its bytes from
		default:
			list = append(list, row{t: call.T0, call: call})
		}
	}
	for i := range c.t.Marks {
		list = append(list, row{t: c.t.Marks[i].T, mark: &c.t.Marks[i]})
	}
	slices.SortStableFunc(list, func(a, b row) int {
		switch {
		case a.t < b.t:
			return -1
		case a.t > b.t:
			return 1
		}
		return 0
	})
	for i := 1; i < len(list); i++ {
		if d := list[i].t - list[i-1].t; d >= pause {
			list[i].gap = d
		}
	}
	return list
}

// describe sets the texts of the rows. long gives the arguments as they were.
func describe(rows []row, long bool) {
	for i := range rows {
		r := &rows[i]
		if r.call == nil {
			continue
		}
		if r.phase != leaves {
			r.text = r.call.Brief()
			if long {
				r.text = longText(r.call)
			}
		}
		switch {
		case r.phase == enters:
		case r.call.Open:
			r.result = "not returned"
		default:
			r.result = "= " + outcome(r.call)
			if long && r.call.Result != "" && !strings.Contains(r.result, r.call.Result) && readyList(r.call) == "" {
				r.result += ", " + cut(r.call.Result, 28)
			}
		}
	}
}

// shorten cuts the texts of a row to n characters. What was called gives way
// to what came back.
func (r *row) shorten(n int) {
	if r.text == "" {
		r.result = cut(r.result, n)
		return
	}
	const least = 8 // of the call
	r.result = cut(r.result, max(n-1-min(len([]rune(r.text)), least), 1))
	rest := n
	if r.result != "" {
		rest -= len([]rune(r.result)) + 1
	}
	r.text = cut(r.text, max(rest, 1))
}

// longText is a call with all its arguments, as far as a line has room.
func longText(c *evidence.Call) string {
	if c.Text == "" {
		return c.Brief()
	}
	return c.Name + "(" + cut(c.Text, 48) + ")"
}

func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n || n < 1 {
		return s
	}
	return string(r[:n-1]) + "…"
}
