package site

import (
	"testing"
	"testing/fstest"
)

func TestImageSize(t *testing.T) {
	for _, c := range []struct {
		name, data    string
		width, height int
	}{
		{"a.svg", `<?xml version="1.0"?><!-- a --><svg width="420" height="288.4" viewBox="0 0 300 206"/>`, 420, 288},
		{"px.svg", `<svg width="12px" height="8px"><rect width="1" height="1"/></svg>`, 12, 8},
		{"box.svg", `<svg width="100%" viewBox="0,0,30,20"></svg>`, 30, 20},
		{"none.svg", `<svg></svg>`, 0, 0},
		{"other.svg", `<html width="3" height="4"/>`, 0, 0},
		{"cut.svg", `<svg width="3`, 0, 0},
		{"huge.svg", `<svg width="1e300" height="-4"/>`, 0, 0},
		{"a.gif", "GIF89a\x05\x00\x07\x00\x00\x00\x00", 5, 7},
		{"a.webp", "RIFF", 0, 0},
	} {
		w, h, ok := imageSize(fstest.MapFS{c.name: {Data: []byte(c.data)}}, c.name)
		if w != c.width || h != c.height || ok != (w > 0) {
			t.Errorf("%s: %d by %d, %v; want %d by %d", c.name, w, h, ok, c.width, c.height)
		}
	}
}
