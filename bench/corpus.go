package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// dialect is how a tool wants the book: its configuration and its notation for
// notes, which is all in which the chapters differ.
type dialect int

const (
	mkdocsDialect dialect = iota
	hugoDialect
	mdbookDialect
)

// perPart is how many chapters stand in one part.
const perPart = 20

// seed of the text of every chapter, beside its number.
const seed = 2026

func part(i int) int       { return (i-1)/perPart + 1 }
func partDir(i int) string { return fmt.Sprintf("part%03d", part(i)) }
func slug(i int) string    { return fmt.Sprintf("chapter%04d", i) }

// docsDir is the folder of the chapters.
func (d dialect) docsDir() string { return [...]string{"chapters", "content", "src"}[d] }

// fileOf is where chapter i lies in a book.
func (d dialect) fileOf(book string, i int) string {
	return filepath.Join(book, d.docsDir(), partDir(i), slug(i)+".md")
}

// writeBook writes a book of n chapters into dir. The same n gives the same
// bytes.
func writeBook(dir string, d dialect, n int) error {
	for i := 1; i <= n; i++ {
		if err := writeFile(d.fileOf(dir, i), chapter(d, i, n)); err != nil {
			return err
		}
	}
	return writeConfig(dir, d, n)
}

func writeFile(name, text string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), 0o644)
}

// prose is a chapter while it is written.
type prose struct {
	strings.Builder
	r       *rand.Rand
	dialect dialect
	n       int // chapters in the book
}

// chapter is chapter i of n: a heading, five sections with 4 fences of Go, two
// lists, two notes, a table, links and a quotation; about 8 KB.
func chapter(d dialect, i, n int) string {
	p := &prose{r: rand.New(rand.NewPCG(uint64(i), seed)), dialect: d, n: n}
	if d == hugoDialect {
		fmt.Fprintf(p, "---\ntitle: %s\nweight: %d\n---\n\n", chapterTitle(i), i)
	}
	fmt.Fprintf(p, "# %s\n\n", chapterTitle(i))
	p.paragraph(3)
	for section := 1; section <= 5; section++ {
		fmt.Fprintf(p, "## Section %d\n\n", section)
		p.paragraph(5)
		p.paragraph(4)
		switch section {
		case 1:
			p.code()
			p.list("- ")
		case 2:
			p.note("note", "Remember")
			p.code()
			p.links(i)
		case 3:
			fmt.Fprintf(p, "### Details of %d\n\n", section)
			p.table()
			p.code()
		case 4:
			p.list("1. ")
			p.note("warning", "Take care")
			fmt.Fprintf(p, "### Details of %d\n\n", section)
			p.paragraph(2)
		case 5:
			p.code()
			fmt.Fprintf(p, "> %s\n\n", p.sentence())
			p.links(i)
		}
	}
	return p.String()
}

var (
	nouns = strings.Fields(`value channel slice pointer interface method closure package module goroutine buffer
		reader writer error context deadline mutex counter worker queue result test benchmark allocation stack heap
		collector scheduler runtime compiler function variable constant literal expression statement loop range
		index map key string rune byte array struct field tag constraint type parameter request response server
		client handler router metric trace span profile learner chapter exercise answer question idea reason
		example mistake step lesson socket thread process descriptor`)
	verbs = strings.Fields(`keeps returns sends receives copies shares guards blocks wakes closes opens reads
		writes parses prints counts sorts merges filters maps folds checks measures explains shows hides moves
		grows shrinks waits yields holds releases wraps names builds runs`)
	small = strings.Fields(`the a each every this that one another its our your when because while until before
		after without with into from over under between`)
	names = strings.Fields(`alpha beta gamma delta worker reader total count items queue cache state input output
		shape point line node tree leaf root table cell page token frame batch`)
)

func (p *prose) pick(words []string) string { return words[p.r.IntN(len(words))] }

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func chapterTitle(i int) string {
	r := rand.New(rand.NewPCG(uint64(i), 77))
	return fmt.Sprintf("%s and %s %d", capital(nouns[r.IntN(len(nouns))]), nouns[r.IntN(len(nouns))], i)
}

func (p *prose) sentence() string {
	var words []string
	for k := range 8 + p.r.IntN(10) {
		switch k % 3 {
		case 0:
			words = append(words, p.pick(small))
		case 1:
			noun := p.pick(nouns)
			switch p.r.IntN(14) {
			case 0:
				noun = "`" + noun + "`"
			case 1:
				noun = "**" + noun + "**"
			case 2:
				noun = "*" + noun + "*"
			}
			words = append(words, noun)
		default:
			words = append(words, p.pick(verbs))
		}
	}
	return capital(strings.Join(words, " ")) + "."
}

