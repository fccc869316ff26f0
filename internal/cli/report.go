package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"example/workbook/internal/book"
	"example/workbook/internal/match"
	"example/workbook/runner"
)

// reporter is told about snippets as they run. started comes from several
// goroutines; finished and end from one.
type reporter interface {
	started(*book.Snippet)
	finished(*outcome)
	end(sum *tally, took time.Duration) // sum is nil after an interrupt
}

// textReporter prints a line a snippet, and under it what a reader needs to
// mend what failed.
type textReporter struct {
	src  *source
	opt  runOptions
	out  *screen
	name int // widest snippet id, in columns

	mu      sync.Mutex
	running []string
	done    int
	total   int
	live    bool // what the one snippet prints is shown while it prints
	held    heldBack
	inLine  bool // what was shown last ends within a line
	pending []byte

	isolation func() string // the line about it, or ""; nil for none
	leaks     int           // programs that left something, of which only the sum is shown
	gathers   bool          // what is no program waits for end, which shows it with its like
	fragments []*outcome
}

func newTextReporter(env *Env, src *source, opt runOptions, snippets []*book.Snippet) *textReporter {
	r := &textReporter{src: src, opt: opt, out: newScreen(env.Stdout), total: len(snippets)}
	for _, s := range snippets {
		r.name = max(r.name, len(s.ID))
	}
	return r
}

func (r *textReporter) started(s *book.Snippet) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.running = append(r.running, s.ID)
	r.draw()
}

// draw shows what is running; r.mu is held.
func (r *textReporter) draw() {
	if len(r.running) > 0 {
		r.out.progress(fmt.Sprintf("running %d of %d: %s", r.done+1, r.total, strings.Join(r.running, ", ")))
	}
}

func (r *textReporter) finished(o *outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done++
	for i, id := range r.running {
		if id == o.snippet.ID {
			r.running = append(r.running[:i], r.running[i+1:]...)
			break
		}
	}
	if r.live {
		r.stream(runner.Stderr, []byte(r.held.rest(o)))
		if r.inLine {
			fmt.Fprintln(r.out)
		}
	}
	if r.gathers && noProgram(o) != nil {
		r.fragments = append(r.fragments, o)
	} else {
		r.write(o)
	}
	r.draw()
}

func (r *textReporter) write(o *outcome) {
	r.output(o)
	r.line(o)
	r.details(o)
}

// noProgram is what is wrong with a snippet that no engine runs, or nil.
func noProgram(o *outcome) *book.Problem {
	if len(o.results) == 0 || o.verdict != runner.Fail {
		return nil
	}
	if run := o.results[0].Run; run != nil && run.NoProgram && len(run.Problems) == 1 {
		return &run.Problems[0]
	}
	return nil
}

// gathered shows the snippets that are no programs: the READMEs of libraries
// have a hundred of them, and there is one thing to say.
func (r *textReporter) gathered() {
	for len(r.fragments) > 0 {
		msg := noProgram(r.fragments[0]).Msg
		var same, rest []*outcome
		width := 0
		for _, o := range r.fragments {
			if p := noProgram(o); p.Msg == msg {
				same = append(same, o)
				width = max(width, len(p.Pos.String()))
			} else {
				rest = append(rest, o)
			}
		}
		r.fragments = rest
		if len(same) == 1 {
			r.write(same[0])
			continue
		}
		fmt.Fprintf(r.out, "%s %s: %s\n", r.out.paint(red, words[runner.Fail].text), count(len(same), "snippet"), msg)
		for _, o := range same {
			r.indented(fmt.Sprintf("%-*s  %s", width, noProgram(o).Pos, o.snippet.ID))
		}
		fmt.Fprintln(r.out)
	}
}

// show prints a piece of output as soon as it is there. What may be the
// beginning of a character waits for the rest of it.
func (r *textReporter) show(c runner.Chunk) {
	r.mu.Lock()
	defer r.mu.Unlock()
	text := append(r.pending, c.Data...)
	end := len(text)
	for end > 0 && end > len(text)-utf8.UTFMax && !utf8.FullRune(text[end-1:]) {
		end--
	}
	shown := string(text[:end])
	if c.Stream == runner.Stderr {
		shown = r.held.pass(shown)
	}
	r.stream(c.Stream, []byte(shown))
	r.pending = append([]byte(nil), text[end:]...)
}

func (r *textReporter) stream(s runner.Stream, text []byte) {
	shown := visible(string(text))
	if s == runner.Stderr {
		shown = r.out.paint(yellow, shown)
	}
	io.WriteString(r.out, shown)
	if len(text) > 0 {
		r.inLine = text[len(text)-1] != '\n'
	}
}

