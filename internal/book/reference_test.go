package book

import (
	"strings"
	"testing"
)

// The manual names every key.
func TestReference(t *testing.T) {
	text := Reference()
	for target := range targets {
		for _, key := range target.keys() {
			named := strings.Contains(text, "\n| `"+key+"=") || strings.Contains(text, "\n| `"+key+"`")
			if !named && len(key) > 1 { // a number: of a choice
				t.Errorf("no line for %s, which stands above %s", key, target.noun())
			}
		}
	}
}
