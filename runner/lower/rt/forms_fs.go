package rt

import (
	"io"
	"io/fs"
	"net/http"
	"time"
)

// fileForms are the forms of file systems and what is in them. Packages io/fs and
// net/http ask each value for methods that it need not have.
var fileForms = map[string]form{
	"fileSystem":               func(v V) any { return vFileSystem{v} },
	"fileSystemFile":           func(v V) any { return vFileSystemFile{vFileSystem{v}} },
	"fileSystemDir":            func(v V) any { return vFileSystemDir{vFileSystem{v}} },
	"fileSystemStat":           func(v V) any { return vFileSystemStat{vFileSystem{v}} },
	"fileSystemFileDir":        func(v V) any { return vFileSystemFileDir{vFileSystemFile{vFileSystem{v}}} },
	"fileSystemFileStat":       func(v V) any { return vFileSystemFileStat{vFileSystemFile{vFileSystem{v}}} },
	"fileSystemDirStat":        func(v V) any { return vFileSystemDirStat{vFileSystemDir{vFileSystem{v}}} },
	"fileSystemFileDirStat":    func(v V) any { return vFileSystemFileDirStat{vFileSystemFileDir{vFileSystemFile{vFileSystem{v}}}} },
	"fileSystemSub":            func(v V) any { return vFileSystemSub{vFileSystem{v}} },
	"fileSystemGlob":           func(v V) any { return vFileSystemGlob{vFileSystem{v}} },
	"file":                     func(v V) any { return vFile{v} },
	"fileDir":                  func(v V) any { return vFileDir{vFile{v}} },
	"fileSeeker":               func(v V) any { return vFileSeeker{vFile{v}} },
	"fileDirSeeker":            func(v V) any { return vFileDirSeeker{vFileSeeker{vFile{v}}} },
	"fileReaderAt":             func(v V) any { return vFileReaderAt{vFile{v}} },
	"fileSeekerReaderAt":       func(v V) any { return vFileSeekerReaderAt{vFileSeeker{vFile{v}}} },
	"fileWriterTo":             func(v V) any { return vFileWriterTo{vFile{v}} },
	"fileSeekerWriterTo":       func(v V) any { return vFileSeekerWriterTo{vFileSeeker{vFile{v}}} },
	"fileSeekerReaderAtWriter": func(v V) any { return vFileSeekerReaderAtWriterTo{vFileSeekerReaderAt{vFileSeeker{vFile{v}}}} },
	"fileInfo":                 func(v V) any { return vFileInfo{v} },
	"dirEntry":                 func(v V) any { return vDirEntry{v} },
	"fileInfoDirEntry":         func(v V) any { return vFileInfoDirEntry{vFileInfo{v}} },
	"httpFileSystem":           func(v V) any { return vHTTPFileSystem{v} },
	"httpFile":                 func(v V) any { return vHTTPFile{vFileSeeker{vFile{v}}} },
	"httpFileDir":              func(v V) any { return vHTTPFileDir{vHTTPFile{vFileSeeker{vFile{v}}}} },
}

type vFileSystem struct{ V }

func (v vFileSystem) Open(a0 string) (fs.File, error) {
	r := v.call("Open", a0)
	return to[fs.File](r[0]), to[error](r[1])
}

func (v V) readFile(name string) ([]byte, error) {
	r := v.call("ReadFile", name)
	return to[[]byte](r[0]), to[error](r[1])
}

// readDir is ReadDir of a file system, whose argument is a name, or of a directory.
func (v V) readDir(what any) ([]fs.DirEntry, error) {
	r := v.call("ReadDir", what)
	return to[[]fs.DirEntry](r[0]), to[error](r[1])
}

// stat is Stat of a file, or of a file system, which gets a name.
func (v V) stat(name ...any) (fs.FileInfo, error) {
	r := v.call("Stat", name...)
	return to[fs.FileInfo](r[0]), to[error](r[1])
}

type vFileSystemFile struct{ vFileSystem }

func (v vFileSystemFile) ReadFile(a0 string) ([]byte, error) { return v.readFile(a0) }

type vFileSystemDir struct{ vFileSystem }

func (v vFileSystemDir) ReadDir(a0 string) ([]fs.DirEntry, error) { return v.readDir(a0) }

type vFileSystemStat struct{ vFileSystem }

func (v vFileSystemStat) Stat(a0 string) (fs.FileInfo, error) { return v.stat(a0) }

type vFileSystemFileDir struct{ vFileSystemFile }

func (v vFileSystemFileDir) ReadDir(a0 string) ([]fs.DirEntry, error) { return v.readDir(a0) }

type vFileSystemFileStat struct{ vFileSystemFile }

func (v vFileSystemFileStat) Stat(a0 string) (fs.FileInfo, error) { return v.stat(a0) }

type vFileSystemDirStat struct{ vFileSystemDir }

func (v vFileSystemDirStat) Stat(a0 string) (fs.FileInfo, error) { return v.stat(a0) }

