package picture

import (
	"fmt"
	"html"
	"strings"
)

// Sheet is what a figure is drawn on that no run produces: by hand, in the
// classes, colours and sizes of the other figures. Lengths are CSS pixels. It is
// laid out for a phone ([PhoneWidth]) and may be shown larger.
type Sheet struct {
	c             canvas
	width, height float64
}

// NewSheet begins a figure; name begins every id in it.
func NewSheet(name string, width, height float64) *Sheet {
	s := &Sheet{width: width, height: height}
	s.c.id = name
	s.c.defs()
	return s
}

// Style is how a text looks.
type Style struct {
	Mono, Bold, Dim, Call bool
	Middle, End           bool // where x is; otherwise at the start
}

// Text writes lines, the baseline of the first at y.
func (s *Sheet) Text(x, y float64, st Style, lines ...string) {
	f, a, class := small, atStart, ""
	switch {
	case st.Mono:
		f = mono
	case st.Bold:
		f = head
	}
	switch {
	case st.Middle:
		a = atMiddle
	case st.End:
		a = atEnd
	}
	switch {
	case st.Dim:
		class = "ev-d"
	case st.Call:
		class = "ev-r"
	}
	for i, line := range lines {
		s.c.text(x, y+float64(i)*lineHeight, line, f, class, a)
	}
}

// lineHeight is the distance between the lines of a text.
const lineHeight = 14

// Box draws a filled rectangle with a frame.
func (s *Sheet) Box(x, y, w, h float64) { s.rect("ev-b ev-n", x, y, w, h) }

// Frame draws a rectangle around things.
func (s *Sheet) Frame(x, y, w, h float64) { s.rect("ev-w", x, y, w, h) }

// Bar draws a rectangle in one of the colours 1 to 3, which say whose it is.
func (s *Sheet) Bar(k int, x, y, w, h float64) { s.rect(fmt.Sprint("ev-m", k), x, y, w, h) }

func (s *Sheet) rect(class string, x, y, w, h float64) {
	s.c.put(`<rect class="`, class, `" x="`, x, `" y="`, y, `" width="`, w, `" height="`, h, `" rx="3"/>`)
}

// Asleep draws a rectangle in the hatch that means sleep in all figures.
func (s *Sheet) Asleep(x, y, w, h float64) { s.c.sleep(x, y, w, h, false) }

// Dot draws a disc in one of the colours 1 to 3, or a ring of it.
func (s *Sheet) Dot(k int, x, y, r float64, ring bool) {
	s.c.put(`<circle class="ev-m`, k, `" cx="`, x, `" cy="`, y, `" r="`, r, `"/>`)
	if ring {
		s.c.put(`<circle class="ev-bg" cx="`, x, `" cy="`, y, `" r="`, r-1.7, `"/>`)
	}
}

// Line draws a thin line of numbers and letters, as in path data.
func (s *Sheet) Line(parts ...any) { s.stroke("ev-w", parts) }

// Strong draws a line in the colour of text.
func (s *Sheet) Strong(parts ...any) { s.stroke("ev-k", parts) }

// Way draws a line in one of the colours 1 to 3, each with dashes of its own.
func (s *Sheet) Way(k int, parts ...any) { s.stroke(fmt.Sprint("ev-a ev-a", k), parts) }

func (s *Sheet) stroke(class string, parts []any) {
	s.c.put(`<path class="`, class, `" d="`, path(floats(parts)...), `"/>`)
}

// Arrow draws a line that ends in a head: colour 0 is grey, dotted.
func (s *Sheet) Arrow(k int, parts ...any) { s.c.arrow(k, path(floats(parts)...)) }

// floats makes the numbers of path data of one type.
func floats(parts []any) []any {
	out := make([]any, len(parts))
	for i, p := range parts {
		if n, ok := p.(int); ok {
			p = float64(n)
		}
		out[i] = p
	}
	return out
}

// Crowded names a text that meets another one or the edge, or is "". Fonts are
// taken to be the widest of those that the style names.
func (s *Sheet) Crowded() string {
	for i, t := range s.c.texts {
		if t.x < 0 || t.y < 0 || t.x+t.w > s.width || t.y+t.h > s.height {
			return fmt.Sprintf("text %d, at %.0f,%.0f, ends at %.0f,%.0f of %.0f,%.0f", i+1, t.x, t.y, t.x+t.w, t.y+t.h, s.width, s.height)
		}
		for j, o := range s.c.texts[:i] {
			if t.meets(o) {
				return fmt.Sprintf("texts %d and %d meet at %.0f,%.0f", j+1, i+1, t.x, t.y)
			}
		}
	}
	return ""
}

// File is the figure as a file of its own, shown scale times as large as it is
// drawn, and never wider than there is room. It follows the colour scheme of
// the reader. The description says what can be seen.
func (s *Sheet) File(title, description string, scale float64) string {
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" class="ev" viewBox="0 0 %s %s" width="%s" height="%s" role="img" aria-labelledby="%st %[5]sd">`,
		number(s.width), number(s.height), number(s.width*scale), number(s.height*scale), s.c.id)
	fmt.Fprintf(&out, "<title id=\"%st\">%s</title><desc id=\"%[1]sd\">%[3]s</desc><style>%[4]s</style>\n", s.c.id, html.EscapeString(title), html.EscapeString(description), fileStyle())
	fmt.Fprintf(&out, "<rect class=\"ev-bg\" width=\"%s\" height=\"%s\"/>\n", number(s.width), number(s.height))
	out.WriteString(strings.ReplaceAll(s.c.b.String(), "/>", "/>\n"))
	out.WriteString("</svg>\n")
	return out.String()
}
