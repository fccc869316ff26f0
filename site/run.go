package site

import (
	"strings"
	"sync"
	"time"

	"example/workbook/internal/book"
	"example/workbook/internal/match"
)

// Run is what a build knows of a snippet's run.
type Run struct {
	Passed  bool
	Failed  bool      // it ran, and did not do what the page says; a preview shows that
	Reason  string    // why, where Passed is false
	Engines []string  // that ran it: go, yaegi
	Go      string    // version of Go: go1.26.0
	System  string    // such as "Linux 6.12 amd64"
	When    time.Time // of the run, which may be that of an earlier build
	Stdout  string
}

// where names what ran the program, for the small print.
func (r *Run) where() string {
	parts := []string{strings.Join(r.Engines, " and ")}
	for _, p := range []string{r.Go, r.System} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ", ")
}

// runOf is the run of a snippet; nil where nothing was run.
func (b *builder) runOf(s *book.Snippet) *Run {
	if b.opt.Run == nil {
		return nil
	}
	return b.opt.Run(s)
}

// placeholders are the words in angle brackets that stand for what varies.
var placeholders = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	for _, p := range match.Placeholders() {
		names[strings.Trim(p.Name, "<>")] = true
	}
	return names
})

func isPlaceholder(name string) bool { return placeholders()[name] }
