package figure

import (
	"encoding/json"
	"io/fs"
)

// RecordingFile is where the recording of the last chapter is kept.
const RecordingFile = "snippets/choice/cost/recorded.json"

// Recording is what go run ./internal/figure/record has measured.
type Recording struct {
	What       string            `json:"what"`
	Programs   string            `json:"programs"`
	Conditions Conditions        `json:"conditions"`
	Runs       int               `json:"runs"` // of each program
	Idle       []Idle            `json:"idle"`
	Servers    map[string]Server `json:"servers"` // by program of snippets/choice
}

// Server is what one of the nine servers costs with 100 clients, or with as many
// as it serves.
type Server struct {
	Memory Spread `json:"memory_kib"` // of the process, for each client
	Sleeps Spread `json:"sleeps"`     // of threads, for one message from each client; the least of 5 rounds
	Session
}

// Session is when something was recorded, and what else the machine did then.
type Session struct {
	Date string `json:"date"`
	Load Range  `json:"load_average"`
}

// Range is the smallest and the largest of what was seen.
type Range struct {
	Min float64 `json:"min"`
	Max float64 `json:"max"`
}

// Conditions are those under which it was measured.
type Conditions struct {
	Kernel      string `json:"kernel"`
	Arch        string `json:"arch"`
	CPUs        int    `json:"cpus"`
	Go          string `json:"go"`
	Descriptors int    `json:"descriptors"` // a process may have
}

// Idle is what a number of clients cost one design.
type Idle struct {
	Clients int    `json:"clients"`
	Design  string `json:"design"`
	Threads int    `json:"threads"`    // that wait
	Memory  Spread `json:"memory_kib"` // of the process, for each client
	// Stacks are the kernel stacks of the whole machine, for each client; nil
	// where other programs would drown them.
	Stacks *Spread `json:"kernel_stacks_kib,omitempty"`
	// What messages cost; nil where only idle clients were recorded.
	Messages *Messages `json:"messages,omitempty"`
	Session
}

// Messages is what the messages of some clients cost while the others wait.
type Messages struct {
	Alone Spread `json:"sleeps_one_by_one"` // of threads, for each message
	Crowd Spread `json:"sleeps_at_once"`    // the same, up to 100 messages at once
	Half  Spread `json:"half_us"`           // the client of a single message had half of the answers within
	Most  Spread `json:"most_us"`           // and 99 of 100
}

// Spread is the smallest, the median and the largest of all runs.
type Spread struct {
	Min    float64 `json:"min"`
	Median float64 `json:"median"`
	Max    float64 `json:"max"`
}

// ReadRecording reads the recording of the repository root.
func ReadRecording(root fs.FS) (*Recording, error) {
	text, err := fs.ReadFile(root, RecordingFile)
	if err != nil {
		return nil, err
	}
	r := new(Recording)
	return r, json.Unmarshal(text, r)
}
