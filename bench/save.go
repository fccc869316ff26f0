package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// timeSaves starts build --watch, changes a chapter again and again, and takes
// the time until the page with the change has been fetched: what a writer waits.
// It returns the median.
func timeSaves(ctx context.Context, program, book string, saves int) (time.Duration, error) {
	ctx, stop := context.WithTimeout(ctx, 5*time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, program, "build", "--watch", "--no-run", "--book", book, "--addr", "127.0.0.1:0")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	defer func() {
		stop()
		_ = cmd.Wait()
	}()
	address := ""
	lines := bufio.NewScanner(out)
	for address == "" && lines.Scan() {
		if _, rest, ok := strings.Cut(lines.Text(), "serving "); ok {
			address, _, _ = strings.Cut(rest, " ")
		}
	}
	if address == "" {
		return 0, fmt.Errorf("build --watch ended before it served anything")
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	w := waiter{address: address, page: address + partDir(1) + "/" + slug(1) + "/"}
	if err := w.listen(ctx); err != nil {
		return 0, err
	}
	defer w.close()
	file := mkdocsDialect.fileOf(book, 1)
	source, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.WriteFile(file, source, 0o644) }()
	var times []float64
	for i := range saves {
		mark := fmt.Sprintf("Saved for the %dth time.", i)
		start := time.Now()
		if err := save(file, string(source)+"\n"+mark+"\n"); err != nil {
			return 0, err
		}
		if err := w.until(ctx, mark); err != nil {
			return 0, err
		}
		times = append(times, time.Since(start).Seconds())
	}
	return time.Duration(median(times) * float64(time.Second)), nil
}

// save writes a file as editors do: a new one that takes the place of the old.
func save(file, text string) error {
	temp := filepath.Join(filepath.Dir(file), "."+filepath.Base(file)+".swp")
	if err := os.WriteFile(temp, []byte(text), 0o644); err != nil {
		return err
	}
	return os.Rename(temp, file)
}

// waiter is an open page: it hears what changes, and loads itself anew.
type waiter struct {
	address, page string
	events        io.ReadCloser
	lines         *bufio.Scanner
}

func (w *waiter) listen(ctx context.Context) error {
	res, err := get(ctx, w.address+".workbook/events")
	if err != nil {
		return err
	}
	w.events, w.lines = res.Body, bufio.NewScanner(res.Body)
	w.lines.Buffer(nil, 1<<20)
	w.lines.Scan() // retry: the server knows us now
	return nil
}

func (w *waiter) close() { _ = w.events.Close() }

// until waits for news, until the page holds a text.
func (w *waiter) until(ctx context.Context, text string) error {
	for w.lines.Scan() {
		if !strings.HasPrefix(w.lines.Text(), "data: ") {
			continue
		}
		res, err := get(ctx, w.page)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || strings.Contains(string(body), text) {
			return err
		}
	}
	return fmt.Errorf("the page never held %q: %w", text, w.lines.Err())
}

func get(ctx context.Context, address string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		_ = res.Body.Close()
		return nil, fmt.Errorf("%s: %s", address, res.Status)
	}
	return res, nil
}
