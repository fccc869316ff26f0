package book

import (
	"bytes"

	"go.yaml.in/yaml/v3"
)

// frontMatter returns the map between the --- lines that a chapter may begin
// with, and the line behind them. ok is false when nobody can tell where it
// ends.
func frontMatter(src *source, r *report) (meta *yaml.Node, first int, ok bool) {
	if len(src.lines) == 0 || !isFrontMatterMark(src.rawLine(0), "---") {
		return nil, 0, true
	}
	end := 1
	for end < len(src.lines) && !isFrontMatterMark(src.rawLine(end), "---") && !isFrontMatterMark(src.rawLine(end), "...") {
		end++
	}
	if end == len(src.lines) {
		r.problem(0, 0, "front matter opened at line 1 is never closed: end it with a line ---")
		return nil, 0, false
	}
	data := src.text[src.lines[1].start:src.lines[end].start]
	if len(data) > maxFrontMatter {
		r.problem(0, 0, "front matter of %d bytes is larger than the limit (%d): shorten it", len(data), maxFrontMatter)
		return nil, end + 1, true
	}
	meta = parseYAML(r, data, 1)
	if meta != nil && meta.Kind != yaml.MappingNode {
		r.problem(meta.Line, meta.Column-1, "front matter must be a map of keys and values: write title: TITLE, or begin the chapter with something else than ---")
		meta = nil
	}
	return meta, end + 1, true
}

func isFrontMatterMark(line []byte, mark string) bool {
	return bytes.HasPrefix(line, []byte(mark)) && len(bytes.TrimSpace(line[len(mark):])) == 0
}
