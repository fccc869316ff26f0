package lab

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sort"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// crowd is how many idle clients the last probe brings, and fewThreads how many
// threads may wait for them before that counts as one thread each.
const (
	crowd      = 100
	fewThreads = 20
)

// Probe starts an echo server on a new listener and asks it five questions, the
// same for every design. It prints one line a question, with yes or no.
func Probe(serve func(listener int)) {
	p := start(serve)
	report("answers", p.answers())
	report("serves a second client while the first is idle", p.servesTwo())
	report("goes on after a client's reset", p.survivesReset())
	report("after a half-close: answers, then closes", p.honoursHalfClose())
	p.fill(crowd)
	p.await(nobody)
	report("100 idle clients: answers all, under 20 threads wait",
		len(p.conns) == crowd && len(p.waiting()) < fewThreads)
}

// ProbeCost starts an echo server on a new listener and gives it 100 clients. It
// prints how many of them it serves at the same time, in which calls its threads
// wait when all are silent, by how much the memory of the process has grown for
// each of them, and how often threads of the process go to sleep when each of
// the clients sends one message, all at the same time.
func ProbeCost(serve func(listener int)) {
	p := start(serve)
	before := memoryOfProcess()
	p.fill(crowd)
	p.await(nobody)
	waiting := p.waiting()
	fmt.Println("clients served at once :", len(p.conns))
	fmt.Println("threads that wait      :", where(waiting))
	fmt.Printf("memory for each client : %.1f KiB\n", float64(memoryOfProcess()-before)/float64(len(p.conns)))
	least := p.round(len(waiting))
	for i := 1; i < 5; i++ { // the round that other programs disturbed least
		least = min(least, p.round(len(waiting)))
	}
	fmt.Println("sleeps for one message from each, least of 5 rounds:", least)
}

// round sends a message from each of the crowd, all before any answer is read,
// and returns how often a thread went to sleep until all were answered and the
// server waits again.
func (p *prober) round(waiting int) int {
	before := p.sleepsOfEach()
	for _, conn := range p.conns {
		send(conn, "x")
	}
	for _, conn := range p.conns {
		p.receive(conn, 1)
	}
	deadline := time.Now().Add(awaitLimit)
	for len(p.waiting()) < waiting && time.Now().Before(deadline) {
	}
	n := 0
	for tid, now := range p.sleepsOfEach() {
		n += now - before[tid]
	}
	return n
}

// ProbeWake starts a server on a new listener, and prints how many of its threads a
// client wakes that connects while all of them sleep: the most of three clients.
func ProbeWake(serve func(listener int)) {
	p := start(serve)
	most := 0
	for i := 0; i < 3; i++ {
		p.await(nobody)
		asleep, before := p.waiting(), p.sleepsOfEach()
		Dial(p.port)
		p.await(nobody)
		woken := 0
		for tid, sleeps := range p.sleepsOfEach() {
			if asleep[tid] != "" && sleeps != before[tid] {
				woken++
			}
		}
		most = max(most, woken)
	}
	fmt.Printf("threads that a client wakes: %d\n", most)
}

// ProbeIdle starts an echo server on a new listener, gives it so many clients,
// each of them answered once, and prints what it costs to have them all wait:
// threads, switches of these threads while another one works, and memory. The
// kernel tells the memory of its stacks for the whole machine only. Then it
// prints what messages cost while the others wait. Each line begins with name.
func ProbeIdle(name string, clients int, serve func(listener int)) {
	debug.SetMaxThreads(2*clients + 10000)
	p := start(serve)
	own := memoryOfProcess()
	stacks := memoryOf("/proc/meminfo", "KernelStack")
	p.fill(clients)
	p.await(nobody)
	waiting := p.waiting()
	before := p.sleepsOfEach()
	for busy := CPU(); CPU()-busy < 20*time.Millisecond; {
	}
	after := p.sleepsOfEach()
	switches := 0
	for tid := range waiting {
		switches += after[tid] - before[tid]
	}
	own = memoryOfProcess() - own
	stacks = memoryOf("/proc/meminfo", "KernelStack") - stacks
	fmt.Printf("%s: clients served: %d\n", name, len(p.conns))
	fmt.Printf("%s: threads that wait: %s\n", name, where(waiting))
	fmt.Printf("%s: their switches meanwhile: %d\n", name, switches)
	fmt.Printf("%s: memory for each client: %.1f KiB\n", name, float64(own)/float64(clients))
	if clients >= 1000 { // for fewer, what other programs do drowns it
		fmt.Printf("%s: kernel stacks for each client: %.1f KiB\n", name, float64(stacks)/float64(clients))
	}
	p.messages(name)
}

