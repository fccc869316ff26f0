package match

// Result says whether an output matches, and how its lines and those of the
// pattern belong together.
type Result struct {
	OK     bool
	Rows   []Row // all lines of both, in the order of the pattern
	mode   Mode
	gaveUp bool // the search for values of names was cut short
	found  bool // the search found a match; it looks in vain where OK is false
	steps  int  // what the search cost
}

// Row is one line of the pattern, one line of the output, or both. The row of
// a "..." stands for all the lines that it took.
type Row struct {
	Want     int     // line number in the pattern, from 1; 0: only in the output
	Got      int     // line number in the output, from 1; 0: only in the pattern
	Lines    int     // output lines in this row: 0, 1, or what "..." took, from Got on where they adjoin
	Same     bool    // nothing to complain about
	WantText string  // as the pattern has it
	GotText  string  // as it was printed; empty for "..."
	Values   []Value // what the placeholders took, in their order; nil unless Same

	notes         []note
	wantAt, gotAt int // byte offset of the first difference
}

// Value is the text that a placeholder took.
type Value struct {
	Placeholder string // as the pattern has it: <fd#a>
	Text        string
}

// isEllipsis reports whether r stands for the lines that a "..." took. A
// pattern of mode Contains has one at either end that nobody wrote.
func (r *Row) isEllipsis() bool {
	return r.Same && (r.WantText == ellipsis || r.Want == 0)
}
