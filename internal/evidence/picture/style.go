package picture

import "strings"

// palette is the colours of one scheme. They began as those of Okabe and Ito, and
// were moved until text in them has a contrast of 4.5 to 1 or more, and until
// those that must be told apart can be, also by the colour-blind: TestColourBlind
// has the figures. No meaning is in a colour alone, see TestWithoutColour.
type palette struct {
	ground, text, dim, line, sleep, edge, call, fail, band string
	conn                                                   [3]string
}

func light() palette {
	return palette{
		ground: "#fff", text: "#1c2530", dim: "#55616e", line: "#b9c2cc", sleep: "#e3e8ee", edge: "#8592a0",
		call: "#0b5f8a", fail: "#ad3d08", band: "#f3f5f8",
		conn: [3]string{"#007d33", "#740f76", "#524000"},
	}
}

func dark() palette {
	return palette{
		ground: "#14181d", text: "#e4e9ee", dim: "#9ba8b5", line: "#4c5763", sleep: "#2a333d", edge: "#8090a0",
		call: "#67c3f0", fail: "#ff9d63", band: "#1d242c",
		conn: [3]string{"#4ed0a3", "#f5a0f5", "#ecd640"},
	}
}

// shape is everything of the style that is no colour.
const shape = `.ev{max-width:100%;height:auto;display:block}
.ev text{font:11px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;paint-order:stroke;stroke-width:3px;stroke-linejoin:round}
.ev text.ev-s{font:10.5px system-ui,"Segoe UI","Helvetica Neue",Arial,"Liberation Sans",sans-serif}
.ev text.ev-h{font:600 12.5px system-ui,"Segoe UI","Helvetica Neue",Arial,"Liberation Sans",sans-serif}
.ev .ev-r,.ev .ev-e,.ev text.ev-f{font-weight:600}
.ev tspan{stroke:inherit}
.ev .ev-l{opacity:.38}
.ev .ev-q{opacity:.3}
.ev .ev-o{stroke-dasharray:3 2}
.ev .ev-w{stroke-width:1.5;fill:none}
.ev .ev-k{stroke-width:1.5;fill:none}
.ev .ev-a{fill:none;stroke-width:1.7}
.ev .ev-a0{stroke-width:1.2;stroke-dasharray:1.5 2.5}
.ev .ev-a2{stroke-dasharray:7 2.5}
.ev .ev-a3{stroke-dasharray:2 2}
.ev .ev-n{fill:none;stroke-width:1}
`

// rules are the colours of p below the selector before.
func (p palette) rules(before string) string {
	r := strings.NewReplacer(
		"GROUND", p.ground, "TEXT", p.text, "DIM", p.dim, "LINE", p.line, "SLEEP", p.sleep, "EDGE", p.edge,
		"CALL", p.call, "FAIL", p.fail, "BAND", p.band, "C1", p.conn[0], "C2", p.conn[1], "C3", p.conn[2], "@", before,
	)
	return r.Replace(`@.ev .ev-bg{fill:GROUND}
@.ev text{fill:TEXT;stroke:GROUND}
@.ev .ev-d{fill:DIM}
@.ev .ev-e,@.ev .ev-x{fill:FAIL}
@.ev .ev-r,@.ev .ev-p{fill:CALL}
@.ev .ev-w,@.ev .ev-n{stroke:LINE}
@.ev .ev-k{stroke:TEXT}
@.ev .ev-z{fill:SLEEP;stroke:EDGE}
@.ev .ev-l{fill:EDGE}
@.ev .ev-b{fill:BAND}
@.ev .ev-a0{stroke:DIM}@.ev .ev-m0{fill:DIM}
@.ev .ev-a1{stroke:C1}@.ev .ev-m1{fill:C1}
@.ev .ev-a2{stroke:C2}@.ev .ev-m2{fill:C2}
@.ev .ev-a3{stroke:C3}@.ev .ev-m3{fill:C3}
`)
}

// fileStyle is the style of a figure that is a file of its own.
func fileStyle() string {
	return compact(shape + light().rules("") + "@media(prefers-color-scheme:dark){" + dark().rules("") + "}")
}

// StyleSheet is the style of all figures of a page. Where nothing else is said,
// they follow the reader's colour scheme; below an element with the class dark
// or light, or with such a data-theme, that one. On paper they are light. Of a
// figure for wide columns and one for phones that stand in elements of the
// classes ev-wide and ev-phone, one is shown.
func StyleSheet() string {
	return shape + light().rules("") +
		"@media screen and (prefers-color-scheme:dark){\n" + dark().rules("") + "}\n" +
		"@media screen{\n" + dark().rules(":is(.dark,[data-theme=dark]) ") + light().rules(":is(.light,[data-theme=light]) ") + "}\n" +
		".ev-phone{display:none}\n@media screen and (max-width:767px){.ev-wide{display:none}.ev-phone{display:block}}\n"
}

// compact takes out what a browser does not need.
func compact(css string) string {
	css = strings.ReplaceAll(css, "\n", "")
	return strings.NewReplacer(".ev .ev-", ".ev-", ".ev text", "text", ".ev tspan", "tspan").Replace(css)
}
