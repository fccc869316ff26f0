package site

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"example/workbook/internal/book"
)

// markFile in a folder says that the folder is a site of ours. Its first line is
// the key of what the site was built from; then come the warnings, each behind
// "! ", for each file that an include named "< HASH NAME", and for each file of
// the site "HASH SIZE MTIME NAME".
const markFile = ".workbook-site"

// folder is a site that is being built: new files beside the old ones, which
// stay where they are until finish puts the new site in their place.
type folder struct {
	dir string // of the site
	key string // of what it is built from; may be empty
	old map[string]entry
	// warnings are those of the build, which a build that finds nothing new to
	// do repeats.
	warnings []string
	looked   map[string]string // the files that includes named, see body

	mu      sync.Mutex
	stage   string // where new files go; "" while there are none
	made    map[string]bool
	files   map[string]entry
	same    []string // files that are taken over from the old site
	written int

	abandoned bool
	writers   sync.WaitGroup // that are writing into stage
}

// entry is a file of a site as the mark file has it.
type entry struct {
	hash        string
	size, mtime int64
}

// folderOf is where the site goes.
func (s *settings) folderOf(opt Options) string {
	if opt.Dir != "" {
		return filepath.Clean(opt.Dir)
	}
	return filepath.Join(opt.Root, filepath.FromSlash(s.dir))
}

// open finds the folder of the site, and refuses one that holds anything else.
func (b *builder) open() (*folder, error) {
	f := &folder{dir: b.folderOf(b.opt), key: b.opt.Key, files: map[string]entry{}, made: map[string]bool{}}
	f.sweep()
	names, err := os.ReadDir(f.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return f, nil
	case err != nil:
		return nil, err
	case len(names) == 0:
		return f, nil
	}
	m, err := readMark(f.dir)
	f.old = m.files
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: not empty, and no site that workbook has built: empty it, or choose another folder with site_dir in %s or --site-dir", f.dir, configFile)
	}
	return f, err
}

// sweep removes what builds left behind that were killed, an hour ago or more:
// a younger one may still be at work.
func (f *folder) sweep() {
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(f.dir), "."+filepath.Base(f.dir)+".new-*"))
	for _, name := range left {
		if info, err := os.Lstat(name); err == nil && info.IsDir() && time.Since(info.ModTime()) > time.Hour {
			_ = os.RemoveAll(name)
		}
	}
}

// mark is what a mark file says.
type mark struct {
	key      string
	warnings []string
	looked   map[string]string // as in folder
	files    map[string]entry
}

func readMark(dir string) (mark, error) {
	data, err := os.ReadFile(filepath.Join(dir, markFile))
	if err != nil {
		return mark{}, err
	}
	m := mark{looked: map[string]string{}, files: map[string]entry{}}
	head, rest, _ := strings.Cut(string(data), "\n")
	m.key = head
	for line := range strings.SplitSeq(rest, "\n") {
		if warning, ok := strings.CutPrefix(line, "! "); ok {
			m.warnings = append(m.warnings, warning)
			continue
		}
		if looked, ok := strings.CutPrefix(line, "< "); ok {
			hash, name, _ := strings.Cut(looked, " ")
			m.looked[name] = hash
			continue
		}
		parts := strings.SplitN(line, " ", 4)
		if len(parts) != 4 {
			continue
		}
		size, err1 := strconv.ParseInt(parts[1], 10, 64)
		mtime, err2 := strconv.ParseInt(parts[2], 10, 64)
		if err1 == nil && err2 == nil {
			m.files[parts[3]] = entry{parts[0], size, mtime}
		}
	}
	return m, nil
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:12])
}

// write adds a file to the site. One that is as it was is taken over.
func (f *folder) write(name string, data []byte) error {
	hash := hashOf(data)
	if f.take(name, hash, int64(len(data))) {
		return nil
	}
	stage, err := f.begin(name)
	if err != nil {
		return err
	}
	defer f.writers.Done()
	info, err := writeNew(filepath.Join(stage, filepath.FromSlash(name)), data)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.files[name] = entry{hash, info.Size(), info.ModTime().UnixNano()}
	f.written++
	return nil
}

func (*folder) keeps() bool { return false }

// writeNew writes a file and tells its size and time.
func writeNew(name string, data []byte) (fs.FileInfo, error) {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return nil, err
	}
	_, err = file.Write(data)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	info, err := file.Stat()
	return info, errors.Join(err, file.Close())
}

// take takes a file over from the old site if it is the same there, and nobody
// has touched it since.
func (f *folder) take(name, hash string, size int64) bool {
	old, ok := f.old[name]
	if !ok || old.hash != hash || old.size != size || !f.untouched(name, old) {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.files[name] = old
	f.same = append(f.same, name)
	return true
}

func (f *folder) untouched(name string, old entry) bool { return untouched(f.dir, name, old) }

func untouched(dir, name string, old entry) bool {
	info, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(name)))
	return err == nil && info.Mode().IsRegular() && info.Size() == old.size && info.ModTime().UnixNano() == old.mtime
}

