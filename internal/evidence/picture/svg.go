package picture

import (
	"fmt"
	"html"
	"strconv"
	"strings"

	"example/workbook/internal/evidence"
)

// Widths of characters in pixels. They are those of the widest of the fonts
// that the style sheet names, so that no text is wider than it is taken for.
const (
	monoWidth    = 6.63 // of 11 px monospace: DejaVu Sans Mono, Menlo
	smallWidth   = 6.2  // of 10.5 px sans serif, on average: DejaVu Sans
	capitalWidth = 7.0  // of the same, a capital letter or a digit
	narrowWidth  = 4.2  // of the same, one like i
	headWidth    = 7.9  // of 12.5 px sans serif in bold, on average
)

// box is where a text stands, to keep others away from it.
type box struct{ x, y, w, h float64 }

func (b box) meets(o box) bool {
	return b.x < o.x+o.w && o.x < b.x+b.w && b.y < o.y+o.h && o.y < b.y+b.h
}

// canvas collects an SVG.
type canvas struct {
	b     strings.Builder
	id    string // begins every id
	texts []box
	drawn [4]bool // arrows of which colours were drawn; 0 is that of wakes
}

func (c *canvas) put(parts ...any) {
	for _, p := range parts {
		switch v := p.(type) {
		case string:
			c.b.WriteString(v)
		case float64:
			c.b.WriteString(number(v))
		case int:
			c.b.WriteString(strconv.Itoa(v))
		default:
			fmt.Fprint(&c.b, v)
		}
	}
}

// number writes a length with a tenth of a pixel at most.
func number(v float64) string {
	s := strconv.FormatFloat(v, 'f', 1, 64)
	return strings.TrimSuffix(s, ".0")
}

// font is one of the three in which texts are set.
type font int

const (
	mono  font = iota // calls
	small             // remarks
	head              // names of threads
)

func textWidth(s string, f font) float64 {
	if f == mono {
		return float64(len([]rune(s))) * monoWidth
	}
	w := 0.0
	for _, r := range s {
		switch {
		case r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r > 0x2000 || r == '_':
			w += capitalWidth
		case strings.ContainsRune("il.,:;|'!()[] tfjr", r):
			w += narrowWidth
		default:
			w += smallWidth
		}
	}
	if f == head {
		w *= headWidth / smallWidth
	}
	return w
}

// fit cuts a small text to a width.
func fit(s string, w float64) string {
	for n := len([]rune(s)); n > 1 && textWidth(s, small) > w; n-- {
		s = cut(s, n-1)
	}
	return s
}

// anchor says which end of a text stands at x.
type anchor string

const (
	atStart  anchor = ""
	atMiddle anchor = "middle"
	atEnd    anchor = "end"
)

// place is the box of a text whose baseline is y.
func place(x, y float64, s string, f font, a anchor) box {
	w := textWidth(s, f)
	switch a {
	case atMiddle:
		x -= w / 2
	case atEnd:
		x -= w
	}
	return box{x, y - 9, w, 11.5}
}

// free tells whether no text stands in b.
func (c *canvas) free(b box) bool {
	for _, o := range c.texts {
		if b.meets(o) {
			return false
		}
	}
	return true
}

// text writes s; class is of the style sheet.
func (c *canvas) text(x, y float64, s string, f font, class string, a anchor) {
	c.texts = append(c.texts, place(x, y, s, f, a))
	class = strings.TrimSpace([...]string{"", "ev-s", "ev-h"}[f] + " " + class)
	c.put(`<text x="`, x, `" y="`, y, `"`)
	if class != "" {
		c.put(` class="`, class, `"`)
	}
	if a != "" {
		c.put(` text-anchor="`, string(a), `"`)
	}
	c.put(`>`, html.EscapeString(clean(s)), `</text>`)
}

// clean makes what XML cannot hold visible.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 0xFFFD, r >= 0xFFFE && r <= 0xFFFF, r >= 0xD800 && r <= 0xDFFF:
			return '?'
		case r < ' ':
			return '␀' + r
		case r == 0x7F:
			return '␡'
		case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069: // these turn text around
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}

// sleep draws a stretch in which a thread slept: hatched, so that it can be
// told without colour.
func (c *canvas) sleep(x, y, w, h float64, open bool) {
	class := "ev-z"
	if open {
		class += " ev-o"
	}
	c.put(`<rect class="`, class, `" x="`, x, `" y="`, y, `" width="`, w, `" height="`, h, `" rx="2"/>`)
	c.put(`<rect fill="url(#`, c.id, `h)" x="`, x, `" y="`, y, `" width="`, w, `" height="`, h, `" rx="2"/>`)
}

// defs are the hatch and the heads of arrows.
func (c *canvas) defs() {
	c.put(`<defs><pattern id="`, c.id, `h" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="ev-l" width="1.4" height="5"/></pattern>`)
	for i := range 4 {
		c.put(`<marker id="`, c.id, i, `" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6.5" markerHeight="6.5" orient="auto"><path class="ev-m`, i, `" d="M0 .6 8 4 0 7.4Z"/></marker>`)
	}
	c.put("</defs>\n")
}

// arrow draws a path that ends in a head of colour k; 0 is that of wakes.
func (c *canvas) arrow(k int, path string) {
	c.drawn[k] = true
	c.put(`<path class="ev-a ev-a`, k, `" marker-end="url(#`, c.id, k, `)" d="`, path, `"/>`)
}

