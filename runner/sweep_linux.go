package runner

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// proc is what /proc/PID/stat says about a process.
type proc struct {
	pid, ppid, pgid int
	state           byte // R, S, D, T, Z, see proc(5)
	threads         int
	cpu             int // time in user mode, in clock ticks
	flags           int
}

// kernelThread reports whether p is none of user space (PF_KTHREAD of
// linux/sched.h).
func (p proc) kernelThread() bool { return p.flags&0x200000 != 0 }

func (p proc) dead() bool { return p.state == 'Z' || p.state == 'X' }

// processes lists the processes of this machine. One that ends meanwhile is
// left out.
func processes() []proc {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	var all []proc
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + name + "/stat")
		if err != nil {
			continue
		}
		if p, ok := parseStat(stat); ok {
			p.pid = pid
			all = append(all, p)
		}
	}
	return all
}

// parseStat reads what follows the name of the program, which stands in
// parentheses and may hold anything, also parentheses.
func parseStat(stat []byte) (p proc, ok bool) {
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 18 || len(fields[0]) != 1 {
		return proc{}, false
	}
	p.state = fields[0][0]
	for n, i := range map[*int]int{&p.ppid: 1, &p.pgid: 2, &p.flags: 6, &p.cpu: 11, &p.threads: 17} {
		var err error
		if *n, err = strconv.Atoi(string(fields[i])); err != nil {
			return proc{}, false
		}
	}
	return p, true
}

// descendants returns the processes below root that are not dead yet.
func descendants(root int) []proc {
	children := map[int][]proc{}
	for _, p := range processes() {
		children[p.ppid] = append(children[p.ppid], p)
	}
	var found []proc
	for next := []int{root}; len(next) > 0; next = next[1:] {
		for _, p := range children[next[0]] {
			next = append(next, p.pid)
			if p.pgid == root {
				p.pgid = 0 // root has just forked it, it has no group of its own yet
			}
			if !p.dead() {
				found = append(found, p)
			}
		}
	}
	return found
}

// killAll kills what list returns, again and again until it returns nothing,
// and reports how many processes that were.
func killAll(list func() (found []proc, sure bool), until func() bool) int {
	seen := map[int]bool{}
	for pause := time.Millisecond; !until(); pause = min(2*pause, 16*time.Millisecond) {
		found, sure := list()
		if len(found) == 0 && sure {
			break
		}
		for _, p := range found {
			seen[p.pid] = true
		}
		kill(found)
		// Give the dying, and who reaps them, time before looking again.
		time.Sleep(pause)
	}
	return len(seen)
}

// kill sends SIGKILL to all of list. To be gone already is as good.
//
// Whole process groups go first: the kernel lets no process of a group fork
// while the group is being signalled, so that a fork bomb, which multiplies
// faster than one can read /proc, ends with one call. The groups of a run are
// all its own: it began in a new session, which no process can enter.
func kill(list []proc) {
	groups := map[int]bool{}
	for _, p := range list {
		if p.pgid > 1 && !groups[p.pgid] {
			groups[p.pgid] = true
			_ = unix.Kill(-p.pgid, unix.SIGKILL)
		}
	}
	for _, p := range list {
		_ = unix.Kill(p.pid, unix.SIGKILL)
	}
}

// strays returns the processes that carry the variable TMPDIR=dir, wherever in
// the tree of processes they are now. It is not sure when a process is about to
// execute another program and shows no environment.
func strays(dir string) (found []proc, sure bool) {
	marker := []byte("TMPDIR=" + dir)
	sure = true
	for _, p := range processes() {
		if p.dead() || p.kernelThread() {
			continue
		}
		name := "/proc/" + strconv.Itoa(p.pid)
		env, err := os.ReadFile(name + "/environ")
		if err != nil {
			continue // gone, or somebody else's
		}
		if slices.ContainsFunc(bytes.Split(env, []byte{0}), func(v []byte) bool { return bytes.Equal(v, marker) }) {
			found = append(found, p)
			continue
		}
		if args, err := os.ReadFile(name + "/cmdline"); err == nil && len(env) == 0 && len(args) == 0 {
			sure = false
		}
	}
	return found, sure
}
