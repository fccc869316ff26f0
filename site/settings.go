package site

import (
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"example/workbook/internal/book"
	"example/workbook/site/markdown"
)

// settings are what mkdocs.yml says about pages.
type settings struct {
	name, description, author, copyright, language string
	url                                            string // with a slash at its end; "" where nothing is said
	docs, dir                                      string // docs_dir and site_dir
	directories                                    bool   // use_directory_urls
	repo, repoName, edit                           string // edit is an address without the file; "" for no link
	scheme                                         string // light, dark, or "" for the reader's
	nav                                            []navItem
	css, js                                        []string // below docs
	favicon                                        string
	redirects                                      []redirect
	exclude, drafts, notInNav                      patterns
	features                                       markdown.Features
	slugs                                          markdown.Slugs
	tocDepth                                       int
	snippets                                       bool     // --8<-- includes are followed
	includes                                       []string // folders that they are looked up in
	appended                                       []string // files that every page ends with
	checkLinks, checkAnchors                       bool

	config             *book.Config
	problems, warnings book.Problems
	getenv             func(string) string
}

// redirect sends readers of a file that moved to where it is now.
type redirect struct {
	book.Pos
	from, to string
}

const configFile = "mkdocs.yml"

func (s *settings) problem(n *yaml.Node, format string, args ...any) {
	s.problems = append(s.problems, book.Problem{Pos: s.config.At(n), Msg: fmt.Sprintf(format, args...)})
}

func (s *settings) warn(n *yaml.Node, format string, args ...any) {
	s.warnings = append(s.warnings, book.Problem{Pos: s.config.At(n), Msg: fmt.Sprintf(format, args...)})
}

// readSettings reads mkdocs.yml. What is there and has no effect on pages is named
// once, as a warning.
func readSettings(c *book.Config, fsys fs.FS, getenv func(string) string) *settings {
	root := c.Root
	s := &settings{
		config: c, docs: c.DocsDir, dir: "site", directories: true, language: "en", tocDepth: 3,
		checkLinks: true, checkAnchors: true, getenv: getenv,
	}
	if root == nil {
		return s
	}
	for key, value := range entries(root) {
		s.key(key, value)
	}
	s.checkDir(root, fsys)
	s.editAddress()
	return s
}

// key reads one key of mkdocs.yml.
func (s *settings) key(key, value *yaml.Node) {
	switch key.Value {
	case "site_name":
		s.name = s.text(value)
	case "site_description":
		s.description = s.text(value)
	case "site_author":
		s.author = s.text(value)
	case "copyright":
		s.copyright = s.html(value)
	case "site_url":
		s.siteURL(value)
	case "site_dir":
		if dir := s.text(value); dir != "" {
			s.dir = path.Clean(dir)
		}
	case "use_directory_urls":
		s.directories = s.flag(value, true)
	case "repo_url":
		s.repo = strings.TrimSuffix(s.web(value), "/")
	case "repo_name":
		s.repoName = s.text(value)
	case "edit_uri":
		s.edit = s.web(value)
	case "nav":
		s.nav = s.readNav(value)
	case "theme":
		s.theme(value)
	case "markdown_extensions":
		s.extensions(value)
	case "plugins":
		s.plugins(value)
	case "extra_css":
		s.css = s.files(value)
	case "extra_javascript":
		s.js = s.files(value)
	case "exclude_docs":
		s.exclude = newPatterns(s.text(value))
	case "draft_docs":
		s.drafts = newPatterns(s.text(value))
	case "not_in_nav":
		s.notInNav = newPatterns(s.text(value))
	case "validation":
		s.validation(value)
	case "hooks":
		s.warn(key, "hooks are Python that MkDocs runs: workbook never runs it, so that pages come out as if there were none")
	case "docs_dir", "strict", "watch", "dev_addr", "remote_branch", "remote_name", "INHERIT":
		// read elsewhere, or about MkDocs' own commands
	case "extra":
		s.unsupported("extra", value)
	default:
		s.warn(key, "%s has no effect on the pages that workbook builds", key.Value)
	}
}

// html is the text of a value that becomes HTML, without what acts in it.
func (s *settings) html(n *yaml.Node) string {
	t := tame([]byte(s.text(n)))
	if t.out != nil {
		s.warn(n, "%s: "+leftOutOfPage+"runs nothing and looks as the site does", strings.Join(t.out, ", "))
	}
	for _, a := range t.away {
		s.warn(n, "the %s %s: put it below %s", a, onAnotherHost, s.docs)
	}
	return string(t.html)
}

// web is the text of a value that becomes an address, "" for one that is a
// program.
func (s *settings) web(n *yaml.Node) string {
	text := s.text(n)
	if runs(text) {
		s.warn(n, "%s: not a link, for a page runs nothing", shortened(text, 60))
		return ""
	}
	return text
}

