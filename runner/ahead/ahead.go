// Package ahead starts the process of the first interpreted run before the command
// knows what it will run.
//
// A process of a run is isolated and started in some 5 ms, and the packages of this
// binary take as long to be initialised. Go initialises packages in the order of
// their paths once what they import is initialised. So package early, which imports
// next to nothing, starts a supervisor before most others have their turn, when the
// command is run. This package, which needs more, then orders an interpreter with
// the limits and the isolation that a run has unless it is asked for others. The
// runner takes it if that is right, and ends it otherwise.
package ahead

import (
	"example/workbook/runner/isolate"
	"example/workbook/runner/lean"
)

// AwaitArg is the first argument of an interpreter that waits for its request at
// the descriptor where that will be.
const AwaitArg = lean.Await

// Limits of a run that sets no others, and limits that nothing sets.
const (
	MemoryLimit = 1 << 30  // bytes of private memory of each process
	DiskLimit   = 64 << 20 // bytes of files of a run that has them in memory

	// MaxFileSize bounds each file that a snippet writes, in bytes, unless
	// DiskLimit is more.
	MaxFileSize = 64 << 20
	// MaxFolderFiles bounds the files of a run that has its files in memory.
	MaxFolderFiles = 16 << 10
	// MaxProcesses bounds the processes of one run. A snippet that compares
	// processes with threads needs hundreds, a fork bomb passes it within a
	// second.
	MaxProcesses = 1000
	// MaxThreads bounds the threads of a run beside its processes, where the run
	// is counted by itself. A book has programs with 10,000.
	MaxThreads = 11000
	// SmallStack is the stack of each thread of C in an interpreter, in bytes.
	// The system gives 8 MiB, all of which counts as private memory. Go's own
	// threads use a few pages of it.
	SmallStack = 40 << 10
)

// Level is the isolation of what is started ahead.
const Level = isolate.Full

// Environment is what an interpreter has of variables beside those of its folder.
// It removes them again, the snippet does not see them.
func Environment() []string { return lean.Environment() }
