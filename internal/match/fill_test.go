package match_test

import (
	"fmt"
	"golang.org/x/tools/txtar"
	"os"
	"path/filepath"
	"testing"
	"workbook/internal/match"
)

func TestFill(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, f := range files {
		a, _ := txtar.ParseFile(f)
		c, _ := readCase(a)
		p, err := match.Compile(c.want, c.mode)
		changed := false
		for i := range a.Files {
			d := string(a.Files[i].Data)
			if d != "FILL\n" {
				continue
			}
			changed = true
			n := a.Files[i].Name
			switch {
			case n == "error":
				d = fmt.Sprintln(err)
			case n == "accept":
				d = p.Accept(c.got)
			default:
				d = report(p.Match(c.got), c.opt)
			}
			a.Files[i].Data = []byte(d)
		}
		if changed {
			os.WriteFile(f, txtar.Format(a), 0o644)
			fmt.Print("=== ", f, "\n", string(txtar.Format(a)))
		}
	}
}
