package trace

import (
	"debug/elf"
	"debug/gosym"
	"os"
	"strings"
)

// lines finds the lines of a compiled program.
type lines struct {
	binary *os.File
	file   string // name that the compiler knows of the program's one file
	table  *gosym.Table
	known  map[uint64]int
}

// Lines tells where the program was compiled to, and the name of its file there,
// so that the calls get their lines. The binary may be removed afterwards.
func (r *Recording) Lines(binary, file string) error {
	f, err := os.Open(binary)
	if err != nil {
		return err
	}
	r.lines = lines{binary: f, file: file, known: map[uint64]int{}}
	return nil
}

// lineOf is the line of the program from which a call was made; 0 if unknown.
func (l *lines) lineOf(e *entry) int {
	if e.Line > 0 {
		return int(e.Line)
	}
	if l.binary == nil {
		return 0
	}
	if l.table == nil {
		l.table = readTable(l.binary)
	}
	for _, pc := range e.PC {
		if pc == 0 {
			return 0
		}
		line, ok := l.known[uint64(pc)]
		if !ok {
			// What is known is where the call returns to.
			if file, n, f := l.table.PCToLine(uint64(pc) - 1); f != nil && (file == l.file || strings.HasSuffix(file, "/"+l.file)) {
				line = n
			}
			l.known[uint64(pc)] = line
		}
		if line > 0 {
			return line
		}
	}
	return 0
}

// readTable reads the table of lines of a binary; an empty one if that cannot be
// done: it is not of a system that has one, or of a later Go.
func readTable(binary *os.File) *gosym.Table {
	none := &gosym.Table{}
	f, err := elf.NewFile(binary)
	if err != nil || f.Type != elf.ET_EXEC {
		return none
	}
	text, table := f.Section(".text"), f.Section(".gopclntab")
	if text == nil || table == nil {
		return none
	}
	data, err := table.Data()
	if err != nil {
		return none
	}
	t, err := gosym.NewTable(nil, gosym.NewLineTable(data, text.Addr))
	if err != nil {
		return none
	}
	return t
}

func (l *lines) close() {
	if l.binary != nil {
		l.binary.Close()
		l.binary = nil
	}
}
