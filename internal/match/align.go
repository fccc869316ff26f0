package match

import (
	"math/bits"
	"slices"
	"sort"
	"unicode"
)

// aligner pairs lines of a pattern with lines of an output that do not match
// as a whole, so that as few as possible differ. Names are not looked at.
type aligner struct {
	m         *matcher
	want, got []uint64 // signatures of all lines
}

// largest is up to how many pairs of lines an alignment is computed in full.
// What is larger is first cut at lines that both sides have once.
const largest = 1 << 21

func newAligner(m *matcher) *aligner {
	a := &aligner{m: m, want: make([]uint64, len(m.p.lines)), got: make([]uint64, len(m.got))}
	for w := range m.p.lines {
		l := &m.p.lines[w]
		if l.elems == nil {
			a.want[w] = signature(l.text)
		}
		for _, e := range l.elems {
			if e.literal() {
				a.want[w] |= signature(e.text)
			}
		}
	}
	for g, text := range m.got {
		a.got[g] = signature(text)
	}
	return a
}

// signature is a set of the words of s, with two bits for each: what holds
// digits is left out, and each character of a script without blanks is a word.
func signature(s string) uint64 {
	var set, hash uint64
	digit := false
	end := func() {
		if hash != 0 && !digit {
			set |= 1<<(hash>>58) | 1<<(hash>>52&63)
		}
		hash, digit = 0, false
	}
	for _, r := range s {
		switch {
		case r >= '\u2e80':
			end()
			hash = uint64(r) * 0x9e3779b97f4a7c15
			end()
		case unicode.IsLetter(r):
			hash = (hash + uint64(r)) * 0x9e3779b97f4a7c15
		case unicode.IsDigit(r):
			digit = true
		default:
			end()
		}
	}
	end()
	return set
}

// similar reports whether w and g are likely to be two versions of one line:
// they share half of their words.
func (a *aligner) similar(w, g int) bool {
	both, all := a.want[w]&a.got[g], a.want[w]|a.got[g]
	return bits.OnesCount64(both)*2 >= bits.OnesCount64(all)
}

// align returns steps that hold every line of want and got once, in order.
func (a *aligner) align(want, got []int) []step {
	var head, tail []step
	for len(want) > 0 && len(got) > 0 && a.same(want[0], got[0]) {
		head = append(head, step{want: want[0], got: got[0], lines: 1})
		want, got = want[1:], got[1:]
	}
	for len(want) > 0 && len(got) > 0 && a.same(want[len(want)-1], got[len(got)-1]) {
		tail = append(tail, step{want: want[len(want)-1], got: got[len(got)-1], lines: 1})
		want, got = want[:len(want)-1], got[:len(got)-1]
	}
	slices.Reverse(tail)
	return slices.Concat(head, a.middle(want, got), tail)
}

func (a *aligner) middle(want, got []int) []step {
	if (len(want)+1)*(len(got)+1) <= largest {
		return fill(zip(a.cheapest(want, got)), got)
	}
	anchors := a.anchors(want, got)
	if len(anchors) == 0 {
		return a.coarse(want, got)
	}
	var steps []step
	fromW, fromG := 0, 0
	for _, at := range append(anchors, [2]int{len(want), len(got)}) {
		steps = append(steps, a.align(want[fromW:at[0]], got[fromG:at[1]])...)
		fromW, fromG = at[0], at[1]
	}
	return steps
}

func (a *aligner) same(w, g int) bool { return !a.m.ellipsis(w) && a.m.fits(w, g) }

// Costs of an alignment. Two lines that are similar cost less as a pair than
// the line of the pattern alone, lest a "..." takes the other one.
const (
	costWant    = 9
	costGot     = 8
	costSimilar = 8
)

// moves of the alignment through the table of want times got.
const (
	moveNone = iota
	moveWant // a line of want alone, or the end of a "..."
	moveGot  // a line of got alone, or in a "..."
	moveBoth
)

// cheapest aligns by dynamic programming: cost[j] is that of the cheapest
// alignment of want[i:] with got[j:].
func (a *aligner) cheapest(want, got []int) []step {
	width := len(got) + 1
	moves := make([]byte, (len(want)+1)*width)
	cost, below := make([]int32, width), make([]int32, width)
	for i := len(want); i >= 0; i-- {
		for j := len(got); j >= 0; j-- {
			cost[j], moves[i*width+j] = a.move(want[i:], got[j:], cost[j:], below[j:])
		}
		cost, below = below, cost
	}
	var steps []step
	for i, j := 0, 0; ; {
		switch moves[i*width+j] {
		case moveNone:
			return steps
		case moveBoth:
			steps = append(steps, step{want: want[i], got: got[j], lines: 1})
			i, j = i+1, j+1
		case moveWant:
			if !a.m.ellipsis(want[i]) {
				steps = append(steps, step{want: want[i], got: none})
			} else if n := len(steps); n == 0 || !steps[n-1].ellipsis || steps[n-1].want != want[i] {
				steps = append(steps, step{want: want[i], got: none, ellipsis: true})
			}
			i++
		case moveGot:
			last := len(steps) - 1
			if i == len(want) || !a.m.ellipsis(want[i]) {
				steps = append(steps, step{want: none, got: got[j], lines: 1})
			} else if last >= 0 && steps[last].ellipsis && steps[last].want == want[i] && steps[last].lines > 0 {
				steps[last].lines++
			} else {
				steps = append(steps, step{want: want[i], got: got[j], lines: 1, ellipsis: true})
			}
			j++
		}
	}
}

