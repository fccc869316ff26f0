// Package figure draws the figures of the book that no run can produce, and the
// plots of what was measured. The files in chapters/figures are what it draws:
// after a change here, or of a recording, run go generate ./internal/figure.
package figure

import (
	"io/fs"

	"example/workbook/internal/evidence/picture"
)

//go:generate go run ./gen

// Folder holds the drawn figures, one SVG each.
const Folder = "chapters/figures"

// Scale is how much larger than drawn a figure is shown where there is room.
// Drawn for a phone, its letters are then as large as those of the text.
const Scale = 1.4

// Figure is one drawing.
type Figure struct {
	Name  string // of the file, without .svg
	Title string // what the page gives as the image's text, too
	Desc  string // what can be seen, for those who cannot see it
	sheet *picture.Sheet
}

// All draws every figure. Recordings are read from root, the repository.
func All(root fs.FS) ([]Figure, error) {
	figures := []Figure{
		chain(), child(), states(), queues(), fourSockets(), life(), ends(), memory(), phases(),
		interest(), signal(), herd(), layers(), baristas(), parked(),
	}
	plots, err := plots(root)
	return append(figures, plots...), err
}

// File is the SVG.
func (f Figure) File() string { return f.sheet.File(f.Title, f.Desc, Scale) }

// width is that of every figure.
const width = picture.PhoneWidth

// Looks of texts.
var (
	plain   = picture.Style{}
	middle  = picture.Style{Middle: true}
	atEnd   = picture.Style{End: true}
	dim     = picture.Style{Dim: true}
	dimMid  = picture.Style{Dim: true, Middle: true}
	bold    = picture.Style{Bold: true}
	title   = picture.Style{Bold: true, Middle: true}
	call    = picture.Style{Mono: true, Call: true}
	boldEnd = picture.Style{Bold: true, End: true}
	dimEnd  = picture.Style{Dim: true, End: true}
	code    = picture.Style{Mono: true}
	codeIn  = picture.Style{Mono: true, Middle: true}
)

// box draws a box with lines of text in its middle.
func box(s *picture.Sheet, x, y, w, h float64, st picture.Style, lines ...string) {
	s.Box(x, y, w, h)
	st.Middle = true
	s.Text(x+w/2, y+h/2+4-7*float64(len(lines)-1), st, lines...)
}