// output shows what the runs printed, under the name of the snippet.
func (r *textReporter) output(o *outcome) {
	if !r.opt.output || r.live {
		return
	}
	for i, res := range o.results {
		if res.Run == nil || len(res.Run.Output) == 0 || i > 0 && o.verdict == runner.Pass {
			continue // both engines printed what the book says
		}
		fmt.Fprintln(r.out, r.out.paint(dim, fmt.Sprintf("--- %s (%s)", o.snippet.ID, res.Run.Engine)))
		for _, c := range res.Run.Output {
			r.stream(c.Stream, c.Data)
		}
		if last := res.Run.Output[len(res.Run.Output)-1].Data; last[len(last)-1] != '\n' {
			fmt.Fprintln(r.out, r.out.paint(dim, "(no line end)"))
		}
	}
}

var words = map[runner.Verdict]struct{ text, sgr string }{
	runner.Pass:  {"pass ", green},
	runner.Fail:  {"FAIL ", red},
	runner.Skip:  {"skip ", yellow},
	runner.Error: {"ERROR", red},
}

func (r *textReporter) line(o *outcome) {
	took := duration(o.took)
	if o.verdict == runner.Skip {
		took = "-"
	}
	w := words[o.verdict]
	title := o.snippet.Title
	if o.exercise != nil && o.verdict == runner.Pass {
		title += " (starter fails, solution passes)"
	}
	if o.times > 1 {
		title = fmt.Sprintf("%d times: %s", o.times, title)
	}
	if e := enginesOf(o); e != "yaegi" && e != "" {
		title = "[" + e + "] " + title
	}
	head := fmt.Sprintf("%-*s  %8s  ", r.name, o.snippet.ID, took)
	if r.out.width > 0 {
		title = cut(title, max(r.out.width-len(w.text)-1-len(head), 10))
	}
	fmt.Fprintln(r.out, strings.TrimRight(r.out.paint(w.sgr, w.text)+" "+head+title, " "))
}

func enginesOf(o *outcome) string {
	var names []string
	for _, res := range o.results {
		if res.Run != nil {
			names = append(names, string(res.Run.Engine))
		}
	}
	return strings.Join(names, "+")
}

func duration(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(10 * time.Millisecond).String()
}

// details prints what stands below the line of o.
func (r *textReporter) details(o *outcome) {
	r.staleListings(o.snippet)
	if o.verdict == runner.Pass {
		if !r.showsLeft(o.verdict) && slices.ContainsFunc(o.results, func(res runner.Result) bool { return len(res.Left) > 0 }) {
			r.leaks++
		}
		for _, res := range o.results {
			r.notes(res)
		}
		return
	}
	if o.reason != "" && !mismatched(o) {
		r.indented(visible(o.reason))
	}
	for _, res := range o.results {
		if res.Verdict == runner.Pass && o.verdict == runner.Skip {
			continue
		}
		r.failure(o, res)
	}
	if o.verdict == runner.Fail {
		r.advice(o)
	}
	fmt.Fprintln(r.out)
}

// staleListings notes what a reader sees of s that is not what ran.
func (r *textReporter) staleListings(s *book.Snippet) {
	for _, c := range r.src.book.Chapters {
		for _, l := range c.Listings {
			if l.Snippet == s && l.Text != l.Want {
				r.indented(r.out.paint(dim, fmt.Sprintf("note: the listing at %v differs from %s: workbook sync", l.Pos, l.File)))
			}
		}
	}
}

// showsLeft says whether it is told what a program left open: not of each of many,
// since most programs leave that to the kernel.
func (r *textReporter) showsLeft(v runner.Verdict) bool {
	return r.opt.output || r.total == 1 || v != runner.Pass
}

func (r *textReporter) notes(res runner.Result) {
	notes := res.Notes
	if r.showsLeft(res.Verdict) {
		notes = append(notes[:len(notes):len(notes)], res.Left...)
	}
	for _, n := range notes {
		if r.src.programs() && strings.Contains(n, "that nothing checks") {
			continue // a Go program has no fences
		}
		r.indented(r.out.paint(dim, "note: "+visible(n)))
	}
}

// failure shows the problems and mismatches of one run.
func (r *textReporter) failure(o *outcome, res runner.Result) {
	if res.Run == nil {
		return
	}
	if res.Run.End == runner.Rejected {
		for _, p := range res.Run.Problems {
			r.indented(p.Error())
		}
	}
	for _, m := range res.Mismatches {
		if r.evidence(m, res.Run.Engine) {
			continue
		}
		said := m.Fence + " fence"
		if m.Expectation.Trim {
			said = "Output comment"
		}
		r.indented(fmt.Sprintf("%v: printed something else than the %s says (engine %s)", firstDifference(m), said, res.Run.Engine))
		m.Result.Format(r.out, match.FormatOptions{FirstLine: m.Expectation.Pos.Line, Width: r.reportWidth(m), Color: r.out.color})
	}
	if len(res.Mismatches) == 0 && !r.opt.output && res.Verdict == runner.Fail {
		r.lastWords(res.Run)
	}
	if text := res.Run.Stderr(); text != "" && !r.opt.output && res.Verdict != runner.Pass {
		r.indented(visible(middleOut(text)))
	}
	if _, hint := res.Run.Describe(); hint != "" && res.Verdict != runner.Pass {
		r.indented("hint: " + hint)
	}
	r.notes(res)
}

