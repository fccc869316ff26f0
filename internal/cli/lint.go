package cli

import (
	"cmp"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"example/workbook/internal/book"
	"example/workbook/internal/lint"
)

func newLint(env *Env, dir *string) *cobra.Command {
	return &cobra.Command{
		Use:   "lint [FILE.md...]",
		Short: "find Markdown that MkDocs and GitHub read differently",
		Long: `Lint names every place of the chapters where CommonMark, as GitHub and this
program read it, and Python-Markdown, as MkDocs reads it, see different things:
a list without an empty line above it, a nested list that is indented by two, a
note in GitHub's notation. With each comes the way to write it for both.

The extensions that mkdocs.yml asks for are taken into account. The exit status
is 1 where there is such a place.`,
		Example: `  workbook lint
  workbook lint README.md`,
		RunE: func(_ *cobra.Command, args []string) error {
			src, problems := openSource(env, *dir, args)
			if !partly(src, problems) {
				return problems
			}
			return cmp.Or(problems, lintChapters(env, src, args))
		},
	}
}

func lintChapters(env *Env, src *source, args []string) error {
	chapters := src.book.Chapters
	if len(args) > 0 && !src.loose {
		if chapters, _ = src.named(args); len(chapters) < len(args) {
			return fmt.Errorf("%s is no Markdown file: lint takes files, or without any the chapters of the book", args[0])
		}
	}
	var extensions *lint.Extensions
	if data, err := fs.ReadFile(src.book.FS, config); err == nil {
		if extensions, err = lint.ReadExtensions(data); err != nil {
			return fmt.Errorf("%s: %w", config, err)
		}
	}
	var found book.Problems
	for _, c := range chapters {
		found = append(found, lint.Check(c.Path, c.Source, extensions)...)
	}
	out := newScreen(env.Stdout)
	for _, p := range found {
		fmt.Fprintln(out, p)
	}
	if len(found) == 0 {
		fmt.Fprintf(out, "%s: MkDocs and GitHub read the same\n", count(len(chapters), "file"))
		return nil
	}
	fmt.Fprintf(out, "%s where MkDocs reads something else\n", count(len(found), "place"))
	return &exitError{status: exitFailed}
}
