package book

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"example/workbook/internal/match"
)

// Need is something of a machine that a snippet can ask for with needs=.
type Need struct {
	Name    string
	Meaning string // one line
}

// Needs lists everything that needs= may name.
func Needs() []Need {
	return []Need{
		{"go", "a Go toolchain"},
		{"io_uring", "the io_uring system calls, which many containers forbid"},
		{"ipv6", "an IPv6 loopback address"},
		{"kcmp", "the kcmp system call, which some containers forbid"},
		{"linux", "the Linux kernel"},
		{"private-network", "a network namespace of its own"},
		{"processes", "other processes that it starts"},
		{"proc-syscall", "/proc/PID/task/TID/syscall of the process's own threads"},
		{"root", "the rights of the superuser"},
		{"unshare", "the unshare system call, which some containers forbid"},
	}
}

// maxTimeout is the longest time limit that a chapter can set: a reader who
// types run must not wait for an hour because of a comment nobody sees.
const maxTimeout = 10 * time.Minute

// settings are the values of the directives above one block.
type settings struct {
	file, region, name, skip, engine, figure, caption, predict, exercise string

	timeout                   time.Duration
	needs                     []string
	noRun, noEvidence, isSlow bool
	exit                      int
	mode                      match.Mode
	conditions                map[int]string // of the choices of a prediction, by number
	at                        map[string]Pos // where each key stands; nil for none
}

func (s *settings) has(key string) bool {
	_, ok := s.at[key]
	return ok
}

// target is a kind of block that directives stand above.
type target int

const (
	aboveProgram target = iota // a go fence
	aboveOutput                // an output, stderr or error fence
	aboveEvidence
	abovePrediction // a list of choices
	aboveExercise   // a heading
	targets
)

// noun says what the directive stands above, before any name of a language.
func (t target) noun() string {
	return [...]string{"the go fence", "the output, stderr or error fence", "the evidence fence", "the list of choices", "the heading of the exercise"}[t]
}

// keys lists what may be set above the block.
func (t target) keys() []string {
	switch t {
	case aboveProgram:
		return []string{"caption", "engine", "evidence", "exit", "figure", "file", "name", "needs", "no_run", "region", "skip", "slow", "timeout"}
	case aboveOutput:
		return outputKeys()
	case abovePrediction:
		return []string{"predict", "1", "2", "3", "4", "5", "6", "7", "8", "9"}
	case aboveExercise:
		return []string{"engine", "evidence", "exercise", "exit", "needs", "slow", "timeout"}
	}
	return nil
}

func outputKeys() []string { return []string{"contains", "interleave", "unordered"} }

func isKnownKey(key string) bool {
	_, ok := home(key)
	return ok
}

// home is the first kind of block above which a key may stand.
func home(key string) (target, bool) {
	for t := range targets {
		if slices.Contains(t.keys(), key) {
			return t, true
		}
	}
	return 0, false
}

// settingsOf reads the directives above a block. what names the block in
// messages: a fence of go, a list.
func settingsOf(directives []directive, t target, what string, r *report) settings {
	keys := t.keys()
	var s settings
	for _, d := range directives {
		for _, st := range d.settings {
			pos := r.src.pos(st.line, st.col)
			first, twice := s.at[st.key]
			elsewhere, known := home(st.key)
			switch {
			case !slices.Contains(keys, st.key) && known:
				r.problem(st.line, st.col, "%s above %s: it belongs above %s", st.key, what, elsewhere.noun())
			case !slices.Contains(keys, st.key):
				r.problem(st.line, st.col, "unknown key %q: %s", st.key, suggest(st.key, keys))
			case twice:
				r.problem(st.line, st.col, "%s is set twice: it stands at line %d already", st.key, first.Line)
			default:
				if s.at == nil {
					s.at = map[string]Pos{}
				}
				s.at[st.key] = pos
				s.set(st, r)
			}
		}
	}
	if t == aboveProgram {
		s.agree(r)
	}
	return s
}

