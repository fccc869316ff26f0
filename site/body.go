package site

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"example/workbook/internal/book"
	"example/workbook/site/markdown"
)

// reader reads the Markdown of the book.
type reader struct{ goldmark.Markdown }

// body is what a page's Markdown becomes.
type body struct {
	html      []byte
	title     string // of the first heading of level 1, as HTML; "" without one
	plain     string // the same as text
	headings  []heading
	ids       []string // that a link may lead to, beside those of headings
	links     []link
	sections  []*searchSection
	about     string // beginning of the first paragraph
	words     int
	warnings  book.Problems
	looked    map[string]string // the hash of each file that an include named, "-" of one that could not be read
	verified  bool              // every program that is shown has passed
	programs  int
	figures   bool
	generated bool     // a plugin of MkDocs would write parts of it, with ids that nobody knows here
	icons     int      // that pages do not have
	icon      string   // the first of them
	iconAt    book.Pos // where it stands
}

// heading is an entry of a page's table of contents.
type heading struct {
	level int
	id    string
	text  string // what readers see
}

// link leads to another page of the site, or to a place in this one.
type link struct {
	book.Pos
	target   string // as it is written
	page     *page  // nil where there is no such page
	fragment string
}

// writer turns one chapter into HTML.
type writer struct {
	*builder
	page  *page
	src   []byte
	lines []lineOrigin // where the lines of src come from
	ends  []int        // offset behind each line of src
	slugs markdown.Slugs
	out   body

	fences      map[int]*book.Fence // by line
	predictions []*book.Prediction
	exercises   []*book.Exercise
	asked       *book.Prediction // whose list comes next
	tasked      *book.Exercise   // whose heading comes next
	listings    map[string]int   // how often an id was used
	room        int              // bytes that may still be included
	figures     int
	shown       map[*book.Snippet]bool // whose run was shown
	*scratch
}

// scratch is what one page after the other is made with.
type scratch struct {
	terms counter
	text  []byte // of a paragraph
	html  buffer // of a body
	page  output
}

// buffer collects what goldmark renders.
type buffer struct{ b []byte }

func (b *buffer) Write(p []byte) (int, error) {
	b.b = append(b.b, p...)
	return len(p), nil
}

func (b *buffer) WriteString(s string) (int, error) {
	b.b = append(b.b, s...)
	return len(s), nil
}

func (b *buffer) WriteByte(c byte) error {
	b.b = append(b.b, c)
	return nil
}

func (b *buffer) WriteRune(r rune) (int, error) {
	n := len(b.b)
	b.b = utf8.AppendRune(b.b, r)
	return len(b.b) - n, nil
}

func (b *buffer) Available() int { return cap(b.b) - len(b.b) }
func (b *buffer) Buffered() int  { return len(b.b) }
func (b *buffer) Flush() error   { return nil }

// lineOrigin is where a line comes from, which snippets includes make differ.
type lineOrigin struct {
	file string
	line int // from 1
}

// writeBody renders the chapter of p. The HTML is good until the next page is
// made with the same scratch.
func (b *builder) writeBody(p *page, tools *scratch) (*body, error) {
	w := &writer{builder: b, page: p, slugs: b.slugs, listings: map[string]int{}, shown: map[*book.Snippet]bool{}, scratch: tools}
	w.out.verified = true
	w.readSource()
	if line, why := book.CheckShape(w.src); why != "" {
		o := w.origin(line)
		return nil, book.Problems{problemAt(o.file, o.line, "%s", why)}
	}
	w.fences = map[int]*book.Fence{}
	for _, f := range p.chapter.Fences {
		w.fences[f.Line] = f
	}
	w.predictions, w.exercises = p.chapter.Predictions, p.chapter.Exercises
	pc := parser.NewContext()
	doc := b.md.Parser().Parse(text.NewReader(w.src), parser.WithContext(pc))
	if offset, ok := markdown.TooMuch(pc); ok {
		w.warn(w.pos(offset), "too many brackets, stars, quotation marks and other marks in one paragraph: the rest of it stays as it is written, for reading it would take too long: break it up")
	}
	w.begin(p.title, "")
	w.takeIDs(doc)
	w.blocks(doc)
	w.terms.end()
	w.html.b = w.html.b[:0]
	if err := b.md.Renderer().Render(&w.html, w.src, doc); err != nil {
		return nil, fmt.Errorf("%s: %w", p.chapter.Path, err)
	}
	w.out.html = w.html.b
	return &w.out, nil
}

