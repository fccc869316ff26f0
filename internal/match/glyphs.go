package match

import (
	"strings"

	"github.com/rivo/uniseg"
)

// glyph is what a reader sees as one character.
type glyph struct {
	text  string
	width int // columns on a terminal
	at    int // offset in the line
}

// glyphs returns s as it is shown: a tab as →, blanks at the end as ·, what a
// terminal would act on or not show as the tag for it. Of a very long line it
// returns what lies around the offset focus.
func glyphs(s string, focus int) []glyph {
	const most = 4096 // bytes on either side, more than any terminal has columns
	var list []glyph
	end := len(strings.TrimRight(s, " "))
	s = s[:min(len(s), focus+most)]
	for at := max(0, focus-most); at < len(s); {
		g := glyph{at: at, width: 1}
		n := 1
		switch {
		case s[at] == '\t':
			g.text = "→"
		case at >= end:
			g.text = "·"
		case s[at] > ' ' && s[at] < 0x7f && (at+1 == len(s) || s[at+1] < 0x80):
			g.text = s[at : at+1]
		default:
			g.text, n = showCharacter(s[at:])
			if cluster, _, width, _ := uniseg.FirstGraphemeClusterInString(s[at:], -1); Visible(cluster) == cluster && g.text == s[at:at+n] {
				g.text, g.width, n = cluster, width, len(cluster)
			} else {
				g.width = uniseg.StringWidth(g.text)
			}
		}
		list = append(list, g)
		at += n
	}
	return list
}

// fit returns the part of list around the byte offset focus that fits into
// width columns, with … where something is missing, and its width.
func fit(list []glyph, width, focus int) (string, int) {
	total, before := 0, 0 // columns
	for _, g := range list {
		total += g.width
		if g.at < focus {
			before += g.width
		}
	}
	skip := 0 // columns to leave out at the start
	if total > width {
		skip = max(0, min(before-width/3, total-width+1))
	}
	var b strings.Builder
	used := 0
	if skip > 0 {
		b.WriteString("…")
		used = 1
	}
	for i, g := range list {
		if skip > 0 {
			skip -= g.width
			continue
		}
		room := width - used
		if i < len(list)-1 {
			room-- // for a …
		}
		if g.width > room && restWidth(list[i:], width-used) > width-used {
			if used < width {
				b.WriteString("…")
				used++
			}
			break
		}
		b.WriteString(g.text)
		used += g.width
	}
	return b.String(), used
}

// restWidth returns the width of list, or something above limit.
func restWidth(list []glyph, limit int) int {
	n := 0
	for _, g := range list {
		if n += g.width; n > limit {
			break
		}
	}
	return n
}