// middleOut leaves out the middle of a text that would bury what stands above
// it.
func middleOut(text string) string {
	const head, tail = 40, 8
	lines := strings.SplitAfter(text, "\n")
	if len(lines) <= head+tail+1 {
		return text
	}
	left := fmt.Sprintf("... (%s left out)\n", count(len(lines)-head-tail, "line"))
	return strings.Join(lines[:head], "") + left + strings.Join(lines[len(lines)-tail:], "")
}

// lastWords shows the end of what a program printed that did not end as it
// should: how far it came is the first thing to know.
func (r *textReporter) lastWords(run *runner.Run) {
	const most, longest = 8, 200
	lines := strings.Split(strings.TrimRight(visible(run.Stdout()), "\n"), "\n")
	if len(lines) == 1 && lines[0] == "" {
		return
	}
	width := longest
	if r.out.width > 0 {
		width = max(r.out.width-len("  | "), 10)
	}
	left := len(lines) - most
	if left > 0 {
		lines = lines[left:]
		r.indented(fmt.Sprintf("it printed, below %s more:", count(left, "line")))
	} else {
		r.indented("it printed:")
	}
	for _, line := range lines {
		r.indented("| " + cut(line, width))
	}
	if dropped := run.Dropped[runner.Stdout]; dropped > 0 {
		r.indented(fmt.Sprintf("(%s in the middle were not kept)", count(int(dropped), "byte")))
	}
}

// reportWidth is how wide the two sides of m may be. Where nothing limits it,
// they have the room that their lines need, within reason.
func (r *textReporter) reportWidth(m runner.Mismatch) int {
	if r.out.width > 0 {
		return r.out.width
	}
	longest := 0
	for _, row := range m.Result.Rows {
		longest = max(longest, len(row.WantText), len(row.GotText))
	}
	return min(max(2*longest+24, 80), 240)
}

// mismatched reports whether the verdict rests on fences that do not match.
func mismatched(o *outcome) bool {
	for _, res := range o.results {
		if len(res.Mismatches) > 0 {
			return true
		}
	}
	return false
}

// firstDifference is the first line of the fence that was not printed so, or
// its beginning when all were.
func firstDifference(m runner.Mismatch) book.Pos {
	pos := book.Pos{File: m.Expectation.Pos.File, Line: m.Expectation.Pos.Line}
	for _, row := range m.Result.Rows {
		if !row.Same && row.Want > 0 {
			pos.Line += row.Want - 1
			break
		}
	}
	return pos
}

// advice names the commands to try next.
func (r *textReporter) advice(o *outcome) {
	name := r.src.selector(o.snippet)
	engine := ""
	if r.opt.engine != "auto" && r.opt.engine != "" {
		engine = " --engine " + r.opt.engine
	}
	printed := slices.ContainsFunc(o.results, func(res runner.Result) bool { return res.Run != nil && len(res.Run.Output) > 0 })
	if printed && !r.opt.output {
		r.indented(fmt.Sprintf("to see what it printed: workbook run %s --output%s", name, engine))
	}
	if traceable(o) {
		r.indented(fmt.Sprintf("to see what its threads did: workbook trace %s", name))
	}
	if mismatched(o) {
		r.indented(fmt.Sprintf("to accept what it said: workbook accept %s", name))
	}
}

func (r *textReporter) indented(text string) {
	for line := range strings.Lines(strings.TrimRight(text, "\n") + "\n") {
		fmt.Fprint(r.out, "  ", line)
	}
}

