package cli

import (
	"fmt"
	"io"
	"os"
	"strconv"

	"golang.org/x/term"

	"example/workbook/internal/terminal"
)

// screen writes for people: it knows whether it is a terminal, how wide that is
// and whether colours are wanted.
type screen struct {
	w     io.Writer
	live  bool // a terminal: progress may be drawn and wiped
	color bool
	width int // columns; 0 where nothing limits a line
	drawn bool
}

// newScreen looks at w. NO_COLOR (no-color.org) and TERM=dumb switch colours
// off; COLUMNS sets the width of what is not a terminal.
func newScreen(w io.Writer) *screen {
	s := &screen{w: w}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		s.width = n
	}
	f, ok := underlying(w).(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return s
	}
	if cols, _, err := term.GetSize(int(f.Fd())); err == nil && cols > 0 {
		s.width = cols
	}
	dumb := os.Getenv("TERM") == "dumb"
	s.live = !dumb
	s.color = !dumb && os.Getenv("NO_COLOR") == ""
	return s
}

func underlying(w io.Writer) io.Writer {
	if c, ok := w.(*checkedWriter); ok {
		return c.w
	}
	return w
}

// style is that of Markdown on this screen.
func (s *screen) style() terminal.Style {
	return terminal.Style{Width: s.width, Color: s.color}
}

// progress shows line in place of the progress line before it.
func (s *screen) progress(line string) {
	if !s.live {
		return
	}
	if s.width > 0 {
		line = cut(line, s.width-1)
	}
	fmt.Fprintf(s.w, "\r%s\x1b[K", line)
	s.drawn = true
}

// wipe removes the progress line.
func (s *screen) wipe() {
	if s.drawn {
		fmt.Fprint(s.w, "\r\x1b[K")
		s.drawn = false
	}
}

// Write wipes the progress line before anything else is printed.
func (s *screen) Write(p []byte) (int, error) {
	s.wipe()
	return s.w.Write(p)
}

// The SGR parameters of ECMA-48 that we use.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

func (s *screen) paint(sgr, text string) string {
	if !s.color {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[m"
}

// cut shortens text to width columns, with an ellipsis where it was longer.
func cut(text string, width int) string {
	r := []rune(text)
	if width <= 0 || len(r) <= width {
		return text
	}
	if width == 1 {
		return "…"
	}
	return string(r[:width-1]) + "…"
}
