package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long a file must be left alone before it counts as saved:
// editors write it in several steps. It decides how often a half-written
// program is checked, and never whether the last one is.
const settle = 60 * time.Millisecond

// watch checks the reader's program now, and again whenever it has changed,
// until it passes. It watches the folder, not the file, because many editors
// replace a file by another of the same name.
func (c *checker) watch(ctx context.Context) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return &exitError{exitEnvironment, fmt.Errorf("cannot watch %s: %w", c.file, err)}
	}
	defer w.Close()
	if err := w.Add(filepath.Dir(c.file)); err != nil {
		return &exitError{exitEnvironment, fmt.Errorf("cannot watch %s: %w", filepath.Dir(c.file), err)}
	}
	answers := c.answers(ctx)
	for {
		text, err := os.ReadFile(c.file)
		if err == nil {
			if passed, err := c.checkWatched(ctx, w, text); passed || err != nil {
				return err
			}
		}
		if err := c.untilSaved(ctx, w, text, answers); err != nil || ctx.Err() != nil {
			return err
		}
	}
}

// checkWatched checks the program and stops doing so when the file no longer
// holds text.
func (c *checker) checkWatched(ctx context.Context, w *fsnotify.Watcher, text []byte) (passed bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type result struct {
		o   *outcome
		err error
	}
	done := make(chan result, 1)
	go func() {
		o, err := c.try(ctx)
		done <- result{o, err}
	}()
	for {
		select {
		case r := <-done:
			if r.err != nil {
				return false, r.err
			}
			fmt.Fprintln(c.out)
			return c.tell(r.o)
		case <-w.Events:
			if now, err := os.ReadFile(c.file); err == nil && !bytes.Equal(now, text) {
				cancel()
				<-done
				return false, nil
			}
		}
	}
}

// untilSaved returns when the file holds something else than text and was left
// alone for a moment.
func (c *checker) untilSaved(ctx context.Context, w *fsnotify.Watcher, text []byte, answers <-chan string) error {
	fmt.Fprintln(c.out, c.out.paint(dim, c.watching()))
	quiet := time.NewTimer(settle) // the file may have changed during the check
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case e := <-w.Events:
			if filepath.Base(e.Name) == filepath.Base(c.file) {
				quiet.Reset(settle)
			}
		case err := <-w.Errors:
			return &exitError{exitEnvironment, fmt.Errorf("watching %s: %w", c.file, err)}
		case <-quiet.C:
			if now, err := os.ReadFile(c.file); err == nil && !bytes.Equal(now, text) {
				return nil
			}
		case answer := <-answers:
			switch answer {
			case "h":
				c.hint(c.ex)
			case keyQuit:
				return &exitError{status: exitFailed}
			}
		}
	}
}

func (c *checker) watching() string {
	if c.keys.terminal() {
		return fmt.Sprintf("Waiting for you to save %s (h Enter: hint, q Enter: quit)", c.file)
	}
	return fmt.Sprintf("Waiting for you to save %s", c.file)
}

// answers are the lines that the reader types meanwhile, on a terminal.
func (c *checker) answers(ctx context.Context) <-chan string {
	answers := make(chan string)
	if !c.keys.terminal() {
		return answers
	}
	go func() {
		for {
			line, err := c.keys.lines.ReadString('\n')
			if err != nil {
				return
			}
			select {
			case answers <- strings.ToLower(strings.TrimSpace(line)):
			case <-ctx.Done():
				return
			}
		}
	}()
	return answers
}
