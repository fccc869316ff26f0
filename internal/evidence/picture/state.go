package picture

import (
	"cmp"
	"fmt"
	"html"
	"strings"

	"example/workbook/internal/evidence"
)

// Measures of the diagram of a mark, in pixels.
const (
	stateRow = 60.0 // from one descriptor to the next
	lineStep = 14.0 // from one line of a box to the next
)

// node is a box of the diagram, with the lines that stand in it.
type node struct {
	lines []string
	y     float64 // of its middle
	n     int     // descriptors that lead to it
}

func (n *node) height() float64 { return float64(len(n.lines))*lineStep + 8 }

// join moves the node to the middle of what leads to it.
func (n *node) join(y float64) {
	n.y = (n.y*float64(n.n) + y) / float64(n.n+1)
	n.n++
}

// States draws the objects of the kernel at each label, as SVG: descriptors, the
// open file descriptions that they refer to, and the objects behind those.
// [Figure.Marks] has the same as tables.
func (f *Figure) States() []string {
	var list []string
	for i := range f.Trace.Marks {
		list = append(list, f.state(i))
	}
	return list
}

func (f *Figure) state(i int) string {
	m := &f.Trace.Marks[i]
	d := &drawing{f: f, chart: &chart{t: f.Trace}}
	id := fmt.Sprintf("%sm%d", f.id(), i)
	d.canvas.id = id
	height := d.stateBoxes(m)
	var out canvas
	w := f.width()
	title := fmt.Sprintf("Descriptors, open file descriptions and objects at %s in %s", m.Label, f.Trace.Snippet)
	out.put(`<svg xmlns="http://www.w3.org/2000/svg" class="ev" viewBox="0 0 `, w, ` `, height, `" width="`, w, `" height="`, height, `" role="img" aria-labelledby="`, id, `t `, id, `d"><title id="`, id, `t">`, html.EscapeString(clean(title)), `</title><desc id="`, id, `d">`, html.EscapeString(clean(describeState(m))), `</desc><rect class="ev-bg" width="`, w, `" height="`, height, `"/>`, d.canvas.b.String(), "</svg>\n")
	return out.b.String()
}

// stateBoxes draws three columns of boxes and returns the height.
func (d *drawing) stateBoxes(m *evidence.Mark) float64 {
	w := d.f.width()
	at, widths := [3]float64{8, w * .2, w * .5}, [3]float64{w * .1, w * .22, w*.5 - 8}
	heads := [3]string{"descriptor", "open file description", "object of the kernel"}
	if d.f.phone() {
		at, widths = [3]float64{4, 56, 172}, [3]float64{28, 92, w - 176}
		heads = [3]string{"fd", "description", "object"}
	}
	for i, h := range heads {
		d.text(at[i], 17, h, small, "ev-d", atStart)
	}
	d.text(w-8, 17, cut(m.Label, 12), head, "", atEnd)
	names := letters(m)
	files, objects := map[string]*node{}, map[string]*node{}
	var order []*node // boxes of the last two columns, in their order
	column := map[*node]int{}
	var links [][2]*node
	y := 34.0 + stateRow/2 - 6
	for i, dsc := range shown(m) {
		key := fmt.Sprintf("%d/%d", dsc.Description, i)
		if dsc.Description > 0 {
			key = fmt.Sprint(dsc.Description)
		}
		file := files[key]
		if file == nil {
			file = &node{lines: fileLines(dsc, names[dsc.Description])}
			files[key] = file
			order, column[file] = append(order, file), 1
			thing := "of " + key
			if dsc.Socket > 0 {
				thing = fmt.Sprint("socket ", dsc.Socket)
			}
			if objects[thing] == nil {
				objects[thing] = &node{lines: objectLines(m, dsc, d.f.phone())}
				order, column[objects[thing]] = append(order, objects[thing]), 2
			}
			links = append(links, [2]*node{file, objects[thing]})
		}
		file.join(y)
		own := &node{lines: []string{fmt.Sprint(dsc.FD)}, y: y}
		d.stateBox(own, at[0], widths[0], true)
		links = append(links, [2]*node{own, file})
		y += stateRow
	}
	for _, l := range links {
		if column[l[1]] == 2 {
			l[1].join(l[0].y)
		}
	}
	bottom := apart(order, column)
	for _, n := range order {
		d.stateBox(n, at[column[n]], widths[column[n]], false)
	}
	d.defs()
	for _, l := range links {
		from := column[l[0]]
		x0, x1 := at[from]+widths[from]+1, at[from+1]-1
		d.arrow(0, path("M", x0, l[0].y, "C", (x0+x1)/2, l[0].y, (x0+x1)/2, l[1].y, x1, l[1].y))
	}
	return max(y-stateRow/2+2, bottom+8)
}

