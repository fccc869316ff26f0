package book

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

const configFile = "mkdocs.yml"

// Config is what mkdocs.yml says.
type Config struct {
	SiteName string
	DocsDir  string     // folder of the chapters, "docs" where nothing is said
	Root     *yaml.Node // all of it, a map, for what other packages read

	nav  []navItem // nil where there is no nav
	lost bool      // nobody can tell where the chapters are
}

// navItem is a file in nav.
type navItem struct {
	path      string // below the root of the book
	title     string // "" where nav gives none
	line, col int    // from 0
}

// ReadConfig reads mkdocs.yml at the root of fsys. The error is Problems. The
// files in nav are not looked for.
func ReadConfig(fsys fs.FS) (*Config, error) {
	c, report := readConfig(fsys)
	return c, report.problems.err()
}

func readConfig(fsys fs.FS) (*Config, *report) {
	c := &Config{DocsDir: "docs"}
	r := &report{src: &source{file: configFile}}
	data, err := readFile(fsys, configFile, maxConfig)
	if errors.Is(err, fs.ErrNotExist) {
		r.problems.add(Pos{File: configFile}, "no such file: a book is a folder with %s, which needs at least site_name: TITLE", configFile)
		return c, r
	} else if err != nil {
		r.problems.add(Pos{File: configFile}, "%s", readError(err, maxConfig))
		return c, r
	}
	r.src = newSource(configFile, data)
	if !checkText(r.src, r) {
		return c, r
	}
	root := parseYAML(r, r.src.text, 0)
	switch {
	case len(r.problems) > 0:
		return c, r
	case root == nil:
		r.problem(0, 0, "the file is empty: write at least site_name: TITLE")
		return c, r
	case root.Kind != yaml.MappingNode:
		r.problem(root.Line-1, root.Column-1, "the file must be a map of keys and values: write at least site_name: TITLE")
		return c, r
	}
	c.Root = root
	c.read(r)
	return c, r
}

func (c *Config) read(r *report) {
	if key, _ := entry(c.Root, "INHERIT"); key != nil {
		r.problem(key.Line-1, key.Column-1, "INHERIT is not followed: write the inherited keys into this file")
	}
	key, value := entry(c.Root, "site_name")
	name, ok := scalar(value)
	switch {
	case key == nil:
		r.problem(0, 0, "site_name is missing: add site_name: TITLE")
	case !ok:
		r.problem(key.Line-1, key.Column-1, "site_name is no text: write site_name: TITLE")
	}
	c.SiteName = name
	if key, value := entry(c.Root, "docs_dir"); key != nil {
		c.readDocsDir(r, value)
	}
	if key, value := entry(c.Root, "nav"); key != nil && value.Tag != "!!null" {
		n := navReader{c, r, map[string]int{}}
		if value.Kind == yaml.SequenceNode {
			c.nav = []navItem{}
		}
		n.list(value)
	}
}

func (c *Config) readDocsDir(r *report, value *yaml.Node) {
	dir, ok := scalar(value)
	bad := ""
	switch {
	case !ok || dir == "" || value.Tag == "!ENV":
		bad = "is no text"
	case path.Clean(dir) == ".":
		bad = "is the folder of mkdocs.yml itself"
	default:
		dir = strings.TrimPrefix(dir, "./")
		if len(dir) > 1 {
			dir = strings.TrimSuffix(dir, "/")
		}
		bad = badPath(dir)
	}
	if bad != "" {
		r.problem(value.Line-1, value.Column-1, "docs_dir %s %s: name a folder below %s, such as docs_dir: chapters", value.Value, bad, configFile)
		c.lost = true
		return
	}
	c.DocsDir = dir
}

// navReader flattens nav.
type navReader struct {
	c      *Config
	report *report
	seen   map[string]int // line of each file, from 1
}

func (n *navReader) problem(at *yaml.Node, format string, args ...any) {
	n.report.problem(at.Line-1, at.Column-1, format, args...)
}

func (n *navReader) list(list *yaml.Node) {
	if list.Kind != yaml.SequenceNode {
		n.problem(list, "nav must be a list: begin each line with - FILE.md or - TITLE: FILE.md")
		return
	}
	for _, item := range list.Content {
		item = resolved(item)
		switch item.Kind {
		case yaml.MappingNode:
			for i := 0; i+1 < len(item.Content); i += 2 {
				n.titled(item.Content[i], resolved(item.Content[i+1]))
			}
		case yaml.ScalarNode:
			n.file("", item)
		default:
			n.problem(item, "a list directly in a list: give it a title, as in - TITLE:")
		}
	}
}

// titled reads TITLE: FILE and TITLE: LIST.
func (n *navReader) titled(title, value *yaml.Node) {
	if value.Kind == yaml.SequenceNode && value.Tag != "!ENV" {
		n.list(value)
		return
	}
	text, _ := scalar(title)
	n.file(text, value)
}

func (n *navReader) file(title string, value *yaml.Node) {
	name, ok := scalar(value)
	if !ok || name == "" {
		n.problem(value, "this entry of nav names no file: write FILE.md or TITLE: FILE.md")
		return
	}
	if isExternal(name) {
		return
	}
	full := path.Join(n.c.DocsDir, name)
	if path.IsAbs(name) || strings.Contains(name, "\\") || !strings.HasPrefix(full, n.c.DocsDir+"/") {
		n.problem(value, "%s is outside docs_dir (%s): only files in it can be chapters", name, n.c.DocsDir)
		return
	}
	if line, twice := n.seen[full]; twice {
		n.problem(value, "%s is in nav at line %d already: remove one", name, line)
		return
	}
	n.seen[full] = value.Line
	n.c.nav = append(n.c.nav, navItem{full, title, value.Line - 1, value.Column - 1})
}

// isExternal tells whether an entry of nav is an address of another site.
func isExternal(name string) bool {
	return strings.Contains(name, "://") || strings.HasPrefix(name, "mailto:") || strings.HasPrefix(name, "//")
}

func isMarkdown(name string) bool {
	return slices.Contains([]string{".md", ".markdown", ".mdown", ".mkdn", ".mkd"}, path.Ext(name))
}
