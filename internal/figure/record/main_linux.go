// Record measures what idle clients and their messages cost in a loop, on
// goroutines and on threads, and how often the nine servers of the last chapter
// sleep, on this machine. It writes the recording from which the plots are drawn.
// Run it in the folder of the repository, then go generate ./internal/figure:
//
//	go run ./internal/figure/record
//
// Each run is a process of its own, compiled. Runs of different designs
// alternate, so that what else the machine does meets all of them. It can be
// done in parts: what was recorded under the same conditions, and is not
// measured now, stays.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"example/workbook/internal/figure"

	"golang.org/x/sys/unix"
)

// designs are those of snippets/choice/cost, by the name of the function there.
var designs = []struct{ function, name string }{
	{"loop", "one loop"},
	{"goroutines", "a goroutine each"},
	{"threads", "a thread each"},
}

// servers are the programs of snippets/choice whose sleeps are recorded.
var servers = []string{"sequential", "thread_each", "pool", "poll", "epoll_level", "epoll_edge", "hybrid", "go_net", "io_uring"}

func main() {
	runtime.LockOSThread() // what it starts ends with the thread that started it
	log.SetFlags(0)
	runs := flag.Int("runs", 7, "how often each is run")
	list := flag.String("clients", "10,100,1000,10000", "how many clients; none if empty; cut to what a process may have of descriptors")
	nine := flag.Bool("servers", true, "also run the nine servers")
	flag.Parse()
	r, err := record(*runs, *list, *nine)
	if err != nil {
		log.Fatal(err)
	}
	if old, err := figure.ReadRecording(os.DirFS(".")); err == nil && !keep(r, old) {
		fmt.Printf("left out: what was not measured now, for it was recorded under other conditions\n  then: %d runs, %+v\n  now:  %d runs, %+v\n", old.Runs, old.Conditions, r.Runs, r.Conditions)
	}
	text, err := json.MarshalIndent(r, "", " ")
	if err == nil {
		text = regexp.MustCompile(`\{\n\s+("min": \S+)\n\s+("median": \S+)\n\s+("max": \S+)\n\s+\}`).ReplaceAll(text, []byte("{$1 $2 $3}"))
		text = regexp.MustCompile(`\{\n\s+("min": \S+)\n\s+("max": \S+)\n\s+\}`).ReplaceAll(text, []byte("{$1 $2}"))
		err = os.WriteFile(figure.RecordingFile, append(text, '\n'), 0o644)
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("written:", figure.RecordingFile)
	fmt.Println("draw it: go generate ./internal/figure")
}

// keep takes over from an older recording what was not measured this time. It
// reports false where it leaves something out: what was measured under other
// conditions.
func keep(r, old *figure.Recording) bool {
	same, all := r.Conditions == old.Conditions && r.Runs == old.Runs, true
	measured := map[int]bool{}
	for _, i := range r.Idle {
		measured[i.Clients] = true
	}
	for _, i := range old.Idle {
		switch {
		case measured[i.Clients]:
		case same:
			r.Idle = append(r.Idle, i)
		default:
			all = false
		}
	}
	slices.SortStableFunc(r.Idle, func(a, b figure.Idle) int { return a.Clients - b.Clients })
	for name, s := range old.Servers {
		_, ok := r.Servers[name]
		switch {
		case ok:
		case same:
			r.Servers[name] = s
		default:
			all = false
		}
	}
	return all
}

func record(runs int, list string, nine bool) (*figure.Recording, error) {
	r := &figure.Recording{
		What: "What idle clients cost, and messages of some while the others wait. Threads that wait; resident memory of the process and kernel stacks of the whole machine, in KiB for each client; " +
			"how often threads slept for each message, one by one and up to 100 at once; how long the client of a single message waited, in microseconds. " +
			"Servers: memory for each of 100 clients, and how often threads slept when each sent a message, least of 5 rounds (1 and 8 clients for sequential and pool).",
		Programs: "snippets/choice/cost with clients set to each number, one design in each process, and the programs of snippets/choice; compiled, CGO_ENABLED=0, each run a new process",
		Runs:     runs,
		Servers:  map[string]figure.Server{},
	}
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return nil, err
	}
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return nil, err
	}
	r.Conditions = figure.Conditions{
		Kernel: regexp.MustCompile(`^[0-9.]*`).FindString(unix.ByteSliceToString(name.Release[:])), Arch: runtime.GOARCH, CPUs: runtime.NumCPU(), Go: runtime.Version(),
		Descriptors: int(limit.Max),
	}
	var numbers []int
	for text := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ',' }) {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("-clients %s: want numbers, such as 10,100", list)
		}
		n = min(n, (int(limit.Max)-200)/2) // a client has two ends; and 200 for everything else
		if !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}

	folder, err := os.MkdirTemp("", "record")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	var load []float64
	for _, n := range numbers {
		idle, err := costs(folder, n, runs, &load)
		if err != nil {
			return nil, err
		}
		r.Idle = append(r.Idle, idle...)
	}
	if nine {
		if err := nineServers(folder, r, &load); err != nil {
			return nil, err
		}
	}
	if len(load) == 0 {
		return nil, errors.New("nothing to measure: name -clients, or leave -servers on")
	}
	now := figure.Session{Date: time.Now().Format(time.DateOnly), Load: figure.Range{Min: slices.Min(load), Max: slices.Max(load)}}
	for i := range r.Idle {
		r.Idle[i].Session = now
	}
	for name, s := range r.Servers {
		s.Session = now
		r.Servers[name] = s
	}
	return r, nil
}

