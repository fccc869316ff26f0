package cli

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"example/workbook/internal/book"
	"example/workbook/internal/progress"
	"example/workbook/internal/terminal"
)

func newProgress(env *Env, dir *string) *cobra.Command {
	var reset, asJSON bool
	cmd := &cobra.Command{
		Use:   "progress",
		Short: "show what you have read, predicted and solved",
		Long: `Progress shows how far you are in each chapter. It is kept in one small file in
your folder for state, which the last line names; nothing is sent anywhere.
WORKBOOK_STATE names another folder for it.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			l, err := newLearner(env, *dir)
			if err != nil {
				return err
			}
			switch {
			case reset:
				return l.resetProgress()
			case asJSON:
				enc := json.NewEncoder(env.Stdout)
				enc.SetEscapeHTML(false)
				return enc.Encode(l.progress())
			}
			l.showProgress()
			return nil
		},
	}
	cmd.Flags().BoolVar(&reset, "reset", false, "begin anew; a copy of the file is kept")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as one JSON object")
	return cmd
}

func (l *learner) resetProgress() error {
	if l.store.Path == "" {
		return nil
	}
	backup, err := l.store.Reset()
	if err != nil {
		return &exitError{exitEnvironment, err}
	}
	if backup == "" {
		fmt.Fprintln(l.out, "There is nothing to reset.")
		return nil
	}
	fmt.Fprintf(l.out, "You begin anew. What was there is kept in %s.\n", backup)
	return nil
}

func (l *learner) showProgress() {
	p := l.progress()
	width := 0
	for _, c := range l.src.book.Chapters {
		width = max(width, len(chapterName(c)))
	}
	for _, c := range l.src.book.Chapters {
		if s := score(l.src.book, c, p); s.any() {
			fmt.Fprintf(l.out, "  %-*s  %s\n      %s\n", width, chapterName(c), c.Title, l.out.paint(dim, s.String()))
		}
	}
	fmt.Fprintf(l.out, "\nKept in %s\n", l.store.Path)
}

// chapterScore is how far a reader is in one chapter.
type chapterScore struct {
	read, sections                int
	right, predicted, predictions int
	solved, exercises             int
}

func score(b *book.Book, c *book.Chapter, p *progress.Progress) chapterScore {
	s := chapterScore{predictions: len(c.Predictions), exercises: len(c.Exercises)}
	for _, section := range sectionsOf(c) {
		s.sections++
		for _, read := range p.Read[c.Slug] {
			if read == section {
				s.read++
				break
			}
		}
	}
	for _, prediction := range c.Predictions {
		if prediction.Snippet == nil {
			continue
		}
		if made, ok := p.Predictions[predictionKey(b, prediction)]; ok {
			s.predicted++
			if made.Right {
				s.right++
			}
		}
	}
	for _, ex := range c.Exercises {
		if p.Exercises[ex.ID].IsSolved() {
			s.solved++
		}
	}
	return s
}

// sectionsOf are the headings at which learn stops.
func sectionsOf(c *book.Chapter) []string {
	var names []string
	for _, b := range terminal.Parse(c.Source).Blocks() {
		if b.Kind == terminal.Heading && b.Level <= sectionLevel {
			names = append(names, b.Text)
		}
	}
	return names
}

// any tells whether there is anything to learn or to do in the chapter.
func (s chapterScore) any() bool { return s.predictions+s.exercises > 0 || s.read > 0 }

func (s chapterScore) String() string {
	text := fmt.Sprintf("read %d of %s", s.read, count(s.sections, "section"))
	if s.predictions > 0 {
		text += fmt.Sprintf("; predicted %d of %d, %d right", s.predicted, s.predictions, s.right)
	}
	if s.exercises > 0 {
		text += fmt.Sprintf("; solved %d of %s", s.solved, count(s.exercises, "exercise"))
	}
	return text
}

// begun tells whether the reader has done anything in the chapter.
func (s chapterScore) begun() bool { return s.read+s.predicted+s.solved > 0 }
