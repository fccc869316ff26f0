package runner

import (
	"os"
	"syscall"
	"time"
)

// command is a process to be run and the limits it has.
type command struct {
	path      string
	args, env []string // args[0] is the name
	dir       string
	extra     *os.File      // its descriptor 3, or nil
	timeout   time.Duration // 0: none
	output    int64         // bytes to keep of each stream
	memory    int64         // 0: any
	fileSize  int64         // 0: any
	processes int           // 0: any number
	quit      time.Duration // how long the program may take at the time limit to say where its goroutines are; 0: it is not asked
	tee       func(Chunk)
	marker    string // value of TMPDIR of the run, which no other process has
	scratch   string // folder to remove if this process dies
}

// quitGrace is enough for the Go runtime to write down a thousand goroutines on
// a machine with other work to do.
const quitGrace = 300 * time.Millisecond

// command returns a command for a program in f, without what is to be executed
// and for how long.
func (r *Runner) command(f *folder) *command {
	cmd := &command{
		dir: f.work(), env: f.environment(), output: r.OutputLimit, memory: r.MemoryLimit,
		fileSize: maxFileSize, processes: r.processes, quit: r.quit, tee: r.Tee, marker: f.temp(), scratch: f.dir,
	}
	if cmd.output <= 0 {
		cmd.output = defaultOutputLimit
	}
	if cmd.quit <= 0 {
		cmd.quit = quitGrace
	}
	if cmd.processes <= 0 {
		cmd.processes = maxProcesses
	}
	if cmd.memory <= 0 {
		cmd.memory = defaultMemoryLimit
	}
	return cmd
}

// outcome is how a command ended.
type outcome struct {
	pid       int
	exited    bool // false: it was killed together with its supervisor
	status    syscall.WaitStatus
	duration  time.Duration
	cpu       time.Duration
	memory    int64 // most that it had in RAM at once, in bytes
	timedOut  bool
	flooded   bool   // it printed too much
	crowd     bool   // it started too many processes
	strays    int    // processes it left behind
	escaped   bool   // some of its processes could not be killed
	unwatched bool   // it killed its supervisor
	calls     string // kernel's word on its threads at the time limit
	broken    error  // it could not be started
	output    []Chunk
	dropped   [2]int64
	gap       [2]int
}
