package unix_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"example/workbook/internal/evidence"
	"example/workbook/runner/record"
)

// What is recorded as a sleep is one for the scheduler of the kernel: in each call
// that slept the thread left its processor without wanting to go on (sched_switch
// with another state than R), and in no other call it did. Tracing takes root and
// tracefs; without them there is nothing to compare with.
func TestSleepsAgreeWithScheduler(t *testing.T) {
	dir := traceInstance(t)
	data := filepath.Join(t.TempDir(), "recording")
	got := recordScenarioIn(t, data, func(binary string) *exec.Cmd { return exec.Command(binary, scenarioArg) })
	begin := firstEntry(t, data)
	switches := readSwitches(t, filepath.Join(dir, "trace"))
	tids := map[string]int{}
	for _, th := range got.Threads {
		tids[th.Name] = th.TID
	}
	seen := 0
	for _, tid := range tids {
		seen += len(switches[tid])
	}
	if seen == 0 {
		t.Skip("the tracer numbers threads otherwise than they do themselves: another namespace of processes")
	}
	// The text of the trace is exact to a microsecond.
	const slack = 1000
	slept, calls := 0, 0
	inside := func(c *evidence.Call, slack int64) bool {
		for _, at := range switches[tids[c.Thread]] {
			if at > begin+c.T0-slack && at < begin+c.T1+slack {
				return true
			}
		}
		return false
	}
	for i := range got.Calls {
		c := &got.Calls[i]
		calls++
		switch {
		case c.Slept > 0:
			slept++
			if !inside(c, slack) {
				t.Errorf("call %d, %s of %s: recorded as a sleep, and the scheduler knows of none", c.Seq, c.Brief(), c.Thread)
			}
		case inside(c, -slack):
			t.Errorf("call %d, %s of %s: the thread slept, and it is not recorded", c.Seq, c.Brief(), c.Thread)
		}
	}
	if slept < 20 {
		t.Errorf("%d of %d calls slept: too few to say anything", slept, calls)
	}
	t.Logf("%d calls, %d of them slept; the scheduler agrees", calls, slept)
}

// traceInstance makes an instance of the kernel's tracer that writes down when a
// thread of a program named like this one leaves its processor of its own accord.
func traceInstance(t *testing.T) string {
	dir := ""
	for _, root := range []string{"/sys/kernel/tracing", "/sys/kernel/debug/tracing"} {
		name := filepath.Join(root, "instances", fmt.Sprintf("workbook-test-%d", os.Getpid()))
		err := os.Mkdir(name, 0o700)
		if err == nil {
			dir = name
			t.Cleanup(func() { os.Remove(name) })
			break
		}
		if root == "/sys/kernel/debug/tracing" {
			t.Skip("the kernel's tracer is not to be had: ", err)
		}
	}
	comm, err := os.ReadFile("/proc/self/comm")
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range [][2]string{
		{"trace_clock", "mono"},
		{"buffer_size_kb", "2048"},
		{"events/sched/sched_switch/filter", fmt.Sprintf("prev_comm == %q && prev_state != 0", strings.TrimSpace(string(comm)))},
		{"events/sched/sched_switch/enable", "1"},
	} {
		if err := os.WriteFile(filepath.Join(dir, set[0]), []byte(set[1]), 0); err != nil {
			t.Skipf("the kernel's tracer refuses %s: %v", set[0], err)
		}
	}
	return dir
}

// A state of R, or R+ for one that was interrupted, is that of a thread that wants
// to go on.
var switchLine = regexp.MustCompile(` (\d+)\.(\d{6}): sched_switch: .*prev_pid=(\d+) .*prev_state=([A-Z])`)

// readSwitches reads when threads went to sleep, in nanoseconds of CLOCK_MONOTONIC.
func readSwitches(t *testing.T, file string) map[int][]int64 {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "LOST") {
		t.Skip("the kernel's tracer has lost events")
	}
	list := map[int][]int64{}
	for line := range strings.Lines(string(text)) {
		m := switchLine.FindStringSubmatch(line)
		if m == nil || m[4] == "R" {
			continue
		}
		seconds, _ := strconv.ParseInt(m[1], 10, 64)
		micro, _ := strconv.ParseInt(m[2], 10, 64)
		tid, _ := strconv.Atoi(m[3])
		list[tid] = append(list[tid], seconds*1e9+micro*1e3)
	}
	return list
}

// firstEntry is when the first record was made: times in a trace count from there.
func firstEntry(t *testing.T, file string) int64 {
	mem, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	h := (*record.Header)(unsafe.Pointer(&mem[0]))
	first := int64(0)
	for i := range min(h.Records, record.Capacity) {
		r := (*record.Record)(unsafe.Pointer(&mem[record.HeaderSize+int(i)*int(unsafe.Sizeof(record.Record{}))]))
		if r.State != record.Free && (first == 0 || r.T0 < first) {
			first = r.T0
		}
	}
	return first
}
