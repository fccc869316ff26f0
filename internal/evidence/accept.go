package evidence

import (
	"fmt"
	"slices"
	"strings"
)

// Accept returns the text of a fence that all these runs bear out and that
// differs from s as little as may be: sentences that hold stay as they are, in
// those that hold with another number the number changes, the others go.
// Comments stay. Where no sentence is left, those of [Propose] take their place.
// A text that the runs bear out comes back byte for byte.
func (s *Sentences) Accept(runs ...*Trace) string {
	if len(runs) == 0 {
		return s.text
	}
	lines := strings.Split(strings.TrimSuffix(s.text, "\n"), "\n")
	changed, left := false, 0
	for i := range s.lines {
		st := &s.lines[i]
		line := lines[st.line-1]
		mended, ok := st.mend(line, runs)
		switch {
		case !ok:
			lines[st.line-1] = dropped
			changed = true
			continue
		case mended != line:
			changed = true
		}
		lines[st.line-1] = mended
		left++
	}
	if !changed && left > 0 {
		return s.text
	}
	lines = slices.DeleteFunc(lines, func(l string) bool { return l == dropped || left == 0 && strings.TrimSpace(l) == "" })
	if left == 0 {
		lines = append(lines, Propose(runs...)...)
	}
	if len(lines) == 0 {
		return ""
	}
	return unrepeated(lines)
}

// dropped stands for a sentence that goes. No line has a line feed in it.
const dropped = "\n"

// unrepeated joins lines; sentences that have become equal stay once.
func unrepeated(lines []string) string {
	var b strings.Builder
	seen := map[string]bool{}
	for _, l := range lines {
		key := normal(tokenize(l))
		if key != "" && seen[key] {
			continue
		}
		seen[key] = true
		b.WriteString(l + "\n")
	}
	return b.String()
}

// mend returns the line with the number that all runs have.
func (st *sentence) mend(line string, runs []*Trace) (string, bool) {
	all, counted := true, true
	lo, hi := 0, int(^uint(0)>>1) // what every run allows
	least, most := hi, 0          // what the runs have
	for _, t := range runs {
		a := st.form.check(t, &st.words)
		all = all && a.verdict != Fails
		counted = counted && a.counted
		lo, hi = max(lo, a.lo), min(hi, a.hi)
		least, most = min(least, a.hi), max(most, a.lo)
	}
	if all {
		return line, true
	}
	if !counted {
		return "", false
	}
	c := st.words.count
	text, n := "", 0
	switch bare := line[c.from:c.to] == c.text("", c.n); {
	case c.bound == atLeast && least == 0, c.times && most == 0 && c.bound == exactly:
		return "", false
	case c.bound == atLeast:
		n, text = least, c.text(atLeast, least)
	case c.bound == atMost:
		n, text = most, c.text(atMost, most)
	case lo <= hi && bare:
		n, text = hi, c.text("", hi)
	case lo <= hi:
		n, text = hi, c.text(exactly, hi)
	case least > 0:
		n, text = least, c.text(atLeast, least)
	default:
		return "", false
	}
	if c.spelled && !c.times && text == "zero" {
		text = "no"
	}
	return line[:c.from] + text + agree(line[c.to:], n), true
}

// agree puts the words behind a number into the singular or plural.
func agree(rest string, n int) string {
	pairs := [...][2]string{{"connection", "connections"}, {"byte", "bytes"}, {"thread", "threads"}, {"call", "calls"}, {"fails", "fail"}, {"returns", "return"}}
	one := n == 1
	tokens := tokenize(rest)
	for i := len(tokens) - 1; i >= 0; i-- {
		for _, p := range pairs {
			word, want := p[0], p[1]
			if one {
				word, want = want, word
			}
			if t := tokens[i]; t.text == word && !t.quoted {
				rest = rest[:t.at] + want + rest[t.end:]
			}
		}
	}
	return rest
}

// Propose returns the sentences that all these runs bear out and that say most
// about them: who sleeps where, and who nowhere; what failed; what was left.
func Propose(runs ...*Trace) []string {
	if len(runs) == 0 {
		return nil
	}
	p := &proposer{runs: runs}
	t := runs[0]
	if len(t.Threads) > 1 {
		p.offer("%s threads", numberText(len(t.Threads)))
	}
	once := map[string]bool{} // a program may give many threads one name
	for i := range t.Threads {
		if name := t.Threads[i].Name; !once[name] {
			once[name] = true
			p.thread(name)
		}
	}
	p.failures()
	p.marks()
	p.left()
	return p.list
}

// proposer collects sentences. It offers, and takes what the runs bear out.
type proposer struct {
	runs []*Trace
	list []string
}

func (p *proposer) offer(format string, args ...any) bool {
	text := fmt.Sprintf(format, args...)
	s, err := Parse(text)
	if err != nil || s.Len() != 1 {
		return false // a thread has a name that sentences cannot hold
	}
	for _, t := range p.runs {
		if s.Check(t)[0].Verdict != Holds {
			return false
		}
	}
	p.list = append(p.list, text)
	return true
}

