package match

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// FormatOptions says how to show a result. The zero value shows it in plain
// text, 80 columns wide, with the lines of the pattern counted from 1.
type FormatOptions struct {
	FirstLine int  // line of the chapter at which the pattern begins
	Width     int  // columns; below 60 the two sides stand one below the other
	Color     bool // whether to colour differences with terminal escapes
}

// What is shown of long alignments.
const (
	contextLines = 3  // lines that match, around a difference
	longestRun   = 40 // lines that differ, one after the other
	runHead      = 24 // what is shown of a longer run at its start
	runTail      = 8  // and at its end
)

const (
	narrow       = 60
	defaultWidth = 80
)

const (
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	dim    = "\x1b[2m"
	reset  = "\x1b[0m"
)

// Format writes pattern and output side by side: left what the chapter wants,
// with its line numbers, right what the program printed, with the numbers of
// its lines; - and + mark what differs, and what is known on the reason stands
// below. Nothing in the output can act on a terminal.
func (r *Result) Format(w io.Writer, opt FormatOptions) {
	f := formatter{w: bufio.NewWriter(w), opt: opt, r: r}
	defer f.w.Flush()
	f.layout()
	f.header()
	shown := r.shown()
	for i := 0; i < len(r.Rows); i++ {
		if shown[i] {
			f.row(&r.Rows[i])
			continue
		}
		from := i
		for i+1 < len(r.Rows) && !shown[i+1] {
			i++
		}
		f.gap(r.Rows[from : i+1])
	}
	if r.gaveUp && !r.OK {
		f.note("gave up, the pattern can fit in too many ways: use fewer <...> and names")
	}
}

// shown says which rows to show.
func (r *Result) shown() []bool {
	shown := make([]bool, len(r.Rows))
	run := 0
	for i := range r.Rows {
		if r.Rows[i].Same {
			run = 0
			continue
		}
		run++
		for j := max(0, i-contextLines); j <= min(i+contextLines, len(shown)-1); j++ {
			shown[j] = true
		}
		if last := i+1 == len(r.Rows) || r.Rows[i+1].Same; last && run > longestRun {
			clear(shown[i+1-run+runHead : i+1-runTail])
		}
	}
	return shown
}

type formatter struct {
	w      *bufio.Writer
	r      *Result
	opt    FormatOptions
	number [2]int // columns of line numbers, left and right
	cell   int    // columns of text
}

func (f *formatter) stacked() bool { return f.opt.Width < narrow }

func (f *formatter) layout() {
	if f.opt.Width <= 0 {
		f.opt.Width = defaultWidth
	}
	want, got := 1, 1
	for i := range f.r.Rows {
		want = max(want, f.wantLine(&f.r.Rows[i]))
		got = max(got, f.r.Rows[i].Got)
	}
	f.number = [2]int{len(fmt.Sprint(want)), len(fmt.Sprint(got))}
	rest := f.opt.Width - f.number[0] - f.number[1]
	if f.stacked() {
		f.cell = max(10, rest-4)
	} else {
		f.cell = (rest - len(" -  | ") - len(" + ")) / 2
	}
}

// wantLine returns the line of the chapter that r shows, or 0.
func (f *formatter) wantLine(r *Row) int {
	if r.Want == 0 {
		return 0
	}
	return max(f.opt.FirstLine, 1) + r.Want - 1
}

func (f *formatter) header() {
	title := "want"
	if f.r.mode != Exact {
		title += " (" + f.r.mode.String() + ")"
	}
	if f.stacked() {
		f.line(dim, fmt.Sprintf("%*s %*s   - %s, + got", f.number[0], "", f.number[1], "", title))
		return
	}
	f.line(dim, fmt.Sprintf("%*s   %-*s │ %*s   got", f.number[0], "", f.cell, title, f.number[1], ""))
}

