package evidence

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// form is one kind of sentence.
type form struct {
	// pattern is how it is written: words, a|b for a choice, [optional] parts,
	// and slots in capitals.
	pattern string
	means   string // what it says, for the reference
	example string
	key     string // a word without which a line is not of this form; "" when its first word tells
	check   func(*Trace, *words) answer

	variants [][]element
}

// element is one part of a variant: a word, or one of several, or a slot.
type element struct {
	literals []string
	slot     func(*parser) bool
	name     string // of the slot
}

// forms are the closed set of sentences.
var forms = sync.OnceValue(func() []form {
	list := []form{
		{
			pattern: "thread THREAD sleeps in CALL [TIMES]",
			means:   "the thread gave up its processor in this call; without a number, at least once",
			example: "thread acceptor sleeps in accept4 exactly twice",
			check:   checkSleeps,
		},
		{
			pattern: "thread THREAD never sleeps [outside CALLS]",
			means:   "no call put the thread to sleep, except for those that are named",
			example: "thread event-loop never sleeps outside epoll_wait",
			check:   checkNeverSleeps,
		},
		{
			pattern: "thread THREAD is still asleep in CALL at the end",
			means:   "when the run ended, the call had not returned, and the thread slept in it",
			example: "thread acceptor is still asleep in accept4 at the end",
			check:   checkStillAsleep,
		},
		{
			pattern: "[thread THREAD makes] COUNT CALL [call|calls] [that fail|fails]",
			means:   "how many there are of a call, or of those of them that failed; without \"at least\" or \"at most\" exactly so many",
			example: "thread event-loop makes exactly two accept4 that fail",
			check:   checkCount,
		},
		{
			pattern: "[thread THREAD makes] COUNT CALL [call|calls] that fail|fails with ERROR",
			means:   "how many calls failed with this error",
			example: "exactly two accept4 that fail with EAGAIN",
			check:   checkCount,
		},
		{
			pattern: "[thread THREAD makes] COUNT CALL [call|calls] that return|returns NUMBER",
			means:   "how many calls returned this number",
			example: "at least 3 epoll_wait that return 1",
			check:   checkCount,
		},
		{
			pattern: "[thread THREAD makes] COUNT CALL [call|calls] that never return|returns",
			means:   "how many calls had not returned when the run ended",
			example: "exactly 199 read that never return",
			check:   checkCount,
		},
		{
			pattern: "no call [of thread THREAD] fails [with ERROR]",
			means:   "nothing failed, or nothing with this error",
			example: "no call fails with EBADF",
			check:   checkNoFailure,
		},
		{
			pattern: "COUNT thread|threads",
			means:   "how many threads made a call or have a name from lab.Thread, main among them",
			example: "5 threads",
			check:   checkThreads,
		},
		{
			pattern: "[thread] THREAD CALL [#K] happens before [thread] THREAD CALL [#K]",
			means:   "the first call was entered before the second one returned; without #K the first such call of the thread",
			example: "client connect #2 happens before acceptor accept4 #2",
			key:     "happens",
			check:   checkBefore,
		},
		{
			pattern: "nothing is left open",
			means:   "the run closed every descriptor that it opened",
			example: "nothing is left open",
			check:   checkNothingOpen,
		},
		{
			pattern: "left open: KINDS",
			means:   "what the run had not closed when it ended, and nothing else",
			example: "left open: one socket, two pipes",
			check:   checkLeftOpen,
		},
		{
			pattern: "no thread is left",
			means:   "every thread but main had ended when the run did",
			example: "no thread is left",
			check:   checkNoThreadLeft,
		},
		{
			pattern: "thread THREAD is left",
			means:   "the thread had not ended when the run did",
			example: "thread acceptor is left",
			check:   checkThreadLeft,
		},
	}
	list = append(list, markForms()...)
	for i := range list {
		list[i].variants = expand(strings.Fields(list[i].pattern))
	}
	return list
})

// literals are the words of a form that tell it from others.
func (f *form) literals() []string {
	var list []string
	for _, w := range strings.Fields(f.pattern) {
		for w := range strings.SplitSeq(strings.Trim(w, "[]"), "|") {
			if strings.ToLower(w) == w && !slices.Contains(list, w) {
				list = append(list, w)
			}
		}
	}
	return list
}

