// Package picture draws a recorded run: as SVG for a page, as text for a
// terminal, as a table of its calls, and in the format that Perfetto opens.
//
// There are two drawings. Lanes is the overview: a lane for each thread, time
// to the right. Calls is the chart of every call: a column for each thread,
// time going down. Both tell what slept where, what failed, and what one call
// caused in another. Nothing is told by colour alone, and [Figure.Table] tells
// the same in words.
package picture

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"example/workbook/internal/evidence"
)

// Kind says how a run is drawn.
type Kind string

// The kinds of figures, by the names that a directive and the command use.
const (
	Lanes Kind = "lanes" // the overview
	Calls Kind = "calls" // every call with its result
)

// ParseKind returns the kind called s, and whether there is one.
func ParseKind(s string) (Kind, bool) {
	k := Kind(s)
	return k, k == Lanes || k == Calls
}

// Figure is a run and how to draw it. Only Trace must be set.
type Figure struct {
	Trace *evidence.Trace
	Kind  Kind   // "" is Calls for runs of up to 60 calls on up to 6 threads, else Lanes
	Title string // for screen readers; "" names the snippet
	// ID begins every id in the SVG, so that several can stand in one page. ""
	// makes it of the snippet's name.
	ID string
	// Width is the width of the drawing in CSS pixels. 0 is 700, that of a
	// column of text. Below 500 the drawing is laid out for a phone.
	Width int
}

// PhoneWidth is the Width of a figure for phones: of 360 pixels, a page keeps some
// for margins and frames.
const PhoneWidth = 300

// The sizes of drawings.
const (
	wideWidth   = 700
	phoneLimit  = 500 // below this a drawing is for a phone
	maxSVG      = 24 << 10
	callsChosen = 60 // a figure with more calls is an overview, if nobody says otherwise
)

// kind is the kind that is drawn.
func (f *Figure) kind() Kind {
	if f.Kind != "" {
		return f.Kind
	}
	if len(f.Trace.Calls) <= callsChosen && len(f.Trace.Threads) <= 6 {
		return Calls
	}
	return Lanes
}

func (f *Figure) title() string {
	if f.Title != "" {
		return f.Title
	}
	what := "What each thread did"
	if f.kind() == Calls {
		what = "Every system call"
	}
	return what + " in " + f.Trace.Snippet
}

// id makes a name that may stand in an SVG out of ID or the snippet.
func (f *Figure) id() string {
	name := cmp.Or(f.ID, f.Trace.Snippet, "figure")
	var b strings.Builder
	for _, r := range name {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			b.WriteRune(r)
		} else {
			b.WriteByte('-')
		}
	}
	suffix := "l"
	if f.kind() == Calls {
		suffix = "c"
	}
	if f.phone() {
		suffix += "n"
	}
	return "ev-" + b.String() + "-" + suffix
}

func (f *Figure) width() float64 { return float64(cmp.Or(f.Width, wideWidth)) }

func (f *Figure) phone() bool { return f.width() < phoneLimit }

// maxThreads is how many threads a figure shows. Of more, one can tell nothing apart.
const maxThreads = 10

// chart is a run, made ready to be drawn.
type chart struct {
	t       *evidence.Trace
	threads []string // that are shown, in their order on the page
	place   map[string]int
	hidden  int // threads that are not shown
	flows   []evidence.Flow
}

func newChart(t *evidence.Trace) *chart {
	c := &chart{t: t, place: map[string]int{}}
	busy := map[string]bool{}
	for i := range t.Calls {
		busy[t.Calls[i].Thread] = true
	}
	for _, th := range t.Threads {
		if busy[th.Name] && !slices.Contains(c.threads, th.Name) {
			c.threads = append(c.threads, th.Name)
		}
	}
	c.leaveOut()
	c.arrange()
	for i, name := range c.threads {
		c.place[name] = i
	}
	for _, f := range t.Flows {
		from, to := c.call(f.From), c.call(f.To)
		if c.shows(from) && c.shows(to) {
			c.flows = append(c.flows, f)
		}
	}
	return c
}

// leaveOut takes out the threads that are too many: rather those that have
// nothing to do with others.
func (c *chart) leaveOut() {
	if len(c.threads) <= maxThreads {
		return
	}
	linked := map[string]bool{c.threads[0]: true}
	for _, f := range c.t.Flows {
		linked[c.call(f.From).Thread], linked[c.call(f.To).Thread] = true, true
	}
	others := maxThreads
	for _, name := range c.threads {
		if linked[name] {
			others--
		}
	}
	var kept []string
	for _, name := range c.threads {
		switch {
		case len(kept) == maxThreads:
		case linked[name]:
			kept = append(kept, name)
		case others > 0:
			kept = append(kept, name)
			others--
		}
	}
	c.hidden = len(c.threads) - len(kept)
	c.threads = kept
}

func (c *chart) call(seq int) *evidence.Call { return &c.t.Calls[seq-1] }

func (c *chart) shows(call *evidence.Call) bool {
	_, ok := c.place[call.Thread]
	return ok
}

