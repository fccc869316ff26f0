package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Structure is what a run did without what is luck about it: for each thread
// the calls in their order, each with the role of its descriptor and what came
// of it. Left out are times, short sleeps, numbers of descriptors, ports and
// threads, the order between threads, how a stream was cut into reads, how
// often in a row a call failed with EAGAIN, and which of several threads of one
// name did what. With the Order [ByDescriptor] more is left out. What a program
// marks follows: the objects of the kernel in their states.
//
//	thread acceptor
//	    accept4(L) = s1
//	    accept4(L) has not returned
//	at L1
//	    L, blocking, LISTEN, 1 connection waiting
func (t *Trace) Structure() string {
	var b strings.Builder
	for _, p := range t.parts(t.Order) {
		b.WriteString(p.title + "\n")
		for _, l := range p.lines {
			b.WriteString("    " + l + "\n")
		}
	}
	return b.String()
}

// part is what the threads of one name that did the same did.
type part struct {
	title string
	lines []string
}

// parts are the threads in an order that does not depend on luck, and the marks.
func (t *Trace) parts(order Order) []part {
	type group struct {
		name string
		seqs map[string]int // calls joined, with the number of threads that made them
	}
	var groups []*group
	find := func(name string) *group {
		for _, g := range groups {
			if g.name == name {
				return g
			}
		}
		g := &group{name: name, seqs: map[string]int{}}
		groups = append(groups, g)
		return g
	}
	threads := t.sequences()
	alike := map[string]int{}
	for _, th := range threads {
		alike[th.name]++
	}
	for _, th := range threads {
		lines := summary(th.calls)
		if order == ByDescriptor && multiplexes(th.calls) {
			lines = byDescriptor(th.calls)
		}
		if alike[th.name] > 1 {
			renumber(lines, map[string]string{}) // which connection was whose is luck
		}
		find(th.name).seqs[strings.Join(lines, "\n")]++
	}
	slices.SortFunc(groups, func(a, b *group) int { return cmp.Compare(a.name, b.name) })
	var list []part
	numbers := map[string]string{} // of connections, by where the structure first has them
	for _, g := range groups {
		var seqs []string
		for s := range g.seqs {
			seqs = append(seqs, s)
		}
		slices.Sort(seqs)
		for _, s := range seqs {
			p := part{title: "thread " + g.name}
			if n := g.seqs[s]; n > 1 {
				p.title = fmt.Sprintf("%d threads %s", n, g.name)
			} else if len(seqs) > 1 {
				p.title = "one thread " + g.name
			}
			if s != "" {
				p.lines = strings.Split(s, "\n")
			}
			if alike[g.name] == 1 {
				renumber(p.lines, numbers)
			}
			list = append(list, p)
		}
	}
	return append(list, t.markParts(numbers)...)
}

// sequence is the calls of one thread.
type sequence struct {
	name  string // without the number that tells threads of one name apart
	calls []*Call
}

// unnamed is the name of all threads that the program gave none: which of them
// Go lets make a call is luck.
const unnamed = "without a name"

// sequences are the threads with their calls.
func (t *Trace) sequences() []sequence {
	at := map[string]int{}
	var list []sequence
	add := func(name string) int {
		base := baseName(name, t)
		key := name
		if base == unnamed {
			key = unnamed
		}
		if i, ok := at[key]; ok {
			return i
		}
		at[key] = len(list)
		list = append(list, sequence{name: base})
		return len(list) - 1
	}
	for i := range t.Threads {
		if baseName(t.Threads[i].Name, t) != unnamed { // those matter only for their calls
			add(t.Threads[i].Name)
		}
	}
	for i := range t.Calls {
		c := &t.Calls[i]
		k := add(c.Thread)
		list[k].calls = append(list[k].calls, c)
	}
	return list
}

// baseName cuts the number off by which the recorder tells threads of one name
// apart: reader, reader#2, reader#3.
func baseName(name string, t *Trace) string {
	if rest, ok := strings.CutPrefix(name, "thread-"); ok && strings.Trim(rest, "0123456789") == "" {
		return unnamed
	}
	base, number, ok := strings.Cut(name, "#")
	if ok && number != "" && strings.Trim(number, "0123456789") == "" {
		return base
	}
	return name
}

