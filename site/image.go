package site

import (
	"encoding/xml"
	"image"
	_ "image/gif" // formats whose size can be read
	_ "image/jpeg"
	_ "image/png"
	"io"
	"io/fs"
	"math"
	"path"
	"strconv"
	"strings"
)

// imageSize is the size of an image in CSS pixels. A page that knows it leaves
// room for the image before it has come, so that nothing moves when it comes.
func imageSize(fsys fs.FS, name string) (width, height int, ok bool) {
	file, err := fsys.Open(name)
	if err != nil {
		return 0, 0, false
	}
	defer func() { _ = file.Close() }()
	if path.Ext(name) == ".svg" {
		return svgSize(file)
	}
	is, _, err := image.DecodeConfig(file)
	return is.Width, is.Height, err == nil
}

// svgSize reads the first element of an SVG: its width and height, or its
// viewBox where these are not in pixels.
func svgSize(r io.Reader) (width, height int, ok bool) {
	d := xml.NewDecoder(r)
	for {
		token, err := d.Token()
		if err != nil {
			return 0, 0, false
		}
		root, is := token.(xml.StartElement)
		if !is {
			continue
		}
		if root.Name.Local != "svg" {
			return 0, 0, false
		}
		attr := map[string]string{}
		for _, a := range root.Attr {
			attr[a.Name.Local] = a.Value
		}
		if box := strings.FieldsFunc(attr["viewBox"], func(r rune) bool { return r == ' ' || r == ',' }); len(box) == 4 {
			width, height = pixels(box[2]), pixels(box[3])
		}
		if w, h := pixels(attr["width"]), pixels(attr["height"]); w > 0 && h > 0 {
			width, height = w, h
		}
		return width, height, width > 0 && height > 0
	}
}

// pixels reads a length without a unit or in px. Others are 0.
func pixels(text string) int {
	v, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(text), "px"), 64)
	if err != nil || v < 0 || v > 1<<20 {
		return 0
	}
	return int(math.Round(v))
}
