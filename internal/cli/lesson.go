package cli

import (
	"slices"
	"strings"

	"example/workbook/internal/book"
	"example/workbook/internal/terminal"
)

// sectionLevel is the deepest level of headings that begin a section of their
// own for a reader.
const sectionLevel = 2

// page is what a reader sees between two stops, and the stop at its end.
type page struct {
	section string // heading
	parts   []part
	stop    stop
	ask     *book.Prediction // for stopAsk
	run     *book.Snippet    // for stopRun: what the next page begins with
	last    bool             // of its section
}

// part is one thing to show. One of its fields is set.
type part struct {
	block    terminal.Block
	text     string            // a line of our own
	run      *book.Snippet     // run it, show the output, tell the predictions
	exercise *book.Exercise    // say how to begin it
	evidence *book.Expectation // what the kernel did
}

// stop says what the reader is asked at the end of a page.
type stop int

const (
	stopRead stop = iota // to go on
	stopAsk              // to predict
	stopRun              // to run a snippet
)

// pages cuts a chapter up.
func pages(c *book.Chapter) []page {
	cut := &cutter{
		chapter: c, fences: map[int]*book.Fence{},
		predictions: map[int]*book.Prediction{}, exercises: map[int]*book.Exercise{}, ran: map[*book.Snippet]bool{},
	}
	for _, f := range c.Fences {
		cut.fences[f.Pos.Line] = f
	}
	for _, p := range c.Predictions {
		cut.predictions[p.Pos.Line] = p
	}
	for _, ex := range c.Exercises {
		cut.exercises[ex.Pos.Line] = ex
	}
	for _, b := range terminal.Parse(c.Source).Blocks() {
		cut.block(b)
	}
	cut.endExercise()
	cut.end(stopRead)
	for i := range cut.pages {
		cut.pages[i].last = i+1 == len(cut.pages) || cut.pages[i+1].section != cut.pages[i].section
	}
	return cut.pages
}

// cutter goes through the blocks of a chapter.
type cutter struct {
	chapter     *book.Chapter
	fences      map[int]*book.Fence // all three by the line at which they begin
	predictions map[int]*book.Prediction
	exercises   map[int]*book.Exercise

	pages []page
	now   page
	ran   map[*book.Snippet]bool

	prediction *book.Prediction // whose list comes next
	coming     *book.Exercise   // whose heading comes next
	exercise   *book.Exercise   // whose section this is
	level      int              // of its heading
	answered   bool             // a prediction stands right above: its notes come next
	folded     bool             // inside notes, hints or a solution
}

// end closes the page, unless there is nothing on it.
func (c *cutter) end(s stop) {
	if len(c.now.parts) == 0 && s == stopRead {
		return
	}
	c.now.stop = s
	c.pages = append(c.pages, c.now)
	c.now = page{section: c.now.section}
}

func (c *cutter) add(p part) { c.now.parts = append(c.now.parts, p) }

func (c *cutter) block(b terminal.Block) {
	switch {
	case b.Kind == terminal.HTML:
		c.html(b)
		return
	case c.folded:
		return
	case b.Kind == terminal.List && c.prediction != nil:
		c.now.ask, c.prediction = c.prediction, nil
		c.end(stopAsk)
		c.answered = true
		return
	}
	c.answered = false
	switch b.Kind {
	case terminal.Heading:
		c.heading(b)
	case terminal.Fence:
		c.fence(b)
	default:
		c.add(part{block: b})
	}
}

// html notes directives, and folds away what a reader is not to see yet.
func (c *cutter) html(b terminal.Block) {
	text := strings.ToLower(b.Text)
	for at := range strings.Count(b.Text, "\n") + 1 {
		if p := c.predictions[b.Line+at]; p != nil {
			c.prediction = p
		}
		if ex := c.exercises[b.Line+at]; ex != nil {
			c.coming = ex
		}
	}
	if strings.HasPrefix(text, "<details") {
		if c.answered || c.exercise != nil {
			c.folded = true
		} else if _, rest, ok := strings.Cut(b.Text, "<summary>"); ok {
			summary, _, _ := strings.Cut(rest, "</summary>")
			c.add(part{text: summary + ":"})
		}
	}
	if strings.Contains(text, "</details>") {
		c.folded = false
	}
}

func (c *cutter) heading(b terminal.Block) {
	if c.exercise != nil && b.Level <= c.level {
		c.endExercise()
	}
	if b.Level <= sectionLevel {
		c.end(stopRead)
		c.now.section = b.Text
	}
	if c.coming != nil {
		if len(c.now.parts) > 1 { // the heading above goes with the first exercise
			c.end(stopRead)
		}
		c.exercise, c.level, c.coming = c.coming, b.Level, nil
	}
	c.add(part{block: b})
}

func (c *cutter) endExercise() {
	if c.exercise != nil {
		c.add(part{exercise: c.exercise})
		c.exercise = nil
		c.end(stopRead)
	}
}

// fence shows code. What a snippet prints is not shown before it has run.
func (c *cutter) fence(b terminal.Block) {
	f := c.fences[b.Line]
	switch {
	case f == nil || f.Snippet == nil || f.Snippet.NoRun:
		c.add(part{block: b})
	case c.exercise != nil:
		if f.Expectation != nil {
			c.add(part{text: promised(b)})
		}
		c.add(part{block: b})
	case f.Expectation == nil:
		c.add(part{block: b})
		if s := f.Snippet; f.Listing == nil && !expectsAnything(s) {
			c.run(s)
		}
	default:
		c.run(f.Snippet)
		if f.Expectation == f.Snippet.Evidence {
			c.add(part{evidence: f.Expectation})
		}
	}
}

// run has a snippet run, the first time that it comes up.
func (c *cutter) run(s *book.Snippet) {
	if c.ran[s] {
		return
	}
	c.ran[s] = true
	c.now.run = s
	c.end(stopRun)
	c.add(part{run: s})
}

func expectsAnything(s *book.Snippet) bool {
	return slices.ContainsFunc([]*book.Expectation{s.Output, s.Stderr, s.Error, s.Evidence}, func(e *book.Expectation) bool { return e != nil })
}