// move returns the best first move from want and got on, and its cost. here
// holds the costs of the same lines of want, below those without the first.
func (a *aligner) move(want, got []int, here, below []int32) (cost int32, move byte) {
	switch {
	case len(want) == 0 && len(got) == 0:
		return 0, moveNone
	case len(want) == 0:
		return here[1] + costGot, moveGot
	case a.m.ellipsis(want[0]):
		if len(got) > 0 && here[1] < below[0] {
			return here[1], moveGot
		}
		return below[0], moveWant
	case len(got) == 0:
		return below[0] + costWant, moveWant
	case a.same(want[0], got[0]):
		return below[1], moveBoth
	}
	cost, move = below[0]+costWant, moveWant
	if c := here[1] + costGot; c < cost {
		cost, move = c, moveGot
	}
	if c := below[1] + costSimilar; c <= cost && a.similar(want[0], got[0]) {
		cost, move = c, moveBoth
	}
	return cost, move
}

// zip puts lines that stand alone, without a common line between them, into
// pairs: side by side they take less room.
func zip(steps []step) []step {
	var out []step
	var want, got []step
	flush := func() {
		n := min(len(want), len(got))
		for i := range n {
			out = append(out, step{want: want[i].want, got: got[i].got, lines: 1})
		}
		out = append(append(out, want[n:]...), got[n:]...)
		want, got = nil, nil
	}
	for _, s := range steps {
		switch {
		case s.ellipsis || s.want != none && s.got != none:
			flush()
			out = append(out, s)
		case s.want != none:
			want = append(want, s)
		default:
			got = append(got, s)
		}
	}
	flush()
	return out
}

// fill pairs lines of the pattern that stand alone beside a "..." with the
// lines of got that it took there, if they must adjoin the line on their other
// side: a line that matches, or the start or end of the output.
func fill(steps []step, got []int) []step {
	alone := func(i int) bool { return !steps[i].ellipsis && steps[i].got == none }
	for e := range steps {
		s := &steps[e]
		if !s.ellipsis || s.lines == 0 {
			continue
		}
		first, last := e, e // the lines that stand alone on either side
		for first > 0 && alone(first-1) {
			first--
		}
		for last+1 < len(steps) && alone(last+1) {
			last++
		}
		at, _ := slices.BinarySearch(got, s.got)
		took := got[at : at+s.lines]
		if first == 0 || !steps[first-1].ellipsis {
			for i := first; i < e && len(took) > 0; i++ {
				steps[i].got, steps[i].lines, took = took[0], 1, took[1:]
			}
		}
		if last+1 == len(steps) || !steps[last+1].ellipsis {
			for i := last; i > e && len(took) > 0; i-- {
				n := len(took) - 1
				steps[i].got, steps[i].lines, took = took[n], 1, took[:n]
			}
		}
		if s.lines = len(took); s.lines > 0 {
			s.got = took[0]
		}
	}
	return steps
}

// anchors returns places in want and got, both rising, of literal lines that
// either side has once.
func (a *aligner) anchors(want, got []int) [][2]int {
	type uses struct{ want, got, inWant, inGot int }
	byText := map[string]*uses{}
	for i, w := range want {
		if a.m.ellipsis(w) || a.m.p.lines[w].elems != nil {
			continue
		}
		text := a.m.p.lines[w].text
		if byText[text] == nil {
			byText[text] = &uses{}
		}
		byText[text].want = i
		byText[text].inWant++
	}
	for j, g := range got {
		if u := byText[a.m.got[g]]; u != nil {
			u.got = j
			u.inGot++
		}
	}
	var pairs [][2]int
	for _, u := range byText {
		if u.inWant == 1 && u.inGot == 1 {
			pairs = append(pairs, [2]int{u.want, u.got})
		}
	}
	slices.SortFunc(pairs, func(p, q [2]int) int { return p[0] - q[0] })
	return rising(pairs)
}

// rising returns the longest part of pairs, which rise in their first number,
// that also rises in the second.
func rising(pairs [][2]int) [][2]int {
	var ends []int // ends[n]: the pair at which the best chain of n+1 pairs ends
	before := make([]int, len(pairs))
	for i, p := range pairs {
		n := sort.Search(len(ends), func(n int) bool { return pairs[ends[n]][1] >= p[1] })
		before[i] = none
		if n > 0 {
			before[i] = ends[n-1]
		}
		ends = append(ends[:n], append([]int{i}, ends[min(n+1, len(ends)):]...)...)
	}
	var chain [][2]int
	if len(ends) > 0 {
		for i := ends[len(ends)-1]; i != none; i = before[i] {
			chain = append(chain, pairs[i])
		}
	}
	slices.Reverse(chain)
	return chain
}

// coarse aligns what has no anchors and is too large: line by line from both
// ends to the "...", or to the end.
func (a *aligner) coarse(want, got []int) []step {
	var head, tail []step
	for len(want) > 0 && len(got) > 0 && !a.m.ellipsis(want[0]) {
		head = append(head, step{want: want[0], got: got[0], lines: 1})
		want, got = want[1:], got[1:]
	}
	for len(want) > 0 && len(got) > 0 && !a.m.ellipsis(want[len(want)-1]) {
		tail = append(tail, step{want: want[len(want)-1], got: got[len(got)-1], lines: 1})
		want, got = want[:len(want)-1], got[:len(got)-1]
	}
	slices.Reverse(tail)
	for _, w := range want {
		s := step{want: w, got: none, ellipsis: a.m.ellipsis(w)}
		if s.ellipsis && len(got) > 0 {
			s.got, s.lines, got = got[0], len(got), nil
		}
		head = append(head, s)
	}
	for _, g := range got {
		head = append(head, step{want: none, got: g, lines: 1})
	}
	return append(head, tail...)
}
