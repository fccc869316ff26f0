package isolate

import (
	"errors"
	"os"
	"strings"
	"syscall"
)

// Mend says what would make the system allow what it refused.
func (r *Refusal) Mend() string {
	switch {
	case r.Step == "Landlock":
		return "use Linux 5.13 or later with landlock among the names in the kernel's lsm= setting; in a container, a newer engine"
	case r.Step == "seccomp":
		return "use a kernel with CONFIG_SECCOMP_FILTER, on amd64 or arm64"
	case r.Step == "sandbox-exec" || r.Step == "sandbox":
		return "run the workbook in a Linux virtual machine"
	case r.Step == "proc":
		return "the container hides parts of /proc: start it with --security-opt systempaths=unconfined"
	case setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1" && os.Geteuid() != 0:
		return "AppArmor refuses it to users: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile for this program with the rule userns"
	case setting("/proc/sys/user/max_user_namespaces") == "0" || errors.Is(r.Err, syscall.ENOSPC):
		return "sudo sysctl user.max_user_namespaces=10000"
	case setting("/proc/sys/kernel/unprivileged_userns_clone") == "0" && os.Geteuid() != 0:
		return "sudo sysctl kernel.unprivileged_userns_clone=1"
	case exists("/.dockerenv") || exists("/run/.containerenv") || setting("/proc/1/comm") != "systemd":
		return "in a container, allow it user namespaces: docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined"
	}
	return "the system refuses user namespaces to this user"
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// setting is the content of a file of one line, or "".
func setting(name string) string {
	text, _ := os.ReadFile(name)
	return strings.TrimSpace(string(text))
}
