package isolate

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// devices are the files of /dev that a program gets.
var devices = [...]string{"null", "zero", "full", "random", "urandom"}

// systemFolders are the folders with programs and libraries, here or on other
// distributions. Those that are links are so in the box too.
func systemFolders() []string {
	return []string{"/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/nix/store", "/gnu/store", "/run/current-system", "/opt"}
}

// enter makes the new namespaces usable: a host name, a loopback interface and a
// root folder.
func (b *Box) enter() error {
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"host name", func() error { return os.NewSyscallError("sethostname", unix.Sethostname([]byte("workbook"))) }},
		{"loopback interface", LoopbackUp},
		{"mount namespace", b.newRoot},
		{"proc", b.mountProc},
		{"root folder", b.moveIn},
	} {
		if err := step.do(); err != nil {
			return &Refusal{step.name, err}
		}
	}
	return nil
}

// LoopbackUp lets the processes of a network namespace reach one another.
func LoopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return os.NewSyscallError("socket", err)
	}
	defer unix.Close(fd)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	lo.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return os.NewSyscallError("ioctl", unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo))
}

// site is where the new root is built; nothing of it is needed in there.
const site = "/tmp"

// newRoot mounts an empty root and puts into it what a program needs of the
// system, to be read only.
func (b *Box) newRoot() error {
	if err := mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return err
	}
	if err := mount("workbook", site, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "size=1m,nr_inodes=1k,mode=755"); err != nil {
		return err
	}
	for _, dir := range append(systemFolders(), "/etc") {
		if err := show(dir); err != nil {
			return err
		}
	}
	if err := os.Mkdir(site+"/dev", 0o755); err != nil {
		return err
	}
	if err := os.Symlink(b.space(), site+"/dev/shm"); err != nil {
		return err
	}
	for _, name := range devices {
		if err := showFile("/dev/" + name); err != nil {
			return err
		}
	}
	for name, target := range map[string]string{"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2"} {
		if err := os.Symlink(target, site+"/dev/"+name); err != nil {
			return err
		}
	}
	return nil
}

// show makes a folder of the old root readable at the same place in the new one.
func show(dir string) error {
	fi, err := os.Lstat(dir)
	if err != nil {
		return nil // this system has none
	}
	if err := os.MkdirAll(site+filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	if fi.Mode()&os.ModeSymlink != 0 {
		target, err := os.Readlink(dir)
		if err != nil {
			return err
		}
		if filepath.IsAbs(target) && !strings.HasPrefix(target, "/usr/") {
			if target, err = filepath.EvalSymlinks(dir); err != nil {
				return nil
			}
			if err := os.Mkdir(site+dir, 0o755); err != nil {
				return err
			}
			return bind(target, site+dir)
		}
		return os.Symlink(target, site+dir)
	}
	if !fi.IsDir() {
		return nil
	}
	if err := os.Mkdir(site+dir, 0o755); err != nil {
		return err
	}
	return bind(dir, site+dir)
}

// bind mounts a folder with all below it at another place, read only.
func bind(from, to string) error {
	if err := mount(from, to, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return err
	}
	attr := &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID}
	if err := unix.MountSetattr(unix.AT_FDCWD, to, unix.AT_RECURSIVE, attr); err != nil {
		return &os.PathError{Op: "mount_setattr", Path: from, Err: err}
	}
	return nil
}

func showFile(name string) error {
	fd, err := unix.Open(site+name, unix.O_CREAT|unix.O_CLOEXEC|unix.O_WRONLY, 0o644)
	if err != nil {
		return &os.PathError{Op: "create", Path: name, Err: err}
	}
	unix.Close(fd)
	return mount(name, site+name, "", unix.MS_BIND, "")
}

// mountProc mounts /proc: that of the new process namespace, or the old one.
func (b *Box) mountProc() error {
	if err := os.Mkdir(site+"/proc", 0o555); err != nil {
		return err
	}
	if b.Level == Full {
		return mount("proc", site+"/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "")
	}
	return mount("/proc", site+"/proc", "", unix.MS_BIND|unix.MS_REC, "")
}

// moveIn makes the new root the root, with an empty folder for temporary files,
// and lets go of the old one.
func (b *Box) moveIn() error {
	if err := unix.Chdir(site); err != nil {
		return &os.PathError{Op: "chdir", Path: site, Err: err}
	}
	if err := unix.PivotRoot(".", "."); err != nil {
		return os.NewSyscallError("pivot_root", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return os.NewSyscallError("umount2", err)
	}
	if err := unix.Chdir("/"); err != nil {
		return os.NewSyscallError("chdir", err)
	}
	if err := b.mountTemp(); err != nil {
		return err
	}
	return mount("", "/", "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY|unix.MS_NOSUID|unix.MS_NODEV, "")
}

// mountTemp mounts the folder for temporary files and makes those of the run.
func (b *Box) mountTemp() error {
	point := b.space()
	if err := os.MkdirAll(point, 0o755); err != nil {
		return err
	}
	options := "mode=1777,size=" + strconv.FormatInt(b.Disk, 10) + ",nr_inodes=" + strconv.FormatInt(b.Files, 10)
	if err := mount("workbook", point, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, options); err != nil {
		return err
	}
	if err := os.MkdirAll(b.Temp, 0o755); err != nil {
		return err
	}
	if point != "/tmp" {
		// Some programs write to /tmp whatever TMPDIR says.
		if err := os.Symlink(point, "/tmp"); err != nil {
			return err
		}
	}
	for _, dir := range append([]string{b.Dir}, b.Folders...) {
		if err := os.Mkdir(dir, 0o700); err != nil {
			return err
		}
	}
	return nil
}

// space is where the tmpfs for the files of the run is mounted: /tmp, unless Temp
// is elsewhere.
func (b *Box) space() string {
	if strings.HasPrefix(b.Temp, "/tmp/") {
		return "/tmp"
	}
	return b.Temp
}

// IsFull reports whether there is no room for a file more.
func (b *Box) IsFull() bool {
	var st unix.Statfs_t
	if !b.Level.Private() || unix.Statfs(b.space(), &st) != nil {
		return false
	}
	return st.Bavail == 0 || st.Ffree == 0
}

func mount(from, to, kind string, flags uintptr, options string) error {
	if err := unix.Mount(from, to, kind, flags, options); err != nil {
		return &os.PathError{Op: "mount", Path: strings.TrimPrefix(to, site), Err: err}
	}
	return nil
}
