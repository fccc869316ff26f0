// Package book reads a book: mkdocs.yml, the chapters it names, and the
// programs that the chapters show and run. It knows which fence is a program, a
// listing or an expected output, exactly where each stands, and how to rewrite
// one of them without touching anything else. It reports everything that is
// wrong at once, each as "file:line:col: what: how to mend it".
//
// A chapter is plain Markdown. Every go fence is a snippet, a whole
// program. What else there is to say about it stands in a comment above:
//
//	<!-- workbook: name=echo timeout=2s needs=linux -->
//	<!-- workbook: file=snippets/socket/echo/main.go region=loop -->
//	<!-- workbook: skip="needs a second machine" -->
//
// The fences output, stderr and error behind it hold what the program is
// expected to print, with a comment unordered, interleave or contains above
// where it must not match line by line; a fence evidence holds what the kernel
// must have done. A list below a comment predict=ID asks the reader what a
// program will print, and a section below exercise=ID has the reader write one.
package book

import (
	"io/fs"
	"time"

	"go.yaml.in/yaml/v3"

	"example/workbook/internal/match"
	"example/workbook/site/markdown"
)

// Book is a folder with mkdocs.yml and its chapters.
type Book struct {
	Title    string // site_name
	DocsDir  string // folder of the chapters
	Chapters []*Chapter
	FS       fs.FS    // what the paths in here are paths of
	Config   *Config  // nil for loose files
	Warnings Problems // what a writer should look at; the book can be used all the same
	Missing  Problems // files that nav names in vain, where a plugin of MkDocs may make them
}

// Chapter is one Markdown file, or one Go program that stands alone.
type Chapter struct {
	// Number is the one that the file name begins with: 03-socket.md is
	// chapter 3. The place in nav would not do: books begin with a chapter 0,
	// and a cover page added later would shift all others. Only where no file
	// name of a book has a number does the place count, from 1. A file
	// without a number among others that have one has none: -1.
	Number int

	Slug     string // file name without number and ending: socket
	Path     string
	Title    string     // from nav, else the front matter, else the first heading, else the file name
	Source   []byte     // the file as it is
	Meta     *yaml.Node // front matter, a map; nil where there is none
	Snippets []*Snippet
	Listings []*Listing
	Fences   []*Fence // all of them, also those of no interest here

	Predictions []*Prediction
	Exercises   []*Exercise

	src      *source
	notation markdown.Features // that its Markdown is read with
}

// Fence is a fenced code block of a chapter. Snippet is nil when nothing is run
// for it; Listing is set when it shows a file, Expectation when it shows what
// Snippet is expected to print.
type Fence struct {
	Pos                // of its first back-quote or tilde
	Lang        string // go, output and so on, whatever stands behind it; else the first word behind these
	Snippet     *Snippet
	Listing     *Listing
	Expectation *Expectation

	*fence
}

// Snippet is one program: a fence of a chapter, or a folder
// snippets/CHAPTER/NAME with a main.go.
type Snippet struct {
	ID      string // CHAPTER/NAME with the slug of the chapter; without a name its place among the unnamed ones, from 1
	Chapter *Chapter
	Name    string // "" for a fence without one
	Title   string // first sentence of the program's comment, else the nearest heading above
	File    string // the chapter, or the main.go of the folder
	Pos     Pos    // of the first line of Source in File
	Source  []byte // the program, without what lists and quotes put before its lines, with LF line ends
	Indent  int    // bytes that stand before each line of Source in File
	Show    Pos    // the fence that shows it first

	Timeout time.Duration // zero for the default
	Needs   []string      // names of Needs
	Skip    string        // why it is not run
	NoRun   bool          // it is compiled only
	Exit    int           // expected exit status
	Engine  string        // "go" when it cannot be interpreted
	Slow    bool          // it is known to take more than a second

	NoEvidence bool   // its system calls are not recorded
	Figure     string // one of Figures; "" when the writer does not say
	Caption    string // what the figure shows; "" when the writer does not say

	Output, Stderr, Error *Expectation // nil where nothing is expected
	Evidence              *Expectation // sentences of package evidence; Mode does not count

	set map[string]Pos // where each directive key that it has was given
}

// Expectation is what a chapter says that a snippet prints.
type Expectation struct {
	Pos     Pos // of the first line of Text
	Snippet *Snippet
	Text    string // each line with its end
	Mode    match.Mode

	// Trim says that blanks and blank lines around the whole output do not
	// count. So it is for // Output: comments, as in package testing.
	Trim bool

	body body
}

// Listing is a fence that shows a file or a region of it.
type Listing struct {
	Pos          // of the fence
	Chapter      *Chapter
	File, Region string
	Snippet      *Snippet // the program in File; nil when it is not the main.go of a snippet
	Text         string   // what the chapter shows
	Want         string   // what the file has

	body body
}
