package match_test

import (
	"fmt"
	"strings"
	"testing"

	"example/workbook/internal/match"
)

// load is a pattern and an output that cost much.
type load struct {
	name      string
	mode      match.Mode
	want, got string
	ok        bool
	hard      bool // there are so many possibilities that the matcher gives up
}

// repeat joins n lines of format, which takes the number of the line.
func repeat(n int, format string) string {
	var b strings.Builder
	for i := range n {
		if strings.Contains(format, "%") {
			fmt.Fprintf(&b, format+"\n", i)
		} else {
			b.WriteString(format + "\n")
		}
	}
	return b.String()
}

// loads returns loads in proportion to n; 10_000 gives 10,000 lines of
// pattern and 1 MB of output.
func loads(n int) []load {
	const long = "line %d of an output that has a hundred bytes a line, with some text in it to make it as long as that"
	text := repeat(n, long)
	short := n / 50 // for what is not linear
	return []load{
		{"literal", match.Exact, text, text, true, false},
		{"literal one line differs", match.Exact, text, strings.Replace(text, "line 77 ", "line x ", 1), false, false},
		{"literal all lines differ", match.Exact, text, strings.ReplaceAll(text, "line", "Line"), false, false},
		{"literal unordered", match.Unordered, text, repeat(n/2, "line %d of") + text[len(text)/2:], false, false},
		{"literal contained", match.Contains, repeat(n/2, "b %d"), repeat(n, "a %d") + repeat(n/2, "b %d") + text, true, false},
		{"literal interleaved", match.Interleave, repeat(n, "%d: a"), repeat(n, "%d: a"), true, false},
		{"placeholders", match.Exact, repeat(n, "client %d on <addr> took <dur>"), repeat(n, "client %d on 127.0.0.1:8080 took 1.5ms"), true, false},
		{"placeholders unordered", match.Unordered, repeat(n, "client %d took <dur>"), repeat(n, "client %d took 1.5ms"), true, false},
		{"output of short lines", match.Contains, "b\nb", repeat(50*n, "a") + "b\nb", true, false},

		{"run that repeats itself", match.Contains, repeat(n, "a") + "b", repeat(50*n, "a"), false, false},
		{"many ...", match.Exact, strings.Repeat("...\na\n", n/2) + "b", repeat(50*n, "a"), false, false},
		{"many <...>", match.Exact, strings.Repeat("<...>a", short) + "<...>b<...>", strings.Repeat("a", 10*n), false, false},
		{"many <...> and numbers", match.Exact, strings.Repeat("<...><n> ", short) + "<...>b<...>", strings.Repeat("1 ", n), false, false},
		{"many paths", match.Exact, strings.Repeat("<path>/", 8) + "<...>b<...>", strings.Repeat("a/", n/15), false, false},
		{"one long line", match.Exact, "<...><time><...>x<...>", strings.Repeat("12:00 ", 10*n), false, false},
		{"name settled before <...>", match.Exact, "<n#a> <...>" + strings.Repeat("a<...>", short) + "\n<n#a> x", "1 " + strings.Repeat("a", n) + "\n2 x", false, false},
		{"run of <...>", match.Contains, repeat(short, "<...>a") + "b", repeat(n, "aaaa"), false, false},
		{"unordered <...>", match.Unordered, repeat(short, "<...>%d<...>"), repeat(short, "%d"), true, false},
		{"unordered that cannot be paired", match.Unordered, repeat(short, "<...>a<...>") + "<...>b\n", repeat(short+1, "aa %d"), false, false},
		{"names that never agree", match.Exact, repeat(20, "...\n<n#b%d>") + "...\nx", repeat(n, "%d"), false, true},
		{"names unordered", match.Unordered, repeat(20, "open <n#a%d>") + repeat(20, "close <n#a%d>"), repeat(20, "open %d") + repeat(20, "close 1%d"), false, true},
		{"actors with placeholders", match.Interleave, repeat(20, "<n#a%d>: x"), repeat(19, "%d: x") + "20: y", false, true},
	}
}

func BenchmarkMatch(b *testing.B) {
	for _, l := range loads(10_000) {
		b.Run(l.name, func(b *testing.B) {
			b.SetBytes(int64(len(l.got)))
			for b.Loop() {
				p, err := match.Compile(l.want, l.mode)
				if err != nil {
					b.Fatal(err)
				}
				if p.Match(l.got).OK != l.ok {
					b.Fatal("wrong result")
				}
			}
		})
	}
}

func BenchmarkAccept(b *testing.B) {
	for _, l := range loads(10_000) {
		b.Run(l.name, func(b *testing.B) {
			p, err := match.Compile(l.want, l.mode)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				p.Accept(l.got)
			}
		})
	}
}
