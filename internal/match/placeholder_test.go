package match_test

import (
	"strings"
	"sync"
	"testing"

	"example/workbook/internal/match"
)

// TestPlaceholders checks that the registry says of itself what is true.
func TestPlaceholders(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range match.Placeholders() {
		if seen[p.Name] || p.Takes == "" || p.Example == "" {
			t.Errorf("%+v: twice, or something is missing", p)
		}
		seen[p.Name] = true
		if strings.Contains(p.Name, "HH") {
			continue // stands for a character; the example shows how it is written
		}
		if r := compile(t, p.Name, match.Exact).Match(p.Example); !r.OK {
			t.Errorf("%s does not take its example %s", p.Name, p.Example)
		}
		if p.Bounds != "" {
			compile(t, p.Bounds, match.Exact)
		}
		_, err := match.Compile(strings.TrimSuffix(p.Name, ">")+":1..2>", match.Exact)
		if p.Bounds == "" && err == nil {
			t.Errorf("%s takes bounds, but shows none", p.Name)
		}
	}
}

// TestParseMode checks the words for modes: no word asks for Exact.
func TestParseMode(t *testing.T) {
	for m := match.Exact; m <= match.Contains; m++ {
		got, ok := match.ParseMode(m.String())
		if ok != (m != match.Exact) || ok && got != m {
			t.Errorf("ParseMode(%q) = %v, %v", m, got, ok)
		}
	}
	if _, ok := match.ParseMode("contain"); ok {
		t.Error(`ParseMode("contain") is ok`)
	}
}

// TestConcurrent uses one pattern in several goroutines; the race detector
// sees if it changes.
func TestConcurrent(t *testing.T) {
	for mode := match.Exact; mode <= match.Contains; mode++ {
		p := compile(t, "a: <n#x>\n...\nb: <n#x:1..3>\n", mode)
		var group sync.WaitGroup
		for _, got := range []string{"a: 1\nc\nb: 1\n", "a: 1\nb: 2\n", "x\n"} {
			group.Go(func() {
				if p.Match(got).OK != (p.Accept(got) == "a: <n#x>\n...\nb: <n#x:1..3>\n") {
					t.Errorf("%v: Match and Accept do not agree on %q", mode, got)
				}
			})
		}
		group.Wait()
	}
}