// thread proposes what a thread does: at most one sentence on each call that it
// sleeps in, and one that it sleeps nowhere else.
func (p *proposer) thread(name string) {
	t := p.runs[0]
	var calls, sleeps []string
	certain, possible := map[string]int{}, map[string]int{}
	for i := range t.Calls {
		c := &t.Calls[i]
		if c.Thread != name {
			continue
		}
		if !slices.Contains(calls, c.Name) {
			calls = append(calls, c.Name)
		}
		if c.Asleep() {
			possible[c.Name]++
		}
		if t.certainSleep(c) {
			if certain[c.Name]++; certain[c.Name] == 1 {
				sleeps = append(sleeps, c.Name)
			}
		}
	}
	if len(calls) == 0 || !t.tellsSleep() {
		return
	}
	quoted := name
	if strings.ContainsAny(name, " ,#") {
		quoted = `"` + name + `"`
	}
	for _, call := range sleeps {
		if certain[call] < possible[call] || !p.offer("thread %s sleeps in %s exactly %s", quoted, call, timesWords(certain[call])) {
			p.offer("thread %s sleeps in %s", quoted, call)
		}
	}
	switch {
	case !p.awakeByDesign(name, sleeps):
	case len(sleeps) == 0:
		p.offer("thread %s never sleeps", quoted)
	case len(calls) > len(sleeps):
		p.offer("thread %s never sleeps outside %s", quoted, strings.Join(sleeps, ", "))
	}
	for _, call := range sleeps {
		p.offer("thread %s is still asleep in %s at the end", quoted, call)
	}
}

// awakeByDesign tells whether it is no luck that a thread does not sleep
// elsewhere: the other calls that may wait are in non-blocking mode, which
// shows in that one of them failed with EAGAIN.
func (p *proposer) awakeByDesign(name string, sleeps []string) bool {
	waits, again := map[string]bool{}, map[string]bool{}
	t := p.runs[0]
	for i := range t.Calls {
		c := &t.Calls[i]
		if c.Thread != name || slices.Contains(sleeps, c.Name) {
			continue
		}
		switch c.Name {
		case "accept4", "connect", "epoll_wait", "flock", "futex", "poll", "read", "readv", "recvfrom", "recvmsg", "select", "wait4", "waitid":
			waits[c.Name] = true
		}
		if c.Errno == "EAGAIN" || c.Errno == "EINPROGRESS" {
			again[c.Name] = true
		}
	}
	for call := range waits {
		if !again[call] {
			return false
		}
	}
	return true
}

func timesWords(n int) string {
	c := count{times: true, spelled: true}
	return c.text("", n)
}

func numberText(n int) string {
	c := count{spelled: true}
	return c.text("", n)
}

// failures proposes how often each call failed with which error.
func (p *proposer) failures() {
	type failure struct{ call, errno string }
	var list []failure
	n := map[failure]int{}
	t := p.runs[0]
	for i := range t.Calls {
		if c := &t.Calls[i]; c.Errno != "" {
			f := failure{c.Name, c.Errno}
			if n[f]++; n[f] == 1 {
				list = append(list, f)
			}
		}
	}
	for _, f := range list {
		verb := "fail"
		if n[f] == 1 {
			verb = "fails"
		}
		if !p.offer("exactly %s %s that %s with %s", numberText(n[f]), f.call, verb, f.errno) {
			p.offer("at least one %s that fails with %s", f.call, f.errno)
		}
	}
	if len(list) == 0 && len(t.Calls) > 0 {
		p.offer("no call fails")
	}
}

// marks proposes what is remarkable about the objects of the kernel.
func (p *proposer) marks() {
	for i := range p.runs[0].Marks {
		m := &p.runs[0].Marks[i]
		for j := range m.Descriptors {
			for k := range j {
				d, e := &m.Descriptors[j], &m.Descriptors[k]
				if d.Description != 0 && d.Description == e.Description && d.FD > 2 && e.FD > 2 {
					p.offer("at %s descriptors %d and %d share one open file description", m.Label, e.FD, d.FD)
				}
			}
		}
		for j := range m.Sockets {
			s := &m.Sockets[j]
			switch {
			case s.Role == "" || s.Unread == 0:
			case s.State == "LISTEN" && s.Unread == 1:
				p.offer("at %s the listener has one connection waiting", m.Label)
			case s.State == "LISTEN":
				p.offer("at %s the listener has %s connections waiting", m.Label, numberText(s.Unread))
			default:
				p.offer("at %s %s has %d bytes unread", m.Label, s.Role, s.Unread)
			}
		}
	}
}

// left proposes what the run did not give back.
func (p *proposer) left() {
	t := p.runs[0]
	var parts []string
	for _, k := range kinds() {
		n := 0
		for i := range t.Left.Descriptors {
			if kindOf(&t.Left.Descriptors[i]) == k[0] {
				n++
			}
		}
		switch {
		case n == 1:
			parts = append(parts, "one "+k[0])
		case n > 1:
			parts = append(parts, numberText(n)+" "+k[1])
		}
	}
	if len(parts) > 0 {
		p.offer("left open: %s", strings.Join(parts, ", "))
	} else if len(t.Calls) > 0 {
		p.offer("nothing is left open")
	}
}