func (f *formatter) row(r *Row) {
	want, got := glyphs(r.WantText, r.wantAt), glyphs(r.GotText, r.gotAt)
	if r.isEllipsis() {
		got = glyphs("… "+lines(r.Lines, ""), 0)
	}
	values := r.values()
	if f.stacked() {
		f.stack(r, want, got)
	} else {
		values = f.beside(r, want, got, values)
	}
	if values != "" {
		f.note(values)
	}
	for _, n := range r.Notes(f.opt.FirstLine) {
		f.note(n)
	}
}

// beside writes r in two columns. It returns values if they are to be seen
// neither behind the text nor in it.
func (f *formatter) beside(r *Row, want, got []glyph, values string) string {
	left, width := fit(want, f.cell, r.wantAt)
	left += strings.Repeat(" ", f.cell-width)
	right, width := fit(got, f.cell, r.gotAt)
	if n := restWidth(glyphs(values, 0), f.cell); values != "" && width+2+n <= f.cell {
		right += "  " + f.paint(dim, values)
		values = ""
	} else if restWidth(got, f.cell) <= f.cell {
		values = "" // the text shows them
	}
	mark := [2]string{" ", " "}
	if !r.Same && r.Want > 0 {
		mark[0], left = f.paint(red, "-"), f.paint(red, left)
	}
	if !r.Same && r.Got > 0 {
		mark[1], right = f.paint(green, "+"), f.paint(green, right)
	}
	f.line("", fmt.Sprintf("%s %s %s │ %s %s %s", number(f.number[0], f.wantLine(r)), mark[0], left, number(f.number[1], r.Got), mark[1], right))
	return values
}

// stack writes r as one line if it matches, or as up to two.
func (f *formatter) stack(r *Row, want, got []glyph) {
	line := func(color, mark string, want, got int, list []glyph, focus int) {
		text, _ := fit(list, f.cell, focus)
		f.line(color, fmt.Sprintf("%s %s %s %s", number(f.number[0], want), number(f.number[1], got), mark, text))
	}
	if r.Same {
		line("", " ", f.wantLine(r), r.Got, want, 0)
		return
	}
	if r.Want > 0 {
		line(red, "-", f.wantLine(r), 0, want, r.wantAt)
	}
	if r.Got > 0 {
		line(green, "+", 0, r.Got, got, r.gotAt)
	}
}

// values returns what the placeholders of r took.
func (r *Row) values() string {
	var list []string
	for _, v := range r.Values {
		list = append(list, v.Placeholder+" = "+brief(v.Text))
	}
	if list == nil {
		return ""
	}
	return "(" + strings.Join(list, ", ") + ")"
}

// gap writes one line for rows that are not shown.
func (f *formatter) gap(rows []Row) {
	n, equal := 0, true
	for i := range rows {
		n += max(1, rows[i].Lines)
		equal = equal && rows[i].Same
	}
	what := "equal "
	if !equal {
		what = "differing "
	}
	f.line(dim, fmt.Sprintf("%*s   … %s", f.number[0], "", lines(n, what)))
}

// note writes text below a row, in as many lines as it needs.
func (f *formatter) note(text string) {
	indent := strings.Repeat(" ", f.number[0]+3)
	if f.stacked() {
		indent += strings.Repeat(" ", f.number[1]+1)
	}
	width := max(20, f.opt.Width-len(indent))
	line, used := "", 0
	for _, word := range strings.Fields(text) {
		shown, n := fit(glyphs(word, 0), width, 0)
		if used > 0 && used+1+n > width {
			f.line(yellow, indent+line)
			line, used = "", 0
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		line, used = line+shown, used+n
	}
	f.line(yellow, indent+line)
}

func (f *formatter) line(color, text string) {
	fmt.Fprintln(f.w, f.paint(color, strings.TrimRight(text, " ")))
}

func (f *formatter) paint(color, text string) string {
	if !f.opt.Color || color == "" {
		return text
	}
	return color + text + reset
}

// number returns n, right-aligned, or blanks for 0.
func number(width, n int) string {
	if n == 0 {
		return strings.Repeat(" ", width)
	}
	return fmt.Sprintf("%*d", width, n)
}

func lines(n int, what string) string {
	if n == 1 {
		return "1 " + what + "line"
	}
	return fmt.Sprintf("%d %slines", n, what)
}
