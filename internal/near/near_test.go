package near

import (
	"strings"
	"testing"
)

// A slip of the fingers is recognised, and another word is not taken for one.
func TestWord(t *testing.T) {
	options := []string{"except", "accept", "timeout", "no_run", "snippets/socket/accept_loop/main.go", "x"}
	tests := []struct{ word, want string }{
		{"acept", "accept"}, {"accpet", "accept"}, {"ACCEPT", "accept"}, {"accepted", "accept"},
		{"tiemout", "timeout"}, {"norun", "no_run"}, {"no-run", "no_run"},
		{"snippets/sokcet/accept_loop/main.go", "snippets/socket/accept_loop/main.go"},
		{"exept", "except"}, {"exit", ""}, {"y", ""}, {"", ""}, {"time", ""}, {strings.Repeat("x", 10_000), ""},
	}
	for _, test := range tests {
		if got, ok := Word(test.word, options); got != test.want || ok != (test.want != "") {
			t.Errorf("Word(%.20q) = %q, %v, want %q", test.word, got, ok, test.want)
		}
	}
	if got, _ := Word("abcdef", []string{"abcdex", "abcdxy"}); got != "abcdex" {
		t.Errorf("got %q, which is not the nearest", got)
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"read", "raed", 1}, {"read", "reads", 1}, {"read", "ready", 1},
		{"read", "road", 1}, {"ab", "ba", 1}, {"abc", "ca", 3}, {"für", "fur", 1}, {"write", "accept", 6},
	} {
		if got := Distance(test.a, test.b); got != test.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