// readSource takes the Markdown without its front matter, with LF line ends.
func (w *writer) readSource() {
	c := w.page.chapter
	src := bytes.TrimPrefix(c.Source, []byte("\ufeff"))
	if bytes.IndexByte(src, '\r') >= 0 {
		src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	}
	skipped := 0
	if c.Meta != nil || bytes.HasPrefix(src, []byte("---\n")) {
		src, skipped = withoutFrontMatter(src)
	}
	w.src = src
	if w.snippets && (bytes.Contains(src, []byte("-8<-")) || len(w.appended) > 0) {
		w.include(skipped)
	}
	for at := 0; at < len(w.src); {
		end := bytes.IndexByte(w.src[at:], '\n')
		if end < 0 {
			end = len(w.src) - at - 1
		}
		at += end + 1
		w.ends = append(w.ends, at)
	}
	if w.lines == nil {
		w.lines = []lineOrigin{{c.Path, skipped + 1}}
	}
}

func withoutFrontMatter(src []byte) ([]byte, int) {
	if !bytes.HasPrefix(src, []byte("---")) {
		return src, 0
	}
	at, line := 0, 0
	for at < len(src) {
		end := bytes.IndexByte(src[at:], '\n')
		if end < 0 {
			break
		}
		text := strings.TrimRight(string(src[at:at+end]), " \t\r")
		at += end + 1
		line++
		if line > 1 && (text == "---" || text == "...") {
			return src[at:], line
		}
		if line == 1 && text != "---" {
			return src, 0
		}
	}
	return src, 0
}

// line is the line of src, from 0, in which an offset lies.
func (w *writer) line(offset int) int {
	return sort.Search(len(w.ends), func(i int) bool { return w.ends[i] > offset })
}

// pos is where an offset of src comes from.
func (w *writer) pos(offset int) book.Pos {
	i := w.line(offset)
	start := 0
	if i > 0 {
		start = w.ends[i-1]
	}
	o := w.origin(i)
	return book.Pos{File: o.file, Line: o.line, Col: offset - start + 1}
}

func (w *writer) origin(line int) lineOrigin {
	if len(w.lines) == 1 {
		return lineOrigin{w.lines[0].file, w.lines[0].line + line}
	}
	return w.lines[min(line, len(w.lines)-1)]
}

func (w *writer) warn(pos book.Pos, format string, args ...any) {
	w.out.warnings = append(w.out.warnings, book.Problem{Pos: pos, Msg: fmt.Sprintf(format, args...)})
}

// takeIDs notes the ids that writers gave, then gives every heading one, before
// anything else on the page gets one: links from elsewhere rely on those.
func (w *writer) takeIDs(doc ast.Node) {
	var headings []*ast.Heading
	var inHTML []*ast.RawHTML
	_ = ast.Walk(doc, func(n ast.Node, in bool) (ast.WalkStatus, error) {
		if h, ok := n.(*ast.Heading); ok && in {
			headings = append(headings, h)
		}
		if raw, ok := n.(*ast.RawHTML); ok && in {
			inHTML = append(inHTML, raw)
		}
		if in && n.Attributes() != nil {
			w.tameAttributes(n)
			if id, ok := n.AttributeString("id"); ok {
				if id, ok := id.([]byte); ok {
					w.slugs.Take(string(id))
					w.out.ids = append(w.out.ids, string(id))
				}
			}
		}
		return ast.WalkContinue, nil
	})
	for _, n := range inHTML {
		if n.Parent() != nil {
			dropContent(n, w.src)
		}
	}
	for _, h := range headings {
		if idOf(h) == "" {
			h.SetAttributeString("id", []byte(w.slugs.Make(oneSpaced(markdown.Typed(h, w.src)))))
		}
	}
}

func idOf(n ast.Node) string {
	id, _ := n.AttributeString("id")
	b, _ := id.([]byte)
	return string(b)
}

// seenText is the text of a heading on one line.
func seenText(n ast.Node, src []byte) string {
	return oneSpaced(markdown.Text(n, src))
}

func oneSpaced(text string) string { return strings.Join(strings.Fields(text), " ") }

