package supervisor

import (
	"os"
	"os/exec"
	"testing"
)

func TestParseStat(t *testing.T) {
	stat := "4711 (a) R (b) S 1 4700 4700 0 -1 4194560 1 2 3 4 12 6 7 8 20 0 9 0 5 6 7"
	want := Proc{Parent: 1, group: 4700, state: 'S', flags: 4194560, cpu: 12, threads: 9}
	if got, ok := parseStat([]byte(stat)); !ok || got != want {
		t.Errorf("%+v %v", got, ok)
	}
	for _, bad := range []string{"", "4711 (a", "4711 (a) S 1", "4711 (a) S x 4700 4700 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 9"} {
		if got, ok := parseStat([]byte(bad)); ok {
			t.Errorf("%q: %+v", bad, got)
		}
	}
}

// A process is found below its parent and by its marker, until it is dead.
func TestFindAndKill(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command("sleep", "3600")
	cmd.Env = []string{"TMPDIR=" + dir}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lists := map[string]func() ([]Proc, bool){
		"descendants": func() ([]Proc, bool) { return Descendants(os.Getpid()), true },
		"strays":      func() ([]Proc, bool) { return Strays(dir) },
	}
	for name, list := range lists {
		found, sure := list()
		for !sure { // it is about to become sleep
			found, sure = list()
		}
		if len(found) != 1 || found[0].PID != cmd.Process.Pid {
			t.Errorf("%s: %+v", name, found)
		}
	}
	never := func() bool { return false }
	if n := KillAll(func() ([]Proc, bool) {
		found, sure := Strays(dir)
		for i := range found {
			found[i].group = 0 // it is in the group of this test
		}
		return found, sure
	}, never); n != 1 {
		t.Errorf("killed %d", n)
	}
	for name, list := range lists {
		if found, _ := list(); len(found) > 0 {
			t.Errorf("%s of a dead process: %+v", name, found)
		}
	}
	_ = cmd.Wait()
}

// Without a namespace of its own, a process has the numbers that it has here.
func TestNumbers(t *testing.T) {
	if pid := Inside(os.Getpid()); pid != os.Getpid() {
		t.Errorf("process %d is %d", os.Getpid(), pid)
	}
	if threads := Threads(os.Getpid()); threads[os.Getpid()] != os.Getpid() || len(threads) < 2 {
		t.Errorf("%v", threads)
	}
	if pid := Inside(1 << 30); pid != 0 {
		t.Errorf("no process is %d", pid)
	}
}
