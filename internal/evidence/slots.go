package evidence

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// slot is a part of a form that stands for words of the writer's choice.
type slot struct {
	name string // in capitals, as patterns have it
	says string // what it stands for, with the article
	take func(*parser) bool
}

// slotNamed returns the slot of that name, or nil.
func slotNamed(name string) *slot {
	list := slots()
	for i := range list {
		if list[i].name == name {
			return &list[i]
		}
	}
	return nil
}

// slots are all there are.
func slots() []slot {
	return []slot{
		{"THREAD", "the name of a thread, as lab.Thread gave it", (*parser).thread},
		{"CALL", "a system call", (*parser).call},
		{"CALLS", "system calls, with commas between them", (*parser).callList},
		{"#K", `"#" and a number: which of these calls of the thread, from 1`, (*parser).nth},
		{"COUNT", `a number in digits or words, with "exactly", "at least" or "at most" before it, or "no"`, (*parser).tally},
		{"TIMES", `"once", "twice" or a number and "times", with "exactly", "at least" or "at most" before it`, (*parser).times},
		{"ERROR", "an error by its name, such as EAGAIN", (*parser).errnoName},
		{"NUMBER", "a number", (*parser).number},
		{"LABEL", "the label of a lab.Mark", (*parser).labelName},
		{"FD", "the number of a descriptor", (*parser).fd},
		{"FDS", "numbers of descriptors, with commas or \"and\" between them", (*parser).fdList},
		{"SOCKET", `"the listener", "descriptor" and its number, or a role such as c1 (the client's end of connection 1) or s1 (the server's)`, (*parser).socketName},
		{"STATE", "a state of TCP, such as LISTEN or ESTABLISHED", (*parser).tcpState},
		{"KIND", "a kind of descriptor, such as socket, pipe or epoll instance", (*parser).oneKind},
		{"KINDS", `what it is and how many, such as "one socket, two pipes"`, (*parser).kindList},
	}
}

func (p *parser) thread() bool {
	t := p.peek()
	if p.done() || t.text == "," || t.text == "" {
		return p.fail("THREAD", "")
	}
	p.words.threads = append(p.words.threads, spot{t.text, t.at})
	p.next++
	return true
}

func (p *parser) call() bool {
	t := p.peek()
	if p.done() || t.text == "," {
		return p.fail("CALL", "")
	}
	if !isCall(t.text) || shownAs(t.text) != "" {
		return p.fail("CALL", unknownCall(t.text))
	}
	p.words.calls = append(p.words.calls, spot{t.text, t.at})
	p.next++
	return true
}

func unknownCall(name string) string {
	if shown := shownAs(name); shown != "" {
		return fmt.Sprintf("%s is recorded as %s: write %s", name, shown, shown)
	}
	return fmt.Sprintf("unknown system call %q: %s", name, suggest(name, known().calls, usualCalls+", and all others by the name of their manual page"))
}

func (p *parser) callList() bool {
	for {
		if !p.call() {
			return false
		}
		_, comma := p.word(",")
		_, and := p.word("and", "or")
		if !comma && !and {
			return true
		}
	}
}

func (p *parser) nth() bool {
	t := p.peek()
	n, err := strconv.Atoi(strings.TrimPrefix(t.text, "#"))
	if !strings.HasPrefix(t.text, "#") || err != nil || n < 1 {
		return p.fail("#K", "")
	}
	p.words.nth[len(p.words.calls)-1] = n
	p.next++
	return true
}

// spelled are the numbers that may be written as words, at their place.
func spelled() []string {
	return []string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
}

// largest is the largest number in a sentence.
const largest = 1_000_000_000

// integer takes a number that is not negative, in digits or as a word.
func (p *parser) integer() (n int, word, ok bool) {
	t := p.peek()
	if i := slices.Index(spelled(), t.text); i >= 0 && !p.done() {
		p.next++
		return i, true, true
	}
	n, err := strconv.Atoi(t.text)
	if err != nil || n < 0 || n > largest || t.text[0] == '+' {
		return 0, false, false
	}
	p.next++
	return n, false, true
}

// bounds takes "exactly", "at least" or "at most".
func (p *parser) bounds() (bound, bool) {
	start := p.next
	if _, ok := p.word("exactly"); ok {
		return exactly, true
	}
	if _, ok := p.word("at"); ok {
		if w, ok := p.word("least", "most"); ok {
			return bound("at " + w), true
		}
		p.fail("least", "")
		p.fail("most", "")
		p.next = start
	}
	return exactly, false
}

// tally takes a COUNT.
func (p *parser) tally() bool {
	c := count{from: p.peek().at, bound: exactly}
	if _, ok := p.word("no"); ok {
		c.spelled = true
	} else {
		b, bounded := p.bounds()
		n, word, ok := p.integer()
		if !ok && bounded {
			return p.fail("NUMBER", "")
		} else if !ok {
			return p.fail("COUNT", "")
		}
		c.bound, c.n, c.spelled = b, n, word
	}
	c.to = p.tokens[p.next-1].end
	p.words.count, p.words.counted = c, true
	return true
}

// times takes a TIMES.
func (p *parser) times() bool {
	c := count{from: p.peek().at, times: true, spelled: true}
	c.bound, _ = p.bounds()
	if w, ok := p.word("once", "twice"); ok {
		c.n = map[string]int{"once": 1, "twice": 2}[w]
	} else {
		n, word, ok := p.integer()
		if !ok {
			return p.fail("TIMES", "")
		}
		if _, ok := p.word("times", "time"); !ok {
			return p.fail("times", "")
		}
		c.n, c.spelled = n, word
	}
	c.to = p.tokens[p.next-1].end
	p.words.count, p.words.counted = c, true
	return true
}