// blocks goes through the children of a block. It replaces what needs more than
// Markdown, and notes what the page and the site want to know.
func (w *writer) blocks(parent ast.Node) {
	for n := parent.FirstChild(); n != nil; {
		next := n.NextSibling()
		switch n := n.(type) {
		case *ast.Heading:
			w.heading(n)
		case *ast.FencedCodeBlock:
			w.replace(n, w.fence(n))
		case *ast.CodeBlock:
			w.terms.add(w.lineText(n.Lines()), 1)
		case *ast.HTMLBlock:
			w.htmlBlock(n)
		case *ast.Paragraph:
			w.paragraph(n)
		case *ast.List:
			w.list(n)
			w.blocks(n)
		default:
			if n.Kind() == markdown.KindTag {
				w.openTag(n)
			} else if n.Type() == ast.TypeBlock {
				if c := n.FirstChild(); c != nil && c.Type() == ast.TypeInline && !n.IsRaw() {
					w.inlines(n)
				}
				w.blocks(n)
			}
		}
		n = next
	}
}

func (w *writer) replace(n ast.Node, html []byte) {
	n.Parent().ReplaceChild(n.Parent(), n, &markdown.Fixed{HTML: html})
}

func (w *writer) lineText(lines *text.Segments) []byte {
	var b []byte
	for i := range lines.Len() {
		seg := lines.At(i)
		b = append(b, seg.Value(w.src)...)
	}
	return b
}

// begin starts a section of the search index.
func (w *writer) begin(title, id string) {
	s := &searchSection{title: title, id: id}
	w.out.sections = append(w.out.sections, s)
	w.terms.begin(s)
}

func (w *writer) heading(n *ast.Heading) {
	seen, id := seenText(n, w.src), idOf(n)
	if n.Level == 1 && w.out.title == "" && len(w.out.headings) == 0 {
		w.links(n)
		w.out.title, w.out.plain = w.inlineHTML(n), seen
		w.out.headings = append(w.out.headings, heading{1, id, seen})
		w.terms.add([]byte(seen), weightHeading)
		n.Parent().RemoveChild(n.Parent(), n) // the page has it
		return
	}
	if n.Level > 1 && n.Level <= 3 {
		w.begin(seen, id)
	}
	w.terms.add([]byte(seen), weightHeading)
	w.out.headings = append(w.out.headings, heading{n.Level, id, seen})
	w.links(n)
	if ex := w.tasked; ex != nil {
		w.tasked = nil
		n.Parent().InsertBefore(n.Parent(), n, &markdown.Fixed{HTML: exerciseHead(ex)})
	}
}

// inlineHTML renders what is inside a block.
func (w *writer) inlineHTML(n ast.Node) string {
	p := ast.NewTextBlock()
	for c := n.FirstChild(); c != nil; {
		next := c.NextSibling()
		p.AppendChild(p, c)
		c = next
	}
	var buf buffer
	_ = w.md.Renderer().Render(&buf, w.src, p)
	for c := p.FirstChild(); c != nil; {
		next := c.NextSibling()
		n.AppendChild(n, c)
		c = next
	}
	return strings.TrimSpace(string(buf.b))
}

// paragraph gives those that play a part a class: the ones that begin with a
// word in bold type (Predict. Look. Why.), the ones that name sources, and the
// ones that correct a sentence.
func (w *writer) paragraph(n *ast.Paragraph) {
	seen := w.inlines(n)
	switch {
	case string(seen) == "[TOC]": // the page has its contents at the side
		n.Parent().RemoveChild(n.Parent(), n)
		return
	case bytes.HasPrefix(seen, []byte("::: ")):
		w.out.generated = true
	case bytes.HasPrefix(seen, []byte("///")) && w.features.Slashes():
		w.warn(w.pos(n.Lines().At(0).Start), "the block %s is not known here, or is not opened and closed by as many slashes: it stays as it is written", firstLine(seen))
	}
	if w.out.about == "" && n.Parent().Kind() == ast.KindDocument {
		w.out.about = shortened(string(seen), 155)
	}
	if _, ok := n.AttributeString("class"); ok {
		return
	}
	switch first := n.FirstChild().(type) {
	case *ast.Emphasis:
		label := markdown.Text(first, w.src)
		if first.Level == 2 && len(label) <= 24 && strings.HasSuffix(label, ".") {
			class := "step"
			if label == "Predict." {
				class = "step ask"
			}
			if first.NextSibling() == nil {
				class += " alone"
			}
			n.SetAttributeString("class", []byte(class))
		}
	case *ast.Text:
		if bytes.HasPrefix(seen, []byte("Sources:")) || bytes.HasPrefix(seen, []byte("Source:")) {
			n.SetAttributeString("class", []byte("sources"))
		}
	case *ast.RawHTML:
		if first.Segments.Len() > 0 {
			seg := first.Segments.At(0)
			if string(seg.Value(w.src)) == "<del>" {
				n.SetAttributeString("class", []byte("corrected"))
			}
		}
	}
}

