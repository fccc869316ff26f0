package match_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"example/workbook/internal/match"
)

// checkRows checks that the rows of r hold every line of both sides once, and
// that they differ if and only if the result is not OK.
func checkRows(t *testing.T, r *match.Result, want, got string, mode match.Mode) {
	t.Helper()
	wantLines, gotLines := lines(want), lines(got)
	seen := make([]bool, len(wantLines)+1)
	lastWant, lastGot, count, differ := 0, 0, 0, false
	for _, row := range r.Rows {
		differ = differ || !row.Same
		count += row.Lines
		if row.Want > 0 {
			if seen[row.Want] || row.WantText != wantLines[row.Want-1] {
				t.Errorf("line %d of want: again, or as %q", row.Want, row.WantText)
			}
			seen[row.Want] = true
			if row.Want < lastWant {
				t.Errorf("line %d of want follows line %d", row.Want, lastWant)
			}
			lastWant = row.Want
		}
		if row.Got > 0 && row.GotText != "" && row.GotText != gotLines[row.Got-1] {
			t.Errorf("line %d of got is %q", row.Got, row.GotText)
		}
		if inOrder := mode == match.Exact || mode == match.Contains; inOrder && row.Got > 0 {
			if row.Got != lastGot+1 {
				t.Errorf("line %d of got follows line %d", row.Got, lastGot)
			}
			lastGot = row.Got + row.Lines - 1
		}
	}
	for i, s := range seen[1:] {
		if !s {
			t.Errorf("no row has line %d of want", i+1)
		}
	}
	if count != len(gotLines) {
		t.Errorf("the rows have %d lines of got, which has %d", count, len(gotLines))
	}
	if differ == r.OK {
		t.Errorf("OK is %v, rows differ: %v", r.OK, differ)
	}
	if found, gaveUp, _ := match.Search(r); found != r.OK && !gaveUp {
		t.Errorf("OK is %v, the search says %v", r.OK, found)
	}
}

// checkAccept checks what Accept promises for any pattern and output.
func checkAccept(t *testing.T, p *match.Pattern, want, got string, mode match.Mode) {
	t.Helper()
	text := p.Accept(got)
	if p.Match(got).OK && text != want {
		t.Errorf("Accept(%q) = %q, though %q matches", got, text, want)
	}
	q, err := match.Compile(text, mode)
	if err != nil {
		t.Fatalf("Accept(%q) = %q: %v", got, text, err)
	}
	if !q.Match(got).OK {
		t.Errorf("Accept(%q) = %q, which does not match", got, text)
	}
	if again := q.Accept(got); again != text {
		t.Errorf("Accept(%q) = %q, and of that %q", got, text, again)
	}
	if isPlain(want) && !isPlain(text) {
		t.Errorf("Accept(%q) = %q, which a chapter cannot hold", got, text)
	}
	fresh, err := match.Compile("", mode)
	if err != nil {
		t.Fatal(err)
	}
	if text := fresh.Accept(got); !isPlain(text) {
		t.Errorf("Accept(%q) = %q, which a chapter cannot hold", got, text)
	}
}

// isPlain reports whether s is text that an editor shows as it is.
func isPlain(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool {
		return r != '\n' && r != '\t' && !unicode.IsPrint(r)
	}) < 0
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}
