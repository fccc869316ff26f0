//go:build unix && !solaris && !aix

package progress

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lock waits until no other process holds the lock of this name. It is a file of
// its own, for the one that it protects is replaced by every change.
func lock(name string) (unlock func(), err error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX)
		if err == nil || errors.Is(err, unix.ENOLCK) || errors.Is(err, unix.ENOTSUP) {
			return func() { f.Close() }, nil // closing gives the lock back
		}
		if !errors.Is(err, unix.EINTR) {
			f.Close()
			return nil, err
		}
	}
}