// inlines counts and notes the text of a block, and returns it. It is good until
// the next call.
func (w *writer) inlines(n ast.Node) []byte {
	w.text = markdown.AppendText(w.text[:0], n, w.src)
	blank := true
	for _, c := range w.text {
		is := c == ' ' || c == '\t' || c == '\n'
		if blank && !is {
			w.out.words++
		}
		blank = is
	}
	w.terms.add(w.text, 1)
	w.links(n)
	return w.text
}

func firstLine(text []byte) string {
	line, _, _ := bytes.Cut(text, []byte(" |"))
	return shortened(string(line), 40)
}

func shortened(s string, length int) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= length {
		return s
	}
	cut := strings.LastIndexByte(s[:length], ' ')
	if cut < 0 { // one long word
		for cut = length; !utf8.RuneStart(s[cut]); {
			cut--
		}
	}
	return s[:cut] + "…"
}

// links rewrites the addresses of links and images below n.
func (w *writer) links(n ast.Node) {
	for c := n.FirstChild(); c != nil; {
		next := c.NextSibling()
		w.link(c, n)
		c = next
	}
}

// link is links for one node of a block.
func (w *writer) link(c, n ast.Node) {
	switch c := c.(type) {
	case *ast.Link:
		if runs(string(c.Destination)) {
			w.warn(w.posOf(c, n), "%s: not a link, for a page runs nothing", shortened(string(c.Destination), 60))
			w.links(c)
			for inner := c.FirstChild(); inner != nil; inner = c.FirstChild() {
				n.InsertBefore(n, c, inner)
			}
			n.RemoveChild(n, c)
			return
		}
		c.Destination = w.address(c.Destination, w.posOf(c, n))
		w.links(c)
	case *ast.AutoLink:
		if label := c.Label(w.src); c.AutoLinkType == ast.AutoLinkURL && runs(string(label)) {
			w.warn(w.posOf(c, n), "<%s>: not a link, for a page runs nothing", label)
			n.ReplaceChild(n, c, ast.NewString(label))
		}
	case *ast.Image:
		if runs(string(c.Destination)) {
			w.warn(w.posOf(c, n), "the image %s is none: a page runs nothing", shortened(string(c.Destination), 60))
			n.ReplaceChild(n, c, ast.NewString([]byte(markdown.Text(c, w.src))))
			return
		}
		if isExternal(string(c.Destination)) {
			w.warn(w.posOf(c, n), "the image %s %s: put it below %s", c.Destination, onAnotherHost, w.docs)
			return
		}
		w.sizeOf(c)
		c.Destination = w.address(c.Destination, w.posOf(c, n))
		if !bytes.HasSuffix(c.Destination, []byte(".svg")) { // a drawing is small, and must be there when the page is printed
			c.SetAttributeString("loading", []byte("lazy"))
		}
	case *ast.RawHTML:
		raw := w.lineText(c.Segments)
		w.rawIDs(raw)
		if html, changed := w.tamed(raw, w.posOf(c, n)); changed {
			verbatim := ast.NewString(html)
			verbatim.SetCode(true)
			n.ReplaceChild(n, c, verbatim)
		}
	case *markdown.Sign:
		if c.Emoji == "" {
			if w.out.icons++; w.out.icons == 1 {
				w.out.icon, w.out.iconAt = c.Name, w.pos(c.Offset)
			}
		}
	default:
		if c.HasChildren() {
			w.links(c)
		}
	}
}

// sizeOf gives an image of the book the size that it has, where its author says
// none.
func (w *writer) sizeOf(n *ast.Image) {
	for _, a := range []string{"width", "height"} {
		if _, ok := n.AttributeString(a); ok {
			return
		}
	}
	file, _, _ := strings.Cut(string(n.Destination), "?")
	name := path.Join(path.Dir(w.page.file), unescapePath(file))
	if !w.isStatic[name] {
		return
	}
	if width, height, ok := imageSize(w.book.FS, path.Join(w.docs, name)); ok {
		n.SetAttributeString("width", strconv.AppendInt(nil, int64(width), 10))
		n.SetAttributeString("height", strconv.AppendInt(nil, int64(height), 10))
	}
}