// unsupported names the keys of a map that have no effect.
func (s *settings) unsupported(name string, value *yaml.Node) {
	var keys []string
	for key := range entries(value) {
		keys = append(keys, key.Value)
	}
	if len(keys) > 0 {
		s.warn(value, "%s: %s: no effect on the pages that workbook builds", name, strings.Join(keys, ", "))
	}
}

func (s *settings) siteURL(value *yaml.Node) {
	text := s.text(value)
	if text == "" {
		return
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		s.problem(value, "site_url %s is no address: write https://HOST/ with the path below which the site will lie", text)
		return
	}
	s.url = strings.TrimSuffix(text, "/") + "/"
}

// checkDir refuses a site_dir in which a build would destroy something.
func (s *settings) checkDir(root *yaml.Node, fsys fs.FS) {
	at := root
	for key, value := range entries(root) {
		if key.Value == "site_dir" {
			at = value
		}
	}
	clean := path.Clean(s.dir)
	switch {
	case path.IsAbs(clean) || clean == "." || clean == ".." || strings.HasPrefix(clean, "../"):
		s.problem(at, "site_dir %s is no folder of its own below %s: write site_dir: public", s.dir, configFile)
	case clean == s.docs || strings.HasPrefix(s.docs, clean+"/") || strings.HasPrefix(clean, s.docs+"/"):
		s.problem(at, "site_dir %s and docs_dir %s lie in each other: write site_dir: public", s.dir, s.docs)
	default:
		if why := holdsSources(fsys, clean); why != "" {
			s.problem(at, "site_dir %s %s, which a build would delete: write site_dir: public", s.dir, why)
		}
	}
}

// editAddress completes edit_uri, for which MkDocs knows two hosts.
func (s *settings) editAddress() {
	if s.repo == "" {
		s.edit = ""
		return
	}
	if s.edit == "" {
		switch {
		case strings.Contains(s.repo, "//github.com/"), strings.Contains(s.repo, "//gitlab.com/"):
			s.edit = "edit/master/" + s.docs + "/"
		default:
			return
		}
	}
	if !strings.Contains(s.edit, "://") {
		s.edit = s.repo + "/" + strings.TrimPrefix(s.edit, "/")
	}
	s.edit = strings.TrimSuffix(s.edit, "/") + "/"
}

// navItem is an entry of nav: a file, an address, or a list with a title.
type navItem struct {
	book.Pos
	title    string
	file     string // below docs
	address  string
	children []navItem
}

// readNav reads nav, whose shape book.Load has checked.
func (s *settings) readNav(list *yaml.Node) []navItem {
	var items []navItem
	for _, n := range content(list) {
		switch n.Kind {
		case yaml.MappingNode:
			for key, value := range entries(n) {
				items = append(items, s.navEntry(key.Value, value))
			}
		case yaml.ScalarNode:
			items = append(items, s.navEntry("", n))
		}
	}
	return items
}

func (s *settings) navEntry(title string, value *yaml.Node) navItem {
	item := navItem{Pos: s.config.At(value), title: title}
	if value.Kind == yaml.SequenceNode && value.Tag != "!ENV" {
		item.children = s.readNav(value)
		return item
	}
	target := s.text(value)
	if runs(target) {
		s.problem(value, "%s: not a link, for a page runs nothing", shortened(target, 60))
		return item
	}
	if isExternal(target) {
		item.address = target
		item.title = orElse(title, target)
		return item
	}
	item.file = path.Clean(target)
	return item
}

func (s *settings) theme(value *yaml.Node) {
	for key, v := range entries(value) {
		switch key.Value {
		case "name", "static_templates", "locale", "highlightjs", "hljs_languages", "hljs_style", "include_search_page", "search_index_only":
		case "language":
			s.language = orElse(s.text(v), s.language)
		case "favicon":
			s.favicon = s.text(v)
		case "features":
			s.themeFeatures(v)
		case "palette":
			s.palette(v)
		case "font":
			if s.flag(v, true) {
				s.warn(key, "theme.font has no effect: pages use the fonts of the reader's system, and ask no other host for any")
			}
		case "custom_dir":
			s.warn(key, "theme.custom_dir holds templates of MkDocs: workbook has pages of its own and does not read them")
		default:
			s.warn(key, "theme.%s has no effect: pages have a look of their own", key.Value)
		}
	}
}

// builtIn are Material's features that pages always have, or whose purpose
// they serve in another way.
func builtIn() []string {
	return []string{
		"content.code.copy", "content.code.select", "content.action.edit", "content.tooltips", "navigation.footer", "navigation.indexes",
		"navigation.instant", "navigation.instant.prefetch", "navigation.instant.progress", "navigation.path", "navigation.prune",
		"navigation.sections", "navigation.top", "navigation.tracking", "search.highlight", "search.suggest", "search.share", "toc.follow",
	}
}