// nineServers runs the programs of the last chapter.
func nineServers(folder string, r *figure.Recording, load *[]float64) error {
	for _, server := range servers {
		if err := build(folder, server, "./snippets/choice/"+server); err != nil {
			return err
		}
	}
	outputs := map[string][]string{}
	for range r.Runs {
		for _, server := range servers {
			out, err := run(folder, server, load)
			if err != nil {
				return err
			}
			outputs[server] = append(outputs[server], out)
		}
	}
	for _, server := range servers {
		memory, err := spread(outputs[server], `memory for each client : (-?[\d.]+) KiB`)
		if err != nil {
			return fmt.Errorf("%s: %w", server, err)
		}
		sleeps, err := spread(outputs[server], `least of 5 rounds: (\d+)`)
		if err != nil {
			return fmt.Errorf("%s: %w", server, err)
		}
		r.Servers[server] = figure.Server{Memory: memory, Sleeps: sleeps}
		fmt.Printf("%-12s memory %v KiB, sleeps %v\n", server, memory.Median, sleeps.Median)
	}
	return nil
}

// costs runs snippets/choice/cost with so many clients, each design by itself.
func costs(folder string, clients, runs int, load *[]float64) ([]figure.Idle, error) {
	const file = "snippets/choice/cost/main.go"
	source, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	constant := regexp.MustCompile(`(?m)^const clients = \d+`)
	call := regexp.MustCompile(`(?m)^\tlab\.ProbeIdle\("\w+ *", clients, (\w+)\)\n`)
	if !constant.Match(source) || len(call.FindAll(source, -1)) != len(designs) {
		return nil, fmt.Errorf("%s: no constant clients, or not a line lab.ProbeIdle for each design", file)
	}
	source = constant.ReplaceAll(source, fmt.Appendf(nil, "const clients = %d", clients))
	absolute, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	for _, d := range designs {
		only := call.ReplaceAllFunc(source, func(line []byte) []byte {
			if string(call.FindSubmatch(line)[1]) == d.function {
				return line
			}
			return fmt.Appendf(nil, "\t_ = %s\n", call.FindSubmatch(line)[1])
		})
		changed, overlay := filepath.Join(folder, "main.go"), filepath.Join(folder, "overlay.json")
		replace, err := json.Marshal(map[string]map[string]string{"Replace": {absolute: changed}})
		if err == nil {
			err = errors.Join(os.WriteFile(changed, only, 0o600), os.WriteFile(overlay, replace, 0o600))
		}
		if err == nil {
			err = build(folder, d.function, "./snippets/choice/cost", "-overlay", overlay)
		}
		if err != nil {
			return nil, err
		}
	}
	outputs := map[string][]string{}
	for range runs {
		for _, d := range designs {
			out, err := run(folder, d.function, load)
			if err != nil {
				return nil, err
			}
			outputs[d.function] = append(outputs[d.function], out)
		}
	}

	var idle []figure.Idle
	for _, d := range designs {
		out := outputs[d.function]
		i := figure.Idle{Clients: clients, Design: d.name}
		var errs [7]error
		var served figure.Spread
		served, errs[0] = spread(out, `clients served: (\d+)`)
		i.Memory, errs[1] = spread(out, `memory for each client: (-?[\d.]+) KiB`)
		i.Messages = new(figure.Messages)
		i.Messages.Alone, errs[2] = spread(out, `one by one: ([\d.]+)`)
		i.Messages.Crowd, errs[3] = spread(out, `at once: ([\d.]+)`)
		i.Messages.Half, errs[4] = spread(out, `half of the answers within (\S+),`)
		i.Messages.Most, errs[5] = spread(out, `99 of 100 within (\S+)`)
		if clients >= 1000 {
			stacks, err := spread(out, `kernel stacks for each client: (-?[\d.]+) KiB`)
			i.Stacks, errs[6] = &stacks, err
		}
		if err := errors.Join(errs[:]...); err != nil {
			return nil, fmt.Errorf("%s, %d clients: %w", d.name, clients, err)
		}
		if served.Min != float64(clients) {
			return nil, fmt.Errorf("%s served %.0f of %d clients", d.name, served.Min, clients)
		}
		i.Threads = threads(out[0])
		idle = append(idle, i)
		fmt.Printf("%5d clients, %-16s memory %v KiB, half of the answers within %v µs\n", clients, d.name, i.Memory.Median, i.Messages.Half.Median)
	}
	return idle, nil
}