// messages sends 1000 messages, each when the last one is answered and from
// another client, and then as many by up to 100 clients at a time. It prints how
// often threads of the process went to sleep for each of them, and how long the
// client of a single one waited for its answer.
func (p *prober) messages(name string) {
	const messages = 1000
	took := make([]time.Duration, 0, messages)
	before := p.allSleeps()
	for i := 0; i < messages; i++ {
		conn := p.conns[i*7919%len(p.conns)] // all over the place
		start := time.Now()
		send(conn, "x")
		readByte(conn)
		took = append(took, time.Since(start))
	}
	alone := p.allSleeps() - before

	crowd := p.conns[:min(crowd, len(p.conns))]
	before = p.allSleeps()
	sent := 0
	for ; sent < messages; sent += len(crowd) {
		for _, conn := range crowd {
			send(conn, "x")
		}
		for _, conn := range crowd {
			readByte(conn)
		}
	}
	together := p.allSleeps() - before

	sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
	fmt.Printf("%s: sleeps for each message, one by one: %.2f\n", name, float64(alone)/messages)
	fmt.Printf("%s: sleeps for each message, %d at once: %.2f\n", name, len(crowd), float64(together)/float64(sent))
	fmt.Printf("%s: half of the answers within %v, 99 of 100 within %v\n", name,
		took[messages/2].Round(time.Microsecond), took[messages*99/100].Round(time.Microsecond))
}

// allSleeps is how often the other threads have gone to sleep, all together.
func (p *prober) allSleeps() int {
	sum := 0
	for _, n := range p.sleepsOfEach() {
		sum += n
	}
	return sum
}

// readByte sleeps until conn has a byte, and reads it.
func readByte(conn int) {
	buf := make([]byte, 1)
	for {
		_, err := unix.Read(conn, buf)
		if err != unix.EINTR {
			Check(err)
			return
		}
	}
}

// memoryOfProcess is what the process occupies, in KiB, without what it has freed.
func memoryOfProcess() int {
	debug.FreeOSMemory()
	return memoryOf("/proc/self/smaps_rollup", "Rss")
}

// memoryOf is a number of KiB in a file of /proc.
func memoryOf(file, key string) int {
	text, err := readFile(file)
	Check(err)
	for _, line := range strings.Split(text, "\n") {
		value, ok := strings.CutPrefix(line, key+":")
		if ok {
			return number(strings.Fields(value)[0])
		}
	}
	fail("%s says nothing about %s", file, key)
	return 0
}

// ProbeSlowReader asks an echo server about a client that sends 4 MiB before it
// reads anything: more than the kernel keeps on the way there and back, whose
// buffers are small here. It prints three lines, with yes or no.
func ProbeSlowReader(serve func(listener int)) {
	listener, port := Listen(2 * crowd)
	smallBuffers(listener) // what it accepts inherits them
	p := startOn(serve, listener, port)
	slow := Socket()
	smallBuffers(slow)
	Check(unix.Connect(slow, Address(p.port)))
	Check(unix.SetNonblock(slow, true))
	text := strings.Repeat("0123456789abcdef", 256<<10)
	sent := p.stuff(slow, text)
	other := Dial(p.port)
	report("serves others while one client does not read", p.talk(other, "hello"))
	report("sleeps meanwhile", p.sleeps())
	report("sends that client the rest when it reads", p.exchange(slow, text, sent))
}

// ProbeTogether starts an echo server on a listener at which two clients wait
// already, and prints a line, with yes or no: are both answered?
func ProbeTogether(serve func(listener int)) {
	listener, port := Listen(2)
	one, two := Dial(port), Dial(port)
	p := startOn(serve, listener, port)
	report("answers two clients that come together", p.talk(one, "hello") && p.talk(two, "hello"))
}

// smallBuffers bounds the buffers of a socket that is not connected yet, which the
// kernel lets grow to megabytes otherwise.
func smallBuffers(socket int) {
	for _, option := range []int{unix.SO_SNDBUF, unix.SO_RCVBUF} {
		Check(unix.SetsockoptInt(socket, unix.SOL_SOCKET, option, 256<<10))
	}
}

