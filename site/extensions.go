package site

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"example/workbook/site/markdown"
)

// extensions reads markdown_extensions.
func (s *settings) extensions(list *yaml.Node) {
	for name, options := range s.named(list) {
		if name.Value == "pymdownx.arithmatex" {
			s.warn(name, "pymdownx.arithmatex: formulas are shown as they are written, for a script of another host would have to set them")
		}
		if !s.extension(name.Value, options) {
			s.warn(name, "the Markdown extension %s is not supported: its notation stays as it is written", name.Value)
		}
	}
}

// extension turns on what an extension of Python-Markdown is there for. It
// returns false for one that is not known.
func (s *settings) extension(name string, options *yaml.Node) bool {
	f := &s.features
	name = strings.TrimPrefix(name, "markdown.extensions.")
	switch name {
	case "tables", "fenced_code", "footnotes", "sane_lists", "meta", "codehilite", "legacy_em", "legacy_attrs",
		"pymdownx.superfences", "pymdownx.highlight", "pymdownx.tasklist", "pymdownx.betterem",
		"pymdownx.saneheaders", "callouts", "github-callouts":
		s.fenceOptions(name, options)
	case "pymdownx.magiclink":
		for key := range entries(options) {
			if strings.HasSuffix(key.Value, "_shorthand") || strings.HasSuffix(key.Value, "_shortener") {
				s.warn(key, "pymdownx.magiclink: %s has no effect: @NAME, #NUMBER and long addresses stay as they are written", key.Value)
			}
		}
	case "pymdownx.inlinehilite":
		f.CodeLanguages = true
	case "pymdownx.critic":
		f.Critic = true
	case "pymdownx.emoji":
		f.Signs = true
	case "pymdownx.arithmatex":
		f.Formulas = true
	case "smarty":
		f.Typographic = true
	case "pymdownx.blocks.admonition":
		f.SlashNotes = true
		s.slashTypes(options)
	case "pymdownx.blocks.details":
		f.SlashDetails = true
	case "pymdownx.blocks.tab":
		f.SlashTabs = true
	case "pymdownx.blocks.html":
		f.SlashHTML = true
	case "pymdownx.blocks.caption":
		f.SlashCaptions = true
	case "pymdownx.blocks.definition":
		f.SlashDefinitions = true
	case "toc":
		s.toc(options)
	case "extra":
		f.Abbreviations, f.Attributes, f.Definitions, f.InHTML = true, true, true, true
	case "pymdownx.extra":
		f.Abbreviations, f.Attributes, f.Definitions, f.InHTML = true, true, true, true
	case "abbr":
		f.Abbreviations = true
	case "attr_list":
		f.Attributes = true
	case "def_list":
		f.Definitions = true
	case "md_in_html":
		f.InHTML = true
	case "pymdownx.mark":
		f.Mark = true
	case "pymdownx.caret":
		f.Caret = true
	case "pymdownx.tilde":
		f.Tilde = true
	case "pymdownx.keys":
		f.Keys = true
	case "pymdownx.snippets":
		s.snippets = true
		s.snippetOptions(options)
	default:
		return f.SetContainer(name)
	}
	return true
}

// slashTypes takes names of notes: alone, or with what the notes are like.
func (s *settings) slashTypes(options *yaml.Node) {
	for key, value := range entries(options) {
		if key.Value != "types" {
			continue
		}
		for _, n := range content(value) {
			name := s.text(n)
			for key, v := range entries(n) {
				if key.Value == "name" {
					name = s.text(v)
				}
			}
			if name != "" {
				s.features.SlashTypes = append(s.features.SlashTypes, name)
			}
		}
	}
}

// fenceOptions names the fences for which MkDocs calls Python.
func (s *settings) fenceOptions(name string, options *yaml.Node) {
	if name != "pymdownx.superfences" {
		return
	}
	for key, value := range entries(options) {
		if key.Value != "custom_fences" {
			continue
		}
		var names []string
		for _, fence := range content(value) {
			for key, v := range entries(fence) {
				if key.Value == "name" {
					names = append(names, s.text(v))
				}
			}
		}
		s.warn(key, "custom_fences: %s: shown as they are written, for Python would have to draw them", strings.Join(names, ", "))
	}
}

func (s *settings) toc(options *yaml.Node) {
	for key, value := range entries(options) {
		switch key.Value {
		case "separator":
			s.slugs.Separator = s.text(value)
		case "toc_depth":
			s.tocDepth = s.number(value, s.tocDepth)
		case "slugify":
			s.slugify(value)
		case "baselevel":
			if s.number(value, 1) == 1 {
				continue
			}
			s.warn(key, "toc.baselevel has no effect: headings keep the level that they are written with")
		}
	}
}

// slugify knows the functions that authors name here; it calls none.
func (s *settings) slugify(value *yaml.Node) {
	switch {
	case strings.Contains(value.Tag, "pymdownx.slugs."):
		s.slugs.Unicode, s.slugs.Runs = true, true
	case strings.HasSuffix(value.Tag, "slugify_unicode"):
		s.slugs.Unicode = true
	case strings.HasSuffix(value.Tag, "toc.slugify"), value.Tag == "!!null":
	default:
		s.warn(value, "toc.slugify %s is Python and is not called: ids of headings are made as MkDocs makes them by default", strings.TrimPrefix(value.Tag, "tag:yaml.org,2002:"))
	}
}

func (s *settings) snippetOptions(options *yaml.Node) {
	for key, value := range entries(options) {
		switch key.Value {
		case "base_path":
			if dir := s.text(value); dir != "" {
				s.includes = append(s.includes, dir)
			}
			for _, n := range content(value) {
				s.includes = append(s.includes, s.text(n))
			}
		case "auto_append":
			for _, n := range content(value) {
				s.appended = append(s.appended, s.text(n))
			}
		case "check_paths", "dedent_subsections", "encoding", "restrict_base_path":
		default:
			s.warn(key, "pymdownx.snippets: %s has no effect: files of the book can be included, and nothing else", key.Value)
		}
	}
}

// newMarkdown is the reader of this book's Markdown.
func (s *settings) newMarkdown() *reader {
	f := s.features
	f.Compact = true
	return &reader{markdown.New(f)}
}
