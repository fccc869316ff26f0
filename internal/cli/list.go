package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"example/workbook/internal/book"
)

func newList(env *Env, dir *string) *cobra.Command {
	var asJSON, fences bool
	cmd := &cobra.Command{
		Use:   "list [SELECTOR...]",
		Short: "list the chapters and snippets of the book",
		Long: `List shows the snippets and exercises of the book by chapter: what 'run' takes as selectors,
what each is about, and why one is not run. With --fences it shows how each fence
of the chapters was understood: as a snippet, a listing, an expected output, or
as text.`,
		Example: `  workbook list
  workbook list chapter3
  workbook list --fences README.md
  workbook list --json | jq -r .id`,
		ValidArgsFunction: completeSelectors(env, dir),
		RunE: func(cmd *cobra.Command, args []string) error {
			src, problems := openSource(env, *dir, args)
			if !partly(src, problems) {
				return problems
			}
			snippets, err := src.choose(src.rest)
			if err != nil {
				return cmp.Or(problems, err)
			}
			switch {
			case asJSON:
				err = listJSON(env, src, snippets)
			case fences:
				err = listFences(newScreen(env.Stdout), src.book, snippets)
			default:
				err = listSnippets(newScreen(env.Stdout), src, snippets)
			}
			return cmp.Or(err, problems)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a line for each snippet")
	cmd.Flags().BoolVar(&fences, "fences", false, "show how each fence was understood")
	return cmd
}

func listSnippets(out *screen, src *source, snippets []*book.Snippet) error {
	width := 0
	for _, s := range snippets {
		width = max(width, len(s.ID))
	}
	var chapter *book.Chapter
	for _, s := range snippets {
		if s.Chapter != chapter {
			if chapter != nil {
				fmt.Fprintln(out)
			}
			chapter = s.Chapter
			fmt.Fprintln(out, out.paint(bold, fmt.Sprintf("%s  %s", chapterName(chapter), chapter.Title)))
		}
		line := fmt.Sprintf("  %-*s  %s", width, s.ID, about(src.book, s))
		fmt.Fprintln(out, strings.TrimRight(cut(line, out.width), " "))
	}
	return nil
}

// about is the title of s with what is particular about how it runs behind it.
func about(b *book.Book, s *book.Snippet) string {
	var marks []string
	if n := len(predictionsOf(b, s)); n > 0 {
		marks = append(marks, count(n, "prediction"))
	}
	switch {
	case s.Skip != "":
		marks = append(marks, "skipped: "+s.Skip)
	case s.NoRun:
		marks = append(marks, "compiled only")
	}
	if needs := slices.DeleteFunc(slices.Clone(s.Needs), func(n string) bool { return n == runtime.GOOS }); len(needs) > 0 {
		marks = append(marks, "needs "+strings.Join(needs, ", "))
	}
	if s.Engine != "" {
		marks = append(marks, "engine "+s.Engine)
	}
	if len(marks) == 0 {
		return s.Title
	}
	return s.Title + " (" + strings.Join(marks, "; ") + ")"
}

// listFences shows the fences of the chapters that the snippets belong to, or
// of all chapters when the selection is the whole book.
func listFences(out *screen, b *book.Book, snippets []*book.Snippet) error {
	selected := map[*book.Chapter]bool{}
	for _, s := range snippets {
		selected[s.Chapter] = true
	}
	for _, c := range b.Chapters {
		if len(selected) > 0 && !selected[c] {
			continue
		}
		for _, f := range c.Fences {
			fmt.Fprintf(out, "%v: %s: %s\n", f.Pos, lang(f), role(f))
		}
	}
	return nil
}

func lang(f *book.Fence) string {
	if f.Lang == "" {
		return "(no language)"
	}
	return f.Lang
}

// role says in a few words what a fence is.
func role(f *book.Fence) string {
	switch {
	case f.Expectation != nil:
		text := "expected of " + f.Snippet.ID
		if f.Expectation.Mode != 0 {
			text += ", " + f.Expectation.Mode.String()
		}
		return text
	case f.Listing != nil:
		text := "shows " + f.Listing.File
		if f.Listing.Region != "" {
			text += ", region " + f.Listing.Region
		}
		if f.Snippet != nil {
			text += ", of " + f.Snippet.ID
		}
		return text
	case f.Snippet == nil:
		return "text"
	case f.Snippet.Skip != "":
		return "not run: " + f.Snippet.Skip
	case f.Snippet.NoRun:
		return "compiled only: " + f.Snippet.ID
	}
	return "run as " + f.Snippet.ID
}

// listed is the object that list --json prints for a snippet.
type listed struct {
	ID      string   `json:"id"`
	Chapter string   `json:"chapter"`
	Number  int      `json:"number"`
	Title   string   `json:"title"`
	File    string   `json:"file"`
	Line    int      `json:"line"`
	Needs   []string `json:"needs,omitempty"`
	Skip    string   `json:"skip,omitempty"`
	NoRun   bool     `json:"no_run,omitempty"`
	Engine  string   `json:"engine,omitempty"`

	Exercise    bool `json:"exercise,omitempty"`
	Predictions int  `json:"predictions,omitempty"`
}

func listJSON(env *Env, src *source, snippets []*book.Snippet) error {
	enc := json.NewEncoder(env.Stdout)
	enc.SetEscapeHTML(false)
	for _, s := range snippets {
		l := listed{
			s.ID, s.Chapter.Path, s.Chapter.Number, s.Title, s.Pos.File, s.Pos.Line, s.Needs, s.Skip, s.NoRun, s.Engine,
			src.tasks[s] != nil, len(predictionsOf(src.book, s)),
		}
		if err := enc.Encode(l); err != nil {
			return err
		}
	}
	return nil
}