// threads adds up the threads that wait.
func threads(out string) int {
	line := regexp.MustCompile(`threads that wait: (.*)`).FindStringSubmatch(out)
	sum := 0
	for _, m := range regexp.MustCompile(`(\d+) in `).FindAllStringSubmatch(line[1], -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			log.Fatal(err)
		}
		sum += n
	}
	return sum
}

func build(folder, name, program string, flags ...string) error {
	args := append([]string{"build", "-o", filepath.Join(folder, name)}, flags...)
	cmd := exec.Command("go", append(args, program)...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("go build %s: %w\n%s", program, err, out)
	}
	return nil
}

// run runs a program that was built, and notes the load of the machine.
func run(folder, name string, load *[]float64) (string, error) {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "", err
	}
	now, err := strconv.ParseFloat(strings.Fields(string(text))[0], 64)
	if err != nil {
		return "", err
	}
	*load = append(*load, now)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(folder, name))
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s%s", name, err, out, stderr.Bytes())
	}
	return string(out), nil
}

// spread is that of the number or the time which pattern finds in each output.
func spread(outputs []string, pattern string) (figure.Spread, error) {
	find := regexp.MustCompile(pattern)
	var values []float64
	for _, out := range outputs {
		m := find.FindStringSubmatch(out)
		if m == nil {
			return figure.Spread{}, fmt.Errorf("no %s in\n%s", pattern, out)
		}
		v, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			d, err := time.ParseDuration(m[1])
			if err != nil {
				return figure.Spread{}, err
			}
			v = float64(d.Microseconds())
		}
		values = append(values, v)
	}
	return spreadOf(values), nil
}

// spreadOf sorts values.
func spreadOf(values []float64) figure.Spread {
	slices.Sort(values)
	n := len(values)
	median := values[n/2]
	if n%2 == 0 {
		median = (values[n/2-1] + values[n/2]) / 2
	}
	return figure.Spread{Min: values[0], Median: math.Round(median*100) / 100, Max: values[n-1]}
}
