package book

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteFile replaces the contents of a file of the operating system, or makes
// it. Who reads it meanwhile, or after a crash, finds the old text or the new
// one, never half of it. The permissions stay; a symbolic link stays one, and
// what it names is written. Nothing is written when nothing changes.
func WriteFile(name string, data []byte) error {
	name, mode, err := writable(name)
	if err != nil {
		return err
	}
	if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, data) {
		return nil
	}
	temp, err := prepare(name, data, mode)
	if err != nil {
		return err
	}
	if err := os.Rename(temp, name); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return syncDir(filepath.Dir(name))
}

// prepareNamed writes a new file beside name and returns its path.
func prepareNamed(name string, data []byte, mode fs.FileMode) (string, error) {
	temp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*.tmp")
	if err != nil {
		return "", err
	}
	err = fill(temp, data, name, mode)
	if err = errors.Join(err, temp.Close()); err != nil {
		return "", errors.Join(err, os.Remove(temp.Name()))
	}
	return temp.Name(), nil
}

// writable follows links and finds the permissions that the new file gets. A
// file that one may not write is not replaced either.
func writable(name string) (string, fs.FileMode, error) {
	const usual = 0o644
	target, err := filepath.EvalSymlinks(name)
	if errors.Is(err, fs.ErrNotExist) {
		return name, usual, nil
	} else if err != nil {
		return "", 0, err
	}
	info, err := os.Stat(target)
	if err != nil {
		return "", 0, err
	}
	if !info.Mode().IsRegular() {
		return "", 0, fmt.Errorf("%s: not a file: only regular files can be rewritten", name)
	}
	f, err := os.OpenFile(target, os.O_WRONLY, 0)
	if err != nil {
		return "", 0, err
	}
	return target, info.Mode().Perm(), f.Close()
}

// fill writes the file that is to become name, down to the disk.
func fill(temp *os.File, data []byte, name string, mode fs.FileMode) error {
	_, err := temp.Write(data)
	if err == nil {
		err = temp.Chmod(mode)
	}
	if err == nil {
		keepOwner(temp, name)
		err = temp.Sync()
	}
	return err
}

// syncDir makes the rename survive a crash.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	return errors.Join(err, d.Close())
}