func (r *textReporter) end(sum *tally, took time.Duration) {
	r.out.wipe()
	r.gathered()
	if sum == nil {
		return
	}
	parts := []string{fmt.Sprintf("%d passed", sum.pass)}
	if sum.fail > 0 {
		parts = append(parts, r.out.paint(red, fmt.Sprintf("%d failed", sum.fail)))
	}
	if sum.broken > 0 {
		parts = append(parts, r.out.paint(red, fmt.Sprintf("%d could not be run", sum.broken)))
	}
	if sum.skip > 0 {
		parts = append(parts, r.out.paint(yellow, fmt.Sprintf("%d skipped", sum.skip)))
	}
	total := sum.pass + sum.fail + sum.skip + sum.broken
	what := count(total-sum.exercises, "snippet")
	switch {
	case sum.exercises == total && total > 0:
		what = count(total, "exercise")
	case sum.exercises > 0:
		what += " and " + count(sum.exercises, "exercise")
	}
	fmt.Fprintf(r.out, "%s: %s in %s\n", what, strings.Join(parts, ", "), duration(took))
	if r.leaks > 0 {
		fmt.Fprintln(r.out, r.out.paint(dim, fmt.Sprintf("note: %s left something open at the end: run one alone to see what", count(r.leaks, "program"))))
	}
	if r.isolation != nil {
		if line := r.isolation(); line != "" {
			fmt.Fprintln(r.out, r.out.paint(dim, line))
		}
	}
	if r.out.live && !r.opt.output && sum.pass > 0 {
		fmt.Fprintln(r.out, r.out.paint(dim, "To see what they printed, add --output."))
	}
}

// jsonReporter prints one object a line.
type jsonReporter struct {
	w io.Writer
}

// record is the object that --json prints for a snippet. Durations are in
// milliseconds.
type record struct {
	ID      string      `json:"id"`
	Chapter string      `json:"chapter"`
	Title   string      `json:"title"`
	File    string      `json:"file"`
	Line    int         `json:"line"`
	Verdict string      `json:"verdict"`
	Reason  string      `json:"reason,omitempty"`
	Times   int         `json:"times"`
	MS      float64     `json:"ms"`
	Runs    []runRecord `json:"runs,omitempty"`

	Exercise    bool               `json:"exercise,omitempty"`
	Predictions []predictionRecord `json:"predictions,omitempty"`
}

// predictionRecord is a prediction on a snippet and what the run says about it.
type predictionRecord struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Col    int    `json:"col"`
	Right  int    `json:"right,omitempty"` // number of the choice, from 1
	Choice string `json:"choice,omitempty"`
	Reason string `json:"reason,omitempty"` // why that is not one choice
}

type runRecord struct {
	Engine   string    `json:"engine"`
	Isolated string    `json:"isolation,omitempty"`
	Verdict  string    `json:"verdict"`
	Reason   string    `json:"reason,omitempty"`
	End      string    `json:"end"`
	Exit     int       `json:"exit"`
	MS       float64   `json:"ms"`
	Stdout   string    `json:"stdout"`
	Stderr   string    `json:"stderr"`
	Notes    []string  `json:"notes,omitempty"`
	Left     []string  `json:"left,omitempty"`
	Problems []problem `json:"problems,omitempty"`

	Evidence  []findingRecord `json:"evidence,omitempty"`  // where a sentence fails
	Recording string          `json:"recording,omitempty"` // what differs from the recording
}

type problem struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Col  int    `json:"col,omitempty"`
	Msg  string `json:"msg"`
}

func (r *jsonReporter) started(*book.Snippet) {}

func (r *jsonReporter) end(*tally, time.Duration) {}

func (r *jsonReporter) finished(o *outcome) {
	s := o.snippet
	rec := record{
		ID: s.ID, Chapter: s.Chapter.Path, Title: s.Title, File: s.Pos.File, Line: s.Pos.Line,
		Verdict: o.verdict.String(), Reason: o.reason, Times: o.times, MS: ms(o.took),
		Exercise: o.exercise != nil,
	}
	for _, f := range o.forecasts {
		rec.Predictions = append(rec.Predictions, recordForecast(f))
	}
	for _, res := range o.results {
		if res.Run != nil {
			rec.Runs = append(rec.Runs, recordRun(res))
		}
	}
	enc := json.NewEncoder(r.w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(rec) // what w refuses, checkedWriter remembers
}

func recordForecast(f forecast) predictionRecord {
	p := f.prediction
	rec := predictionRecord{File: p.File, Line: p.Line, Col: p.Col}
	if f.err != nil {
		rec.Reason = f.err.Error()
		return rec
	}
	rec.Right, rec.Choice = f.right+1, p.Choices[f.right].Text
	return rec
}

func recordRun(res runner.Result) runRecord {
	run := res.Run
	rec := runRecord{
		Engine: string(run.Engine), Isolated: run.Isolation.Name(), Verdict: res.Verdict.String(), Reason: res.Reason, End: run.End.String(),
		Exit: run.ExitCode, MS: ms(run.Duration), Stdout: run.Stdout(), Stderr: run.Stderr(), Notes: res.Notes, Left: res.Left,
	}
	for _, p := range run.Problems {
		rec.Problems = append(rec.Problems, problem{p.File, p.Line, p.Col, p.Msg})
	}
	recordEvidence(&rec, res)
	return rec
}

func ms(d time.Duration) float64 {
	return float64(d.Round(10*time.Microsecond)) / float64(time.Millisecond)
}
