package trace

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"example/workbook/runner/record"
	"example/workbook/runner/supervisor"
)

// A call is looked at when it lasts longer than this; shorter ones are over
// before one has looked.
const lasting = 300 * time.Microsecond

// witness is what the kernel said of the threads, seen from this process.
type witness struct {
	pid     int           // of the recorded process, as this process sees it
	tids    map[int32]int // number of a thread here, by the one that it sees
	open    []int         // calls under way, as far as scanned
	scanned int
	next    map[int]int64  // when to look at a call again, by its place
	seen    map[int]int    // how often a call was found asleep, by its place
	wchan   map[int]string // where
	misses  int            // how often the process was not found
	refused string         // why the kernel does not tell
}

// Watch looks at the calls under way until stop is closed.
func (r *Recording) Watch(stop <-chan struct{}) {
	r.seen, r.wchan, r.tids, r.next = map[int]int{}, map[int]string{}, map[int32]int{}, map[int]int64{}
	for pause, looked := tick, time.Now(); ; {
		select {
		case <-stop:
			r.ended = now()
			return
		case <-time.After(pause):
		}
		if r.pid == 0 && (r.refused != "" || atomic.LoadInt32(&r.header.PID) == 0 || !r.find()) {
			continue
		}
		pause = tick
		if r.answer() {
			pause = tick / 5
		}
		if time.Since(looked) >= tick {
			r.look()
			looked = time.Now()
		}
		if r.refused != "" {
			atomic.StoreUint32(&r.header.Blind, 1)
		}
	}
}

// answer looks at the threads that are asked about, and reports whether there are
// any.
func (r *Recording) answer() bool {
	asked := false
	for i := range r.header.Questions {
		q := &r.header.Questions[i]
		tid := atomic.LoadInt32(&q.TID)
		if tid <= 0 || r.refused != "" {
			continue
		}
		asked = true
		t := now()
		if ok, _ := r.asleep(tid, q.Number); ok && atomic.LoadInt32(&q.TID) == tid {
			r.sight(tid, q.Number)
			atomic.StoreInt64(&q.Seen, t)
		}
	}
	return asked
}

// sight counts the sighting of a thread in its call, if that is recorded.
func (r *Recording) sight(tid, number int32) {
	for i := r.begun() - 1; i >= 0; i-- {
		rec := r.at(i)
		if rec.TID == tid && rec.Kind == record.Call && atomic.LoadUint32(&rec.State) != record.Free {
			if atomic.LoadUint32(&rec.State) == record.Entered && rec.Number == number {
				r.ask(i, rec)
			}
			return
		}
	}
}

func (r *Recording) look() {
	if r.refused != "" {
		return
	}
	for n := r.begun(); r.scanned < n; r.scanned++ {
		r.open = append(r.open, r.scanned)
	}
	t := now()
	still := r.open[:0]
	for _, i := range r.open {
		rec := r.at(i)
		if atomic.LoadUint32(&rec.State) == record.Returned {
			continue
		}
		still = append(still, i)
		if rec.Kind == record.Call && atomic.LoadUint32(&rec.State) == record.Entered && t-rec.T0 > int64(lasting) && t > r.next[i] {
			r.ask(i, rec)
			// The longer it sleeps, the less there is to see.
			r.next[i] = t + int64(tick)<<min(r.seen[i], 7)
		}
	}
	r.open = still
}

// ask reads what the kernel says about the thread that made a call.
func (r *Recording) ask(i int, rec *record.Record) {
	ok, dir := r.asleep(rec.TID, rec.Number)
	if !ok {
		return
	}
	wchan := r.wchan[i]
	if wchan == "" {
		b, _ := os.ReadFile(dir + "wchan")
		wchan = string(b)
	}
	if atomic.LoadUint32(&rec.State) != record.Entered {
		return // meanwhile it has returned: this may have been the next call
	}
	r.seen[i]++
	r.wchan[i] = wchan
}