// paragraph writes sentences in lines of up to 78 columns, as people do.
func (p *prose) paragraph(sentences int) {
	column := 0
	for range sentences {
		for word := range strings.FieldsSeq(p.sentence()) {
			switch {
			case column > 0 && column+len(word) > 78:
				p.WriteByte('\n')
				column = 0
			case column > 0:
				p.WriteByte(' ')
				column++
			}
			p.WriteString(word)
			column += len(word)
		}
	}
	p.WriteString("\n\n")
}

func (p *prose) list(mark string) {
	for k := range 4 {
		if mark != "- " {
			mark = fmt.Sprintf("%d. ", k+1)
		}
		p.WriteString(mark + p.sentence() + "\n")
	}
	p.WriteByte('\n')
}

func (p *prose) note(kind, title string) {
	text := p.sentence() + " " + p.sentence()
	if p.dialect == mkdocsDialect {
		fmt.Fprintf(p, "!!! %s \"%s\"\n\n    %s\n\n", kind, title, text)
	} else {
		fmt.Fprintf(p, "> [!%s]\n> %s\n\n", strings.ToUpper(kind), text)
	}
}

func (p *prose) links(from int) {
	address := func(to int) string {
		if part(to) == part(from) {
			return slug(to) + ".md"
		}
		return "../" + partDir(to) + "/" + slug(to) + ".md"
	}
	a, b := p.r.IntN(p.n)+1, p.r.IntN(p.n)+1
	fmt.Fprintf(p, "See [%s](%s), then [section two of chapter %d](%s#section-2), and the [language specification](https://go.dev/ref/spec#Types).\n\n",
		chapterTitle(a), address(a), b, address(b))
}

func (p *prose) table() {
	p.WriteString("| Term | Meaning | Cost |\n| --- | --- | ---: |\n")
	for range 5 {
		fmt.Fprintf(p, "| `%s` | %s | %d ns |\n", p.pick(nouns), strings.TrimSuffix(p.sentence(), "."), p.r.IntN(900))
	}
	p.WriteByte('\n')
}

// code writes one of six pieces of Go with names and numbers of its own.
func (p *prose) code() {
	a, b, word, number := p.pick(names), p.pick(names), p.pick(nouns), p.r.IntN(1000)
	text := strings.NewReplacer("TYPE", capital(a), "NAME", b, "WORD", word, "NUMBER", fmt.Sprint(number), "'''", "`").Replace(pieces[p.r.IntN(len(pieces))])
	fmt.Fprintf(p, "```go\n%s```\n\n", text)
}

var pieces = []string{`package main

import (
	"fmt"
	"strings"
)

// TYPE joins NAME with a separator.
func TYPE(NAME []string, sep string) string {
	var b strings.Builder
	for i, s := range NAME {
		if i > 0 {
			b.WriteString(sep)
		}
		b.WriteString(strings.ToUpper(s))
	}
	return b.String()
}

func main() {
	fmt.Println(TYPE([]string{"WORD", "b", "c"}, "-"), NUMBER)
}
`, `type TYPE[K comparable, V any] struct {
	mu   sync.RWMutex
	NAME map[K]V
	hits atomic.Int64
}

func (c *TYPE[K, V]) Get(key K) (v V, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	v, ok = c.NAME[key]
	if ok {
		c.hits.Add(NUMBER)
	}
	return v, ok // the "WORD" case
}
`, `func TYPE(ctx context.Context, jobs <-chan int) error {
	g, ctx := errgroup.WithContext(ctx)
	for w := range NUMBER {
		g.Go(func() error {
			for j := range jobs {
				select {
				case <-ctx.Done():
					return fmt.Errorf("WORD %d: %w", w, ctx.Err())
				case results <- j * j:
				}
			}
			return nil
		})
	}
	return g.Wait() /* waits for every NAME */
}
`, `func TestTYPE(t *testing.T) {
	tests := []struct {
		name string
		in   []int
		want int
	}{
		{"empty", nil, 0},
		{"WORD", []int{1, 2, NUMBER}, NUMBER + 3},
		{"negative", []int{-1, 0x1F, 'a'}, 127},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := NAME(tt.in...); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}
`, `type TYPE interface {
	Area() float64
	Name() string
}

type circle struct{ r float64 }

func (c circle) Area() float64 { return math.Pi * c.r * c.r }
func (c circle) Name() string  { return "WORD" }

func NAMEAll(shapes ...TYPE) (sum float64) {
	for _, s := range shapes {
		switch s := s.(type) {
		case circle:
			sum += s.Area() * NUMBER
		default:
			panic("unknown shape: " + s.Name())
		}
	}
	return
}
`, `func handleTYPE(w http.ResponseWriter, r *http.Request) {
	var NAME struct {
		ID   int    '''json:"id"'''
		Name string '''json:"name,omitempty"'''
	}
	if err := json.NewDecoder(r.Body).Decode(&NAME); err != nil {
		http.Error(w, "bad WORD", http.StatusBadRequest)
		return
	}
	defer r.Body.Close()
	NAME.ID += NUMBER
	fmt.Fprintf(w, "%+v\n", NAME)
}
`}
