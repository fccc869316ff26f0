package runner

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"example/workbook/runner/lower"
)

// shelf keeps programs that were checked and lowered, so that an unchanged one
// need not be again: in files of a folder, each the last program whose key begins
// with the same byte, which bounds the folder to 256 of them. A program's key is
// all that its lowered form depends on: its text, the place it has in messages,
// and this binary.
//
// A file has a line with the key, the hash of what follows the line, and the length
// of the warnings; then the warnings in JSON, and the lowered text.
type shelf struct {
	dir    string // "": nothing is kept
	binary string
}

// newShelf opens the shelf in a folder, which need not be there.
func newShelf(dir string) shelf {
	if dir == "" {
		return shelf{}
	}
	// Its content is not read: every build writes the file anew.
	file, err := os.Executable()
	if err != nil {
		return shelf{}
	}
	info, err := os.Stat(file)
	if err != nil {
		return shelf{}
	}
	return shelf{dir, fmt.Sprint(info.Size(), info.ModTime().UnixNano())}
}

func (s shelf) key(p lower.Program) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %q %q %d %d\n", s.binary, p.Name, p.File, p.Line, p.Col)
	h.Write(p.Source)
	return hex.EncodeToString(h.Sum(nil))
}

func (s shelf) file(key string) string { return filepath.Join(s.dir, key[:2]) }

// find returns what p was lowered to, or nil.
func (s shelf) find(p lower.Program) *lower.Prepared {
	if s.dir == "" {
		return nil
	}
	key := s.key(p)
	text, err := os.ReadFile(s.file(key))
	if err != nil {
		return nil
	}
	head, rest, _ := bytes.Cut(text, []byte("\n"))
	length, ok := strings.CutPrefix(string(head), key+" "+hash(rest)+" ")
	warnings, err := strconv.Atoi(length)
	if !ok || err != nil || warnings < 0 || warnings > len(rest) {
		return nil
	}
	prepared := &lower.Prepared{Source: rest[warnings:]}
	if warnings > 0 && json.Unmarshal(rest[:warnings], &prepared.Warnings) != nil {
		return nil
	}
	return prepared
}

// keep puts what p was lowered to in its place. Where that cannot be done, it is
// lowered again next time.
func (s shelf) keep(p lower.Program, prepared *lower.Prepared) {
	if s.dir == "" || os.MkdirAll(s.dir, 0o700) != nil {
		return
	}
	var rest []byte
	if len(prepared.Warnings) > 0 {
		var err error
		if rest, err = json.Marshal(prepared.Warnings); err != nil {
			return
		}
	}
	warnings := len(rest)
	rest = append(rest, prepared.Source...)
	key := s.key(p)
	// A file that is not whole, or of two writers, is not found: the hash tells.
	_ = os.WriteFile(s.file(key), fmt.Appendf(nil, "%s %s %d\n%s", key, hash(rest), warnings, rest), 0o600)
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
