package lint

import (
	"bytes"
	"regexp"

	"github.com/yuin/goldmark/ast"
)

// notation is one that Python-Markdown has with an extension, and that GitHub
// shows as it is written.
type notation struct {
	form       *regexp.Regexp // its first group is what is reported
	extensions []string       // any of them makes it; none means that it is always known
	say        string
}

// lineNotations begin a line of a paragraph.
var lineNotations = []notation{
	{regexp.MustCompile(`^(!!!) +\w`), []string{"admonition"}, "a note with !!! is text and code on GitHub: write > **Note.** and a sentence"},
	{regexp.MustCompile(`^(\?\?\?\+?) +["\w]`), []string{"pymdownx.details"}, "a folded note with ??? is text and code on GitHub: write <details markdown>, and <summary> on a line of its own"},
	{regexp.MustCompile(`^(===[!+]?) +"`), []string{"pymdownx.tabbed"}, "tabs with === are text and code on GitHub: write a heading, or **Title**, above each block"},
	{regexp.MustCompile(`^(/{3,}) *[a-z][\w-]*(?: *\|.*)?\s*$`), slashBlocks(), "a block with /// is text on GitHub: write > **Note.** and a sentence, or <details markdown>"},
	{regexp.MustCompile(`^(\*\[[^\]\n]+\]:)`), []string{"abbr"}, "an abbreviation is a line of text on GitHub: write the long form where the word stands first"},
	{regexp.MustCompile(`^(\[TOC\])\s*$`), nil, "[TOC] is text on GitHub, which has a table of contents of its own, as pages have: take the line out"},
	{regexp.MustCompile(`^(-+8<-+)(?: |\s*$)`), []string{"pymdownx.snippets"}, "an include is text on GitHub, and its readers see no more of the file: write the text here"},
	{regexp.MustCompile(`^(\{:? *[.#]?\w[^{}\n]*\})\s*$`), []string{"attr_list"}, "attributes in braces are text on GitHub: take them out, or write the element as HTML"},
}

// definition is the second line of a definition list.
var definition = notation{regexp.MustCompile(`^(:) +\S`), []string{"def_list"}, "a definition with : is part of the text above on GitHub: write **Term.** and a sentence, or a list"}

// headingAttributes are those at the end of a heading.
var headingAttributes = notation{regexp.MustCompile(`(\{:? *[.#]\w[^{}\n]*\})[ #]*$`), []string{"attr_list"}, "attributes in braces are part of the heading on GitHub: take them out, and link to the id that the heading gets by itself"}

// attributes stand behind a link, an image, code or emphasis.
var attributes = notation{regexp.MustCompile(`^(\{:? *[.#]?\w[^{}\n]*\})`), []string{"attr_list"}, "attributes in braces are text on GitHub: take them out, or write the element as HTML"}

// textNotations stand anywhere in a text.
var textNotations = []notation{
	{regexp.MustCompile(`(?:^|[^\w=])(==[^=\s](?:[^=\n]*[^=\s])?==)(?:$|[^\w=])`), []string{"pymdownx.mark"}, "== marks nothing on GitHub: write <mark>"},
	{regexp.MustCompile(`(?:^|[^\w+{])(\+\+[\w"-]+(?:\+[\w"-]+)*\+\+)(?:$|[^\w+])`), []string{"pymdownx.keys"}, "keys with ++ are text on GitHub: write <kbd> for each"},
	{regexp.MustCompile(`(\^\^[^\s^](?:[^^\n]*[^\s^])?\^\^)`), []string{"pymdownx.caret"}, "^^ underlines nothing on GitHub: write <ins>"},
	{regexp.MustCompile(`(?:[^\\^]|^)(\^[^\s^]+\^)(?:$|[^^])`), []string{"pymdownx.caret"}, "a single ^ raises nothing on GitHub: write <sup>"},
	{regexp.MustCompile(`(\{(?:\+\+|--|==|>>|~~)[^\n]*(?:\+\+|--|==|<<|~~)\})`), []string{"pymdownx.critic"}, "a change in braces is text on GitHub: write <ins>, <del> or <mark>"},
	{regexp.MustCompile(`(:(?:material|octicons|fontawesome|simple)-[\w-]+:)`), []string{"pymdownx.emoji"}, "the name of an icon is text on GitHub: write a word, or an emoji that GitHub knows too"},
}

// codeNotation is code with its language in front.
var codeNotation = notation{regexp.MustCompile(`^((?:#!|:::)[\w#.+-]+) `), []string{"pymdownx.inlinehilite"}, "the language in front of code in a line is part of the code on GitHub: take it out"}

func slashBlocks() []string {
	return []string{"pymdownx.blocks.admonition", "pymdownx.blocks.details", "pymdownx.blocks.tab", "pymdownx.blocks.html", "pymdownx.blocks.caption", "pymdownx.blocks.definition"}
}

// notation reports n where a text, which begins at an offset, has it.
func (c *checker) notation(n notation, at int, text []byte) {
	known := len(n.extensions) == 0
	for _, e := range n.extensions {
		known = known || c.on.has(e)
	}
	if m := n.form.FindSubmatchIndex(text); known && m != nil {
		c.add(at+m[2], "%s", n.say)
	}
}

// lines looks for notations at the beginning of the lines of a paragraph.
func (c *checker) lines(n *ast.Paragraph) {
	for i := range n.Lines().Len() {
		seg := n.Lines().At(i)
		text := seg.Value(c.source)
		for _, form := range lineNotations {
			c.notation(form, seg.Start, text)
		}
		_, follows := n.PreviousSibling().(*ast.Paragraph)
		if i > 0 || follows {
			c.notation(definition, seg.Start, text)
		}
	}
}

// inText looks for notations in a piece of text.
func (c *checker) inText(n *ast.Text, at int, text []byte) {
	switch n.PreviousSibling().(type) {
	case *ast.Link, *ast.Image, *ast.CodeSpan, *ast.Emphasis:
		c.notation(attributes, at, text)
	}
	if !bytes.ContainsAny(text, "=+^{:") {
		return
	}
	for _, form := range textNotations {
		c.notation(form, at, text)
	}
}
