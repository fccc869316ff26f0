package progress_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"example/workbook/internal/progress"
)

func store(t *testing.T) *progress.Store {
	t.Helper()
	return &progress.Store{Path: filepath.Join(t.TempDir(), "deep", "progress.json"), Book: "B"}
}

func load(t *testing.T, s *progress.Store) *progress.Progress {
	t.Helper()
	p, err := s.Load()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// What is noted is there again, for its book only; reading makes no file.
func TestRoundTrip(t *testing.T) {
	s := store(t)
	if p := load(t, s); p.Place.Chapter != "" {
		t.Errorf("no file: %+v", p)
	}
	if _, err := os.Stat(filepath.Dir(s.Path)); err == nil {
		t.Error("Load made a folder")
	}
	if err := s.Update(func(p *progress.Progress) {
		p.Place = progress.Place{Chapter: "socket", Section: "The loop"}
		p.HasRead("socket", "The loop")
		p.HasRead("socket", "The loop")
		p.Predict("socket/a", progress.Prediction{Choice: 2, Right: true})
		p.SetExercise("socket/x", progress.Exercise{Hints: 1})
	}); err != nil {
		t.Fatal(err)
	}
	p := load(t, s)
	if p.Place.Section != "The loop" || len(p.Read["socket"]) != 1 || !p.Predictions["socket/a"].Right ||
		p.Exercises["socket/x"].Hints != 1 || p.Exercises["socket/x"].IsSolved() || p.Exercise != "socket/x" {
		t.Errorf("got %+v", p)
	}
	other := &progress.Store{Path: s.Path, Book: "C"}
	if p := load(t, other); p.Place.Chapter != "" {
		t.Errorf("another book has %+v", p)
	}
}

// Changes at the same time are all there in the end.
func TestTogether(t *testing.T) {
	s := store(t)
	const writers, each = 8, 10
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			own := &progress.Store{Path: s.Path, Book: "B"}
			for i := range each {
				if err := own.Update(func(p *progress.Progress) { p.HasRead("c", fmt.Sprint(w, "-", i)) }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := len(load(t, s).Read["c"]); n != writers*each {
		t.Errorf("%d entries, want %d", n, writers*each)
	}
}

// A damaged file is kept aside and told about once; what comes next is kept.
func TestDamaged(t *testing.T) {
	for _, text := range []string{"", "{", "[1]", "\x00\xff", `{"schema":"workbook/progress/1","books":3}`} {
		s := store(t)
		if err := os.MkdirAll(filepath.Dir(s.Path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(s.Path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := s.Update(func(p *progress.Progress) { p.HasRead("c", "s") })
		var damaged *progress.DamagedError
		if !errors.As(err, &damaged) {
			t.Fatalf("%q: error %v, want a DamagedError", text, err)
		}
		if kept, err := os.ReadFile(damaged.Aside); err != nil || string(kept) != text {
			t.Errorf("%q: kept %q, %v", text, kept, err)
		}
		if p := load(t, s); len(p.Read["c"]) != 1 {
			t.Errorf("%q: the change is lost: %+v", text, p)
		}
	}
}

// Empty maps and books of null are read; a file of another version is left alone.
func TestOtherContents(t *testing.T) {
	s := store(t)
	if err := os.MkdirAll(filepath.Dir(s.Path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.Path, []byte(`{"schema":"workbook/progress/1","books":{"B":null}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	load(t, s).HasRead("c", "s")
	newer := `{"schema":"workbook/progress/2"}`
	if err := os.WriteFile(s.Path, []byte(newer), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Update(func(*progress.Progress) {}); err == nil {
		t.Error("a newer file was changed")
	}
	if text, _ := os.ReadFile(s.Path); string(text) != newer {
		t.Errorf("the newer file is now %q", text)
	}
}

// Reset keeps what was there, each time under a new name.
func TestReset(t *testing.T) {
	s := store(t)
	for n := 1; n <= 2; n++ {
		if err := s.Update(func(p *progress.Progress) { p.HasRead("c", fmt.Sprint(n)) }); err != nil {
			t.Fatal(err)
		}
		backup, err := s.Reset()
		if want := fmt.Sprintf("%s.%d", s.Path, n); err != nil || backup != want {
			t.Errorf("Reset: %q, %v, want %q", backup, err, want)
		}
		if _, err := os.Stat(backup); err != nil {
			t.Error(err)
		}
		if p := load(t, s); len(p.Read) != 0 {
			t.Errorf("after Reset: %+v", p)
		}
	}
}

// The folder is the user's for state, unless WORKBOOK_STATE names one.
func TestPath(t *testing.T) {
	t.Setenv("HOME", "/home/u")
	t.Setenv("XDG_STATE_HOME", "relative")
	t.Setenv("WORKBOOK_STATE", "")
	if got, err := progress.Path(); err != nil || !filepath.IsAbs(got) || filepath.Base(got) != "progress.json" {
		t.Errorf("Path: %q, %v", got, err)
	}
	t.Setenv("XDG_STATE_HOME", "/state")
	if got, _ := progress.Path(); got != "/state/workbook/progress.json" {
		t.Errorf("with XDG_STATE_HOME: %q", got)
	}
	t.Setenv("WORKBOOK_STATE", "/mine")
	if got, _ := progress.Path(); got != "/mine/progress.json" {
		t.Errorf("with WORKBOOK_STATE: %q", got)
	}
}