type vFileSystemFileDirStat struct{ vFileSystemFileDir }

func (v vFileSystemFileDirStat) Stat(a0 string) (fs.FileInfo, error) { return v.stat(a0) }

type vFileSystemSub struct{ vFileSystem }

func (v vFileSystemSub) Sub(a0 string) (fs.FS, error) {
	r := v.call("Sub", a0)
	return to[fs.FS](r[0]), to[error](r[1])
}

type vFileSystemGlob struct{ vFileSystem }

func (v vFileSystemGlob) Glob(a0 string) ([]string, error) {
	r := v.call("Glob", a0)
	return to[[]string](r[0]), to[error](r[1])
}

type vFile struct{ V }

func (v vFile) Stat() (fs.FileInfo, error) { return v.stat() }
func (v vFile) Close() error               { return to[error](v.call("Close")[0]) }
func (v vFile) Read(a0 []byte) (int, error) {
	r := v.call("Read", a0)
	return to[int](r[0]), to[error](r[1])
}

func (v V) readAt(p []byte, offset int64) (int, error) {
	r := v.call("ReadAt", p, offset)
	return to[int](r[0]), to[error](r[1])
}

func (v V) writeTo(w io.Writer) (int64, error) {
	r := v.call("WriteTo", w)
	return to[int64](r[0]), to[error](r[1])
}

type vFileDir struct{ vFile }

func (v vFileDir) ReadDir(a0 int) ([]fs.DirEntry, error) { return v.readDir(a0) }

type vFileSeeker struct{ vFile }

func (v vFileSeeker) Seek(a0 int64, a1 int) (int64, error) {
	r := v.call("Seek", a0, a1)
	return to[int64](r[0]), to[error](r[1])
}

type vFileDirSeeker struct{ vFileSeeker }

func (v vFileDirSeeker) ReadDir(a0 int) ([]fs.DirEntry, error) { return v.readDir(a0) }

type vFileReaderAt struct{ vFile }

func (v vFileReaderAt) ReadAt(a0 []byte, a1 int64) (int, error) { return v.readAt(a0, a1) }

type vFileSeekerReaderAt struct{ vFileSeeker }

func (v vFileSeekerReaderAt) ReadAt(a0 []byte, a1 int64) (int, error) { return v.readAt(a0, a1) }

type vFileWriterTo struct{ vFile }

func (v vFileWriterTo) WriteTo(a0 io.Writer) (int64, error) { return v.writeTo(a0) }

type vFileSeekerWriterTo struct{ vFileSeeker }

func (v vFileSeekerWriterTo) WriteTo(a0 io.Writer) (int64, error) { return v.writeTo(a0) }

type vFileSeekerReaderAtWriterTo struct{ vFileSeekerReaderAt }

func (v vFileSeekerReaderAtWriterTo) WriteTo(a0 io.Writer) (int64, error) { return v.writeTo(a0) }

type vFileInfo struct{ V }

func (v vFileInfo) Name() string       { return to[string](v.call("Name")[0]) }
func (v vFileInfo) Size() int64        { return to[int64](v.call("Size")[0]) }
func (v vFileInfo) Mode() fs.FileMode  { return to[fs.FileMode](v.call("Mode")[0]) }
func (v vFileInfo) ModTime() time.Time { return to[time.Time](v.call("ModTime")[0]) }
func (v vFileInfo) IsDir() bool        { return to[bool](v.call("IsDir")[0]) }
func (v vFileInfo) Sys() any           { return to[any](v.call("Sys")[0]) }

func (v V) info() (fs.FileInfo, error) {
	r := v.call("Info")
	return to[fs.FileInfo](r[0]), to[error](r[1])
}

type vDirEntry struct{ V }

func (v vDirEntry) Name() string               { return to[string](v.call("Name")[0]) }
func (v vDirEntry) IsDir() bool                { return to[bool](v.call("IsDir")[0]) }
func (v vDirEntry) Type() fs.FileMode          { return to[fs.FileMode](v.call("Type")[0]) }
func (v vDirEntry) Info() (fs.FileInfo, error) { return v.info() }

type vFileInfoDirEntry struct{ vFileInfo }

func (v vFileInfoDirEntry) Type() fs.FileMode          { return to[fs.FileMode](v.call("Type")[0]) }
func (v vFileInfoDirEntry) Info() (fs.FileInfo, error) { return v.info() }

type vHTTPFileSystem struct{ V }

func (v vHTTPFileSystem) Open(a0 string) (http.File, error) {
	r := v.call("Open", a0)
	return to[http.File](r[0]), to[error](r[1])
}

type vHTTPFile struct{ vFileSeeker }

func (v vHTTPFile) Readdir(a0 int) ([]fs.FileInfo, error) {
	r := v.call("Readdir", a0)
	return to[[]fs.FileInfo](r[0]), to[error](r[1])
}

type vHTTPFileDir struct{ vHTTPFile }

func (v vHTTPFileDir) ReadDir(a0 int) ([]fs.DirEntry, error) { return v.readDir(a0) }
