//go:build unix

package book

import (
	"os"
	"syscall"
)

// keepOwner gives the new file the owner of the old one, where the superuser
// rewrites somebody else's. Nobody else may, and need not.
func keepOwner(temp *os.File, name string) {
	info, err := os.Stat(name)
	if err != nil {
		return
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		_ = temp.Chown(int(st.Uid), int(st.Gid))
	}
}
