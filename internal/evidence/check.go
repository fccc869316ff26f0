package evidence

// Verdict says whether a run bears out a sentence.
type Verdict int

// The verdicts.
const (
	Holds Verdict = iota
	Fails
	// Unconfirmed: the machine did not let anybody see what the sentence says.
	// That is a note and no failure.
	Unconfirmed
)

// String is the verdict in words.
func (v Verdict) String() string { return [...]string{"holds", "fails", "not confirmed"}[v] }

// Finding is what a run has to say about one sentence.
type Finding struct {
	Line, Col int // in the text of the fence, from 1; Col is 0 when the sentence as a whole is meant
	Sentence  string
	Verdict   Verdict
	Fact      string // what the run did instead; empty for Holds
}

// Check compares a run with each of the sentences, in their order.
func (s *Sentences) Check(t *Trace) []Finding {
	list := make([]Finding, len(s.lines))
	for i := range s.lines {
		st := &s.lines[i]
		a := st.form.check(t, &st.words)
		list[i] = Finding{Line: st.line, Col: a.at + 1, Sentence: st.text, Verdict: a.verdict, Fact: a.fact}
	}
	return list
}
