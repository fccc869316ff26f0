package book

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

var (
	errNotFile  = errors.New("not a file")
	errTooLarge = errors.New("too large")
	errOutside  = errors.New("outside")
	errNotText  = errors.New("not text")
)

// readError says why a file of the book cannot be read.
func readError(err error, max int) string {
	var pathErr *fs.PathError
	switch {
	case errors.Is(err, errNotFile):
		return "not a file: only regular files can be read"
	case errors.Is(err, errTooLarge):
		return fmt.Sprintf("larger than the limit (%d bytes): split it", max)
	case errors.Is(err, errOutside):
		return "a symbolic link leads out of the book: put the file itself there"
	case errors.Is(err, fs.ErrNotExist):
		return "no such file"
	case errors.As(err, &pathErr):
		return pathErr.Err.Error()
	}
	return err.Error()
}

// badPath says what is wrong with a path of the book that somebody wrote, ""
// when it stays below the root.
func badPath(name string) string {
	switch {
	case name == "":
		return "is empty"
	case path.IsAbs(name) || strings.Contains(name, ":"):
		return "is an absolute path"
	case strings.Contains(name, "\\"):
		return "has a backslash"
	case strings.HasPrefix(path.Clean(name), ".."):
		return "leads out of the book"
	case !fs.ValidPath(name):
		return "is not written in the shortest way"
	}
	return ""
}

// inside follows the symbolic links on the way to a file and returns errOutside
// if one of them leads out of fsys. File systems without links need no check.
func inside(fsys fs.FS, name string) error {
	if _, ok := fsys.(fs.ReadLinkFS); !ok {
		return nil
	}
	const maxLinks = 40 // as Linux has it
	rest, done := strings.Split(name, "/"), ""
	for links := 0; len(rest) > 0; {
		at := path.Join(done, rest[0])
		rest = rest[1:]
		info, err := fs.Lstat(fsys, at)
		if err != nil {
			return err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			done = at
			continue
		}
		target, err := fs.ReadLink(fsys, at)
		if err != nil {
			return err
		}
		links++
		target, ok := linkTarget(path.Dir(at), target)
		if !ok || links > maxLinks {
			return errOutside
		}
		done, rest = "", append(strings.Split(target, "/"), rest...)
	}
	return nil
}

// linkTarget joins the folder of a link and what it says. Only at its beginning
// may a target go up: behind a name, which may be a link itself, ".." could
// mean any folder.
func linkTarget(dir, target string) (string, bool) {
	if path.IsAbs(target) {
		return "", false
	}
	named := false
	for part := range strings.SplitSeq(target, "/") {
		if part == ".." && named {
			return "", false
		}
		named = named || part != ".." && part != "." && part != ""
	}
	target = path.Join(dir, target)
	return target, target != ".." && !strings.HasPrefix(target, "../")
}
