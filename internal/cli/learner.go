package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"example/workbook/internal/book"
	"example/workbook/internal/progress"
	"example/workbook/internal/terminal"
)

// learner is what the commands for readers share: the book, what the reader has
// done in it, and where to ask.
type learner struct {
	src   *source
	store *progress.Store
	out   *screen
	keys  *keys

	unsaved bool // the reader was told that progress cannot be saved
}

func newLearner(env *Env, dir string) (*learner, error) {
	src, err := openSource(env, dir, nil)
	if err != nil {
		return nil, err
	}
	return learnerOf(env, src), nil
}

func learnerOf(env *Env, src *source) *learner {
	l := &learner{src: src, store: &progress.Store{Book: src.book.Title}, out: newScreen(env.Stdout), keys: newKeys(env)}
	path, err := progress.Path()
	if err != nil {
		l.cannotSave(err)
	}
	l.store.Path = path
	return l
}

// progress is what the reader has done so far.
func (l *learner) progress() *progress.Progress {
	if l.store.Path == "" {
		return &progress.Progress{}
	}
	p, err := l.store.Load()
	if err != nil {
		l.warn(err)
	}
	return p
}

// note changes what is kept of the reader's progress. Where that cannot be
// done, the reader is told once and goes on.
func (l *learner) note(change func(*progress.Progress)) {
	if l.store.Path == "" {
		return
	}
	err := l.store.Update(change)
	var damaged *progress.DamagedError
	switch {
	case errors.As(err, &damaged):
		l.warn(err)
	case err != nil:
		l.cannotSave(err)
	}
}

func (l *learner) cannotSave(err error) {
	if !l.unsaved {
		l.unsaved = true
		l.warn(fmt.Errorf("your progress is not saved: %w", err))
	}
}

func (l *learner) warn(err error) {
	l.out.wipe()
	fmt.Fprintf(l.src.env.Stderr, "warning: %v\n", err)
}

// style is how Markdown is shown on this screen.
func (l *learner) markdown(text string) {
	fmt.Fprint(l.out, terminal.Render(text, l.out.style()))
}

// predictionKey names a prediction in the reader's progress: by its snippet,
// and by its place among several on one.
func predictionKey(b *book.Book, p *book.Prediction) string {
	for i, other := range predictionsOf(b, p.Snippet) {
		if other == p && i > 0 {
			return fmt.Sprintf("%s/%d", p.Snippet.ID, i+1)
		}
	}
	return p.Snippet.ID
}

// keys reads the reader's answers: single keys from a terminal, lines from
// anything else.
type keys struct {
	file  *os.File // the terminal; nil where standard input or output is none
	lines *bufio.Reader
}

func newKeys(env *Env) *keys {
	k := &keys{lines: bufio.NewReader(env.Stdin)}
	in, isFile := env.Stdin.(*os.File)
	if isFile && term.IsTerminal(int(in.Fd())) && newScreen(env.Stdout).live {
		k.file = in
	}
	return k
}

// terminal tells whether somebody sits there who can be asked.
func (k *keys) terminal() bool { return k.file != nil }

// The keys that mean something everywhere. Enter is an empty answer.
const (
	keyEnter = ""
	keyQuit  = "q"
	keyBack  = "b"
)

// ask prints a question and returns the answer: one key in lower case, or one
// line. The end of the input is keyQuit. A signal ends the wait for an answer.
func (l *learner) ask(ctx context.Context, question string) (string, error) {
	fmt.Fprint(l.out, l.out.paint(bold, question)+" ")
	read, end := l.keys.line, "\n"
	if l.keys.terminal() {
		fd := int(l.keys.file.Fd())
		old, err := term.MakeRaw(fd)
		if err != nil {
			return keyQuit, err
		}
		defer term.Restore(fd, old)
		read, end = l.keys.key, "\r\x1b[K"
	}
	type answer struct {
		text string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		text, err := read()
		answers <- answer{text, err}
	}()
	select {
	case a := <-answers:
		fmt.Fprint(l.out, end)
		return a.text, a.err
	case <-ctx.Done():
		fmt.Fprint(l.out, end)
		return keyQuit, context.Cause(ctx)
	}
}

// line reads one line.
func (k *keys) line() (string, error) {
	line, err := k.lines.ReadString('\n')
	if err != nil && line == "" {
		return keyQuit, ignoreEOF(err)
	}
	return strings.ToLower(strings.TrimSpace(line)), nil
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// key reads one key of a terminal in raw mode. Arrows and other keys that send
// several bytes count as one.
func (k *keys) key() (string, error) {
	buf := make([]byte, 16)
	n, err := k.file.Read(buf)
	if err != nil {
		return keyQuit, ignoreEOF(err)
	}
	switch text := string(buf[:n]); text {
	case "\r", "\n", " ", "\x1b[C", "\x1b[B", "\x1b[6~": // right, down, page down
		return keyEnter, nil
	case "\x03", "\x04", "\x1b": // ^C and ^D, which are only bytes in raw mode
		return keyQuit, nil
	case "\x1b[D", "\x1b[A", "\x1b[5~", "\x7f", "\x08": // left, up, page up, backspace
		return keyBack, nil
	default:
		return strings.ToLower(text), nil
	}
}
