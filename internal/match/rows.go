package match

// rows turns steps into rows. Names get their values here anew, from top to
// bottom, unless a search has found them.
func (m *matcher) rows(steps []step) []Row {
	rows := make([]Row, len(steps))
	for i, s := range steps {
		r := &rows[i]
		r.Want, r.Got, r.Lines = s.want+1, s.got+1, s.lines
		if s.want != none {
			r.WantText = m.p.lines[s.want].src
		}
		switch {
		case s.ellipsis:
			r.Same = true
			if s.lines == 0 {
				r.Got = 0
			}
		case s.got == none:
			r.notes = m.hints(s.want, "")
		default:
			r.GotText = m.got[s.got]
			if s.want != none {
				m.compare(r, s.want, s.got)
			}
		}
	}
	return rows
}

// compare fills in what r says on a line of the pattern and one of the output.
func (m *matcher) compare(r *Row, w, g int) {
	l := &m.p.lines[w]
	if l.elems == nil {
		r.Same = l.text == r.GotText
		r.wantAt = commonPrefix(l.text, r.GotText)
		r.gotAt = r.wantAt
		if !r.Same {
			r.notes = m.hints(w, r.GotText)
		}
		return
	}
	t := m.trial(w, g)
	if t.run() {
		r.Same, r.Values = true, t.values()
		return
	}
	r.wantAt, r.gotAt = t.stuckAt()
	r.notes = m.explain(w, g, t.stuck)
}

// values returns what the placeholders took.
func (t *trial) values() []Value {
	var list []Value
	pos := 0
	for i, e := range t.elems {
		if !e.literal() {
			list = append(list, Value{e.text, t.s[pos:t.ends[i]]})
		}
		pos = t.ends[i]
	}
	return list
}

// stuckAt returns the offsets in the pattern line and in the output line up
// to which they fit.
func (t *trial) stuckAt() (want, got int) {
	if t.stuck.elem == len(t.elems) {
		last := t.elems[len(t.elems)-1]
		return last.at + len(last.text), t.stuck.pos
	}
	e := t.elems[t.stuck.elem]
	return e.at + t.within, t.stuck.pos
}