// arrange puts threads that have to do with each other side by side: of all
// orders it takes the one with the shortest arrows, and of equal ones that
// which is nearest to the order in which the threads began.
func (c *chart) arrange() {
	const most = 7 // the number of orders grows fast
	n := len(c.threads)
	if n > most {
		return
	}
	var arrows [most][most]int
	for _, f := range c.t.Flows {
		a, b := slices.Index(c.threads, c.call(f.From).Thread), slices.Index(c.threads, c.call(f.To).Thread)
		if f.Kind != evidence.Wake && a >= 0 && b >= 0 {
			arrows[a][b]++
		}
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	best, least := slices.Clone(order), -1
	permute(order, 0, func(order []int) {
		cost := 0
		for i, a := range order {
			cost += max(a-i, i-a)
			for j, b := range order {
				cost += 100 * arrows[a][b] * (i - j) * (i - j)
			}
		}
		if least < 0 || cost < least {
			copy(best, order)
			least = cost
		}
	})
	names := slices.Clone(c.threads)
	for i, k := range best {
		c.threads[i] = names[k]
	}
}

// permute calls visit with every order of list, the given one first.
func permute(list []int, from int, visit func([]int)) {
	if from == len(list) {
		visit(list)
		return
	}
	for i := from; i < len(list); i++ {
		// Rotating keeps the rest in its order.
		x := list[i]
		copy(list[from+1:i+1], list[from:i])
		list[from] = x
		permute(list, from+1, visit)
		copy(list[from:i], list[from+1:i+1])
		list[i] = x
	}
}

// asleep tells whether a call is drawn as a sleep: one that was seen, or that
// was long enough to mean something.
func asleep(c *evidence.Call) bool {
	const shortest = 50_000 // nanoseconds
	return c.Seen > 0 || c.Slept > 0 && c.T1-c.T0 > shortest
}

// waited tells whether a call lasted so long that it may have been asleep, on a
// machine that does not tell.
func (c *chart) waited(call *evidence.Call) bool {
	const shortest = 300_000 // nanoseconds
	return len(c.t.Witnesses) == 0 && !call.Open && call.T1-call.T0 > shortest
}

// stretched tells whether a call is drawn from its entry to its return.
func (c *chart) stretched(call *evidence.Call) bool { return asleep(call) || c.waited(call) }

// outcome is what came of a call, for a figure.
func outcome(c *evidence.Call) string {
	switch {
	case c.Open:
		return "not returned"
	case c.Errno != "":
		return "−1 " + c.Errno
	case c.Name == "fcntl" && c.Result != "": // the flags that the number is made of
		return c.Result
	case c.Name == "getsockopt" && c.Result != "":
		return fmt.Sprintf("%d, %s", c.Ret, c.Result)
	}
	s := fmt.Sprint(c.Ret)
	if n := readyList(c); n != "" {
		s += " [" + n + "]"
	}
	return s
}

// readyList is the descriptors that an epoll_wait or poll found ready, as far
// as the recorder tells.
func readyList(c *evidence.Call) string {
	switch c.Name {
	case "epoll_wait", "poll", "select":
	default:
		return ""
	}
	var list []string
	for part := range strings.SplitSeq(c.Result, ",") {
		word, _, _ := strings.Cut(strings.TrimSpace(part), " ")
		word = strings.TrimRight(word, ":")
		if word == "" || strings.Trim(word, "0123456789") != "" {
			return ""
		}
		list = append(list, word)
	}
	if len(list) > 4 {
		return ""
	}
	return strings.Join(list, " ")
}

// carried is what an arrow says about itself.
func (c *chart) carried(f evidence.Flow) string {
	switch f.Kind {
	case evidence.Connect:
		return "new connection"
	case evidence.Close:
		return "end"
	case evidence.Data:
		if _, text, ok := strings.Cut(c.call(f.From).Text, ", \""); ok {
			text, _, _ = strings.Cut(text, "\"")
			if r := []rune(text); len(r) > 12 {
				text = string(r[:11]) + "…"
			}
			if text != "" && !strings.Contains(text, `\x`) { // bytes that are no text say nothing
				return "“" + text + "”"
			}
		}
		return fmt.Sprintf("%d bytes", f.Bytes)
	}
	return ""
}

// colour is the number of the colour and dash pattern of a flow, from 1 to 3.
func (c *chart) colour(f evidence.Flow) int {
	n := c.call(f.From).Conn
	if n == 0 {
		n = c.call(f.To).Conn
	}
	if n == 0 {
		role := strings.TrimLeft(c.call(f.From).Role, "abcdefghijklmnopqrstuvwxyzL")
		if len(role) > 0 {
			n = int(role[0] - '0')
		}
	}
	return max(n-1, 0)%3 + 1
}

// facts counts what the legend says about sleeps.
func (c *chart) facts() (sleeps, seen int) {
	for i := range c.t.Calls {
		call := &c.t.Calls[i]
		if c.shows(call) && asleep(call) {
			sleeps++
			if call.Seen > 0 {
				seen++
			}
		}
	}
	return sleeps, seen
}