// text writes the count anew, with another number.
func (c *count) text(b bound, n int) string {
	number := strconv.Itoa(n)
	if c.spelled && n < len(spelled()) {
		number = spelled()[n]
	}
	switch {
	case c.times && n == 1:
		number = "once"
	case c.times && n == 2:
		number = "twice"
	case c.times:
		number += " times"
	case n == 0 && b == exactly:
		return "no"
	}
	if b == "" {
		return number
	}
	return string(b) + " " + number
}

// holds tells whether some number from lo to hi is as c says.
func (c *count) holds(lo, hi int) bool {
	switch c.bound {
	case atLeast:
		return hi >= c.n
	case atMost:
		return lo <= c.n
	}
	return lo <= c.n && c.n <= hi
}

func (p *parser) errnoName() bool {
	t := p.peek()
	if p.done() {
		return p.fail("ERROR", "")
	}
	name := t.text
	if name == "EWOULDBLOCK" {
		return p.fail("ERROR", "EWOULDBLOCK is recorded as EAGAIN, which is the same number on Linux: write EAGAIN")
	}
	if !isErrno(name) {
		return p.fail("ERROR", fmt.Sprintf("unknown error %q: %s", name, suggest(name, known().errnos, usualErrnos+", and the others of errno(3)")))
	}
	p.words.errno, p.words.hasErrno = name, true
	p.next++
	return true
}

func (p *parser) number() bool {
	t := p.peek()
	n, err := strconv.ParseInt(t.text, 10, 64)
	if err != nil {
		small, _, ok := p.integer()
		if !ok {
			return p.fail("NUMBER", "")
		}
		n = int64(small)
	} else {
		p.next++
	}
	p.words.ret, p.words.hasRet = n, true
	return true
}

func (p *parser) labelName() bool {
	t := p.peek()
	if p.done() || t.text == "," || t.text == "least" || t.text == "most" {
		return p.fail("LABEL", "")
	}
	p.words.label = spot{t.text, t.at}
	p.next++
	return true
}

func (p *parser) fd() bool {
	n, _, ok := p.integer()
	if !ok {
		return p.fail("FD", "")
	}
	p.words.fds = append(p.words.fds, n)
	return true
}

func (p *parser) fdList() bool {
	for {
		if !p.fd() {
			return false
		}
		_, comma := p.word(",")
		_, and := p.word("and")
		if !comma && !and {
			return true
		}
	}
}

func (p *parser) socketName() bool {
	t := p.peek()
	if _, ok := p.word("the"); ok {
		if _, ok := p.word("listener"); !ok {
			return p.fail("listener", "")
		}
		p.words.socket = "L"
		return true
	}
	if _, ok := p.word("descriptor"); ok {
		return p.fd()
	}
	if p.done() || !isRole(t.text) {
		return p.fail("SOCKET", "")
	}
	p.words.socket = t.text
	p.next++
	return true
}

// isRole tells whether s has the form of a role: letters, then digits.
func isRole(s string) bool {
	letters := strings.TrimRight(s, "0123456789")
	switch letters {
	case "L", "c", "s", "u", "k":
		return letters == "L" || len(letters) < len(s)
	}
	return false
}

// tcpStates are those of RFC 9293, section 3.3.2, as /proc/net/tcp and ss name them.
func tcpStates() []string {
	return []string{"LISTEN", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2", "CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT", "CLOSE"}
}

func (p *parser) tcpState() bool {
	t := p.peek()
	if p.done() || strings.ToUpper(t.text) != t.text || strings.ToLower(t.text) == t.text {
		return p.fail("STATE", "")
	}
	if !slices.Contains(tcpStates(), t.text) {
		return p.fail("STATE", fmt.Sprintf("unknown state %q: %s", t.text, suggest(t.text, tcpStates(), "")))
	}
	p.words.state = t.text
	p.next++
	return true
}

// kinds are those of descriptors, singular and plural.
func kinds() [][2]string {
	return [][2]string{
		{"socket", "sockets"}, {"pipe", "pipes"}, {"file", "files"}, {"directory", "directories"}, {"device", "devices"},
		{"epoll", "epolls"}, {"eventfd", "eventfds"}, {"timerfd", "timerfds"}, {"signalfd", "signalfds"},
		{"pidfd", "pidfds"}, {"inotify", "inotifies"}, {"io_uring", "io_urings"}, {"memfd", "memfds"}, {"other", "others"},
	}
}

// kind takes a kind of descriptor, in the singular or plural.
func (p *parser) kind() (string, bool) {
	t := p.peek()
	var options []string
	for _, k := range kinds() {
		if t.text == k[0] || t.text == k[1] {
			p.next++
			if k[0] == "epoll" {
				p.word("instance", "instances")
			}
			return k[0], true
		}
		options = append(options, k[0])
	}
	if p.done() {
		return "", p.fail("KIND", "")
	}
	return "", p.fail("KIND", fmt.Sprintf("unknown kind of descriptor %q: %s", t.text, suggest(t.text, options, "")))
}

func (p *parser) oneKind() bool {
	k, ok := p.kind()
	p.words.kinds = append(p.words.kinds, tally{1, k})
	return ok
}

func (p *parser) kindList() bool {
	for {
		n, _, ok := p.integer()
		if !ok {
			return p.fail("KINDS", "")
		}
		k, ok := p.kind()
		if !ok {
			return false
		}
		p.words.kinds = append(p.words.kinds, tally{n, k})
		_, comma := p.word(",")
		_, and := p.word("and")
		if !comma && !and {
			return true
		}
	}
}
