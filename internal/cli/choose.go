package cli

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"example/workbook/internal/book"
)

// choose returns the snippets that the selectors name, in the order of the
// book, those that stand for exercises behind the others of their chapter.
// Without selectors that is all of them.
func (s *source) choose(selectors []string) ([]*book.Snippet, error) {
	chosen := map[*book.Exercise]bool{}
	var errs []error
	var rest []string
	for _, sel := range selectors {
		found := exercisesNamed(s.book, sel)
		for _, ex := range found {
			chosen[ex] = true
		}
		switch _, err := s.book.Select(sel); {
		case err == nil:
			rest = append(rest, sel)
		case len(found) == 0:
			errs = append(errs, s.unknown(sel, err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	var snippets []*book.Snippet
	if len(rest) > 0 || len(selectors) == 0 {
		var err error
		if snippets, err = s.book.Select(rest...); err != nil {
			return nil, err
		}
	}
	var all []*book.Snippet
	for _, c := range s.book.Chapters {
		for _, snippet := range snippets {
			if snippet.Chapter == c {
				all = append(all, snippet)
			}
		}
		for _, ex := range c.Exercises {
			if len(selectors) == 0 || chosen[ex] {
				all = append(all, s.task(ex))
			}
		}
	}
	return all, nil
}

// task is the snippet that stands for an exercise where snippets are chosen and
// run: its solution, under the name of the exercise.
func (s *source) task(ex *book.Exercise) *book.Snippet {
	for t, of := range s.tasks {
		if of == ex {
			return t
		}
	}
	t := *ex.Solution
	t.ID, t.Title = ex.ID, "exercise: "+ex.Title
	if s.tasks == nil {
		s.tasks = map[*book.Snippet]*book.Exercise{}
	}
	s.tasks[&t] = ex
	return &t
}

// unknown is the error for a selector that names nothing, with the exercise
// that was probably meant where err knows nothing better.
func (s *source) unknown(sel string, err error) error {
	if near := nearExercise(s.book, sel); near != "" && !strings.Contains(err.Error(), "did you mean") {
		return fmt.Errorf("%q names no chapter, snippet or exercise: did you mean %q?", sel, near)
	}
	return err
}

// exercisesNamed returns the exercises that a selector of run names: those of a
// chapter, one by its id, or by the folder of its programs.
func exercisesNamed(b *book.Book, sel string) []*book.Exercise {
	clean := path.Clean(sel)
	chapter, name, _ := strings.Cut(clean, "/")
	var found []*book.Exercise
	for _, c := range b.Chapters {
		for _, ex := range c.Exercises {
			folder := path.Dir(path.Dir(ex.Solution.File))
			if sel == "" || named(b, c, clean) || named(b, c, chapter) && ex.Name == name ||
				clean == "." || clean == folder || strings.HasPrefix(folder, clean+"/") || strings.HasPrefix(clean, folder+"/") ||
				strings.HasPrefix(c.Path, clean+"/") {
				found = append(found, ex)
			}
		}
	}
	return found
}

// named tells whether a reader means chapter c by name: chapter3, 3, socket,
// 03-socket or its path.
func named(b *book.Book, c *book.Chapter, name string) bool {
	stem := strings.TrimSuffix(path.Base(c.Path), path.Ext(c.Path))
	switch name {
	case c.Slug, c.Path, strings.TrimPrefix(c.Path, b.DocsDir+"/"), stem:
		return true
	}
	n, err := strconv.Atoi(strings.TrimPrefix(name, "chapter"))
	return err == nil && n == c.Number && c.Number >= 0
}

// findChapter returns the chapter with a name.
func findChapter(b *book.Book, name string) (*book.Chapter, error) {
	var names []string
	for _, c := range b.Chapters {
		if named(b, c, name) {
			return c, nil
		}
		names = append(names, chapterName(c), c.Slug)
	}
	if near := near(name, names); near != "" {
		return nil, fmt.Errorf("%q names no chapter: did you mean %q?", name, near)
	}
	return nil, fmt.Errorf("%q names no chapter: 'workbook list' shows them", name)
}

// findExercise returns the exercise with a name: its id, that with another name
// of its chapter, or its own name where only one exercise has it.
func findExercise(b *book.Book, name string) (*book.Exercise, error) {
	var found []*book.Exercise
	chapter, own, inChapter := strings.Cut(path.Clean(name), "/")
	for _, ex := range exercises(b) {
		if inChapter && ex.Name == own && named(b, ex.Chapter, chapter) || ex.Name == name {
			found = append(found, ex)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return nil, fmt.Errorf("%q is the name of %s and of %s: write the chapter, too", name, found[0].ID, found[1].ID)
	case len(exercises(b)) == 0:
		return nil, errors.New("this book has no exercises")
	}
	if near := nearExercise(b, name); near != "" {
		return nil, fmt.Errorf("%q names no exercise: did you mean %q?", name, near)
	}
	return nil, fmt.Errorf("%q names no exercise: 'workbook exercise' lists them", name)
}

// exercises are those of the book in its order.
func exercises(b *book.Book) []*book.Exercise {
	var all []*book.Exercise
	for _, c := range b.Chapters {
		all = append(all, c.Exercises...)
	}
	return all
}

func nearExercise(b *book.Book, name string) string {
	var ids, names []string
	for _, ex := range exercises(b) {
		ids, names = append(ids, ex.ID), append(names, ex.Name)
	}
	if id := near(name, ids); id != "" {
		return id
	}
	if own := near(name, names); own != "" {
		for _, ex := range exercises(b) {
			if ex.Name == own {
				return ex.ID
			}
		}
	}
	return ""
}

// near returns the name that was probably meant by a misspelt word, or "". It
// asks the library that does so for the names of commands.
func near(word string, names []string) string {
	list := &cobra.Command{SuggestionsMinimumDistance: 2}
	for _, name := range names {
		list.AddCommand(&cobra.Command{Use: name, Run: func(*cobra.Command, []string) {}})
	}
	if found := list.SuggestionsFor(word); len(found) > 0 {
		return found[0]
	}
	return ""
}
