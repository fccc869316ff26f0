package match

import "math/bits"

// sequence pairs the pattern lines want with the output lines got in order,
// and goes on with then. Where then returns false it tries other values of
// names.
func (m *matcher) sequence(want, got []int, then func() bool) bool {
	runs := []*run{{m: m}}
	for _, w := range want {
		if m.ellipsis(w) {
			runs = append(runs, &run{m: m})
		} else {
			last := runs[len(runs)-1]
			last.want = append(last.want, w)
		}
	}
	return m.place(runs, got, 0, then)
}

// place puts the runs behind from in got, the last of them at the end. The
// first run of a sequence has its place at from, all others follow a "...":
// they take the first place that fits. A later one can only be better if it
// gives other values to names.
func (m *matcher) place(runs []*run, got []int, from int, then func() bool) bool {
	r := runs[0]
	end := from + len(r.want)
	if end > len(got) || len(runs) == 1 && end < len(got) {
		return false
	}
	if len(runs) == 1 {
		return r.take(got[from:], 0, then)
	}
	return r.take(got[from:], 0, func() bool { return m.float(runs[1:], got, end, then) })
}

// float is place for runs behind a "...".
func (m *matcher) float(runs []*run, got []int, from int, then func() bool) bool {
	r := runs[0]
	if len(runs) == 1 {
		at := len(got) - len(r.want)
		return at >= from && m.place(runs, got, at, then)
	}
	mark := m.names.mark()
	tried := map[string]bool{}
	for at := r.find(got, from); at >= 0; at = r.find(got, at+1) {
		taken := r.take(got[at:], 0, func() bool {
			values := m.names.since(mark)
			if tried[values] {
				return false
			}
			tried[values] = true
			return m.float(runs[1:], got, at+len(r.want), then)
		})
		if taken || tried[""] || m.effort.spent() {
			return taken
		}
	}
	return false
}

// run is a stretch of pattern lines without "..." in it.
type run struct {
	m     *matcher
	want  []int
	words int                  // words of 64 lines
	text  map[string][]wordSet // where a literal line stands in want
	typed []wordSet            // where lines with placeholders stand
}

// wordSet is a set of lines among want[64*word:64*word+64].
type wordSet struct {
	word int
	bits uint64
}

// take pairs the lines of r from number i on with those of got, and goes on
// with then.
func (r *run) take(got []int, i int, then func() bool) bool {
	for ; i < len(r.want); i++ {
		w, g := r.want[i], got[i]
		if r.m.lastFree(&r.m.p.lines[w]) != none {
			return r.m.take(w, g, func() bool { return r.take(got, i+1, then) })
		}
		if !r.m.take(w, g, yes) {
			return false
		}
	}
	return then()
}

func yes() bool { return true }

// find returns the first place from which on the lines of r fit those of got,
// names apart, or none.
//
// It is the Shift-And algorithm: bit i of state says that the lines up to
// want[i] fit those before and at the current one. 64 lines move in one step,
// so even a run that repeats itself costs little.
func (r *run) find(got []int, from int) int {
	if len(r.want) == 0 {
		if from > len(got) {
			return none
		}
		return from
	}
	r.index()
	state, next := make([]uint64, r.words), make([]uint64, r.words)
	end := len(r.want) - 1
	for i := from; i < len(got); i++ {
		r.m.effort.step()
		clear(next)
		for _, s := range r.text[r.m.got[got[i]]] {
			next[s.word] |= shifted(state, s.word) & s.bits
		}
		for _, s := range r.typed {
			for try := shifted(state, s.word) & s.bits; try != 0; try &= try - 1 {
				bit := bits.TrailingZeros64(try)
				if r.m.fits(r.want[64*s.word+bit], got[i]) {
					next[s.word] |= 1 << bit
				}
			}
		}
		state, next = next, state
		if state[end/64]>>(end%64)&1 == 1 {
			return i - end
		}
	}
	return none
}

// shifted returns a word of state after one more line: each bit moves up, and
// a new start comes in.
func shifted(state []uint64, word int) uint64 {
	if word == 0 {
		return state[0]<<1 | 1
	}
	return state[word]<<1 | state[word-1]>>63
}

func (r *run) index() {
	if r.text != nil {
		return
	}
	r.words = (len(r.want) + 63) / 64
	r.text = map[string][]wordSet{}
	for i, w := range r.want {
		if l := &r.m.p.lines[w]; l.elems == nil {
			r.text[l.text] = add(r.text[l.text], i)
		} else {
			r.typed = add(r.typed, i)
		}
	}
}

// add adds i, which is not below any number in sets.
func add(sets []wordSet, i int) []wordSet {
	if n := len(sets); n == 0 || sets[n-1].word != i/64 {
		sets = append(sets, wordSet{word: i / 64})
	}
	sets[len(sets)-1].bits |= 1 << (i % 64)
	return sets
}