func (s *settings) themeFeatures(list *yaml.Node) {
	var without []string
	for _, n := range content(list) {
		if name := s.text(n); !slices.Contains(builtIn(), name) {
			without = append(without, name)
		}
	}
	if len(without) > 0 {
		s.warn(list, "theme.features: %s: no effect on the pages that workbook builds", strings.Join(without, ", "))
	}
}

// palette takes a fixed scheme. Several with a toggle are what pages have
// anyway; colours are theirs.
func (s *settings) palette(value *yaml.Node) {
	if value.Kind == yaml.SequenceNode {
		return
	}
	for key, v := range entries(value) {
		switch key.Value {
		case "scheme":
			s.scheme = map[string]string{"default": "light", "slate": "dark"}[s.text(v)]
		case "media", "toggle":
		default:
			s.warn(key, "theme.palette.%s has no effect: pages have colours of their own, tested for contrast", key.Value)
		}
	}
}

func (s *settings) plugins(list *yaml.Node) {
	for name, options := range s.named(list) {
		switch name.Value {
		case "search", "offline", "privacy", "minify", "optimize":
		case "redirects":
			s.readRedirects(options)
		default:
			s.warn(name, "the plugin %s is MkDocs' and is not run: pages come out as if it were not there", name.Value)
		}
	}
}

func (s *settings) readRedirects(options *yaml.Node) {
	for key, maps := range entries(options) {
		if key.Value != "redirect_maps" {
			continue
		}
		for from, to := range entries(maps) {
			s.redirects = append(s.redirects, redirect{s.config.At(from), path.Clean(from.Value), s.web(to)})
		}
	}
}

// files reads a list of files below docs_dir; what lies elsewhere is refused,
// for a page asks no other host for anything.
func (s *settings) files(list *yaml.Node) []string {
	var files []string
	for _, n := range content(list) {
		name := s.text(n)
		if n.Kind == yaml.MappingNode {
			for key, v := range entries(n) {
				if key.Value == "path" {
					name = s.text(v)
				}
			}
		}
		switch {
		case name == "":
		case isExternal(name):
			s.warn(n, "%s is left out: a page asks no other host for anything; put the file below %s", name, s.docs)
		default:
			files = append(files, path.Clean(name))
		}
	}
	return files
}

func (s *settings) validation(value *yaml.Node) {
	quiet := func(v *yaml.Node) bool { t := s.text(v); return t == "ignore" || t == "info" }
	for key, v := range entries(value) {
		if key.Value != "links" {
			continue
		}
		for key, v := range entries(v) {
			switch key.Value {
			case "not_found":
				s.checkLinks = !quiet(v)
			case "anchors":
				s.checkAnchors = !quiet(v)
			}
		}
	}
}

// text is the text of a value. !ENV names variables, and last a default.
func (s *settings) text(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	if n.Tag == "!ENV" {
		names := []*yaml.Node{n}
		if n.Kind == yaml.SequenceNode {
			names = n.Content
		}
		for i, name := range names {
			if s.getenv != nil {
				if v := s.getenv(name.Value); v != "" {
					return v
				}
			}
			if n.Kind == yaml.SequenceNode && i == len(names)-1 && i > 0 && name.Tag != "!!null" {
				return name.Value
			}
		}
		return ""
	}
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return ""
	}
	return n.Value
}

func (s *settings) flag(n *yaml.Node, otherwise bool) bool {
	switch strings.ToLower(s.text(n)) {
	case "true", "yes", "on":
		return true
	case "false", "no", "off":
		return false
	}
	return otherwise
}

func (s *settings) number(n *yaml.Node, otherwise int) int {
	if v, err := strconv.Atoi(s.text(n)); err == nil {
		return v
	}
	return otherwise
}

// named yields what a list of names, each alone or with options, holds. MkDocs
// also takes a map of them.
func (s *settings) named(list *yaml.Node) func(func(name, options *yaml.Node) bool) {
	return func(yield func(name, options *yaml.Node) bool) {
		if list.Kind == yaml.MappingNode {
			entries(list)(yield)
			return
		}
		for _, n := range content(list) {
			if n.Kind == yaml.ScalarNode {
				if !yield(n, nil) {
					return
				}
				continue
			}
			for key, value := range entries(n) {
				if !yield(key, value) {
					return
				}
			}
		}
	}
}

// entries yields the keys and values of a map; nothing for anything else.
func entries(n *yaml.Node) func(func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		if n = resolved(n); n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], resolved(n.Content[i+1])) {
				return
			}
		}
	}
}

// content is the items of a list; nothing for anything else.
func content(n *yaml.Node) []*yaml.Node {
	if n = resolved(n); n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	items := make([]*yaml.Node, len(n.Content))
	for i, c := range n.Content {
		items[i] = resolved(c)
	}
	return items
}

func resolved(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func isExternal(target string) bool {
	return strings.Contains(target, "://") || strings.HasPrefix(target, "//") || strings.HasPrefix(target, "mailto:") || strings.HasPrefix(target, "tel:")
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
