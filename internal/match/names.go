package match

// names holds the texts that names stand for, by their numbers. What was set
// since a mark can be taken back. Where names are not to be compared it is nil.
type names struct {
	text []string
	line []int // line of the pattern where the text was taken, from 1; 0: not set
	set  []int // the numbers that are set, in order
}

func newNames(n int) *names {
	return &names{text: make([]string, n+1), line: make([]int, n+1)}
}

func (n *names) mark() int {
	if n == nil {
		return 0
	}
	return len(n.set)
}

func (n *names) undo(mark int) {
	if n == nil {
		return
	}
	for _, number := range n.set[mark:] {
		n.line[number] = 0
	}
	n.set = n.set[:mark]
}

// agree reports whether text may stand for the name, and sets it if it was
// not set. Number 0 is no name and agrees with all.
func (n *names) agree(number int, text string, line int) bool {
	if n == nil || number == 0 {
		return true
	}
	if n.line[number] > 0 {
		return n.text[number] == text
	}
	n.text[number], n.line[number] = text, line
	n.set = append(n.set, number)
	return true
}

// since returns what was set since mark, as a key for a map.
func (n *names) since(mark int) string {
	var key []byte
	for _, number := range n.set[mark:] {
		key = append(append(key, n.text[number]...), '\n')
	}
	return string(key)
}

// effort counts the steps of one comparison, so that an ambiguous pattern
// costs no more than it may.
type effort struct{ steps, limit int }

func (e *effort) step() { e.steps++ }

func (e *effort) spent() bool { return e.steps > e.limit }
