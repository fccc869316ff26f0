package book

import (
	"cmp"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"example/workbook/site/markdown"
)

const configFile = "mkdocs.yml"

// Config is what mkdocs.yml says.
type Config struct {
	SiteName string
	DocsDir  string     // folder of the chapters, "docs" where nothing is said
	Root     *yaml.Node // all of it, a map, for what other packages read
	Files    []string   // mkdocs.yml, and the files that it inherits from

	from map[*yaml.Node]string // the file of a value that is inherited
	nav  []navItem             // nil where there is no nav
	lost bool                  // nobody can tell where the chapters are
}

// navItem is a file in nav.
type navItem struct {
	path  string // below the root of the book
	title string // "" where nav gives none
	pos   Pos
}

// ReadConfig reads mkdocs.yml at the root of fsys. The error is Problems. The
// files in nav are not looked for.
func ReadConfig(fsys fs.FS) (*Config, error) {
	c, report := readConfig(fsys)
	return c, report.problems.err()
}

func readConfig(fsys fs.FS) (*Config, *report) {
	c := &Config{DocsDir: "docs", from: map[*yaml.Node]string{}}
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
	c.Files = append(c.Files, configFile)
	c.Root = c.inherit(fsys, configFile, root, r)
	if len(r.problems) > 0 {
		c.Root = nil
		return c, r
	}
	c.read(r)
	return c, r
}

// maxInherited bounds a chain of files that inherit.
const maxInherited = 8

// inherit follows INHERIT, which names a file that has what root does not say.
// Maps are merged, anything else is replaced, as MkDocs does it.
func (c *Config) inherit(fsys fs.FS, file string, root *yaml.Node, r *report) *yaml.Node {
	key, value := entry(root, "INHERIT")
	if key == nil {
		return root
	}
	problem := func(format string, args ...any) { r.problems.add(c.At(value), format, args...) }
	name, ok := scalar(value)
	parent := path.Join(path.Dir(file), name)
	switch {
	case !ok || name == "":
		problem("INHERIT names no file: write INHERIT: FILE.yml")
		return root
	case badPath(parent) != "" || path.IsAbs(name):
		problem("INHERIT: %s %s: put that file into the folder of %s", name, cmp.Or(badPath(name), "is an absolute path"), configFile)
		return root
	case slices.Contains(c.Files, parent):
		problem("INHERIT: %s inherits from itself: remove this line", parent)
		return root
	case len(c.Files) > maxInherited:
		problem("INHERIT: more than %d files inherit from each other: write them as one", maxInherited)
		return root
	}
	var data []byte
	err := inside(fsys, parent)
	if err == nil {
		data, err = readFile(fsys, parent, maxConfig)
	}
	if err != nil {
		problem("INHERIT: %s: %s", parent, readError(err, maxConfig))
		return root
	}
	c.Files = append(c.Files, parent)
	theirs := &report{src: newSource(parent, data)}
	var inherited *yaml.Node
	if checkText(theirs.src, theirs) {
		inherited = parseYAML(theirs, theirs.src.text, 0)
	}
	if inherited != nil && inherited.Kind == yaml.MappingNode {
		c.belongs(inherited, parent)
		inherited = c.inherit(fsys, parent, inherited, theirs)
	} else if len(theirs.problems) == 0 {
		theirs.problem(0, 0, "the file must be a map of keys and values")
	}
	r.problems = append(r.problems, theirs.problems...)
	if len(theirs.problems) > 0 {
		return root
	}
	return merged(inherited, root)
}

// belongs notes which file values are from.
func (c *Config) belongs(n *yaml.Node, file string) {
	c.from[n] = file
	for _, child := range n.Content {
		c.belongs(child, file)
	}
}

