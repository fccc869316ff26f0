package runner

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"example/workbook/runner/supervisor"
)

// folder is the folder of one run, with what belongs to it.
type folder struct {
	dir string // the whole, removed at the end
}

// newFolder chooses a folder for one run. Inside it the program has an empty
// working directory, a home and a place for temporary files. A run whose files
// are in memory has it there only; others need make.
func newFolder() (*folder, error) {
	temp, err := filepath.Abs(os.TempDir())
	if err != nil {
		return nil, err
	}
	return &folder{filepath.Join(temp, "workbook-run-"+rand.Text())}, nil
}

// make makes the folder on disk.
func (f *folder) make() error {
	for _, d := range f.all() {
		if err := os.Mkdir(d, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			f.remove()
			return err
		}
	}
	return nil
}

// all lists the folder and those in it, the outer ones first.
func (f *folder) all() []string { return []string{f.dir, f.work(), f.home(), f.temp()} }

func (f *folder) work() string { return filepath.Join(f.dir, "work") }
func (f *folder) home() string { return filepath.Join(f.dir, "home") }
func (f *folder) temp() string { return filepath.Join(f.dir, "tmp") }

func (f *folder) remove() { _ = supervisor.RemoveAll(f.dir) }

// clean removes f and notes it if that cannot be done.
func (r *Run) clean(f *folder) {
	if err := supervisor.RemoveAll(f.dir); err != nil {
		r.Notes = append(r.Notes, fmt.Sprintf("its folder could not be removed: %v", err))
	}
}

// environment is what a program sees of this process's environment, and its own
// folders.
func (f *folder) environment() []string {
	env := []string{"HOME=" + f.home(), "TMPDIR=" + f.temp()}
	if runtime.GOOS == "windows" {
		env = append(env, "TEMP="+f.temp(), "TMP="+f.temp(), "USERPROFILE="+f.home())
	}
	for _, name := range []string{"PATH", "LANG", "LC_ALL", "TZ", "GOMAXPROCS", "SYSTEMROOT"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}
