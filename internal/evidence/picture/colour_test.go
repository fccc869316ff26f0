package picture

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example/workbook/internal/evidence"
)

// linear is a colour in linear RGB, from 0 to 1.
type linear [3]float64

// visions are what becomes of a colour in the eye: of all cones, and of the three
// kinds of dichromacy. The matrices are those of Machado, Oliveira and Fernandes,
// "A Physiologically-based Model for Simulation of Color Vision Deficiency" (2009),
// for the severity 1.0; they apply to linear RGB.
var visions = map[string][3]linear{
	"normal":       {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia":   {{.152286, 1.052583, -.204868}, {.114503, .786281, .099216}, {-.003882, -.048116, 1.051998}},
	"deuteranopia": {{.367322, .860646, -.227968}, {.280085, .672501, .047413}, {-.011820, .042940, .968881}},
	"tritanopia":   {{1.255528, -.076749, -.178779}, {-.078411, .930809, .147602}, {.004733, .691367, .303900}},
}

// Those who lack one kind of cones can tell apart what the palette tells apart:
// success from failure, and the arrows of one picture from one another. The
// differences are those of CIEDE2000: 1 is about the least that can be seen side
// by side, 10 is seen at a glance.
func TestColourBlind(t *testing.T) {
	for scheme, p := range map[string]palette{"light": light(), "dark": dark()} {
		for vision, matrix := range visions {
			seen := func(hex string) lab { return toLab(rgb(hex).through(matrix)) }
			if d := difference(seen(p.call), seen(p.fail)); d < 40 {
				t.Errorf("%s, %s: a failed call differs from another one by %.1f", scheme, vision, d)
			}
			arrows := []string{p.dim, p.conn[0], p.conn[1], p.conn[2]}
			for i := range arrows {
				for j := range i {
					if d := difference(seen(arrows[i]), seen(arrows[j])); d < 12 {
						t.Errorf("%s, %s: arrows %d and %d differ by %.1f", scheme, vision, j, i, d)
					}
				}
			}
			for on, ground := range map[string]string{"ground": p.ground, "band": p.band, "a sleep": p.sleep} {
				if d := difference(seen(p.edge), seen(ground)); d < 20 {
					t.Errorf("%s, %s: the hatch of a sleep on %s differs by %.1f", scheme, vision, on, d)
				}
			}
		}
	}
}

// CIEDE2000 is what its authors say: pairs of Sharma, Wu and Dalal, "The
// CIEDE2000 Color-Difference Formula" (2005), table 1.
func TestDifference(t *testing.T) {
	for _, c := range []struct {
		a, b lab
		want float64
	}{
		{lab{50, 2.6772, -79.7751}, lab{50, 0, -82.7485}, 2.0425},
		{lab{50, -1.3802, -84.2814}, lab{50, 0, -82.7485}, 1.0000},
		{lab{50, 0, 0}, lab{50, -1, 2}, 2.3669},
		{lab{50, 2.49, -.001}, lab{50, -2.49, .0011}, 7.2195},
		{lab{50, 2.5, 0}, lab{73, 25, -18}, 27.1492},
		{lab{50, 2.5, 0}, lab{56, -27, -3}, 31.9030},
		{lab{60.2574, -34.0099, 36.2677}, lab{60.4626, -34.1751, 39.4387}, 1.2644},
		{lab{90.8027, -2.0831, 1.4410}, lab{91.1528, -1.6435, .0447}, 1.4441},
		{lab{2.0776, .0795, -1.1350}, lab{.9033, -.0636, -.5514}, .9082},
	} {
		if got := difference(c.a, c.b); math.Abs(got-c.want) > 1e-4 {
			t.Errorf("%v and %v: %.4f, want %.4f", c.a, c.b, got, c.want)
		}
	}
}

// Without any colour a picture still says what failed, who slept, and which arrow
// belongs to which connection: runs that differ in that have pictures that differ
// in shapes, lines or words.
func TestWithoutColour(t *testing.T) {
	base := func() *evidence.Trace {
		return &evidence.Trace{
			Snippet: "a/b", Threads: []evidence.Thread{{Name: "x"}, {Name: "y"}}, Witnesses: []string{"rusage", "proc"},
			Calls: []evidence.Call{
				{Seq: 1, Thread: "x", Name: "write", Text: "3", T0: 0, T1: 1e5, Conn: 1},
				{Seq: 2, Thread: "y", Name: "read", Text: "4", T0: 2e5, T1: 9e5, Conn: 1},
			},
			Flows: []evidence.Flow{{Kind: evidence.Data, From: 1, To: 2, Bytes: 0}},
		}
	}
	pictures := map[string]string{}
	for _, kind := range []Kind{Calls, Lanes} {
		for what, change := range map[string]func(*evidence.Trace){
			"nothing":            func(*evidence.Trace) {},
			"a failure":          func(tr *evidence.Trace) { tr.Calls[0].Ret, tr.Calls[0].Errno = -1, "EAGAIN" },
			"a sleep":            func(tr *evidence.Trace) { tr.Calls[1].Slept, tr.Calls[1].Seen = 1, 1 },
			"a sleep to the end": func(tr *evidence.Trace) { tr.Calls[1].Seen, tr.Calls[1].Open = 1, true },
			"connection 2":       func(tr *evidence.Trace) { tr.Calls[0].Conn, tr.Calls[1].Conn = 2, 2 },
			"connection 3":       func(tr *evidence.Trace) { tr.Calls[0].Conn, tr.Calls[1].Conn = 3, 3 },
			"a wake":             func(tr *evidence.Trace) { tr.Flows[0].Kind = evidence.Wake },
		} {
			tr := base()
			change(tr)
			f := &Figure{Trace: tr, Kind: kind}
			grey := withoutColour(f.SVG())
			key := fmt.Sprintf("%s: %s", kind, what)
			for other, picture := range pictures {
				if picture == grey {
					t.Errorf("without colours, %q looks like %q", key, other)
				}
			}
			pictures[key] = grey
		}
	}
}

// withoutColour is what an SVG looks like in one colour: titles out, and in place
// of each class what the style says beside colours.
func withoutColour(svg string) string {
	svg = regexp.MustCompile(`(?s)<title.*?</title>|<desc.*?</desc>`).ReplaceAllString(svg, "")
	svg = regexp.MustCompile(`url\(#[^)]*h\)`).ReplaceAllString(svg, "hatch")
	svg = regexp.MustCompile(`(id|marker-end)="[^"]*"`).ReplaceAllString(svg, "")
	return regexp.MustCompile(`class="([^"]*)"`).ReplaceAllStringFunc(svg, func(attribute string) string {
		var rules []string
		for class := range strings.FieldsSeq(strings.Trim(strings.TrimPrefix(attribute, "class="), `"`)) {
			for line := range strings.Lines(shape) {
				selectors, body, _ := strings.Cut(line, "{")
				for s := range strings.SplitSeq(selectors, ",") {
					if strings.HasSuffix(s, "."+class) {
						rules = append(rules, strings.TrimSpace(body))
					}
				}
			}
		}
		slices.Sort(rules)
		return fmt.Sprintf("style=%q", rules)
	})
}

func rgb(hex string) (c linear) {
	if len(hex) == 4 {
		hex = "#" + strings.Repeat(hex[1:2], 2) + strings.Repeat(hex[2:3], 2) + strings.Repeat(hex[3:4], 2)
	}
	var v [3]int
	if _, err := fmt.Sscanf(hex, "#%02x%02x%02x", &v[0], &v[1], &v[2]); err != nil {
		panic(hex)
	}
	for i := range v {
		c[i] = float64(v[i]) / 255
		if c[i] <= .04045 {
			c[i] /= 12.92
		} else {
			c[i] = math.Pow((c[i]+.055)/1.055, 2.4)
		}
	}
	return c
}

func (c linear) times(m [3]linear) (out linear) {
	for i, row := range m {
		out[i] = row[0]*c[0] + row[1]*c[1] + row[2]*c[2]
	}
	return out
}

// through is the colour in the eye, as far as a screen can show it.
func (c linear) through(vision [3]linear) linear {
	out := c.times(vision)
	for i := range out {
		out[i] = min(max(out[i], 0), 1)
	}
	return out
}

// lab is a colour in CIELAB.
type lab struct{ l, a, b float64 }

// toLab takes linear sRGB, whose white is D65.
func toLab(c linear) lab {
	xyz := c.times([3]linear{{.4124564, .3575761, .1804375}, {.2126729, .7151522, .0721750}, {.0193339, .1191920, .9503041}})
	for i, white := range []float64{.95047, 1, 1.08883} {
		v := xyz[i] / white
		if v > 216.0/24389 {
			xyz[i] = math.Cbrt(v)
		} else {
			xyz[i] = (24389.0/27*v + 16) / 116
		}
	}
	return lab{116*xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])}
}

