package match_test

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/tools/txtar"

	"example/workbook/internal/match"
)

// seed adds what the cases hold to f.
func seed(f *testing.F, add func(c testCase)) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		c, err := readCase(archive)
		if err != nil {
			f.Fatal(err)
		}
		add(c)
	}
}

// FuzzCompile holds the parser to its word: no pattern breaks it, a mistake
// has a position inside the pattern, and the text of any line can be escaped.
func FuzzCompile(f *testing.F) {
	seed(f, func(c testCase) { f.Add(c.want) })
	f.Fuzz(func(t *testing.T, want string) {
		_, err := match.Compile(want, match.Exact)
		if err == nil {
			return
		}
		e, ok := err.(*match.SyntaxError)
		if !ok {
			t.Fatalf("%T", err)
		}
		wantLines := lines(want)
		if e.Line < 1 || e.Line > len(wantLines) || e.Col < 1 || e.Col > len(wantLines[e.Line-1]) {
			t.Errorf("%q: %v", want, err)
		}
	})
}

// FuzzMatch compares the matcher with a regular expression where there is
// one, and checks rows and report.
func FuzzMatch(f *testing.F) {
	seed(f, func(c testCase) { f.Add(c.want, c.got, byte(c.mode), byte(c.opt.Width)) })
	f.Fuzz(func(t *testing.T, want, got string, mode, width byte) {
		m := match.Mode(mode % 4)
		p, err := match.Compile(want, m)
		if err != nil {
			return
		}
		r := p.Match(got)
		checkRows(t, r, want, got, m)
		checkReport(t, r, int(width))
		if re := expression(want, m); re != nil && utf8.ValidString(got) {
			if ok := re.MatchString(terminated(got)); ok != r.OK {
				t.Errorf("OK is %v; %s says %v", r.OK, re, ok)
			}
		}
	})
}

// FuzzAccept checks what Accept promises.
func FuzzAccept(f *testing.F) {
	seed(f, func(c testCase) { f.Add(c.want, c.got, byte(c.mode)) })
	f.Fuzz(func(t *testing.T, want, got string, mode byte) {
		m := match.Mode(mode % 4)
		if p, err := match.Compile(want, m); err == nil {
			checkAccept(t, p, want, got, m)
		}
	})
}

// FuzzVisible holds that what a terminal is shown can make it do nothing: no
// byte of it is a control but the tab, none turns the direction of writing or
// cannot be seen, and what can be seen stays as it is.
func FuzzVisible(f *testing.F) {
	for _, s := range []string{
		"plain text, é and 漢字", "a\tb", "\x1b[31mred\x1b[0m", "\x1b]0;title\a", "\x1b]52;c;bHM=\x1b\\", "\x1bP1$r0m\x1b\\", "\u009b2J", "\x9b2J",
		"x\u202eevil\u2066", "\u200b\ufeff", "a\rb", "a\bb", "\xff\xc3", "\x00\x7f", "\u2028", "e\u0301", "👩‍👩‍👧", "<x1b>", "\U000e0041",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		shown := match.Visible(s)
		if !utf8.ValidString(shown) {
			t.Errorf("%q: %q is not UTF-8", s, shown)
		}
		for _, r := range shown {
			if r != '\t' && (unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r)) {
				t.Errorf("%q: %q has %U in it", s, shown, r)
			}
		}
		if again := match.Visible(shown); again != shown {
			t.Errorf("%q: shown once %q, twice %q", s, shown, again)
		}
		if strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0 && shown != s {
			t.Errorf("%q became %q", s, shown)
		}
	})
}

// expression returns a regular expression for a pattern in order that has no
// other placeholders than <...>, or nil.
func expression(want string, mode match.Mode) *regexp.Regexp {
	if mode != match.Exact && mode != match.Contains || !utf8.ValidString(want) || strings.ContainsAny(want, `\#:`) {
		return nil
	}
	var b strings.Builder
	for _, line := range lines(want) {
		if line == "..." {
			b.WriteString(`(?:[^\n]*\n)*`)
			continue
		}
		if strings.Contains(strings.ReplaceAll(line, "<...>", ""), "<") {
			return nil
		}
		for i, part := range strings.Split(line, "<...>") {
			if i > 0 {
				b.WriteString(`[^\n]*`)
			}
			b.WriteString(regexp.QuoteMeta(part))
		}
		b.WriteString(`\n`)
	}
	text := b.String()
	if mode == match.Contains && text != "" {
		text = `(?:[^\n]*\n)*` + text + `(?:[^\n]*\n)*`
	}
	re, err := regexp.Compile(`\A(?:` + text + `)\z`)
	if err != nil {
		return nil // too large
	}
	return re
}

func terminated(got string) string {
	if got == "" || strings.HasSuffix(got, "\n") {
		return got
	}
	return got + "\n"
}

// checkReport checks that a report holds nothing that a terminal acts on and
// is not wider than it may be.
func checkReport(t *testing.T, r *match.Result, width int) {
	t.Helper()
	var b bytes.Buffer
	r.Format(&b, match.FormatOptions{FirstLine: 7, Width: width})
	text := strings.ReplaceAll(b.String(), "\t", "?") // a tab would be shown as →
	if !isPlain(text) {
		t.Errorf("the report is not plain text: %q", text)
	}
	if width < 40 {
		return
	}
	for _, line := range lines(text) {
		if n := uniseg.StringWidth(line); n > width {
			t.Errorf("%d columns instead of %d: %q", n, width, line)
		}
	}
}