// posOf is where an inline stands: goldmark knows it for texts only.
func (w *writer) posOf(n, block ast.Node) book.Pos {
	for c := n.FirstChild(); c != nil; c = c.FirstChild() {
		if t, ok := c.(*ast.Text); ok {
			return w.pos(max(t.Segment.Start-1, 0))
		}
	}
	if n.Pos() >= 0 {
		return w.pos(n.Pos())
	}
	if block.Lines().Len() > 0 {
		return w.pos(block.Lines().At(0).Start)
	}
	return book.Pos{File: w.page.chapter.Path}
}

// address turns a link between Markdown files into one between pages.
func (w *writer) address(target []byte, pos book.Pos) []byte {
	text := string(target)
	if text == "" || isExternal(text) || strings.HasPrefix(text, "/") || strings.HasPrefix(text, "?") || hasScheme(text) {
		return target
	}
	file, fragment, hasFragment := strings.Cut(text, "#")
	l := link{Pos: pos, target: text, fragment: fragment}
	if file == "" {
		l.page = w.page
		w.out.links = append(w.out.links, l)
		return target
	}
	file, query, _ := strings.Cut(file, "?")
	name := path.Join(path.Dir(w.page.file), unescapePath(file))
	l.page = w.byFile[name]
	if l.page == nil && !w.isStatic[name] { // it may be the address of a page, seen from that of this one
		address := path.Join(path.Dir(w.page.address), unescapePath(file))
		l.page = cmp.Or(w.byAddress[address], w.byAddress[path.Join(address, "index.html")])
	}
	if l.page == nil && strings.HasSuffix(file, "/") {
		l.page = w.pageOfFolder(name)
	}
	var to string
	switch {
	case l.page != nil:
		to = l.page.address
	case w.isStatic[name]:
		if query != "" {
			name += "?" + query
		}
		return []byte(w.page.toRoot() + escapePath(name))
	default:
		w.out.links = append(w.out.links, l)
		return target
	}
	w.out.links = append(w.out.links, l)
	to = w.page.toRoot() + escapePath(to)
	if hasFragment {
		to += "#" + fragment
	}
	return []byte(to)
}

func (w *writer) pageOfFolder(dir string) *page {
	for _, name := range []string{"index.md", "README.md"} {
		if p := w.byFile[path.Join(dir, name)]; p != nil {
			return p
		}
	}
	return nil
}

// hasScheme tells whether a link begins with one, such as data: or javascript:.
func hasScheme(target string) bool {
	scheme, _, ok := strings.Cut(target, ":")
	return ok && scheme != "" && strings.Trim(strings.ToLower(scheme), "abcdefghijklmnopqrstuvwxyz0123456789+-.") == ""
}

var rawID = regexp.MustCompile(`(?i)\s(?:id|name)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`)

// rawIDs notes the places to which a link can lead in HTML in the text.
func (w *writer) rawIDs(html []byte) {
	if bytes.IndexByte(html, '=') < 0 {
		return
	}
	for _, m := range rawID.FindAllSubmatch(html, -1) {
		w.out.ids = append(w.out.ids, string(m[1])+string(m[2])+string(m[3]))
	}
}

// htmlBlock looks for directives, which are no part of the page, and for
// details, which may be hints and solutions.
func (w *writer) htmlBlock(n *ast.HTMLBlock) {
	raw := w.lineText(n.Lines())
	if n.HasClosure() {
		raw = append(raw, n.ClosureLine.Value(w.src)...)
	}
	trimmed := bytes.TrimSpace(raw)
	if n.HTMLBlockType == ast.HTMLBlockType2 && isDirectives(trimmed) {
		w.directives(n)
		n.Parent().RemoveChild(n.Parent(), n)
		return
	}
	w.rawIDs(raw)
	tamed, changed := w.tamed(raw, w.pos(n.Lines().At(0).Start))
	var html []byte
	if bytes.HasPrefix(trimmed, []byte("<details")) {
		html = w.details(tamed)
	}
	if html == nil && changed {
		html = tamed
	}
	if html != nil {
		w.replace(n, html)
	}
	w.terms.add(visible(tamed), 1)
}

// isDirectives tells whether a block of comments is for the workbook.
func isDirectives(comments []byte) bool {
	rest, ok := bytes.CutPrefix(comments, []byte("<!--"))
	return ok && bytes.HasPrefix(bytes.TrimLeft(rest, " \t\n"), []byte("workbook:")) && bytes.HasSuffix(comments, []byte("-->"))
}