// difference is CIEDE2000 with its weights at 1.
func difference(p, q lab) float64 {
	const rad = math.Pi / 180
	sevenths := func(c float64) float64 { return math.Sqrt(math.Pow(c, 7) / (math.Pow(c, 7) + math.Pow(25, 7))) }
	g := .5 * (1 - sevenths((math.Hypot(p.a, p.b)+math.Hypot(q.a, q.b))/2))
	p.a, q.a = p.a*(1+g), q.a*(1+g)
	c1, c2 := math.Hypot(p.a, p.b), math.Hypot(q.a, q.b)
	hue := func(x lab) float64 { return math.Mod(math.Atan2(x.b, x.a)/rad+360, 360) }
	h1, h2 := hue(p), hue(q)
	turn, mean := h2-h1, (h1+h2)/2
	switch {
	case c1*c2 == 0:
		turn, mean = 0, h1+h2
	case turn > 180:
		turn -= 360
		mean = math.Mod(mean+180, 360)
	case turn < -180:
		turn += 360
		mean = math.Mod(mean+180, 360)
	}
	l, c := (p.l+q.l)/2, (c1+c2)/2
	tone := 1 - .17*math.Cos((mean-30)*rad) + .24*math.Cos(2*mean*rad) + .32*math.Cos((3*mean+6)*rad) - .2*math.Cos((4*mean-63)*rad)
	dl := (q.l - p.l) / (1 + .015*(l-50)*(l-50)/math.Sqrt(20+(l-50)*(l-50)))
	dc := (c2 - c1) / (1 + .045*c)
	dh := 2 * math.Sqrt(c1*c2) * math.Sin(turn/2*rad) / (1 + .015*c*tone)
	rotation := -math.Sin(60*math.Exp(-math.Pow((mean-275)/25, 2))*rad) * 2 * sevenths(c)
	return math.Sqrt(dl*dl + dc*dc + dh*dh + rotation*dc*dh)
}
