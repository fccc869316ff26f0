package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The book is always the same, and its chapters are what the ratios are said of.
func TestCorpus(t *testing.T) {
	for _, d := range []dialect{mkdocsDialect, hugoDialect, mdbookDialect} {
		size := 0
		for i := 1; i <= 50; i++ {
			text := chapter(d, i, 50)
			if text != chapter(d, i, 50) {
				t.Fatalf("chapter %d differs from itself", i)
			}
			if n := strings.Count(text, "```go\n"); n != 4 {
				t.Errorf("chapter %d has %d fences of Go", i, n)
			}
			size += len(text)
		}
		if mean := size / 50; mean < 7600 || mean > 8400 {
			t.Errorf("a chapter has %d bytes: it should have about 8 KB", mean)
		}
	}
	a, b := chapter(mkdocsDialect, 1, 50), chapter(hugoDialect, 1, 50)
	if !strings.Contains(a, "\n!!! note \"Remember\"\n") || !strings.Contains(b, "\n> [!NOTE]\n") {
		t.Error("the notes are in the wrong notation")
	}
}

func TestRatios(t *testing.T) {
	r := &results{opt: &options{rounds: 3}, out: &bytes.Buffer{}, samples: map[key][]sample{}}
	a, b := key{ours, 1000, false}, key{"hugo", 1000, false}
	for _, cpu := range [][2]int{{1, 4}, {3, 6}, {2, 20}} {
		r.samples[a] = append(r.samples[a], sample{cpu: time.Duration(cpu[0]) * time.Second, memory: 151e6})
		r.samples[b] = append(r.samples[b], sample{cpu: time.Duration(cpu[1]) * time.Second})
	}
	if got := r.ratios(a, b, sample.cpuTime); !slices.Equal(got, []float64{0.25, 0.5, 0.1}) {
		t.Errorf("ratios %v: they are those of each round", got)
	}
	if got := r.median(a, sample.cpuTime); got != 2 {
		t.Errorf("median %v", got)
	}
	if missed := r.goals(); missed != 1 {
		t.Errorf("%d goals missed: only the memory is over\n%s", missed, r.out)
	}
}

// The whole of it, with a small book and without the other tools.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the workbook")
	}
	var out bytes.Buffer
	dir := t.TempDir()
	if err := run(context.Background(), []string{"-n", "3", "-rounds", "2", "-saves", "2", "-tools", "workbook,hugo", "-hugo", "/no/such/hugo", "-dir", dir}, &out, os.Stderr); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, want := range []string{"hugo: not had", "3 chapters, medians of 2", "from a save to the page, at 3 chapters"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("not said: %q in\n%s", want, out.String())
		}
	}
	page, err := os.ReadFile(filepath.Join(dir, "site-3-workbook", "part001", "chapter0003", "index.html"))
	if err != nil || !bytes.Contains(page, []byte("not verified in this build")) {
		t.Errorf("the page does not say that nothing was verified: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, aside+"*")); left != nil {
		t.Errorf("sites of earlier rounds are left: %v", left)
	}
}

// A tool that does not end in time is named, and the others are measured.
func TestTooSlow(t *testing.T) {
	dir := t.TempDir()
	slow := filepath.Join(dir, "slow")
	if err := os.WriteFile(slow, []byte("#!/bin/sh\ncase \"$*\" in *book-2-*) exec sleep 600;; esac\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run(context.Background(), []string{"-n", "2", "-saves", "0", "-tools", "hugo", "-hugo", slow, "-limit", "50ms", "-dir", dir}, &out, os.Stderr); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, want := range []string{"hugo       not built in 50ms", "Goals"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("not said: %q in\n%s", want, out.String())
		}
	}
}
