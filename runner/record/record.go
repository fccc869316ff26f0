// Package record writes down the system calls of a process, each one exactly,
// into memory that its parent shares: what was recorded survives any death of
// the process.
//
// Package unix below it has the functions of golang.org/x/sys/unix that make
// system calls, each under its own name and with its own parameters, but
// recorded. Where nobody asked for a recording, they make the call and no more.
//
// A program is recorded when its parent says so: a compiled one finds the shared
// memory at the descriptor that the variable [Variable] names, when it starts;
// the interpreter calls [Use].
package record

import "unsafe"

// Variable is the environment variable that names the descriptor of the memory.
// The process removes it before main begins.
const Variable = "WORKBOOK_RECORDING"

// The memory begins with a Header, one page long. The Records follow, and after
// them the text of notes.
const (
	// Magic is what Header.Magic must be: the layout that this package knows.
	Magic = 0x31_63_65_72_6b_62_6b_77 // "wkbkrec1"
	// HeaderSize is the distance from a Header to its first Record.
	HeaderSize = 4096
	// Capacity is how many records there are. What comes later is counted only.
	Capacity = 1 << 15
	// NoteSize is how many bytes of notes there are.
	NoteSize = 1 << 20
	// Size is the size of the memory; pages that stay empty cost nothing.
	Size = HeaderSize + Capacity*int(unsafe.Sizeof(Record{})) + NoteSize
)

// Header is what both sides know of the recording.
type Header struct {
	Magic     uint64
	Records   uint64 // how many were begun, also those for which there was no room
	Notes     uint64 // how many bytes of notes were begun
	PID       int32  // of the process, as it sees itself; 0 until it has begun
	MainTID   int32
	Off       uint32 // recording has been switched off
	Blind     uint32 // the parent cannot see where threads sleep
	Questions [32]Question
}

// Question is what a thread asks the parent: whether another one sleeps in a
// certain call. The parent looks from outside, so that the process needs no
// descriptor for it, whose number would be missing elsewhere.
type Question struct {
	TID    int32 // of the thread asked about; 0: this is no question
	Number int32 // of the system call
	Asked  int64 // when, by CLOCK_MONOTONIC
	Seen   int64 // when the parent last began to look and found it asleep there
}

// Kind says what a Record is about.
type Kind uint16

// The kinds of records.
const (
	Call  Kind = iota // a system call
	Named             // the thread got the name in Data
	Ended             // the thread's function has returned
	Mark              // a mark; Args are offset and length of its text among the notes
)

// The states of a Record.
const (
	Free     = iota
	Entered  // the call is under way
	Returned // all is written
)

// Record is one system call, or an event. Times are those of CLOCK_MONOTONIC.
type Record struct {
	State  uint32
	Kind   Kind
	Used   uint16 // bytes of Data
	TID    int32
	Number int32 // of the system call
	T0, T1 int64
	CPU    int64 // nanoseconds on a processor during the call
	Args   [6]uint64
	Ret    int64
	Errno  int32
	Slept  int32 // voluntary context switches during the call
	Pushed int32 // involuntary ones
	Seen   uint32
	Wchan  [32]byte         // where the kernel said that it slept
	PC     [callers]uintptr // where the functions around the call go on
	Line   int64            // of an interpreted program; 0 if unknown
	Data   [512 - 152 - 8*callers]byte
}

// callers is how many of the functions around a call are written down.
const callers = 8

// Tag says what a part of Data is. Each part is a tag, its length in two bytes,
// little endian, and as many bytes.
type Tag byte

// The tags of parts.
const (
	Buffer  Tag = 'b' // first bytes of what was written or read
	Address Tag = 'a' // socket address that was given or returned
	Local   Tag = 'l' // address of the socket itself, which the recorder asked for
	Events  Tag = 'e' // struct epoll_event
	Asked   Tag = 'p' // struct pollfd before the call
	Polled  Tag = 'q' // struct pollfd after the call
	Path    Tag = 's' // name of a file
	Time    Tag = 't' // struct timespec
	Value   Tag = 'v' // option, or value behind a pointer
	Pair    Tag = 'f' // two descriptors
	Sets    Tag = 'd' // descriptors of select: what was asked, then what is ready
)

// Parts calls f for each part of r.Data.
func (r *Record) Parts(f func(tag Tag, data []byte)) {
	data := r.Data[:min(int(r.Used), len(r.Data))]
	for len(data) >= 3 {
		n := int(data[1]) | int(data[2])<<8
		if n > len(data)-3 {
			return
		}
		f(Tag(data[0]), data[3:3+n])
		data = data[3+n:]
	}
}

// add appends a part, cut to what there is room for.
func (r *Record) add(tag Tag, data []byte) {
	room := len(r.Data) - int(r.Used) - 3
	if room < 0 {
		return
	}
	data = data[:min(len(data), room)]
	at := r.Data[r.Used:]
	at[0], at[1], at[2] = byte(tag), byte(len(data)), byte(len(data)>>8)
	copy(at[3:], data)
	r.Used += uint16(3 + len(data))
}
