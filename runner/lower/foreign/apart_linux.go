package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"example/workbook/runner/isolate"
)

// apartVariable holds the folder for temporary files of a process that is apart.
const apartVariable = "FOREIGN_APART"

// apart executes this program again where what it runs cannot do much harm by
// accident: without the network, and with all files read only but those of a folder
// for temporary files and of the build cache. It returns only there. One of the
// programs of a course appends its licence to each Go file that it finds.
func apart() error {
	if temp := os.Getenv(apartVariable); temp != "" {
		if err := closeOff(temp); err != nil {
			return fmt.Errorf("keeping the programs apart: %w: -here runs them with your rights", err)
		}
		return os.Setenv("TMPDIR", temp)
	}
	temp, err := os.MkdirTemp("", "foreign")
	if err != nil {
		return err
	}
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), apartVariable+"="+temp)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}},
		AmbientCaps: []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_NET_ADMIN},
		Pdeathsig:   syscall.SIGKILL,
	}
	err = cmd.Run()
	_ = os.RemoveAll(temp)
	if cmd.ProcessState == nil {
		return fmt.Errorf("keeping the programs apart: %w: -here runs them with your rights", err)
	}
	os.Exit(cmd.ProcessState.ExitCode())
	return nil
}

// closeOff makes the mount and network namespaces of this process what apart says.
func closeOff(temp string) error {
	cache, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		return err
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return os.NewSyscallError("mount", err)
	}
	writable := []string{temp, strings.TrimSpace(string(cache))}
	for _, dir := range writable {
		if err := unix.Mount(dir, dir, "", unix.MS_BIND, ""); err != nil {
			return &os.PathError{Op: "mount", Path: dir, Err: err}
		}
	}
	if err := unix.MountSetattr(unix.AT_FDCWD, "/", unix.AT_RECURSIVE, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}); err != nil {
		return os.NewSyscallError("mount_setattr", err)
	}
	for _, dir := range writable {
		if err := unix.MountSetattr(unix.AT_FDCWD, dir, 0, &unix.MountAttr{Attr_clr: unix.MOUNT_ATTR_RDONLY}); err != nil {
			return &os.PathError{Op: "mount_setattr", Path: dir, Err: err}
		}
	}
	return isolate.LoopbackUp()
}