func report(question string, yes bool) {
	answer := "no"
	if yes {
		answer = "yes"
	}
	fmt.Printf("%-3s  %s\n", answer, question)
}

// prober is the client of a server under question.
type prober struct {
	port  int
	conns []int // the crowd, open and silent, each of them answered once

	near, far int // the ends of a connection of its own
	watcher   int // the thread of Go's runtime that looks after the others, many times a second

	// What was there before the server: threads that wait for something else, and
	// the epoll instances of others, one of them Go's own.
	others map[int]bool
	loops  map[int]bool
}

// start runs serve with a listener of its own.
func start(serve func(listener int)) *prober {
	listener, port := Listen(2 * crowd)
	return startOn(serve, listener, port)
}

// startOn runs serve on a thread of its own.
func startOn(serve func(listener int), listener, port int) *prober {
	Quiet()
	r, w, err := os.Pipe() // makes Go create its own epoll instance now
	Check(err)
	r.Close()
	w.Close()
	own, side := Listen(1)
	p := &prober{port: port, near: Dial(side), far: Accept(own), watcher: watcher(), others: map[int]bool{}, loops: loops()}
	for tid := range p.waiting() {
		p.others[tid] = true
	}
	go serve(listener)
	return p
}

// belongsToGo says whether a thread sleeps where Go's own threads do when there
// is nothing to run: in futex, or in the epoll_wait of the runtime.
func (p *prober) belongsToGo(t seen) bool {
	return t.call == "futex" || t.call == "epoll_pwait" && p.loops[t.fd]
}

// watcher finds the thread of Go's runtime that sleeps for moments only: the
// first one that is seen doing so five times.
func watcher() int {
	seen := map[int]int{}
	for start := time.Now(); time.Since(start) < awaitLimit; {
		for _, tid := range otherThreads() {
			t, ok := glance(tid)
			if ok && t.call == "nanosleep" {
				seen[tid]++
			}
			if seen[tid] == 5 {
				return tid
			}
		}
	}
	return 0
}

// waiting are the threads that sleep in a call for the server, and the name of
// the call.
func (p *prober) waiting() map[int]string {
	calls := map[int]string{}
	for _, tid := range otherThreads() {
		t, ok := glance(tid)
		if ok && t.asleep && tid != p.watcher && !p.others[tid] && !p.belongsToGo(t) {
			calls[tid] = t.call
		}
	}
	return calls
}

// where says how many threads wait in which call.
func where(waiting map[int]string) string {
	count := map[string]int{}
	for _, call := range waiting {
		count[call]++
	}
	var parts []string
	for call, n := range count {
		switch call {
		case "epoll_pwait":
			call = "epoll_wait"
		case "ppoll":
			call = "poll"
		}
		parts = append(parts, fmt.Sprintf("%d in %s", n, call))
	}
	sort.Strings(parts)
	if len(parts) == 0 {
		return "0"
	}
	return strings.Join(parts, ", ")
}

// loops are the descriptors of the process's epoll instances.
func loops() map[int]bool {
	entries, err := os.ReadDir("/proc/self/fd")
	Check(err)
	fds := map[int]bool{}
	for _, entry := range entries {
		link, err := os.Readlink("/proc/self/fd/" + entry.Name())
		if err == nil && link == "anon_inode:[eventpoll]" {
			fds[number(entry.Name())] = true
		}
	}
	return fds
}

func (p *prober) answers() bool {
	conn := Dial(p.port)
	defer unix.Close(conn)
	return p.talk(conn, "hello")
}

func (p *prober) servesTwo() bool {
	first := Dial(p.port)
	defer unix.Close(first)
	if !p.talk(first, "first") {
		return false
	}
	second := Dial(p.port)
	defer unix.Close(second)
	return p.talk(second, "second")
}

func (p *prober) survivesReset() bool {
	conn := Dial(p.port)
	if !p.talk(conn, "hello") {
		return false
	}
	send(conn, "bye")
	// Closed with a linger time of zero, a connection ends with a reset.
	Check(unix.SetsockoptLinger(conn, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}))
	Check(unix.Close(conn))
	return p.answers()
}

func (p *prober) honoursHalfClose() bool {
	conn := Dial(p.port)
	defer unix.Close(conn)
	send(conn, "last")
	Check(unix.Shutdown(conn, unix.SHUT_WR))
	return p.receive(conn, len("last")+1) == "last" // one byte more is asked for, so that the end of the stream counts
}

