package runner

import (
	"os"
	"syscall"
	"time"

	"example/workbook/runner/ahead"
	"example/workbook/runner/isolate"
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
	stack     int64         // bytes of each thread of C; 0: what the system gives
	fileSize  int64         // 0: any
	processes int           // 0: any number
	quit      time.Duration // how long the program may take at the time limit to say where its goroutines are; 0: it is not asked
	tee       func(Chunk)
	files     int          // descriptors; 0: as many as the system allows
	disk      int64        // bytes of files, where the box has its own
	marker    string       // value of TMPDIR of the run, which no other process has
	folder    ahead.Folder // of the run, to be removed if this process dies
	superuser bool         // it is to be root
	alone     bool         // it must not start processes
	trusted   bool         // it is no program of a book and gets no box
	binary    *os.File     // what is to be found at path in a box with its own files, or nil
}

// quitGrace is enough for the Go runtime to write down a thousand goroutines on
// a machine with other work to do.
const quitGrace = 300 * time.Millisecond

// command returns a command for a program in f, without what is to be executed
// and for how long.
func (r *Runner) command(f ahead.Folder) *command {
	cmd := &command{
		dir: f.Work(), env: f.Environment(), output: r.OutputLimit, memory: r.MemoryLimit,
		fileSize: ahead.MaxFileSize, processes: r.ProcessLimit, quit: r.quit, tee: r.Tee, marker: f.Temp(), folder: f,
		files: r.FileLimit, disk: r.DiskLimit,
	}
	if cmd.output <= 0 {
		cmd.output = defaultOutputLimit
	}
	if cmd.quit <= 0 {
		cmd.quit = quitGrace
	}
	if cmd.processes <= 0 {
		cmd.processes = ahead.MaxProcesses
	}
	if cmd.memory <= 0 {
		cmd.memory = ahead.MemoryLimit
	}
	if cmd.disk <= 0 {
		cmd.disk = ahead.DiskLimit
	}
	cmd.fileSize = max(cmd.fileSize, cmd.disk)
	return cmd
}

// outcome is how a command ended.
type outcome struct {
	level     isolate.Level // of its box
	pid       int           // in its process namespace; 0: it has not begun
	exited    bool          // false: it was killed together with its supervisor
	status    syscall.WaitStatus
	duration  time.Duration
	cpu       time.Duration
	memory    int64 // most that it had in RAM at once, in bytes
	timedOut  bool
	flooded   bool   // it printed too much
	crowd     bool   // it started too many processes
	full      bool   // its box had no room for files any more
	strays    int    // processes it left behind
	escaped   bool   // some of its processes could not be killed
	unwatched bool   // it killed its supervisor
	calls     string // kernel's word on its threads at the time limit
	broken    error  // it could not be started
	output    []Chunk
	dropped   [2]int64
	gap       [2]int
}

// limits are the limits that c had in the box of out.
func (c *command) limits(out *outcome) Limits {
	l := Limits{Time: c.timeout, Output: c.output, Memory: c.memory, Processes: c.processes, Files: c.files, File: c.fileSize}
	if l.Files == 0 {
		l.Files = mostFiles()
	}
	if out.level.Private() {
		l.Threads, l.Disk = ahead.MaxThreads+c.processes, c.disk
	}
	return l
}
