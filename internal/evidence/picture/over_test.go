package picture

import (
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example/workbook/internal/evidence"
)

const repository = "../../.."

// No arrow runs over a text: where the two meet, the text is drawn later, and its
// halo parts the arrow. That holds for the runs of the book, for those of the
// tests and for the figures that were drawn by hand.
func TestTextsAboveArrows(t *testing.T) {
	met := 0
	check := func(where, svg string) {
		n, over := crossings(t, svg)
		met += n
		for _, what := range over {
			t.Errorf("%s: %s", where, what)
		}
	}
	for name, tr := range recordings(t) {
		for _, kind := range []Kind{Lanes, Calls} {
			for _, width := range []int{0, PhoneWidth} {
				f := &Figure{Trace: tr, Kind: kind, Width: width}
				where := fmt.Sprintf("%s, %s, width %d", name, kind, width)
				check(where, f.SVG())
				for _, state := range f.States() {
					check(where+", state", state)
				}
			}
		}
	}
	for name, svg := range drawn(t) {
		check(name, svg)
	}
	if met == 0 {
		t.Error("no arrow meets a text: this test looks at nothing")
	}
}

// recordings are the runs of the book, and those that nobody would think of.
func recordings(t *testing.T) map[string]*evidence.Trace {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(repository, "snippets/*/*/evidence.json"))
	if err != nil || len(files) < 30 {
		t.Fatalf("%d recordings, %v", len(files), err)
	}
	traces := map[string]*evidence.Trace{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if traces[filepath.Base(filepath.Dir(file))], err = evidence.Decode(data); err != nil {
			t.Fatal(err)
		}
	}
	for seed := range 30 {
		traces[fmt.Sprint("random ", seed)] = randomTrace(uint64(seed))
	}
	return traces
}

// drawn are the figures of the package figure.
func drawn(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(repository, "chapters/figures/*.svg"))
	if err != nil || len(files) < 10 {
		t.Fatalf("%d figures, %v", len(files), err)
	}
	svgs := map[string]string{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		svgs[filepath.Base(file)] = string(data)
	}
	return svgs
}

// crossings counts where arrows and texts meet, and says where the arrow is drawn
// after the text.
func crossings(t *testing.T, svg string) (met int, over []string) {
	t.Helper()
	var texts []box
	var words []string
	var arrows [][][2]float64
	inText := false
	meet := func(b box, points [][2]float64) bool {
		for _, p := range points {
			if p[0] > b.x && p[0] < b.x+b.w && p[1] > b.y && p[1] < b.y+b.h {
				return true
			}
		}
		return false
	}
	var open element
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		token, err := d.Token()
		if err == io.EOF {
			return met, over
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := newElement(token)
			switch {
			case e.name == "text":
				open, inText = e, true
			case e.name == "path" && strings.Contains(e.attr["class"], "ev-a "):
				points := along(t, e.attr["d"])
				arrows = append(arrows, points)
				for i, b := range texts {
					if meet(b, points) {
						met++
						over = append(over, fmt.Sprintf("an arrow runs over “%s” at %.0f,%.0f: %s", words[i], b.x, b.y, e.attr["d"]))
					}
				}
			}
		case xml.CharData:
			if inText {
				open.text += string(token)
			}
		case xml.EndElement:
			if token.Name.Local == "text" {
				inText = false
				b := open.place(t)
				texts, words = append(texts, b), append(words, open.text)
				for _, points := range arrows {
					if meet(b, points) {
						met++
					}
				}
			}
		}
	}
}

// element is one of an SVG.
type element struct {
	name, text string
	attr       map[string]string
}

func newElement(start xml.StartElement) element {
	e := element{name: start.Name.Local, attr: map[string]string{}}
	for _, a := range start.Attr {
		e.attr[a.Name.Local] = a.Value
	}
	return e
}

// place is the room of a text, a little less high than texts keep free: an arrow
// may pass between two lines.
func (e element) place(t *testing.T) box {
	t.Helper()
	f := mono
	for _, class := range strings.Fields(e.attr["class"]) {
		switch class {
		case "ev-s":
			f = small
		case "ev-h":
			f = head
		}
	}
	b := place(float(t, e.attr["x"]), float(t, e.attr["y"]), e.text, f, anchor(e.attr["text-anchor"]))
	b.y, b.h = b.y+1, b.h-2
	return b
}

func float(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// along gives points of a path, at most half a pixel apart in curves that are no
// longer than a drawing is high.
func along(t *testing.T, d string) (points [][2]float64) {
	t.Helper()
	const steps = 1000
	var at [2]float64
	curve := func(p ...[2]float64) {
		p = append([][2]float64{at}, p...)
		for i := range steps + 1 {
			points = append(points, casteljau(p, float64(i)/steps))
		}
		at = p[len(p)-1]
	}
	for _, part := range regexp.MustCompile(`([A-Za-z])([^A-Za-z]*)`).FindAllStringSubmatch(d, -1) {
		var n []float64
		for _, s := range regexp.MustCompile(`-?[0-9.]+`).FindAllString(part[2], -1) {
			n = append(n, float(t, s))
		}
		switch part[1] {
		case "M":
			at = [2]float64{n[0], n[1]}
			n = n[2:]
			fallthrough
		case "L", "C", "Q":
			var p [][2]float64
			for i := 0; i < len(n); i += 2 {
				p = append(p, [2]float64{n[i], n[i+1]})
			}
			if part[1] == "C" || part[1] == "Q" {
				curve(p...)
				continue
			}
			for _, to := range p {
				curve(to)
			}
		case "H":
			curve([2]float64{n[0], at[1]})
		case "h":
			curve([2]float64{at[0] + n[0], at[1]})
		case "V":
			curve([2]float64{at[0], n[0]})
		default:
			t.Fatalf("%s: what is %s?", d, part[1])
		}
	}
	return points
}

// casteljau is the point of a Bézier curve at k, from 0 to 1.
func casteljau(p [][2]float64, k float64) [2]float64 {
	for p = slices.Clone(p); len(p) > 1; p = p[:len(p)-1] {
		for i := range p[:len(p)-1] {
			for xy := range 2 {
				p[i][xy] += (p[i+1][xy] - p[i][xy]) * k
			}
		}
	}
	return p[0]
}
