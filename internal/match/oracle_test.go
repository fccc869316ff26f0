package match_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"example/workbook/internal/match"
)

// TestAgainstOracle compares the matcher with definitions that try every
// possibility, on small patterns and outputs.
func TestAgainstOracle(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	pick := func(most int, of ...string) string {
		var b strings.Builder
		for range rnd.IntN(most + 1) {
			b.WriteString(of[rnd.IntN(len(of))] + "\n")
		}
		return b.String()
	}
	matches := map[bool]int{}
	for range 300 {
		want := pick(5, "...", "a: <n#x>", "a: <n#x>", "b: <n#y>", "b: <n#x> <n#y>", "b: <n> <n#y>", "a: 1", "<...> <n#x>", "<...> <n#x><...>", "<...> <n> <...><n#x><...>", "<...><n#x><...> <n#y><...>", "c")
		got := pick(5, "a: 1", "a: 2", "b: 1", "b: 2", "b: 1 2", "b: 2 2", "b: 2 1 1 2", "c")
		for mode := match.Exact; mode <= match.Contains; mode++ {
			p := compile(t, want, mode)
			r := p.Match(got)
			if oracle := anyValues(t, want, got, mode); r.OK != oracle {
				t.Fatalf("%v: want %q, got %q: OK is %v, trying everything says %v", mode, want, got, r.OK, oracle)
			}
			matches[r.OK]++
			checkRows(t, r, want, got, mode)
			checkAccept(t, p, want, got, mode)
			if t.Failed() {
				t.Fatalf("%v: want %q, got %q", mode, want, got)
			}
		}
	}
	if matches[true] < 80 || matches[false] < 80 {
		t.Errorf("the inputs prove little: %v", matches)
	}
}

func compile(t *testing.T, want string, mode match.Mode) *match.Pattern {
	t.Helper()
	p, err := match.Compile(want, mode)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// anyValues tries all values of the names #x and #y.
func anyValues(t *testing.T, want, got string, mode match.Mode) bool {
	for x := 1; x <= 2; x++ {
		for y := 1; y <= 2; y++ {
			text := strings.NewReplacer("<n#x>", fmt.Sprint(x), "<n#y>", fmt.Sprint(y)).Replace(want)
			if anyOrder(t, text, got, mode) {
				return true
			}
		}
	}
	return false
}

// anyOrder reduces a mode to Exact.
func anyOrder(t *testing.T, want, got string, mode match.Mode) bool {
	exact := func(want, got string) bool { return compile(t, want, match.Exact).Match(got).OK }
	more := strings.Contains("\n"+want, "\n...\n")
	switch {
	case mode == match.Exact || want == "":
		return exact(want, got)
	case mode == match.Contains:
		return exact("...\n"+want+"...\n", got)
	case mode == match.Unordered:
		want = strings.ReplaceAll("\n"+want, "\n...", "")[1:]
		if more {
			want += "...\n"
		}
		for _, p := range permutations(lines(got)) {
			if exact(want, p) {
				return true
			}
		}
		return false
	}
	for _, actor := range []string{"a:", "b:", ""} {
		only := func(s string) string {
			var b strings.Builder
			for _, line := range lines(s) {
				if before, _, ok := strings.Cut(line, ":"); line == "..." || ok && before+":" == actor || !ok && actor == "" {
					b.WriteString(line + "\n")
				}
			}
			return b.String()
		}
		if !exact(only(want), only(got)) {
			return false
		}
	}
	return true
}

// permutations returns all orders of list, as texts.
func permutations(list []string) []string {
	if len(list) == 0 {
		return []string{""}
	}
	var all []string
	for i, first := range list {
		rest := append(append([]string{}, list[:i]...), list[i+1:]...)
		for _, p := range permutations(rest) {
			all = append(all, first+"\n"+p)
		}
	}
	return all
}