// summary is one line a call, with what is luck left out.
func summary(calls []*Call) []string {
	var lines []string
	var last *Call // the one that a further call may only continue
	bytes := int64(0)
	for _, c := range calls {
		if c.Errno == "" && !c.Open && c.Ret > 0 && streams(c.Name) && last != nil && last.Name == c.Name && last.Role == c.Role {
			bytes += c.Ret
			lines[len(lines)-1] = c.inStructure() + byteCount(bytes)
			continue
		}
		last, bytes = nil, 0
		line := c.inStructure() + c.kindOfResult()
		if c.Errno == "" && !c.Open && c.Ret > 0 && streams(c.Name) {
			last, bytes = c, c.Ret
		}
		if c.Errno == "EAGAIN" && len(lines) > 0 && lines[len(lines)-1] == line {
			continue // how often it was tried is luck
		}
		lines = append(lines, line)
	}
	return lines
}

// streams tells whether the call moves bytes of a stream, whose borders say nothing.
func streams(name string) bool {
	switch name {
	case "read", "readv", "recvfrom", "recvmsg", "write", "writev", "sendto", "sendmsg":
		return true
	}
	return false
}

func byteCount(n int64) string {
	if n == 1 {
		return " = 1 byte"
	}
	return fmt.Sprintf(" = %d bytes", n)
}

func (c *Call) inStructure() string {
	args := c.Role
	if c.Name == "epoll_ctl" {
		if parts := strings.Split(c.Text, ", "); len(parts) > 1 {
			args += ", " + strings.TrimPrefix(parts[1], "EPOLL_CTL_")
		}
	}
	return c.Name + "(" + args + ")"
}

// tellsMore tells whether the structure has more about the call than that it
// was made.
func tellsMore(name string) bool {
	switch name {
	case "accept4", "epoll_wait", "poll", "select":
		return true
	}
	return streams(name)
}

// kindOfResult is the result as far as the program decides it.
func (c *Call) kindOfResult() string {
	switch {
	case c.Open && c.Seen == 0 && !tellsMore(c.Name):
		return "" // the run ended in the middle of it, which is luck
	case c.Open:
		return " has not returned"
	case c.Errno != "":
		return " = -1 " + c.Errno
	case streams(c.Name):
		if c.Ret == 0 {
			return " = 0"
		}
		return byteCount(c.Ret)
	}
	switch c.Name {
	case "epoll_wait", "poll", "select":
		return fmt.Sprintf(" = %d", c.Ret)
	case "accept4":
		if c.Conn > 0 {
			return fmt.Sprintf(" = s%d", c.Conn)
		}
	}
	return ""
}

// renumber counts connections anew: it may be luck which of several clients
// came first.
func renumber(lines []string, numbers map[string]string) {
	for i, l := range lines {
		lines[i] = mapRoles(l, func(role string) string { return renumberRole(role, numbers) })
	}
}

// renumberRole gives an end of a connection, such as c3 or s3, its new number.
func renumberRole(role string, numbers map[string]string) string {
	if !isEnd(role) {
		return role
	}
	n, ok := numbers[role[1:]]
	if !ok {
		n = fmt.Sprint(len(numbers) + 1)
		numbers[role[1:]] = n
	}
	return role[:1] + n
}

// isEnd tells whether a role is an end of a connection.
func isEnd(role string) bool {
	return len(role) > 1 && (role[0] == 'c' || role[0] == 's') && strings.Trim(role[1:], "0123456789") == ""
}

// mapRoles replaces the end of a connection in parentheses and that behind the
// equals sign.
func mapRoles(l string, change func(role string) string) string {
	replace := func(s string) string {
		role, rest := s, ""
		if i := strings.IndexAny(s, ",)"); i >= 0 {
			role, rest = s[:i], s[i:]
		}
		if !isEnd(role) {
			return s
		}
		return change(role) + rest
	}
	if head, tail, ok := strings.Cut(l, "("); ok {
		l = head + "(" + replace(tail)
	}
	if head, tail, ok := strings.Cut(l, " = "); ok {
		l = head + " = " + replace(tail)
	}
	return l
}

