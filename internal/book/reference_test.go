package book

import (
	"strings"
	"testing"

	"github.com/rivo/uniseg"
)

// The manual names every key, and fits into a terminal.
func TestReference(t *testing.T) {
	text := Reference()
	for target := range targets {
		for _, key := range target.keys() {
			named := strings.Contains(text, "\n  "+key+"=") || strings.Contains(text, "\n  "+key+" ")
			if !named && len(key) > 1 { // a number: of a choice
				t.Errorf("no line for %s, which stands above %s", key, target.noun())
			}
		}
	}
	for line := range strings.Lines(text) {
		if n := uniseg.StringWidth(strings.TrimSuffix(line, "\n")); n > width {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}