// expand returns the pattern with and without each of its optional parts, the
// longer variants first.
func expand(pattern []string) [][]element {
	if len(pattern) == 0 {
		return [][]element{nil}
	}
	word := pattern[0]
	if !strings.HasPrefix(word, "[") {
		return prefix(elementOf(word), expand(pattern[1:]))
	}
	end := slices.IndexFunc(pattern, func(w string) bool { return strings.HasSuffix(w, "]") })
	inner := slices.Clone(pattern[:end+1])
	inner[0] = strings.TrimPrefix(inner[0], "[")
	inner[end] = strings.TrimSuffix(inner[end], "]")
	rest := pattern[end+1:]
	return append(expand(append(inner, rest...)), expand(rest)...)
}

func prefix(e element, variants [][]element) [][]element {
	for i, v := range variants {
		variants[i] = append([]element{e}, v...)
	}
	return variants
}

func elementOf(word string) element {
	if s := slotNamed(word); s != nil {
		return element{slot: s.take, name: s.name}
	}
	return element{literals: strings.Split(word, "|")}
}

// answer is what a run has to say about a sentence.
type answer struct {
	verdict Verdict
	fact    string // what the run did
	at      int    // byte of the sentence that is wrong in itself, such as an unknown thread; -1 for none
	counted bool   // lo and hi are what was counted
	lo, hi  int    // between them lies what is certain and what may have been luck
}

func holds() answer { return answer{verdict: Holds, at: -1} }

func fails(format string, args ...any) answer {
	return answer{verdict: Fails, fact: fmt.Sprintf(format, args...), at: -1}
}

func unconfirmed(t *Trace) answer {
	why := t.Unconfirmed
	if why == "" {
		why = "nothing on this machine tells who sleeps"
	}
	return answer{verdict: Unconfirmed, fact: why, at: -1}
}

// misplaced is the answer to a sentence about something that the run does not have.
func misplaced(at int, format string, args ...any) answer {
	a := fails(format, args...)
	a.at = at
	return a
}

// tallied is the answer to a sentence with a count, of which the run has from lo
// to hi.
func tallied(c count, lo, hi int, fact string) answer {
	a := answer{verdict: Fails, fact: fact, counted: true, lo: lo, hi: hi, at: -1}
	if c.holds(lo, hi) {
		a.verdict, a.fact = Holds, ""
	}
	return a
}

// A sleep is certain when the kernel was seen to say so. Where nobody looked, or
// nobody happened to, one that lasted so long counts. Shorter ones are luck: the
// kernel's own locks make threads sleep too.
const (
	longSleep       = 20e6 // nanoseconds, where there was a witness that saw nothing
	unwatchedSleep  = 1e6  // nanoseconds, where there was none
	witnessSwitches = "rusage"
	witnessKernel   = "proc"
)

// certainSleep tells whether the thread slept in c beyond doubt.
func (t *Trace) certainSleep(c *Call) bool {
	limit := int64(longSleep)
	if !t.witnessed(witnessKernel) {
		limit = unwatchedSleep
	}
	return c.Seen > 0 || c.Slept > 0 && c.T1-c.T0 >= limit
}

func (t *Trace) witnessed(by string) bool { return slices.Contains(t.Witnesses, by) }

// tellsSleep reports whether the trace knows at all who slept.
func (t *Trace) tellsSleep() bool {
	return t.witnessed(witnessSwitches) || t.witnessed(witnessKernel)
}

// named returns the calls of the thread at s, or the answer that there is none.
func (t *Trace) named(s spot) ([]*Call, *answer) {
	var names []string
	for i := range t.Threads {
		names = append(names, t.Threads[i].Name)
	}
	if !slices.Contains(names, s.name) {
		a := misplaced(s.at, "unknown thread %q: %s", s.name, suggest(s.name, names, ""))
		return nil, &a
	}
	var list []*Call
	for i := range t.Calls {
		if t.Calls[i].Thread == s.name {
			list = append(list, &t.Calls[i])
		}
	}
	return list, nil
}

func checkSleeps(t *Trace, w *words) answer {
	thread, call := w.threads[0], w.calls[0].name
	calls, wrong := t.named(thread)
	if wrong != nil {
		return *wrong
	}
	lo, hi, made := 0, 0, 0
	for _, c := range calls {
		if c.Name != call {
			continue
		}
		made++
		if t.certainSleep(c) {
			lo++
		}
		if c.Asleep() {
			hi++
		}
	}
	want := w.count
	if !w.counted {
		want = count{bound: atLeast, n: 1}
	}
	if made == 0 && !want.holds(0, 0) {
		return fails("thread %s made no %s; it made %s", thread.name, call, namesOf(calls))
	}
	if !t.tellsSleep() {
		return unconfirmed(t)
	}
	fact := fmt.Sprintf("thread %s slept %s in %s, which it called %s", thread.name, timesText(hi), call, timesText(made))
	if hi == 0 {
		fact = fmt.Sprintf("thread %s called %s %s and never slept in it%s", thread.name, call, timesText(made), whyAwake(calls, call))
	}
	a := tallied(want, lo, hi, fact)
	a.counted = w.counted
	return a
}

