package supervisor

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// Proc is what /proc/PID/stat says about a process.
type Proc struct {
	PID, Parent int

	group   int
	state   byte // R, S, D, T, Z, see proc(5)
	threads int
	cpu     int // time in user mode, in clock ticks
	flags   int
}

// kernelThread reports whether p is none of user space (PF_KTHREAD of
// linux/sched.h).
func (p Proc) kernelThread() bool { return p.flags&0x200000 != 0 }

// Dead reports whether p only waits for its parent to ask how it ended.
func (p Proc) Dead() bool { return p.state == 'Z' || p.state == 'X' }

// Processes lists the processes of this machine. One that ends meanwhile is
// left out.
func Processes() []Proc {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	var all []Proc
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
			p.PID = pid
			all = append(all, p)
		}
	}
	return all
}

// parseStat reads what follows the name of the program, which stands in
// parentheses and may hold anything, also parentheses.
func parseStat(stat []byte) (p Proc, ok bool) {
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 18 || len(fields[0]) != 1 {
		return Proc{}, false
	}
	p.state = fields[0][0]
	for n, i := range map[*int]int{&p.Parent: 1, &p.group: 2, &p.flags: 6, &p.cpu: 11, &p.threads: 17} {
		var err error
		if *n, err = strconv.Atoi(string(fields[i])); err != nil {
			return Proc{}, false
		}
	}
	return p, true
}

// Descendants returns the processes below root that are not dead yet.
func Descendants(root int) []Proc {
	children := map[int][]Proc{}
	for _, p := range Processes() {
		children[p.Parent] = append(children[p.Parent], p)
	}
	var found []Proc
	for next := []int{root}; len(next) > 0; next = next[1:] {
		for _, p := range children[next[0]] {
			next = append(next, p.PID)
			if p.group == root {
				p.group = 0 // root has just forked it, it has no group of its own yet
			}
			if !p.Dead() {
				found = append(found, p)
			}
		}
	}
	return found
}

// Inside returns the number that a process has in its own process namespace, 0
// when it is gone.
func Inside(pid int) int { return innermost("/proc/" + strconv.Itoa(pid) + "/status") }

// Threads returns the threads of a process. The key is the number that a thread
// has in its own process namespace, which it knows, the value the one that it has
// in that of this process, which /proc/PID/task has.
func Threads(pid int) map[int]int {
	dir := "/proc/" + strconv.Itoa(pid) + "/task"
	entries, _ := os.ReadDir(dir)
	threads := map[int]int{}
	for _, e := range entries {
		tid, err := strconv.Atoi(e.Name())
		if inside := innermost(dir + "/" + e.Name() + "/status"); err == nil && inside != 0 {
			threads[inside] = tid
		}
	}
	return threads
}

// innermost returns the last number of the line NSpid, see proc(5).
func innermost(status string) int {
	text, _ := os.ReadFile(status)
	_, line, _ := bytes.Cut(text, []byte("\nNSpid:"))
	line, _, _ = bytes.Cut(line, []byte("\n"))
	fields := bytes.Fields(line)
	if len(fields) == 0 {
		return 0
	}
	n, _ := strconv.Atoi(string(fields[len(fields)-1]))
	return n
}

// KillAll kills what list returns, again and again until it returns nothing,
// and reports how many processes that were.
func KillAll(list func() (found []Proc, sure bool), until func() bool) int {
	seen := map[int]bool{}
	for pause := time.Millisecond; !until(); pause = min(2*pause, 16*time.Millisecond) {
		found, sure := list()
		if len(found) == 0 && sure {
			break
		}
		for _, p := range found {
			seen[p.PID] = true
		}
		Kill(found)
		// Give the dying, and who reaps them, time before looking again.
		time.Sleep(pause)
	}
	return len(seen)
}

// Kill sends SIGKILL to all of list. To be gone already is as good.
//
// Whole process groups go first: the kernel lets no process of a group fork
// while the group is being signalled, so that a fork bomb, which multiplies
// faster than one can read /proc, ends with one call. The groups of a run are
// all its own: it began in a new session, which no process can enter.
func Kill(list []Proc) {
	groups := map[int]bool{}
	for _, p := range list {
		if p.group > 1 && !groups[p.group] {
			groups[p.group] = true
			_ = unix.Kill(-p.group, unix.SIGKILL)
		}
	}
	for _, p := range list {
		_ = unix.Kill(p.PID, unix.SIGKILL)
	}
}

// Strays returns the processes that carry the variable TMPDIR=dir, wherever in
// the tree of processes they are now. It is not sure when a process is about to
// execute another program and shows no environment.
func Strays(dir string) (found []Proc, sure bool) {
	marker := []byte("TMPDIR=" + dir)
	sure = true
	for _, p := range Processes() {
		if p.Dead() || p.kernelThread() {
			continue
		}
		env, known := environment(p.PID)
		if slices.ContainsFunc(bytes.Split(env, []byte{0}), func(v []byte) bool { return bytes.Equal(v, marker) }) {
			found = append(found, p)
		}
		sure = sure && known
	}
	return found, sure
}

// environment returns the environment that a process began with. It is known to
// be empty when it is so twice and the process has arguments: while a process
// executes another program, it has neither, and a file that was opened before
// that has no content any more.
func environment(pid int) (env []byte, known bool) {
	name := "/proc/" + strconv.Itoa(pid)
	for range 2 {
		env, err := os.ReadFile(name + "/environ")
		if err != nil || len(env) > 0 {
			return env, true // an error: it is gone, or somebody else's
		}
	}
	args, err := os.ReadFile(name + "/cmdline")
	return nil, err != nil || len(args) > 0
}
