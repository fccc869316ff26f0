package isolate

import (
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"example/workbook/runner/isolate/enter"
)

// kept are the capabilities that a program has in its own namespaces: to listen
// at port 80 and to open raw sockets, as many a book about sockets does.
var kept = [...]uintptr{unix.CAP_NET_BIND_SERVICE, unix.CAP_NET_RAW}

// SysProcAttr is how to start the process that will seal the box: with the
// namespaces that its level has.
func (b *Box) SysProcAttr() *syscall.SysProcAttr { return b.How().SysProcAttr() }

// How is SysProcAttr in short.
func (b *Box) How() enter.How {
	return enter.How{Private: b.Level.Private(), Processes: b.Level == Full, Superuser: b.Superuser, Nobody: b.Nobody}
}

// CanBeNobody reports whether this process may make the program nobody, which
// only root may, and whether nobody then gets at what it needs.
func (b *Box) CanBeNobody() bool {
	if !enter.CanBeNobody() {
		return false
	}
	if b.Level.Private() {
		return true
	}
	return b.Level != Off && !b.Superuser && open(b.Temp)
}

// open reports whether all users may use what path leads to, and pass the
// folders on the way.
func open(path string) bool {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return false
	}
	if fi, err := os.Stat(path); err != nil || fi.Mode()&1 == 0 {
		return false
	}
	return path == "/" || open(filepath.Dir(path))
}

// Credential is who the program is to be, or nil where it stays who the process
// is that starts it. With Private, that is nobody already.
func (b *Box) Credential() *syscall.Credential {
	if !b.Nobody || b.Level.Private() {
		return nil
	}
	return &syscall.Credential{Uid: enter.Nobody, Gid: enter.Nobody, NoSetGroups: !enter.MayDropGroups()}
}

// Furnish makes the folders of a box that has its files on disk, and lets the
// program have them.
func (b *Box) Furnish() error {
	if b.Level.Private() {
		return nil
	}
	for _, dir := range append([]string{b.Dir}, b.Folders...) {
		if err := os.Mkdir(dir, 0o700); err != nil && !os.IsExist(err) {
			return err
		}
		if b.Credential() == nil {
			continue
		}
		if err := os.Chown(dir, enter.Nobody, enter.Nobody); err != nil {
			return err
		}
	}
	return nil
}
