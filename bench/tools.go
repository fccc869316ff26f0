package main

import (
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// ours is the tool that the others are compared with.
const ours = "workbook"

// tool is a site builder.
type tool struct {
	name    string
	dialect dialect
	// args are those of a build of book into site. A nil site is where the tool
	// always writes.
	args    func(book, site string) []string
	version string // the argument that makes it say its version
	path    string
}

func allTools() []*tool {
	return []*tool{
		{name: ours, dialect: mkdocsDialect, version: "--version", args: func(book, site string) []string {
			return []string{"build", "--no-run", "--book", book, "--site-dir", site}
		}},
		{name: "hugo", dialect: hugoDialect, version: "version", args: func(book, site string) []string {
			return []string{"--quiet", "--source", book, "--destination", site, "--cacheDir", site + ".cache"}
		}},
		{name: "mdbook", dialect: mdbookDialect, version: "--version", args: func(book, site string) []string {
			return []string{"build", "--dest-dir", site, book}
		}},
		{name: "mkdocs", dialect: mkdocsDialect, version: "--version", args: func(book, site string) []string {
			return []string{"build", "--quiet", "--config-file", filepath.Join(book, "mkdocs.yml"), "--site-dir", site}
		}},
	}
}

func toolNames() []string {
	var names []string
	for _, t := range allTools() {
		names = append(names, t.name)
	}
	return names
}

func dialectOf(name string) dialect {
	for _, t := range allTools() {
		if t.name == name {
			return t.dialect
		}
	}
	return mkdocsDialect
}

// findTools finds the tools that are asked for, and says what is not had.
func findTools(ctx context.Context, opt *options, out io.Writer) ([]*tool, error) {
	all := map[string]*tool{}
	for _, t := range allTools() {
		all[t.name] = t
	}
	var found []*tool
	for _, name := range opt.tools {
		t := all[name]
		t.path = *opt.paths[name]
		var err error
		switch {
		case t.path != "":
		case name == ours:
			if err := os.MkdirAll(opt.dir, 0o755); err != nil {
				return nil, err
			}
			if t.path, err = compile(ctx, opt.dir); err != nil {
				return nil, err
			}
		default:
			if t.path, err = exec.LookPath(name); err != nil {
				fmt.Fprintf(out, "%s: not had: no such program in PATH\n", name)
				continue
			}
		}
		said, err := t.try(ctx, opt.dir)
		if err != nil {
			fmt.Fprintf(out, "%s: not had: %v\n", name, err)
			continue
		}
		fmt.Fprintf(out, "%s: %s\n", name, said)
		found = append(found, t)
	}
	return found, nil
}

// try builds a book of one chapter, so that a tool without its theme is found
// before anything is measured. It returns the version.
func (t *tool) try(ctx context.Context, dir string) (string, error) {
	if err := t.prepare(dir, 1); err != nil {
		return "", err
	}
	said, err := t.command(ctx, dir, 1).CombinedOutput()
	if err != nil {
		lines := strings.Split(strings.TrimSpace(string(said)), "\n")
		return "", fmt.Errorf("%w: %s", err, lines[len(lines)-1])
	}
	said, _ = exec.CommandContext(ctx, t.path, t.version).Output()
	first, _, _ := strings.Cut(string(said), "\n")
	first, _, _ = strings.Cut(first, " from /")
	return first, nil
}

func (t *tool) book(dir string, n int) string {
	return filepath.Join(dir, fmt.Sprintf("book-%d-%s", n, [...]string{"mkdocs", "hugo", "mdbook"}[t.dialect]))
}

func (t *tool) site(dir string, n int) string {
	return filepath.Join(dir, fmt.Sprintf("site-%d-%s", n, t.name))
}

// prepare writes the book, unless it is there.
func (t *tool) prepare(dir string, n int) error {
	book := t.book(dir, n)
	if _, err := os.Stat(book); err == nil {
		return nil
	}
	return writeBook(book, t.dialect, n)
}

func (t *tool) command(ctx context.Context, dir string, n int) *exec.Cmd {
	cmd := exec.CommandContext(ctx, t.path, t.args(t.book(dir, n), t.site(dir, n))...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "NO_MKDOCS_2_WARNING=1", "RUST_LOG=error")
	return cmd
}

// A theme for Hugo with what every page of a book has: the part that one is in,
// the chapter before and the one behind.
//
//go:embed all:hugo
var hugoTheme embed.FS

// writeConfig writes what a tool wants beside the chapters.
func writeConfig(dir string, d dialect, n int) error {
	docs := filepath.Join(dir, d.docsDir())
	intro := fmt.Sprintf("A book of %d chapters.\n", n)
	switch d {
	case hugoDialect:
		if err := writeFile(filepath.Join(docs, "_index.md"), "---\ntitle: Home\n---\n\n"+intro); err != nil {
			return err
		}
		for p := 1; p <= part(n); p++ {
			file := filepath.Join(docs, partDir((p-1)*perPart+1), "_index.md")
			if err := writeFile(file, fmt.Sprintf("---\ntitle: Part %d\nweight: %d\n---\n", p, p)); err != nil {
				return err
			}
		}
		theme, err := fs.Sub(hugoTheme, "hugo")
		if err != nil {
			return err
		}
		return os.CopyFS(dir, theme)
	case mdbookDialect:
		summary := "# Summary\n\n[Home](index.md)\n\n"
		for i := 1; i <= n; i++ {
			if (i-1)%perPart == 0 {
				summary += fmt.Sprintf("\n# Part %d\n\n", part(i))
			}
			summary += fmt.Sprintf("- [%s](%s/%s.md)\n", chapterTitle(i), partDir(i), slug(i))
		}
		return writeFiles(dir, map[string]string{
			"src/index.md":   "# Home\n\n" + intro,
			"src/SUMMARY.md": summary,
			"book.toml":      "[book]\ntitle = \"Bench\"\nlanguage = \"en\"\nsrc = \"src\"\n\n[output.html]\n",
		})
	}
	nav := "nav:\n  - Home: index.md\n"
	for i := 1; i <= n; i++ {
		if (i-1)%perPart == 0 {
			nav += fmt.Sprintf("  - Part %d:\n", part(i))
		}
		nav += fmt.Sprintf("      - \"%s\": %s/%s.md\n", chapterTitle(i), partDir(i), slug(i))
	}
	return writeFiles(dir, map[string]string{"chapters/index.md": "# Home\n\n" + intro, "mkdocs.yml": mkdocsConfig + nav})
}

func writeFiles(dir string, files map[string]string) error {
	for name, text := range files {
		if err := writeFile(filepath.Join(dir, filepath.FromSlash(name)), text); err != nil {
			return err
		}
	}
	return nil
}

// mkdocsConfig is read by MkDocs and by workbook. navigation.prune keeps
// Material from writing the whole navigation on every page.
const mkdocsConfig = `site_name: Bench
site_url: https://example.org/book/
docs_dir: chapters
site_dir: public
theme:
  name: material
  font: false
  language: en
  features:
    - navigation.prune
    - navigation.footer
    - content.code.copy
markdown_extensions:
  - admonition
  - attr_list
  - def_list
  - footnotes
  - md_in_html
  - tables
  - toc:
      permalink: true
  - pymdownx.highlight
  - pymdownx.superfences
  - pymdownx.details
  - pymdownx.tabbed:
      alternate_style: true
  - pymdownx.tasklist
  - pymdownx.snippets:
      base_path: [.]
plugins:
  - search
`