func (s *settings) set(st setting, r *report) {
	if isFlag(st.key) {
		if st.hasValue {
			r.problem(st.valueLine, st.valueCol, "%s takes no value: write %s alone", st.key, st.key)
		}
	} else if st.value == "" {
		line, col, example := st.line, st.col, exampleOf(st.key)
		r.problem(line, col, "%s needs a value: write %s", st.key, example)
		return
	}
	value := func(format string, args ...any) { r.problem(st.valueLine, st.valueCol, format, args...) }
	switch st.key {
	case "file":
		s.file = st.value
		if why := badPath(st.value); why != "" {
			value("file=%s %s: write the path from the root of the book, with slashes", st.value, why)
			s.file = ""
		}
	case "region":
		s.region = st.value
	case "name":
		s.name = st.value
		if !isName(st.value) {
			value("name=%s: a name is up to %d lower-case letters, digits, _ and -, and begins with a letter", st.value, maxName)
			s.name = ""
		}
	case "skip":
		s.skip = st.value
	case "no_run":
		s.noRun = true
	case "slow":
		s.isSlow = true
	case "evidence":
		s.noEvidence = true
		if st.value != "off" {
			value("evidence=%s: the only thing to say is off; without it the run is recorded", st.value)
		}
	case "figure":
		s.figure = st.value
		if !slices.Contains(Figures(), st.value) {
			value("figure=%s: there is no such figure: %s", st.value, suggest(st.value, Figures()))
		}
	case "caption":
		s.caption = st.value
	case "predict":
		s.predict = st.value
	case "exercise":
		s.exercise = st.value
	case "timeout":
		d, err := time.ParseDuration(st.value)
		if err != nil {
			value("timeout=%s is no duration: write 500ms, 2s or 1m30s", st.value)
		} else if d <= 0 || d > maxTimeout {
			value("timeout=%s: a time limit is more than 0 and at most %v", st.value, maxTimeout)
		}
		s.timeout = d
	case "exit":
		n, err := strconv.Atoi(st.value)
		if err != nil || n < 0 || n > 255 {
			value("exit=%s: an exit status is a number from 0 to 255", st.value)
		}
		s.exit = n
	case "engine":
		s.engine = st.value
		if st.value != "go" {
			value("engine=%s: the only engine to ask for is go; without it the reader chooses", st.value)
		}
	case "needs":
		s.needs = needsOf(st.value, value)
	case "1", "2", "3", "4", "5", "6", "7", "8", "9":
		if s.conditions == nil {
			s.conditions = map[int]string{}
		}
		s.conditions[int(st.key[0]-'0')] = st.value
	default:
		s.setMode(st, r)
	}
}

func isFlag(key string) bool {
	return key == "no_run" || key == "slow" || slices.Contains(outputKeys(), key)
}

// Figures lists what figure= may ask for: the overview with a lane for each
// thread, the chart of all calls with a column for each thread, or neither.
func Figures() []string { return []string{"calls", "lanes", "none"} }

func exampleOf(key string) string {
	switch key {
	case "timeout":
		return "timeout=2s"
	case "exit":
		return "exit=3"
	case "engine":
		return "engine=go"
	case "needs":
		return "needs=linux,root"
	case "skip":
		return `skip="why it cannot run"`
	case "file":
		return "file=snippets/CHAPTER/NAME/main.go"
	case "evidence":
		return "evidence=off"
	case "figure":
		return "figure=lanes"
	case "caption":
		return `caption="what one sees in the figure"`
	case "predict", "exercise":
		return key + "=CHAPTER/NAME"
	case "1", "2", "3", "4", "5", "6", "7", "8", "9":
		return key + `="the line of the output that makes it right"`
	}
	return key + "=" + strings.ToUpper(key)
}

func needsOf(list string, problem func(string, ...any)) []string {
	var names []string
	for _, n := range Needs() {
		names = append(names, n.Name)
	}
	var needs []string
	for need := range strings.SplitSeq(list, ",") {
		switch need = strings.TrimSpace(need); {
		case need == "":
			problem("needs=%s has an empty item: write names with one comma between", list)
		case !slices.Contains(names, need):
			problem("needs=%s: unknown requirement %q: %s", list, need, suggest(need, names))
		case slices.Contains(needs, need):
			problem("needs=%s names %s twice", list, need)
		default:
			needs = append(needs, need)
		}
	}
	return needs
}

// setMode sets the way in which an output is compared. There is one.
func (s *settings) setMode(st setting, r *report) {
	for _, other := range outputKeys() {
		if first, ok := s.at[other]; ok && other != st.key {
			r.problem(st.line, st.col, "%s and %s (line %d) do not go together: keep one", st.key, other, first.Line)
			return
		}
	}
	s.mode, _ = match.ParseMode(st.key)
}

// agree reports keys that do not go together.
func (s *settings) agree(r *report) {
	problem := func(key, format string, args ...any) {
		r.problems.add(s.at[key], format, args...)
	}
	if s.has("region") && !s.has("file") {
		problem("region", "region without file: write file=snippets/CHAPTER/NAME/main.go too")
	}
	if s.has("name") && s.has("file") {
		problem("name", "name and file do not go together: the program of a listing is named by its folder")
	}
	if s.has("caption") && s.figure == "none" {
		problem("caption", "caption and figure=none do not go together: without a figure nothing has a caption")
	}
	if s.has("skip") && s.noRun {
		problem("no_run", "no_run and skip do not go together: no_run compiles the program, skip leaves it alone")
	}
	if s.has("exit") && s.noRun {
		problem("exit", "exit and no_run do not go together: a program that does not run has no exit status")
	}
}

const maxName = 64

// isName tells whether s can name a snippet. A name is part of an id, of a
// folder and of an address, and is typed into a shell; numbers are what
// snippets without a name are called.
func isName(s string) bool {
	if s == "" || len(s) > maxName || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_-") == ""
}