// fill brings so many clients, as far as the server answers them.
func (p *prober) fill(clients int) {
	for len(p.conns) < clients {
		conn := Dial(p.port)
		if !p.talk(conn, "x") {
			return
		}
		p.conns = append(p.conns, conn)
	}
}

// talk sends text and says whether the same text came back.
func (p *prober) talk(conn int, text string) bool {
	return send(conn, text) && p.receive(conn, len(text)) == text
}

func send(conn int, text string) bool {
	n, err := unix.Write(conn, []byte(text))
	return err == nil && n == len(text)
}

// receive reads n bytes. It returns fewer when the stream ends; when the
// connection breaks or nothing more will come, it returns what says so.
func (p *prober) receive(conn, n int) string {
	var text []byte
	buf := make([]byte, n)
	for len(text) < n {
		if !p.await(conn) {
			return "nothing more"
		}
		m, err := unix.Read(conn, buf[:n-len(text)])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return explain(err)
		}
		if m == 0 {
			break
		}
		text = append(text, buf[:m]...)
	}
	return string(text)
}

// stuff writes text until the kernel takes no more and the server is asleep,
// and returns how much it took.
func (p *prober) stuff(conn int, text string) int {
	sent := 0
	for sent < len(text) {
		n, err := unix.Write(conn, []byte(text[sent:]))
		if err == unix.EAGAIN {
			if !p.ready(conn, unix.POLLOUT) {
				return sent
			}
			continue
		}
		Check(err)
		sent += n
	}
	return sent
}

// exchange reads what comes back and sends the rest of text meanwhile. It says
// whether all of text came back.
func (p *prober) exchange(conn int, text string, sent int) bool {
	buf := make([]byte, 64<<10)
	got := 0
	for got < len(text) {
		events := int16(unix.POLLIN)
		if sent < len(text) {
			events |= unix.POLLOUT
		}
		if !p.ready(conn, events) {
			return false
		}
		n, err := unix.Write(conn, []byte(text[sent:min(len(text), sent+len(buf))]))
		if err == nil {
			sent += n
		}
		n, err = unix.Read(conn, buf)
		if err == unix.EAGAIN {
			continue
		}
		if err != nil || n == 0 || string(buf[:n]) != text[got:got+n] {
			return false
		}
		got += n
	}
	return true
}

// nobody is a descriptor that poll ignores.
const nobody = -1

// await returns true when conn can be read, and false when it never will.
func (p *prober) await(conn int) bool { return p.ready(conn, unix.POLLIN) }

// ready returns true when one of the events is there, and false when none will
// come: all other threads sleep, nothing has moved for several looks, and
// nothing is on its way between sockets.
func (p *prober) ready(conn int, events int16) bool {
	const looks = 22 // 10 ms apart: a receiver delays what it acknowledges for 200 ms at most
	deadline := time.Now().Add(awaitLimit)
	quiet := 0
	var last string
	for quiet < looks && time.Now().Before(deadline) {
		set := []unix.PollFd{{Fd: int32(conn), Events: events}}
		n, err := unix.Poll(set, 10)
		if err == nil && n > 0 {
			return true
		}
		asleep, now := p.look()
		if !asleep || now != last {
			quiet = 0
		} else {
			quiet++
		}
		last = now
		if quiet == looks-1 {
			p.flush()
		}
		runtime.Gosched()
	}
	return false
}

// flush returns when all segments that were on their way have arrived. Inside a
// machine, the kernel queues them for each CPU and delivers them in order: a
// byte that is sent on a CPU comes after all that was sent there before. On a
// busy machine this can take long.
func (p *prober) flush() {
	var all, one unix.CPUSet
	Check(unix.SchedGetaffinity(0, &all))
	for cpu, left := 0, all.Count(); left > 0; cpu++ {
		if !all.IsSet(cpu) {
			continue
		}
		left--
		one.Zero()
		one.Set(cpu)
		Check(unix.SchedSetaffinity(0, &one))
		send(p.near, "x")
		WaitReadable(p.far)
		_, err := unix.Read(p.far, make([]byte, 1))
		Check(err)
	}
	Check(unix.SchedSetaffinity(0, &all))
}

