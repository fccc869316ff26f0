package site

import (
	"path"
	"strings"
)

// patterns are those of a .gitignore file: the last one that fits decides.
type patterns []pattern

type pattern struct {
	text   string
	not    bool // the line began with !
	rooted bool // it counts from docs_dir only
	folder bool // it is for folders only
}

func newPatterns(text string) patterns {
	var ps patterns
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		var p pattern
		line, p.not = strings.CutPrefix(line, "!")
		line, p.folder = strings.CutSuffix(line, "/")
		p.rooted = strings.Contains(line, "/")
		p.text = strings.TrimPrefix(line, "/")
		ps = append(ps, p)
	}
	return ps
}

// match tells whether a file, a path below docs_dir, is one of those meant.
func (ps patterns) match(file string) bool {
	found := false
	for _, p := range ps {
		if p.match(file) {
			found = !p.not
		}
	}
	return found
}

// match also looks at the folders that the file is in.
func (p pattern) match(file string) bool {
	for name, folder := file, false; name != "."; name, folder = path.Dir(name), true {
		if p.folder && !folder {
			continue
		}
		if p.rooted && matchPath(p.text, name) || !p.rooted && matchPath(p.text, path.Base(name)) {
			return true
		}
	}
	return false
}

// matchPath is path.Match with ** for any folders.
func matchPath(pattern, name string) bool {
	before, after, ok := strings.Cut(pattern, "**/")
	if !ok {
		if before, ok := strings.CutSuffix(pattern, "/**"); ok {
			return strings.HasPrefix(name, before+"/")
		}
		matched, err := path.Match(pattern, name)
		return err == nil && matched
	}
	for rest := name; ; {
		if before == "" || strings.HasPrefix(name, before) {
			if matchPath(after, strings.TrimPrefix(rest, before)) {
				return true
			}
		}
		i := strings.IndexByte(rest, '/')
		if i < 0 {
			return false
		}
		rest = rest[i+1:]
	}
}
