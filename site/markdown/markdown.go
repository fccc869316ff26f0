// Package markdown is the Markdown of MkDocs' authors for goldmark: CommonMark
// and GitHub's additions, and beside them the notations of Python-Markdown and
// its extensions that a book may ask for in mkdocs.yml.
//
// Where the two worlds disagree about plain Markdown, such as how far a nested
// list is indented, this package reads as CommonMark does.
package markdown

import (
	"regexp"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// Features are the notations that are on beside those of CommonMark and GitHub:
// tables, task lists, footnotes, strikethrough, bare addresses and alerts.
type Features struct {
	Admonitions   bool // !!! note "Title"
	Details       bool // ??? note "Title"
	Tabs          bool // === "Title"
	Attributes    bool // { .class #id key="value" }
	Definitions   bool // Term, then : definition
	Abbreviations bool // *[HTML]: Hyper Text Markup Language
	InHTML        bool // <div markdown>
	Mark          bool // ==marked==
	Caret         bool // ^^inserted^^ and ^superscript^
	Tilde         bool // ~subscript~; without it, GitHub's single tilde strikes through
	Keys          bool // ++ctrl+c++
	Critic        bool // {++added++}, {--taken out--}, {>>remark<<}
	Signs         bool // :smile:, and :material-check:, of which pages show the name or nothing
	Formulas      bool // $x$, which stays as it is written
	CodeLanguages bool // `#!go x := 1`, of which the language is not shown
	Typographic   bool // curly quotation marks and dashes

	// Compact writes text in fewer bytes, compressed too, with the same meaning:
	// quotation marks as they are, and a blank where a line of the source ends.
	Compact bool

	// The generic blocks: /// note | Title
	SlashNotes, SlashDetails, SlashTabs, SlashHTML, SlashCaptions, SlashDefinitions bool

	SlashTypes []string // names of notes beside those that everybody knows
}

// All has every feature on but Typographic, which would change any text.
func All() Features {
	return Features{
		Admonitions: true, Details: true, Tabs: true, Attributes: true, Definitions: true, Abbreviations: true, InHTML: true,
		Mark: true, Caret: true, Tilde: true, Keys: true, Critic: true, Signs: true, Formulas: true, CodeLanguages: true,
		SlashNotes: true, SlashDetails: true, SlashTabs: true, SlashHTML: true, SlashCaptions: true, SlashDefinitions: true,
	}
}

// Slashes tells whether there are generic blocks.
func (f Features) Slashes() bool {
	return f.SlashNotes || f.SlashDetails || f.SlashTabs || f.SlashHTML || f.SlashCaptions || f.SlashDefinitions
}

// Addresses without marks around them are those of goldmark, but that the last part
// of a host may have digits: k8s.
const (
	host   = "[-a-zA-Z0-9@:%._\\+~#=]{1,256}\\.[a-z](?:[a-z0-9-]*[a-z0-9])?"
	behind = "(?:[/#?][-a-zA-Z0-9@:%_+.~#$!?&/=();,'\">^{}\\[\\]`]*)?"
)

var (
	bareAddress = regexp.MustCompile("^(?:https?|ftp)://" + host + "(?::\\d+)?" + behind)
	bareHost    = regexp.MustCompile("^www\\." + host + behind)
)

// New returns a parser and renderer that may be used by many goroutines at
// once. HTML in the text is kept: whoever writes a book may write HTML.
func New(f Features) goldmark.Markdown {
	ext := []goldmark.Extender{extension.Table, extension.TaskList, extension.NewLinkify(extension.WithLinkifyURLRegexp(bareAddress), extension.WithLinkifyWWWRegexp(bareHost)), extension.Footnote, ours{f}}
	if !f.Tilde {
		ext = append(ext, extension.Strikethrough)
	}
	if f.Definitions {
		ext = append(ext, extension.DefinitionList)
	}
	if f.Typographic {
		ext = append(ext, extension.Typographer)
	}
	return goldmark.New(
		goldmark.WithExtensions(ext...),
		goldmark.WithRendererOptions(html.WithUnsafe()),
	)
}

// SetContainer turns on the blocks of an extension of Python-Markdown whose text is
// indented by four columns. It returns false for another extension.
func (f *Features) SetContainer(extension string) bool {
	switch extension {
	case "admonition":
		f.Admonitions = true
	case "pymdownx.details":
		f.Details = true
	case "pymdownx.tabbed":
		f.Tabs = true
	default:
		return false
	}
	return true
}

// Containers are the parsers of the blocks whose text is indented by four
// columns: notes and tabs.
func (f Features) Containers() []util.PrioritizedValue {
	var blocks []util.PrioritizedValue
	if f.Admonitions || f.Details {
		blocks = append(blocks, util.Prioritized(&admonitionParser{f}, 90))
	}
	if f.Tabs {
		blocks = append(blocks, util.Prioritized(tabParser{}, 91))
	}
	return blocks
}

// ours is what this package adds to goldmark.
type ours struct{ Features }

// Extend implements [goldmark.Extender].
func (f ours) Extend(m goldmark.Markdown) {
	var paragraphs, trees []util.PrioritizedValue
	inlines := []util.PrioritizedValue{util.Prioritized(limiter{}, 0)}
	blocks := f.Containers()
	if f.Slashes() {
		blocks = append(blocks, util.Prioritized(&slashParser{f.Features}, 92))
	}
	if f.Formulas {
		blocks = append(blocks, util.Prioritized(formulaBlockParser{}, 93))
		inlines = append(inlines, util.Prioritized(formulaParser{}, 90))
	}
	if f.Signs {
		inlines = append(inlines, util.Prioritized(signParser{}, 504))
	}
	if f.Critic {
		inlines = append(inlines, util.Prioritized(criticParser{}, 95))
	}
	if f.InHTML {
		blocks = append(blocks, util.Prioritized(tagParser{}, 890))
	}
	if f.Mark {
		inlines = append(inlines, util.Prioritized(pairParser{'=', [3]Kind{2: Marked}}, 501))
	}
	if f.Caret {
		inlines = append(inlines, util.Prioritized(pairParser{'^', [3]Kind{1: Superscript, 2: InsertedText}}, 502))
	}
	if f.Tilde {
		inlines = append(inlines, util.Prioritized(pairParser{'~', [3]Kind{1: Subscript, 2: DeletedText}}, 500))
	}
	if f.Keys {
		inlines = append(inlines, util.Prioritized(keysParser{}, 503))
	}
	if f.Abbreviations {
		paragraphs = append(paragraphs, util.Prioritized(abbreviationParser{}, 150))
		trees = append(trees, util.Prioritized(abbreviationMarker{}, 700))
	}
	trees = append(trees, util.Prioritized(alertTransformer{}, 500))
	if f.Tabs || f.SlashTabs {
		trees = append(trees, util.Prioritized(tabTransformer{}, 510))
	}
	if f.CodeLanguages {
		trees = append(trees, util.Prioritized(codeLanguageTransformer{}, 520))
	}
	if f.Attributes {
		inlines = append(inlines, util.Prioritized(attributeParser{}, 96))
		trees = append(trees, util.Prioritized(attributeTransformer{}, 600))
	}
	m.Parser().AddOptions(
		parser.WithBlockParsers(blocks...),
		parser.WithInlineParsers(inlines...),
		parser.WithParagraphTransformers(paragraphs...),
		parser.WithASTTransformers(trees...),
	)
	m.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(nodeRenderer{compact: f.Compact}, 100)))
}