// apart moves boxes of one column down until none stands on another. It returns
// where the lowest ends.
func apart(nodes []*node, column map[*node]int) float64 {
	bottom := map[int]float64{}
	for _, n := range nodes {
		k := column[n]
		n.y = max(n.y, bottom[k]+8+n.height()/2)
		bottom[k] = n.y + n.height()/2
	}
	return max(bottom[1], bottom[2])
}

// stateBox draws a box with its lines, the first of them in bold.
func (d *drawing) stateBox(n *node, x, w float64, middle bool) {
	h := n.height()
	d.put(`<rect class="ev-b ev-n" x="`, x, `" y="`, n.y-h/2, `" width="`, w, `" height="`, h, `" rx="4"/>`)
	for i, l := range n.lines {
		y := n.y - h/2 + 4 + float64(i)*lineStep + 10.5
		l = fit(l, w-10)
		class := "ev-d"
		if i == 0 {
			class = "ev-f"
		}
		if middle {
			d.text(x+w/2, y, l, small, class, atMiddle)
		} else {
			d.text(x+6, y, l, small, class, atStart)
		}
	}
	d.put("\n")
}

// fileLines describe an open file description. Without a letter it is not known
// whether it is that of another descriptor, too.
func fileLines(dsc *evidence.Descriptor, letter string) []string {
	lines := []string{cmp.Or(letter, "?"), "blocking"}
	if dsc.NonBlocking {
		lines[1] = "non-blocking"
	}
	if dsc.Offset > 0 {
		lines = append(lines, fmt.Sprintf("at offset %d", dsc.Offset))
	}
	return lines
}

func objectLines(m *evidence.Mark, dsc *evidence.Descriptor, brief bool) []string {
	if dsc.Socket > 0 {
		s := &m.Sockets[dsc.Socket-1]
		name := s.Protocol + " socket"
		switch {
		case s.Role == "L":
			name = s.Protocol + " listener"
		case s.Role != "":
			name += " " + s.Role
		}
		lines := []string{name}
		place := strings.TrimSpace(s.State + " " + here(s.Local))
		switch {
		case s.State == "LISTEN" || s.Remote == "":
		case brief:
			place = s.State
		default:
			place += " → " + here(s.Remote)
		}
		if place != "" {
			lines = append(lines, place)
		}
		if wait := waiting(s); wait != "" {
			if brief && s.State == "LISTEN" {
				wait = fmt.Sprintf("%d of %d waiting", s.Unread, s.Unsent)
			}
			lines = append(lines, wait)
		}
		return lines
	}
	lines := []string{object(dsc)}
	for _, e := range m.Epolls {
		if e.FD != dsc.FD {
			continue
		}
		const most = 5 // lines
		for i, in := range e.Interest {
			if i == most-1 && len(e.Interest) > most {
				lines = append(lines, fmt.Sprintf("and %d more", len(e.Interest)-i))
				break
			}
			line := "watches " + watched(m, &in)
			if !brief {
				line += ": " + in.Events
			}
			lines = append(lines, line)
		}
		if len(e.Interest) == 0 {
			lines = append(lines, "watches nothing")
		}
	}
	return lines
}

// here leaves out the address of this machine, which is that of all sockets in
// a snippet.
func here(address string) string {
	return strings.TrimPrefix(address, "127.0.0.1")
}

// describeState is the diagram in words.
func describeState(m *evidence.Mark) string {
	t := descriptorTable(m)
	var b strings.Builder
	for _, r := range t.Rows {
		fmt.Fprintf(&b, "Descriptor %s refers to open file description %s (%s) of %s %s %s. ", r[0], r[1], r[2], r[3], r[4], r[5])
	}
	return strings.TrimSpace(b.String())
}
