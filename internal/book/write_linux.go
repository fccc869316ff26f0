package book

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// prepare writes a new file beside name and returns its path. It has no name
// until it is complete, so that a killed process leaves no half of one; where the
// file system cannot do that, it has one from the beginning.
func prepare(name string, data []byte, mode fs.FileMode) (string, error) {
	dir := filepath.Dir(name)
	fd, err := unix.Open(dir, unix.O_TMPFILE|unix.O_WRONLY|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return prepareNamed(name, data, mode)
	}
	temp := os.NewFile(uintptr(fd), name)
	defer temp.Close()
	if err := fill(temp, data, name, mode); err != nil {
		return "", err
	}
	for {
		path := filepath.Join(dir, fmt.Sprintf(".%s.%d.tmp", filepath.Base(name), rand.Uint32()))
		err := unix.Linkat(unix.AT_FDCWD, fmt.Sprintf("/proc/self/fd/%d", fd), unix.AT_FDCWD, path, unix.AT_SYMLINK_FOLLOW)
		switch {
		case err == nil:
			return path, nil
		case !errors.Is(err, fs.ErrExist):
			return prepareNamed(name, data, mode)
		}
	}
}