// sleeps says whether the server's threads rest while nobody sends anything: a
// server that turns in circles uses a CPU.
func (p *prober) sleeps() bool {
	const (
		circles = 50 * time.Millisecond
		looks   = 6
		rest    = 2 * time.Millisecond // Go's own threads use some
	)
	before := p.otherCPU()
	quiet := 0
	for quiet < looks && p.otherCPU()-before < circles {
		used := p.otherCPU()
		asleep, now := p.look()
		_, err := unix.Poll(nil, 20)
		if err != nil && err != unix.EINTR {
			Check(err)
		}
		still, later := p.look()
		// Where Go may use one CPU only, a server that turns in circles may
		// wait for its turn at each look, but it uses the CPU in between.
		if asleep && still && now == later && p.otherCPU()-used < rest {
			quiet++
		} else {
			quiet = 0
		}
	}
	return quiet == looks
}

// otherCPU is the CPU time that the threads of this process have used, but the
// caller's and the watcher's: on a busy machine a look takes so long that the
// watcher uses more meanwhile than a server may.
func (p *prober) otherCPU() time.Duration {
	var u unix.Rusage
	Check(unix.Getrusage(unix.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano()+u.Stime.Nano()) - CPU() - threadCPU(p.watcher)
}

// threadCPU is the CPU time that a thread of this process has used, 0 if there is
// none. The clock of a thread has this number: see MAKE_THREAD_CPUCLOCK and
// CPUCLOCK_SCHED in Linux' include/linux/posix-timers_types.h.
func threadCPU(tid int) time.Duration {
	var used unix.Timespec
	if tid == 0 || unix.ClockGettime(int32(^tid<<3|4|2), &used) != nil {
		return 0
	}
	return time.Duration(used.Nano())
}

// look asks the kernel about all other threads: whether all of them sleep, and
// what would be different if one of them had run in between.
func (p *prober) look() (asleep bool, counters string) {
	var text strings.Builder
	for _, tid := range otherThreads() {
		if tid == p.watcher {
			continue
		}
		t, ok := glance(tid)
		if !ok || !t.asleep {
			return false, ""
		}
		if !p.belongsToGo(t) {
			fmt.Fprintln(&text, tid, t.switches)
		}
	}
	return true, text.String()
}

// sleepsOfEach is how often each of the other threads has gone to sleep of its own accord.
func (p *prober) sleepsOfEach() map[int]int {
	n := map[int]int{}
	for _, tid := range otherThreads() {
		t, ok := glance(tid)
		if ok && tid != p.watcher {
			n[tid] = t.switches.Voluntary
		}
	}
	return n
}

// seen is what the kernel says about a thread at one moment.
type seen struct {
	call     string // that it sleeps in
	fd       int    // its first argument, a descriptor in all calls of interest
	asleep   bool
	switches Switches
}

// glance returns false for a thread that has ended. A thread that falls asleep
// between the question for its call and that for its state is asked again.
func glance(tid int) (seen, bool) {
	for {
		t, ok := ask(tid)
		if !ok || !t.asleep || t.call != "running" {
			return t, ok
		}
	}
}

func ask(tid int) (seen, bool) {
	dir := "/proc/self/task/" + strconv.Itoa(tid)
	in, err := readFile(dir + "/syscall")
	if err != nil || in == "" {
		return seen{}, false
	}
	status, err := readFile(dir + "/status")
	if err != nil || status == "" {
		return seen{}, false
	}
	var t seen
	fields := strings.Fields(in)
	t.call = fields[0]
	if t.call != "running" {
		t.call = callName(t.call)
	}
	if len(fields) > 1 {
		t.fd = int(hex(strings.TrimPrefix(fields[1], "0x")))
	}
	for _, line := range strings.Split(status, "\n") {
		key, value, _ := strings.Cut(line, ":\t")
		switch key {
		case "State":
			t.asleep = strings.HasPrefix(value, "S")
		case "voluntary_ctxt_switches":
			t.switches.Voluntary = number(value)
		case "nonvoluntary_ctxt_switches":
			t.switches.Involuntary = number(value)
		}
	}
	return t, true
}

// otherThreads are the numbers of all threads of this process but the caller's.
func otherThreads() []int {
	entries, err := os.ReadDir("/proc/self/task")
	Check(err)
	var tids []int
	for _, entry := range entries {
		tid := number(entry.Name())
		if tid != unix.Gettid() {
			tids = append(tids, tid)
		}
	}
	return tids
}
