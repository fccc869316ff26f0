package match

import (
	"cmp"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// Placeholder describes one entry of the closed registry.
type Placeholder struct {
	Name    string // as a chapter writes it: <port>
	Takes   string // what it takes, as part of a sentence
	Example string // a text that it takes
	Bounds  string // an example with bounds; "" where it takes none
}

// kind is a typed placeholder.
type kind struct {
	name, takes, example, bounds string

	scan   func(s string) int    // length of the longest text at the start of s that fits; 0: none
	cmp    func(a, b string) int // order of two texts that fit; nil: no bounds
	lo, hi string                // bounds that always hold; "" is open
	prefix bool                  // every part of a text that fits, from its start, fits too
}

// Placeholders returns the registry, for documentation: every placeholder
// there is, in the order in which a reader best meets them.
func Placeholders() []Placeholder {
	list := []Placeholder{
		{Name: anyText, Takes: "any text, also none", Example: "anything at all"},
		{Name: "<xHH>", Takes: "the byte with the hexadecimal number HH, written in lower case", Example: "<x0d>: a carriage return"},
		{Name: "<U+HHHH>", Takes: "the character with this number, 4 to 6 digits in upper case", Example: "<U+202E>: a character that turns the direction of text"},
	}
	for _, k := range kinds().list {
		list = append(list, Placeholder{"<" + k.name + ">", k.takes, k.example, k.bounds})
	}
	return list
}

type registry struct {
	list []*kind
	by   map[string]*kind
}

// kinds is built when the first pattern with an angle bracket is read: most
// processes of the workbook are children that never compare anything.
var kinds = sync.OnceValue(func() registry {
	r := registry{list: kindList(), by: map[string]*kind{}}
	for _, k := range r.list {
		r.by[k.name] = k
	}
	return r
})

func kindList() []*kind {
	number := func(name, takes, lo, hi, example, bounds string) *kind {
		return &kind{name, takes, example, bounds, digits, compareInts, lo, hi, true}
	}
	text := func(name, takes, example string, scan func(string) int) *kind {
		return &kind{name: name, takes: takes, example: example, scan: scan, prefix: true}
	}
	return []*kind{
		{"n", "a whole number, with a minus sign or without", "-12", "<n:1..3>", integer, compareInts, "", "", false},
		{"float", "a number with or without decimals and exponent", "0.75", "<float:0.5..1>", shrink(runOf(isFloat), validFloat), compareFloats, "", "", false},
		text("hex", "hexadecimal digits, without 0x", "0100007F", runOf(isHex)),
		{"ptr", "an address in memory: 0x and hexadecimal digits", "0xc000012120", "", after("0x", runOf(isHex)), nil, "", "", false},
		{"word", "letters, digits and underscores", "accept4", "", word, nil, "", "", false},

		number("port", "a TCP or UDP port, 1 to 65535", "1", "65535", "45871", "<port:1024..>"),
		{"addr", "an IP address with a port or without", "127.0.0.1:45871", "", shrink(runOf(isAddr), validAddr), nil, "", "", false},
		{"ip", "an IP address without a port", "192.168.1.7", "", shrink(runOf(isAddr), validIP), nil, "", "", false},
		text("host", "the name of a host", "build-7.local", runOf(isHost)),

		number("pid", "the number of a process, from 1", "1", "", "4711", "<pid:2..>"),
		number("tid", "the number of a thread, from 1", "1", "", "4712", "<tid:2..>"),
		number("goid", "the number of a goroutine, from 1", "1", "", "18", "<goid:2..>"),
		number("cpu", "the number of a processor, from 0", "", "", "1", "<cpu:..7>"),
		number("fd", "a file descriptor, from 0", "", "", "7", "<fd:3..>"),
		number("inode", "the number of an inode, from 0", "", "", "91823", "<inode:1..>"),
		number("uid", "the number of a user, from 0", "", "", "1000", "<uid:1..>"),
		number("gid", "the number of a group, from 0", "", "", "1000", "<gid:1..>"),

		{"dur", "a duration as Go prints it", "1m2.5s", "<dur:90ms..150ms>", shrink(runOf(isDuration), validDuration), compareDurations, "", "", false},
		{"time", "a date, a time of day or both, in the usual layouts of Go, log and HTTP", "2026-01-02 15:04:05", "", expression(timeLayouts), nil, "", "", false},
		{"size", "a number of bytes with a unit or without: B, kB, KiB, MB, MiB, K, M and so on", "1.5 MiB", "<size:4KiB..1MiB>", expression(sizeLayout), compareSizes, "", "", false},

		text("path", "a path: no blanks, quotes, brackets, colons, commas, semicolons or equals signs", "/proc/self/fd", runOf(isPath)),
		text("file", "the last part of a path", "main.go", runOf(isFile)),
		{"tmp", "a path below /tmp, /var/tmp, /var/folders or /dev/shm", "/tmp/lab123/a.sock", "", tempPath, nil, "", "", false},
		number("line", "the number of a line, from 1", "1", "", "42", "<line:10..20>"),
		{"version", "a version: of Go, of a kernel, of a module", "go1.26.0", "", expression(versionLayout), nil, "", "", false},
	}
}

// longestToken bounds what a placeholder takes, in bytes; it is PATH_MAX of
// Linux. <...> has no bound.
const longestToken = 4096

// runOf returns a scan that takes bytes as long as in holds for them.
func runOf(in func(c byte) bool) func(string) int {
	return func(s string) int {
		n := 0
		for n < len(s) && n < longestToken && in(s[n]) {
			n++
		}
		return n
	}
}

// shrink returns a scan that takes the longest part that is valid of the
// first 64 bytes that scan takes: room for an IPv6 address with zone and port.
func shrink(scan func(string) int, valid func(string) bool) func(string) int {
	return func(s string) int {
		n := min(scan(s), 64)
		for n > 0 && !valid(s[:n]) {
			n--
		}
		return n
	}
}

// after returns a scan that takes prefix and what scan takes behind it, which
// must be something.
func after(prefix string, scan func(string) int) func(string) int {
	return func(s string) int {
		if rest, ok := strings.CutPrefix(s, prefix); ok {
			if n := scan(rest); n > 0 {
				return len(prefix) + n
			}
		}
		return 0
	}
}

// expression returns a scan that takes what a regular expression matches,
// which begins with a byte from 0 to z and has at most 80 bytes.
func expression(expr string) func(string) int {
	re := regexp.MustCompile(`^(?:` + expr + `)`)
	return func(s string) int {
		if s == "" || s[0] < '0' || s[0] > 'z' {
			return 0
		}
		loc := re.FindStringIndex(s[:min(len(s), 80)])
		if loc == nil {
			return 0
		}
		return loc[1]
	}
}

const (
	timeZone  = `(?:Z|[+-]\d\d:?\d\d)?(?: [+-]\d{4})?(?: (?:UTC|[A-Z]{1,3}T))?(?: m=[+-]\d+\.\d+)?`
	timeClock = `(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-6]\d(?:[.,]\d{1,9})?)?(?: ?[AP]M)?` + timeZone
	timeDate  = `\d{4}[-/](?:0[1-9]|1[0-2])[-/](?:0[1-9]|[12]\d|3[01])`
	timeMonth = `(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)`
	timeDay   = `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)`

	timeLayouts = timeDate + `(?:[T ]` + timeClock + `)?|` + timeClock + // time.Time, RFC 3339, log
		`|(?:` + timeDay + `, )?[0-3]?\d ` + timeMonth + ` \d{4} ` + timeClock + // HTTP, mail
		`|(?:` + timeDay + ` )?` + timeMonth + ` [ 0-3]?\d ` + timeClock + `(?: \d{4})?` // date(1), syslog

	sizeLayout    = `\d+(?:\.\d+)?(?: ?(?:[kKMGTPE]?B|[KMGTPE]i?B?|k)\b)?`
	versionLayout = `(?:go|v)?\d+(?:\.\d+)+(?:[-+~.\w]*\w)?`
)

func digits(s string) int { return runOf(isDigit)(s) }

func integer(s string) int { return max(digits(s), after("-", digits)(s)) }

func word(s string) int {
	for i, r := range s {
		if r == utf8.RuneError || i >= longestToken || r != '_' && !unicode.In(r, unicode.L, unicode.M, unicode.N) {
			return i
		}
	}
	return len(s)
}

func tempPath(s string) int {
	rest := strings.TrimPrefix(s, "/private") // macOS
	for _, dir := range []string{"/tmp/", "/var/tmp/", "/var/folders/", "/dev/shm/"} {
		if n := after(dir, runOf(isPath))(rest); n > 0 {
			return len(s) - len(rest) + n
		}
	}
	return 0
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isHex(c byte) bool   { return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F' }
func isAlnum(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' }
func isWord(c byte) bool  { return isAlnum(c) || c == '_' || c >= utf8.RuneSelf }
func isHost(c byte) bool  { return isAlnum(c) || c == '-' || c == '.' || c == '_' }
func isFloat(c byte) bool { return isDigit(c) || strings.IndexByte("+-.eE", c) >= 0 }
func isAddr(c byte) bool  { return isAlnum(c) || strings.IndexByte(":.[]%", c) >= 0 }
func isDuration(c byte) bool {
	return isDigit(c) || strings.IndexByte("+-.nuµmsh", c) >= 0
}
func isPath(c byte) bool { return c > ' ' && c != 0x7f && strings.IndexByte("\"'`()[]{}<>:,;=", c) < 0 }
func isFile(c byte) bool { return isPath(c) && c != '/' }

func validFloat(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil && isDigit(s[len(s)-1])
}

func validIP(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}

func validAddr(s string) bool {
	_, err := netip.ParseAddrPort(s)
	return err == nil || validIP(s)
}

func validDuration(s string) bool {
	_, err := time.ParseDuration(s)
	return err == nil && !isDigit(s[len(s)-1]) // it takes a 0 without a unit, which Go never prints
}

// compareInts compares whole numbers of any length.
func compareInts(a, b string) int {
	a, negA := strings.CutPrefix(a, "-")
	b, negB := strings.CutPrefix(b, "-")
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	negA, negB = negA && a != "", negB && b != ""
	switch c := cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)); {
	case negA && negB:
		return -c
	case negA:
		return -1
	case negB:
		return 1
	default:
		return c
	}
}

func compareFloats(a, b string) int {
	x, _ := strconv.ParseFloat(a, 64)
	y, _ := strconv.ParseFloat(b, 64)
	return cmp.Compare(x, y)
}

func compareDurations(a, b string) int {
	x, _ := time.ParseDuration(a)
	y, _ := time.ParseDuration(b)
	return cmp.Compare(x, y)
}

func compareSizes(a, b string) int { return cmp.Compare(bytesOf(a), bytesOf(b)) }

// bytesOf returns the bytes of a size. As in ls -h and dd, K is 1024 where kB
// and KB are 1000.
func bytesOf(s string) float64 {
	i := strings.IndexFunc(s, func(r rune) bool { return r != '.' && !unicode.IsDigit(r) })
	if i < 0 {
		i = len(s)
	}
	n, _ := strconv.ParseFloat(s[:i], 64)
	unit := strings.ToUpper(strings.TrimSpace(s[i:]))
	base := 1024.0
	if len(unit) == 2 && unit[1] == 'B' {
		base = 1000
	}
	for range strings.IndexByte("KMGTPE", (unit + " ")[0]) + 1 {
		n *= base
	}
	return n
}