// Compare says in which way two runs have not the same structure: for each
// thread the calls that only one of them made, with what stands around them.
// It is empty when the structure is the same. Lines with - are those of was,
// lines with + those of now.
func Compare(was, now *Trace) string {
	order := cmp.Or(was.Order, now.Order)
	old, new := was.parts(order), now.parts(order)
	var b strings.Builder
	for _, title := range titles(old, new) {
		x, y := linesOf(old, title), linesOf(new, title)
		switch {
		case x == nil:
			writeDiff(&b, title+": not in the recording", nil, y.lines)
		case y == nil:
			writeDiff(&b, title+": only in the recording", x.lines, nil)
		case !slices.Equal(x.lines, y.lines):
			writeDiff(&b, title, x.lines, y.lines)
		}
	}
	return b.String()
}

// titles are those of both, each once. Parts of one title are told apart by
// their place.
func titles(old, new []part) []string {
	var list []string
	for _, parts := range [][]part{old, new} {
		for i := range parts {
			if !slices.Contains(list, parts[i].title) {
				list = append(list, parts[i].title)
			}
		}
	}
	return list
}

func linesOf(parts []part, title string) *part {
	var found *part
	for i := range parts {
		if parts[i].title != title {
			continue
		}
		if found == nil {
			found = &part{title: title}
		}
		found.lines = append(found.lines, parts[i].lines...)
	}
	return found
}

// contextLines are shown around what differs.
const contextLines = 2

// writeDiff writes the lines that differ under a title.
func writeDiff(b *strings.Builder, title string, old, new []string) {
	b.WriteString(title + "\n")
	rows := align(old, new)
	shown := make([]bool, len(rows))
	for i, r := range rows {
		if r[0] != ' ' {
			for j := max(0, i-contextLines); j <= min(i+contextLines, len(rows)-1); j++ {
				shown[j] = true
			}
		}
	}
	gap := false
	for i, r := range rows {
		if !shown[i] {
			if !gap {
				b.WriteString("    ...\n")
			}
			gap = true
			continue
		}
		gap = false
		b.WriteString("  " + r + "\n")
	}
}

// largestTable bounds the work and memory of align, in cells.
const largestTable = 4 << 20

// align returns the lines of both with "  ", "- " or "+ " before them, as few
// of the latter as may be.
func align(old, new []string) []string {
	head := 0
	for head < len(old) && head < len(new) && old[head] == new[head] {
		head++
	}
	tail := 0
	for tail < len(old)-head && tail < len(new)-head && old[len(old)-1-tail] == new[len(new)-1-tail] {
		tail++
	}
	var rows []string
	for _, l := range old[:head] {
		rows = append(rows, "  "+l)
	}
	rows = append(rows, alignMiddle(old[head:len(old)-tail], new[head:len(new)-tail])...)
	for _, l := range old[len(old)-tail:] {
		rows = append(rows, "  "+l)
	}
	return rows
}

// alignMiddle finds a longest common subsequence.
func alignMiddle(old, new []string) []string {
	var rows []string
	if (len(old)+1)*(len(new)+1) > largestTable {
		for _, l := range old {
			rows = append(rows, "- "+l)
		}
		for _, l := range new {
			rows = append(rows, "+ "+l)
		}
		return rows
	}
	table := make([][]int32, len(old)+1)
	for i := range table {
		table[i] = make([]int32, len(new)+1)
	}
	for i := len(old) - 1; i >= 0; i-- {
		for j := len(new) - 1; j >= 0; j-- {
			if old[i] == new[j] {
				table[i][j] = table[i+1][j+1] + 1
			} else {
				table[i][j] = max(table[i+1][j], table[i][j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(old) || j < len(new); {
		switch {
		case i < len(old) && j < len(new) && old[i] == new[j]:
			rows = append(rows, "  "+old[i])
			i, j = i+1, j+1
		case i < len(old) && (j == len(new) || table[i+1][j] >= table[i][j+1]):
			rows = append(rows, "- "+old[i])
			i++
		default:
			rows = append(rows, "+ "+new[j])
			j++
		}
	}
	return rows
}