// styles are the colours of the connections of which an arrow was drawn.
func (c *canvas) styles() []int {
	var list []int
	for k := 1; k < len(c.drawn); k++ {
		if c.drawn[k] {
			list = append(list, k)
		}
	}
	return list
}

// path makes path data of letters and numbers.
func path(parts ...any) string {
	var b strings.Builder
	number_ := false
	for _, p := range parts {
		if v, ok := p.(float64); ok {
			s := number(v)
			if number_ && !strings.HasPrefix(s, "-") {
				b.WriteByte(' ')
			}
			b.WriteString(s)
			number_ = true
			continue
		}
		fmt.Fprint(&b, p)
		number_ = false
	}
	return b.String()
}

// SVG draws the figure for a page that carries [StyleSheet]. It has no styles
// of its own: a page's Content-Security-Policy may forbid them.
func (f *Figure) SVG() string { return f.draw("") }

// File draws the figure as a file of its own. It follows the colour scheme of
// the reader.
func (f *Figure) File() string { return f.draw("<style>" + fileStyle() + "</style>") }

// draw makes the SVG no larger than it may be: it leaves out the tooltips, then
// calls at the end, and says so.
func (f *Figure) draw(style string) string {
	c := newChart(f.Trace)
	for limit := len(f.Trace.Calls); ; limit -= max(limit/8, 1) {
		for _, tips := range []bool{true, false} {
			s := f.drawUpTo(c, limit, tips, style)
			if len(s) <= maxSVG || limit <= 1 && !tips {
				return s
			}
		}
	}
}

func (f *Figure) drawUpTo(c *chart, limit int, tips bool, style string) string {
	d, height := f.layOut(c.upTo(limit), len(c.t.Calls)-limit, tips)
	var out canvas
	w, id := f.width(), f.id()
	out.put(`<svg xmlns="http://www.w3.org/2000/svg" class="ev" viewBox="0 0 `, w, ` `, height, `" width="`, w, `" height="`, height, `" role="img" aria-labelledby="`, id, `t `, id, `d"><title id="`, id, `t">`, html.EscapeString(clean(f.title())), `</title><desc id="`, id, `d">`, html.EscapeString(clean(d.description())), `</desc>`, style, `<rect class="ev-bg" width="`, w, `" height="`, height, `"/>`, d.canvas.b.String(), "</svg>\n")
	return out.b.String()
}

// layOut draws c, which lacks so many calls, and returns the height.
func (f *Figure) layOut(c *chart, left int, tips bool) (*drawing, float64) {
	d := &drawing{f: f, chart: c, tips: tips, left: left}
	d.canvas.id = f.id()
	switch {
	case f.kind() == Lanes:
		return d, d.lanes()
	case !f.phone() && d.columnsFit():
		return d, d.columns()
	}
	return d, d.tracks()
}

// upTo is c with only the first calls of it.
func (c *chart) upTo(limit int) *chart {
	if limit >= len(c.t.Calls) {
		return c
	}
	shown, t := *c, *c.t
	t.Calls = t.Calls[:limit]
	shown.t, shown.flows, t.Marks = &t, nil, nil
	for _, f := range c.flows {
		if f.To > limit && f.Kind != evidence.Wake { // what got the bytes is gone, what they woke may not be
			f.To = c.woken(f)
		}
		if f.From <= limit && f.To <= limit {
			shown.flows = append(shown.flows, f)
		}
	}
	for _, m := range c.t.Marks {
		if m.Seq <= limit {
			t.Marks = append(t.Marks, m)
		}
	}
	return &shown
}

// drawing is a figure while it is drawn.
type drawing struct {
	f *Figure
	*chart
	canvas
	tips bool
	left int // calls that are not drawn

	bunched bool // calls in a row were drawn
	bundled bool // of many arrows from one call only the first and the last are drawn
}

// open begins the group of a call, with its tooltip.
func (d *drawing) group(call string) {
	d.put("<g>")
	if d.tips {
		d.put("<title>", html.EscapeString(clean(call)), "</title>")
	}
}

// description is the short text alternative; the table has the rest.
func (d *drawing) description() string {
	var b strings.Builder
	sleeps, _ := d.facts()
	fmt.Fprintf(&b, "%s of %s: %s. ", evidence.Counted(len(d.t.Calls), "system call", "system calls"), evidence.Counted(len(d.threads), "thread", "threads"), strings.Join(d.threads, ", "))
	n := map[string]map[string]int{}
	var order [][2]string
	failed := 0
	for i := range d.t.Calls {
		call := &d.t.Calls[i]
		if call.Errno != "" {
			failed++
		}
		if !asleep(call) || !d.shows(call) {
			continue
		}
		if n[call.Thread] == nil {
			n[call.Thread] = map[string]int{}
		}
		if n[call.Thread][call.Name]++; n[call.Thread][call.Name] == 1 {
			order = append(order, [2]string{call.Thread, call.Name})
		}
	}
	for _, o := range order {
		fmt.Fprintf(&b, "%s sleeps %s in %s. ", o[0], evidence.Counted(n[o[0]][o[1]], "time", "times"), o[1])
	}
	if sleeps == 0 {
		b.WriteString("No thread sleeps. ")
	}
	if failed > 0 {
		fmt.Fprintf(&b, "%s. ", evidence.Counted(failed, "call fails", "calls fail"))
	}
	b.WriteString("The table of calls has each of them.")
	return b.String()
}
