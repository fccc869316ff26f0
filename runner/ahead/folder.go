package ahead

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"example/workbook/runner/supervisor"
)

// Folder is the folder of one run, with what belongs to it: the whole, which is
// removed at the end.
type Folder string

// NewFolder chooses a folder for one run. Inside it the program has an empty
// working directory, a home and a place for temporary files. A run whose files
// are in memory has it there only; others need Make.
func NewFolder() (Folder, error) {
	temp, err := filepath.Abs(os.TempDir())
	if err != nil {
		return "", err
	}
	// Both come from the runtime's ChaCha8, whose key is the kernel's.
	name := strconv.FormatUint(rand.Uint64(), 36) + strconv.FormatUint(rand.Uint64(), 36)
	return Folder(filepath.Join(temp, "workbook-run-"+name)), nil
}

// Make makes the folder on disk.
func (f Folder) Make() error {
	for _, d := range f.All() {
		if err := os.Mkdir(d, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			f.Remove()
			return err
		}
	}
	return nil
}

// All lists the folder and those in it, the outer ones first.
func (f Folder) All() []string { return []string{string(f), f.Work(), f.Home(), f.Temp()} }

// Work is the working directory of the program.
func (f Folder) Work() string { return filepath.Join(string(f), "work") }

// Home is its home.
func (f Folder) Home() string { return filepath.Join(string(f), "home") }

// Temp is its place for temporary files.
func (f Folder) Temp() string { return filepath.Join(string(f), "tmp") }

// Remove removes the folder, if that can be done.
func (f Folder) Remove() { _ = supervisor.RemoveAll(string(f)) }

// Environment is what a program sees of this process's environment, and its own
// folders.
func (f Folder) Environment() []string {
	env := []string{"HOME=" + f.Home(), "TMPDIR=" + f.Temp()}
	if runtime.GOOS == "windows" {
		env = append(env, "TEMP="+f.Temp(), "TMP="+f.Temp(), "USERPROFILE="+f.Home())
	}
	for _, name := range []string{"PATH", "LANG", "LC_ALL", "TZ", "GOMAXPROCS", "SYSTEMROOT"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}
