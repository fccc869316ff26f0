package match_test

import (
	"strings"
	"testing"

	"workbook/internal/match"
)

// TestEffort holds the number of steps to what it may be: in proportion to
// the input where text is literal, to its square where the pattern was made
// to be costly; and no pattern without names is given up.
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
			if float64(twice) > growth*float64(n)+500 {
				t.Errorf("%d steps, and %d for an input twice as large", n, twice)
			}
			if gaveUp && !strings.Contains(l.want, "#") {
				t.Error("gave up")
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
	return match.Steps(r), strings.Contains(report(r, match.FormatOptions{}), "gave up")
}
