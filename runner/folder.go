package runner

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"example/workbook/runner/supervisor"
)

// folder is the folder of one run, with what belongs to it.
type folder struct {
	dir string // the whole, removed at the end
}

// newFolder makes a folder for one run. Inside it the program has an empty
// working directory, a home and a place for temporary files.
func newFolder() (*folder, error) {
	dir, err := os.MkdirTemp("", "workbook-run-")
	if err != nil {
		return nil, err
	}
	f := &folder{dir}
	for _, d := range []string{f.work(), f.home(), f.temp()} {
		if err := os.Mkdir(d, 0o700); err != nil {
			f.remove()
			return nil, err
		}
	}
	return f, nil
}

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