// directives finds the prediction or the exercise that is announced in the
// lines of a comment.
func (w *writer) directives(n *ast.HTMLBlock) {
	first := w.pos(n.Lines().At(0).Start).Line
	last := first + n.Lines().Len()
	for _, p := range w.predictions {
		if p.Line >= first && p.Line <= last {
			w.asked = p
		}
	}
	for _, ex := range w.exercises {
		if ex.Line >= first && ex.Line <= last {
			w.tasked = ex
		}
	}
}

// detailsClass is the class of a folded part, after what its summary says.
func detailsClass(html string) string {
	_, rest, ok := strings.Cut(html, "<summary>")
	if !ok {
		return ""
	}
	summary, _, _ := strings.Cut(rest, "</summary>")
	summary = strings.ToLower(strings.TrimSpace(summary))
	switch {
	case strings.HasPrefix(summary, "hint"):
		return "hint"
	case strings.Contains(summary, "solution"):
		return "solution"
	case strings.HasPrefix(summary, "what each answer says"):
		return "answers"
	}
	return ""
}

// details writes a block of HTML that begins with a details element.
func (w *writer) details(raw []byte) []byte {
	class := detailsClass(string(raw))
	if class == "" {
		return nil
	}
	html := string(raw)
	for _, attribute := range []string{` markdown="1"`, ` markdown='1'`, ` markdown="block"`, ` markdown`} {
		html = strings.Replace(html, "<details"+attribute, "<details", 1)
	}
	return []byte(strings.Replace(html, "<details", `<details class="`+class+`"`, 1))
}

// openTag writes the opening tag of a details element whose summary follows as
// a block of its own.
func (w *writer) openTag(n ast.Node) {
	raw := w.lineText(n.Lines())
	if html, changed := w.tamed(raw, w.pos(n.Lines().At(0).Start)); changed {
		w.replace(n, html)
		return
	}
	next, ok := n.NextSibling().(*ast.HTMLBlock)
	if !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("<details")) || !ok {
		return
	}
	if class := detailsClass(string(w.lineText(next.Lines()))); class != "" {
		w.replace(n, []byte(`<details class="`+class+`">`+"\n"))
	}
}

// visible is what a reader sees of HTML, roughly: enough to be searched.
func visible(html []byte) []byte {
	out := make([]byte, 0, len(html))
	in := false
	for _, c := range html {
		switch {
		case c == '<':
			in = true
		case c == '>':
			in = false
			out = append(out, ' ')
		case !in:
			out = append(out, c)
		}
	}
	return out
}

// list marks the list of a prediction.
func (w *writer) list(n *ast.List) {
	p := w.asked
	if p == nil {
		if asksAbove(n) && !n.IsOrdered() {
			n.SetAttributeString("class", []byte("choices"))
		}
		return
	}
	w.asked = nil
	n.SetAttributeString("class", []byte("choices"))
	if p.Snippet == nil {
		return
	}
	n.SetAttributeString("data-predict", []byte(p.Snippet.ID+":"+strconv.Itoa(w.predictionNumber(p))))
	if right, ok := w.right(p); ok {
		n.SetAttributeString("data-right", []byte(strconv.Itoa(right+1)))
	}
}

func (w *writer) predictionNumber(p *book.Prediction) int {
	for i, other := range w.predictions {
		if other == p {
			return i + 1
		}
	}
	return 0
}

// right is the choice that the verified run bears out. Without a run it is what
// the chapter expects of one.
func (w *writer) right(p *book.Prediction) (int, bool) {
	if run := w.runOf(p.Snippet); run != nil && run.Stdout != "" {
		if i, err := p.Right(run.Stdout); err == nil {
			return i, true
		}
	}
	if p.Snippet.Output != nil {
		if i, err := p.Right(p.Snippet.Output.Text); err == nil {
			return i, true
		}
	}
	return 0, false
}

// asksAbove tells whether a paragraph that begins "Predict." stands right above.
func asksAbove(n ast.Node) bool {
	p, ok := n.PreviousSibling().(*ast.Paragraph)
	if !ok {
		return false
	}
	class, ok := p.AttributeString("class")
	if !ok {
		return false
	}
	b, _ := class.([]byte)
	return string(b) == "step ask"
}

func unescapePath(p string) string {
	if s, err := pathUnescape(p); err == nil {
		return s
	}
	return p
}