// asleep reports whether the kernel says that a thread sleeps in a call, and
// returns the folder of the thread.
func (r *Recording) asleep(tid, call int32) (ok bool, dir string) {
	host := r.thread(tid)
	if host == 0 {
		return false, ""
	}
	dir = fmt.Sprintf("/proc/%d/task/%d/", r.pid, host)
	text, err := os.ReadFile(dir + "syscall")
	if err != nil {
		if os.IsPermission(err) {
			r.refused = "this machine does not let /proc/PID/task/TID/syscall be read"
		}
		delete(r.tids, tid) // it has ended; another one may get its number
		return false, ""
	}
	// A thread that runs is "running". One that waits for the disk or a lock of
	// the kernel is in its call too, in state D; that passes.
	number, _, _ := strings.Cut(string(text), " ")
	n, err := strconv.Atoi(number)
	if err != nil || int32(n) != call {
		return false, ""
	}
	return true, dir
}

// thread returns the number here of the thread which sees itself as tid; 0 if
// there is none.
func (r *Recording) thread(tid int32) int {
	if host, ok := r.tids[tid]; ok {
		return host
	}
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", r.pid))
	if err != nil {
		return 0
	}
	known := map[int]bool{}
	for _, host := range r.tids {
		known[host] = true
	}
	for _, t := range tasks {
		host, _ := strconv.Atoi(t.Name())
		if known[host] {
			continue
		}
		r.tids[innermost(fmt.Sprintf("/proc/%d/task/%d/status", r.pid, host), host)] = host
	}
	return r.tids[tid]
}

// innermost is the number of a thread in its own namespace: the last of the line
// NSpid, see proc_pid_status(5).
func innermost(status string, host int) int32 {
	text, _ := os.ReadFile(status)
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "NSpid:"); ok {
			if f := strings.Fields(rest); len(f) > 0 {
				n, _ := strconv.Atoi(f[len(f)-1])
				return int32(n)
			}
		}
	}
	return int32(host)
}

// find looks for the recorded process: the one below this process that has the
// memory of the recording, and in its own namespace the number written there.
// Neither is enough. Many a process has that number in a namespace of its own, and
// one that is being started has all memory of this one until it executes its binary.
func (r *Recording) find() bool {
	mark := []byte(fmt.Sprintf(" %d ", r.inode))
	own := atomic.LoadInt32(&r.header.PID)
	for _, pid := range below(os.Getpid()) {
		if innermost(fmt.Sprintf("/proc/%d/status", pid), pid) != own {
			continue
		}
		f, err := os.Open(fmt.Sprintf("/proc/%d/maps", pid))
		if err != nil {
			continue
		}
		found := false
		for s := bufio.NewScanner(f); s.Scan() && !found; {
			found = bytes.Contains(s.Bytes(), mark) && bytes.Contains(s.Bytes(), []byte("memfd:"))
		}
		f.Close()
		if found {
			r.pid = pid
			return true
		}
	}
	// It may be about to end. If it is not, this machine hides it.
	if r.misses++; r.misses > 50 {
		r.refused = "the process of the run cannot be found in /proc"
		atomic.StoreUint32(&r.header.Blind, 1)
	}
	return false
}

// below lists the processes below one, the nearest first. The kernel keeps lists of
// children; not every kernel shows them.
func below(pid int) []int {
	var all []int
	for next := []int{pid}; len(next) > 0; next = next[1:] {
		lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", next[0]))
		if err != nil || len(lists) == 0 && next[0] == pid {
			for _, p := range supervisor.Descendants(pid) {
				all = append(all, p.PID)
			}
			return all
		}
		for _, list := range lists {
			text, _ := os.ReadFile(list)
			for _, child := range strings.Fields(string(text)) {
				if n, err := strconv.Atoi(child); err == nil {
					next, all = append(next, n), append(all, n)
				}
			}
		}
	}
	return all
}

// Refusal says why this machine cannot testify where a thread sleeps, or "".
func Refusal() string {
	if _, err := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/syscall", unix.Gettid())); err != nil {
		return err.Error()
	}
	return ""
}