// begin is staged for a file that is then written, and counts who writes.
func (f *folder) begin(name string) (string, error) {
	stage, err := f.staged(name)
	if err != nil {
		return "", err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.abandoned {
		return "", errAbandoned
	}
	f.writers.Add(1)
	return stage, nil
}

var errAbandoned = errors.New("the build has ended")

// staged makes the folder for new files, and in it the one that name needs.
func (f *folder) staged(name string) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.abandoned {
		return "", errAbandoned
	}
	if f.stage == "" {
		parent := filepath.Dir(f.dir)
		if err := os.MkdirAll(parent, 0o755); err != nil {
			return "", err
		}
		stage, err := os.MkdirTemp(parent, "."+filepath.Base(f.dir)+".new-")
		if err != nil {
			return "", err
		}
		if err := os.Chmod(stage, 0o755); err != nil {
			return "", err
		}
		f.stage = stage
	}
	return f.stage, f.makeDir(filepath.Dir(filepath.FromSlash(name)))
}

// makeDir makes a folder of the stage and those above it. None is asked twice
// whether it is there.
func (f *folder) makeDir(dir string) error {
	if dir == "." || f.made[dir] {
		return nil
	}
	if err := f.makeDir(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(f.stage, dir), 0o755); err != nil {
		return err
	}
	f.made[dir] = true
	return nil
}

// finish puts the new site in the place of the old one, in one step where the
// system can. A site that is as it was stays.
func (f *folder) finish() error {
	if f.stage == "" && len(f.files) == len(f.old) {
		return f.writeMark(f.dir)
	}
	if _, err := f.staged(markFile); err != nil {
		return err
	}
	for _, name := range f.same {
		if _, err := f.staged(name); err != nil {
			return err
		}
		if err := linkFile(filepath.Join(f.dir, filepath.FromSlash(name)), filepath.Join(f.stage, filepath.FromSlash(name))); err != nil {
			return err
		}
	}
	if err := f.writeMark(f.stage); err != nil {
		return err
	}
	if _, err := os.Lstat(f.dir); errors.Is(err, fs.ErrNotExist) {
		err := os.Rename(f.stage, f.dir)
		if err == nil {
			f.stage = ""
		}
		return err
	}
	return exchange(f.stage, f.dir) // abandon then removes the old one
}

// writeMark writes through a file of its own, so that a crash leaves the old
// one.
func (f *folder) writeMark(dir string) error {
	var b strings.Builder
	b.WriteString(f.key + "\n")
	for _, w := range f.warnings {
		b.WriteString("! " + w + "\n")
	}
	for _, name := range sortedKeys(f.looked) {
		fmt.Fprintf(&b, "< %s %s\n", f.looked[name], name)
	}
	for _, name := range sortedKeys(f.files) {
		e := f.files[name]
		fmt.Fprintf(&b, "%s %d %d %s\n", e.hash, e.size, e.mtime, name)
	}
	temp := filepath.Join(dir, markFile+".new")
	if err := os.WriteFile(temp, []byte(b.String()), 0o644); err != nil {
		return err
	}
	return os.Rename(temp, filepath.Join(dir, markFile))
}

// linkFile gives a file a second name, or copies it where that cannot be done.
func linkFile(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.WriteFile(to, data, 0o644); err != nil {
		return err
	}
	return os.Chtimes(to, info.ModTime(), info.ModTime())
}

// abandon removes what is left of a build: after a failure the new files, after
// finish the old ones. A page that is still being made is not written any more.
func (f *folder) abandon() {
	f.mu.Lock()
	f.abandoned = true
	f.mu.Unlock()
	f.writers.Wait()
	if f.stage != "" {
		_ = os.RemoveAll(f.stage)
	}
}

// swapByRename puts stage in the place of dir in two steps. Between them there
// is no site.
func swapByRename(stage, dir string) error {
	old := stage + ".old"
	if err := os.Rename(dir, old); err != nil {
		return err
	}
	if err := os.Rename(stage, dir); err != nil {
		return errors.Join(err, os.Rename(old, dir))
	}
	return os.Rename(old, stage)
}

// Unchanged tells whether the site was built with the key of opt, and is as that
// build left it. The report then has the warnings of that build.
func Unchanged(b *book.Config, fsys fs.FS, opt Options) (report *Report, ok bool) {
	s := readSettings(b, fsys, opt.Getenv)
	dir, key := s.folderOf(opt), opt.Key
	m, err := readMark(dir)
	if err != nil || key == "" || m.key != key {
		return nil, false
	}
	for name, hash := range m.looked { // an include may come from anywhere in the book
		if hashOfRead(book.ReadFile(fsys, name)) != hash {
			return nil, false
		}
	}
	for name, e := range m.files {
		if !untouched(dir, name, e) {
			return nil, false
		}
	}
	return &Report{Dir: dir, Files: len(m.files), Warnings: m.warnings, Without: s.without()}, true
}