// whyAwake says why a call may not have slept.
func whyAwake(calls []*Call, name string) string {
	for _, c := range calls {
		if c.Name == name && c.Errno == "EAGAIN" {
			return ": it failed with EAGAIN, so the descriptor is in non-blocking mode"
		}
	}
	return ": it could proceed at once"
}

func namesOf(calls []*Call) string {
	var list []string
	for _, c := range calls {
		if !slices.Contains(list, c.Name) {
			list = append(list, c.Name)
		}
	}
	if len(list) == 0 {
		return "no call at all"
	}
	return strings.Join(list, ", ")
}

func timesText(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

func checkNeverSleeps(t *Trace, w *words) answer {
	thread := w.threads[0]
	calls, wrong := t.named(thread)
	if wrong != nil {
		return *wrong
	}
	if !t.tellsSleep() {
		return unconfirmed(t)
	}
	var worst *Call
	others := 0
	for _, c := range calls {
		allowed := slices.ContainsFunc(w.calls, func(s spot) bool { return s.name == c.Name })
		if allowed || !t.certainSleep(c) {
			continue
		}
		if others++; worst == nil || c.T1-c.T0 > worst.T1-worst.T0 {
			worst = c
		}
	}
	if worst == nil {
		return holds()
	}
	more := ""
	if others > 1 {
		more = fmt.Sprintf(" (and %s more)", timesText(others-1))
	}
	return fails("thread %s slept %s in %s%s: %s", thread.name, Duration(worst.T1-worst.T0), worst.Brief(), more, whySlept(worst))
}

// whySlept asks what may have put a thread to sleep where it should not.
func whySlept(c *Call) string {
	switch c.Name {
	case "accept4":
		return "a listener in blocking mode?"
	case "read", "recvfrom", "recvmsg", "readv":
		return "a descriptor in blocking mode, with nothing to read?"
	case "write", "sendto", "sendmsg", "writev":
		return "a descriptor in blocking mode, with a full buffer?"
	case "connect":
		return "a socket in blocking mode?"
	case "poll":
		if !strings.Contains(c.Text, "POLL") { // it names no descriptor
			return "a pause; can it wait for a fact instead?"
		}
		return "it waited until a descriptor was ready"
	case "epoll_wait", "select":
		return "it waited until a descriptor was ready"
	case "nanosleep", "clock_nanosleep":
		return "a pause; can it wait for a fact instead?"
	case "futex":
		return "a lock that another thread holds?"
	}
	return "what did it wait for?"
}

func checkStillAsleep(t *Trace, w *words) answer {
	thread, call := w.threads[0], w.calls[0].name
	calls, wrong := t.named(thread)
	if wrong != nil {
		return *wrong
	}
	for _, c := range calls {
		switch {
		case !c.Open:
		case c.Name != call:
			return fails("at the end thread %s was in %s", thread.name, c.Brief())
		case c.Asleep():
			return holds()
		case !t.witnessed(witnessKernel):
			return unconfirmed(t)
		default:
			return fails("at the end thread %s was in %s, but nobody saw it asleep there", thread.name, c.Brief())
		}
	}
	if len(calls) == 0 {
		return fails("thread %s made no call", thread.name)
	}
	last := calls[len(calls)-1]
	return fails("at the end thread %s was in no call: its last one, %s, had returned %s", thread.name, last.Brief(), last.Outcome())
}

func checkCount(t *Trace, w *words) answer {
	name := w.calls[0].name
	if len(w.threads) > 0 {
		if _, wrong := t.named(w.threads[0]); wrong != nil {
			return *wrong
		}
	}
	failed := slices.Contains(w.alts, "fail") || slices.Contains(w.alts, "fails")
	open := !w.hasRet && (slices.Contains(w.alts, "return") || slices.Contains(w.alts, "returns"))
	n, made := 0, 0
	var others []string
	for i := range t.Calls {
		c := &t.Calls[i]
		if c.Name != name || len(w.threads) > 0 && c.Thread != w.threads[0].name {
			continue
		}
		made++
		switch {
		case w.hasErrno && c.Errno != w.errno, failed && c.Errno == "", open && !c.Open, w.hasRet && (c.Errno != "" || c.Open || c.Ret != w.ret):
			if o := c.Outcome(); !slices.Contains(others, o) {
				others = append(others, o)
			}
		default:
			n++
		}
	}
	by := ""
	if len(w.threads) > 0 {
		by = " by thread " + w.threads[0].name
	}
	fact := fmt.Sprintf("there %s %s%s", wasWere(n), plural(n, name), by)
	switch {
	case w.hasErrno:
		fact += " that failed with " + w.errno
	case failed:
		fact += " that failed"
	case open:
		fact += " that had not returned"
	case w.hasRet:
		fact += fmt.Sprintf(" that returned %d", w.ret)
	}
	if len(others) > 0 {
		fact += fmt.Sprintf("; of %d in all, the others returned %s", made, firstOf(others, 4))
	}
	return tallied(w.count, n, n, fact)
}

func wasWere(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// plural writes a number of calls.
func plural(n int, name string) string {
	if n == 0 {
		return "no " + name
	}
	return fmt.Sprintf("%d %s", n, name)
}

func firstOf(list []string, n int) string {
	if len(list) > n {
		return strings.Join(list[:n], ", ") + ", ..."
	}
	return strings.Join(list, ", ")
}

func checkNoFailure(t *Trace, w *words) answer {
	if len(w.threads) > 0 {
		if _, wrong := t.named(w.threads[0]); wrong != nil {
			return *wrong
		}
	}
	var first *Call
	n := 0
	for i := range t.Calls {
		c := &t.Calls[i]
		if c.Errno == "" || w.hasErrno && c.Errno != w.errno || len(w.threads) > 0 && c.Thread != w.threads[0].name {
			continue
		}
		if n++; first == nil {
			first = c
		}
	}
	if first == nil {
		return holds()
	}
	more := ""
	if n > 1 {
		more = fmt.Sprintf(", and %d more failed", n-1)
	}
	return fails("%s of thread %s failed with %s%s", first.Brief(), first.Thread, first.Errno, more)
}

func checkThreads(t *Trace, w *words) answer {
	var names []string
	for i := range t.Threads {
		names = append(names, t.Threads[i].Name)
	}
	n := len(names)
	return tallied(w.count, n, n, fmt.Sprintf("there %s %d: %s", wasWere(n), n, firstOf(names, 12)))
}

func checkBefore(t *Trace, w *words) answer {
	var found [2]*Call
	for i := range found {
		calls, wrong := t.named(w.threads[i])
		if wrong != nil {
			return *wrong
		}
		nth, n := max(w.nth[i], 1), 0
		for _, c := range calls {
			if c.Name == w.calls[i].name {
				if n++; n == nth {
					found[i] = c
				}
			}
		}
		if found[i] == nil {
			return fails("thread %s called %s %s", w.threads[i].name, w.calls[i].name, timesText(n))
		}
	}
	a, b := found[0], found[1]
	if a.T0 < b.T1 || b.Open {
		return holds()
	}
	return fails("%s of thread %s was entered %s after %s of thread %s had returned", a.Brief(), a.Thread, Duration(a.T0-b.T1), b.Brief(), b.Thread)
}

func checkNothingOpen(t *Trace, _ *words) answer {
	if len(t.Left.Descriptors) == 0 {
		return holds()
	}
	return fails("%s", leftText(t.Left.Descriptors))
}

func leftText(list []Descriptor) string {
	var each []string
	for i := range list {
		each = append(each, fmt.Sprintf("%d (%s)", list[i].FD, kindOf(&list[i])))
	}
	if len(each) == 0 {
		return "nothing was left open"
	}
	return "left open: descriptor " + firstOf(each, 8)
}

// kindOf is the kind of a descriptor as sentences name it.
func kindOf(d *Descriptor) string {
	for _, k := range kinds() {
		if d.Kind == k[0] {
			return d.Kind
		}
	}
	return "other"
}

func checkLeftOpen(t *Trace, w *words) answer {
	want, got := map[string]int{}, map[string]int{}
	for _, k := range w.kinds {
		want[k.kind] += k.n
	}
	for i := range t.Left.Descriptors {
		got[kindOf(&t.Left.Descriptors[i])]++
	}
	for _, k := range kinds() {
		if want[k[0]] != got[k[0]] {
			return fails("%s", leftText(t.Left.Descriptors))
		}
	}
	return holds()
}

func checkNoThreadLeft(t *Trace, _ *words) answer {
	if len(t.Left.Threads) == 0 {
		return holds()
	}
	return fails("still there when the run ended: %s", firstOf(t.Left.Threads, 8))
}

func checkThreadLeft(t *Trace, w *words) answer {
	if _, wrong := t.named(w.threads[0]); wrong != nil {
		return *wrong
	}
	if slices.Contains(t.Left.Threads, w.threads[0].name) {
		return holds()
	}
	return fails("thread %s had ended", w.threads[0].name)
}