// merged is a map with what both say; where they differ, over counts.
func merged(under, over *yaml.Node) *yaml.Node {
	m := &yaml.Node{Kind: yaml.MappingNode, Tag: over.Tag, Line: over.Line, Column: over.Column}
	for i := 0; i+1 < len(under.Content); i += 2 {
		key, value := under.Content[i], resolved(under.Content[i+1])
		if k, mine := entry(over, key.Value); k != nil {
			if key = k; value.Kind == yaml.MappingNode && mine.Kind == yaml.MappingNode {
				mine = merged(value, mine)
			}
			value = mine
		}
		m.Content = append(m.Content, key, value)
	}
	for i := 0; i+1 < len(over.Content); i += 2 {
		if k, _ := entry(under, over.Content[i].Value); k == nil {
			m.Content = append(m.Content, over.Content[i], over.Content[i+1])
		}
	}
	return m
}

// At is where a value stands: in mkdocs.yml or in a file that it inherits from.
func (c *Config) At(n *yaml.Node) Pos {
	return Pos{cmp.Or(c.from[n], configFile), n.Line, n.Column}
}

func (c *Config) read(r *report) {
	key, value := entry(c.Root, "site_name")
	name, ok := scalar(value)
	switch {
	case key == nil:
		r.problem(0, 0, "site_name is missing: add site_name: TITLE")
	case !ok:
		r.problems.add(c.At(key), "site_name is no text: write site_name: TITLE")
	}
	c.SiteName = name
	if key, value := entry(c.Root, "docs_dir"); key != nil {
		c.readDocsDir(r, value)
	}
	if key, value := entry(c.Root, "nav"); key != nil && value.Tag != "!!null" {
		n := navReader{c, r, map[string]Pos{}}
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
		r.problems.add(c.At(value), "docs_dir %s %s: name a folder below %s, such as docs_dir: chapters", value.Value, bad, configFile)
		c.lost = true
		return
	}
	c.DocsDir = dir
}

// maker is the first plugin of MkDocs that may add files to the book, for all
// that we know of it, or "".
func (c *Config) maker() string {
	for _, name := range c.names("plugins") {
		name = strings.TrimPrefix(name, "material/")
		if !slices.Contains([]string{"search", "offline", "privacy", "minify", "optimize", "redirects"}, name) {
			return name
		}
	}
	return ""
}

// notation is which blocks of Python-Markdown hold others: those that pages
// show so. Files without a mkdocs.yml are for GitHub, which knows none.
func (c *Config) notation() markdown.Features {
	var f markdown.Features
	if c == nil {
		return f
	}
	for _, name := range c.names("markdown_extensions") {
		f.SetContainer(strings.TrimPrefix(name, "markdown.extensions."))
	}
	return f
}

// names are those in a list of names, each alone or with what it is told, or in
// a map.
func (c *Config) names(key string) []string {
	_, list := entry(c.Root, key)
	if list == nil {
		return nil
	}
	var names []string
	for i, n := range list.Content {
		if list.Kind == yaml.MappingNode && i%2 == 1 {
			continue
		}
		if n = resolved(n); n.Kind == yaml.MappingNode && len(n.Content) > 0 {
			n = n.Content[0]
		}
		if n.Kind == yaml.ScalarNode {
			names = append(names, n.Value)
		}
	}
	return names
}

// navReader flattens nav.
type navReader struct {
	c      *Config
	report *report
	seen   map[string]Pos // where each file stands first
}

func (n *navReader) problem(at *yaml.Node, format string, args ...any) {
	n.report.problems.add(n.c.At(at), format, args...)
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
	if first, twice := n.seen[full]; twice {
		n.report.warnings.add(n.c.At(value), "%s is in nav at %s already, and that is its place among the chapters: remove one", name, first)
		return
	}
	n.seen[full] = n.c.At(value)
	n.c.nav = append(n.c.nav, navItem{full, title, n.c.At(value)})
}

// isExternal tells whether an entry of nav is an address of another site.
func isExternal(name string) bool {
	return strings.Contains(name, "://") || strings.HasPrefix(name, "mailto:") || strings.HasPrefix(name, "//")
}

func isMarkdown(name string) bool {
	return slices.Contains([]string{".md", ".markdown", ".mdown", ".mkdn", ".mkd"}, path.Ext(name))
}
