package match_test

import (
	"slices"
	"strings"
	"testing"

	"example/workbook/internal/match"
)

// TestEffort holds the number of steps to what it may be: in proportion to
// the input where text is literal, to its square where the pattern was made
// to be costly. Only what is hard is given up.
func TestEffort(t *testing.T) {
	small, large := loads(300), loads(600)
	for i, l := range small {
		t.Run(l.name, func(t *testing.T) {
			n, _ := effort(t, l)
			twice, gaveUp := effort(t, large[i])
			growth := 2.2
			if i >= firstCostly {
				growth = 4.4
			}
			if float64(twice) > growth*float64(n)+2000 {
				t.Errorf("%d steps, and %d for an input twice as large", n, twice)
			}
			if gaveUp != l.hard {
				t.Errorf("gave up: %v", gaveUp)
			}
		})
	}
}

// firstCostly is the place in loads of the first that was made to be costly.
const firstCostly = 9

func effort(t *testing.T, l load) (steps int, gaveUp bool) {
	p, err := match.Compile(l.want, l.mode)
	if err != nil {
		t.Fatal(err)
	}
	r := p.Match(l.got)
	if r.OK != l.ok {
		t.Errorf("OK is %v", r.OK)
	}
	found, gaveUp, steps := match.Search(r)
	if found != l.ok {
		t.Errorf("the search says %v", found)
	}
	return steps, gaveUp
}

// TestLargeAlignment holds that few differences in many lines are found each
// for itself.
func TestLargeAlignment(t *testing.T) {
	want := repeat(3000, "line %d")
	got := strings.Replace(want, "line 100\n", "line x\n", 1)
	got = strings.Replace(got, "line 1500\n", "", 1)
	got = strings.Replace(got, "line 2900\n", "new\nline 2900\n", 1)
	var differ []int
	for _, row := range compile(t, want, match.Exact).Match(got).Rows {
		if !row.Same {
			differ = append(differ, row.Want, row.Got)
		}
	}
	if !slices.Equal(differ, []int{101, 101, 1501, 0, 0, 2900}) {
		t.Errorf("differing lines: %v", differ)
	}
}

// TestLongLines holds that the report of very long lines is short.
func TestLongLines(t *testing.T) {
	long := strings.Repeat("a b ", 1<<18)
	p := compile(t, "x <...> y <n:1..2>\n"+long+"1\n<word> z", match.Exact)
	r := p.Match("x " + long + " y 3\n" + long + "2\n" + strings.Repeat("w", 5000) + " zz")
	text := report(r, match.FormatOptions{Width: 100})
	if n := len(text); r.OK || n > 2000 {
		t.Errorf("a report of %d bytes", n)
	}
	for _, want := range []string{"a b 1 ", "a b 2\n", "<n:1..2>: got 3, above 2"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the report:\n%s", want, text)
		}
	}
}
