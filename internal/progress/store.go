package progress

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"example/workbook/internal/book"
)

const (
	fileName = "progress.json"
	schema   = "workbook/progress/1"
	// maxSize bounds what is read, in bytes. A book with a thousand sections
	// makes some 100 kB.
	maxSize = 16 << 20
)

// Store is the place of the progress in one book.
type Store struct {
	Path string // of the file, which need not exist
	Book string // title; one file holds the progress in several books
}

// Path is where the file of this user is. The variable WORKBOOK_STATE names the
// folder where it is set; otherwise it is the user's folder for state
// (XDG_STATE_HOME, ~/.local/state, or what macOS and Windows have for it).
func Path() (string, error) {
	if dir := os.Getenv("WORKBOOK_STATE"); dir != "" {
		return filepath.Join(dir, fileName), nil
	}
	// The XDG specification has relative paths ignored.
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "workbook", fileName), nil
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		dir, err := os.UserConfigDir()
		return filepath.Join(dir, "workbook", fileName), err
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "state", "workbook", fileName), err
}

// DamagedError says that the file could not be read and where it is now. The
// progress that comes with it is empty and can be used.
type DamagedError struct {
	Path, Aside string
	Err         error
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("%s: %v: it is kept as %s, and your progress begins anew", e.Path, e.Err, e.Aside)
}

func (e *DamagedError) Unwrap() error { return e.Err }

// file is what the file holds.
type file struct {
	Schema string               `json:"schema"`
	Books  map[string]*Progress `json:"books"`
}

// Load returns the progress, empty where there is no file yet. It is never nil.
func (s *Store) Load() (*Progress, error) {
	if _, err := os.Stat(s.Path); errors.Is(err, fs.ErrNotExist) {
		return &Progress{}, nil
	}
	// Who may not write beside the file may still read it.
	if unlock, err := lock(s.Path + ".lock"); err == nil {
		defer unlock()
	}
	f, err := s.read()
	return f.Books[s.Book], err
}

// Update changes the progress. It reads the file, calls change and writes the
// file, with no other Update in between. A *DamagedError says that it has done
// so after putting a damaged file aside.
func (s *Store) Update(change func(*Progress)) error {
	if err := os.MkdirAll(filepath.Dir(s.Path), 0o700); err != nil {
		return err
	}
	unlock, err := lock(s.Path + ".lock")
	if err != nil {
		return err
	}
	defer unlock()
	f, err := s.read()
	var damaged *DamagedError
	if err != nil && !errors.As(err, &damaged) {
		return err
	}
	change(f.Books[s.Book])
	text, marshalErr := json.MarshalIndent(f, "", "  ")
	if marshalErr != nil {
		return marshalErr
	}
	return errors.Join(err, book.WriteFile(s.Path, append(text, '\n')))
}

// Reset begins anew, for this book. It returns the name of the copy that it has
// made of the file, "" where there was none.
func (s *Store) Reset() (backup string, err error) {
	if _, err := os.Stat(s.Path); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	text, err := os.ReadFile(s.Path)
	if err != nil {
		return "", err
	}
	backup, err = Backup(s.Path, text)
	if err != nil {
		return "", err
	}
	return backup, s.Update(func(p *Progress) { *p = Progress{} })
}

// Backup writes text beside path, into a new file with the first number that
// is free: PATH.1, PATH.2, ...
func Backup(path string, text []byte) (name string, err error) {
	for n := 1; ; n++ {
		name = fmt.Sprintf("%s.%d", path, n)
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = f.Write(text)
		return name, errors.Join(err, f.Close())
	}
}

// read returns what the file holds, with an entry for the book; the lock is
// held.
func (s *Store) read() (*file, error) {
	f := &file{Schema: schema, Books: map[string]*Progress{s.Book: {}}}
	info, err := os.Stat(s.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	} else if err != nil {
		return f, err
	}
	if info.Size() > maxSize {
		return f, s.putAside(fmt.Errorf("larger than %d bytes", maxSize))
	}
	text, err := os.ReadFile(s.Path)
	if err != nil {
		return f, err
	}
	var got file
	if err := json.Unmarshal(text, &got); err != nil {
		return f, s.putAside(fmt.Errorf("damaged: %w", err))
	}
	if got.Schema != schema {
		return f, fmt.Errorf("%s: holds %q, and this program knows %q: use the version that wrote it, or set WORKBOOK_STATE to another folder", s.Path, got.Schema, schema)
	}
	if got.Books == nil {
		got.Books = map[string]*Progress{}
	}
	if got.Books[s.Book] == nil {
		got.Books[s.Book] = &Progress{}
	}
	return &got, nil
}

// putAside renames a damaged file, so that what is in it can still be saved by
// hand.
func (s *Store) putAside(why error) error {
	for n := 1; ; n++ {
		aside := fmt.Sprintf("%s.damaged.%d", s.Path, n)
		if _, err := os.Lstat(aside); err == nil {
			continue
		}
		if err := os.Rename(s.Path, aside); err != nil {
			return fmt.Errorf("%s: %w; it cannot be put aside: %w", s.Path, why, err)
		}
		return &DamagedError{s.Path, aside, why}
	}
}
