package cli_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

var (
	killCount  = flag.Int("kills.n", 10, "how often tests kill the command that changes chapters; a tenth of that those that are slower")
	killWithin = flag.Duration("kills.within", 10*time.Second, "how soon nothing must be left of a run whose runner was killed; 200ms on a quiet machine")
)

// tree is a copy of all files below a folder, by path.
type tree map[string]string

func readTree(t *testing.T, dir string) tree {
	t.Helper()
	files := tree{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(name)
		files[strings.TrimPrefix(name, dir+"/")] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func (files tree) write(t *testing.T, dir string) {
	t.Helper()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// staleBook is a book in which each command has something to change.
func staleBook() tree {
	const shown = "package main\n\nimport \"fmt\"\n\n// --8<-- [start:all]\nfunc main() { fmt.Println(1) }\n\n// --8<-- [end:all]\n"
	return tree{
		"mkdocs.yml": "site_name: Stale\ndocs_dir: chapters\nsite_dir: public\n",
		"chapters/01-one.md": "# One\n\n<!-- workbook: name=many -->\n\n```go\npackage main\n\nimport \"fmt\"\n\nfunc main() {\n\tfor i := range 3000 {\n\t\tfmt.Println(\"line\", i)\n\t}\n}\n```\n\n```output\nstale\n```\n\n" +
			"Text between.\n\n<!-- workbook: file=snippets/one/shown/main.go region=all -->\n\n```go\nold\n```\n\n```output\n1\n```\n\n" +
			"<!-- workbook: exercise=one/task -->\n\n## Task\n\nPrint 1.\n\n```output\n1\n```\n\nThe last line, which must survive.\n",
		"snippets/one/shown/main.go":         shown,
		"snippets/one/task/starter/main.go":  "package main\n\nfunc main() {}\n",
		"snippets/one/task/solution/main.go": shown,
		"mine/main.go":                       shown,
	}
}

// interruption is one command in a copy of a book of its own.
type interruption struct {
	dir, book, temp, state string
	args                   []string
}

func newInterruption(t *testing.T, files tree, args ...string) *interruption {
	t.Helper()
	dir := t.TempDir()
	i := &interruption{dir, filepath.Join(dir, "book"), filepath.Join(dir, "temp"), filepath.Join(dir, "state"), args}
	for _, d := range []string{i.book, i.temp, i.state} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	files.write(t, i.book)
	return i
}

func (i *interruption) command(args ...string) *exec.Cmd {
	cmd := exec.Command("workbook", args...)
	cmd.Dir = i.book
	cmd.Env = append(os.Environ(), "TMPDIR="+i.temp, "WORKBOOK_STATE="+i.state, "XDG_CACHE_HOME="+filepath.Join(i.dir, "cache"))
	return cmd
}

// must runs a command that has to work.
func (i *interruption) must(t *testing.T, args ...string) time.Duration {
	t.Helper()
	start := time.Now()
	if out, err := i.command(args...).CombinedOutput(); err != nil {
		t.Fatalf("%q: %v\n%s", args, err, out)
	}
	return time.Since(start)
}

// gone waits until the folder for temporary files is empty.
func (i *interruption) gone(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(*killWithin); ; time.Sleep(time.Millisecond) {
		entries, err := os.ReadDir(i.temp)
		if err != nil {
			t.Fatal(err)
		}
		left := processesOf(i.temp)
		if len(entries) == 0 && left == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("left behind: %v, %v", entries, left)
		}
	}
}

// kill starts the command, sends a signal after a while, and returns how it ended.
func (i *interruption) kill(t *testing.T, sig syscall.Signal, after time.Duration) error {
	t.Helper()
	cmd := i.command(i.args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-time.After(after):
	}
	_ = cmd.Process.Signal(sig)
	return <-ended
}

// Killed at any moment, accept leaves a chapter that is the old one or the new
// one, to the last byte, and nothing beside it that a run would trip over.
func TestKilledAccept(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes under the race detector, and it is other processes that are killed")
	}
	stale := staleBook()
	i := newInterruption(t, stale, "accept", "--engine=yaegi", "--repeat=1", "one/many")
	took := i.must(t, i.args...)
	fresh := readTree(t, i.book)
	const chapter = "chapters/01-one.md"
	if fresh[chapter] == stale[chapter] {
		t.Fatal("accept has nothing to do")
	}
	old, changed, stray := 0, 0, 0
	aim := took // at the moment when the chapter is replaced
	for n := range *killCount {
		tree{chapter: stale[chapter]}.write(t, i.book)
		after := rand.N(aim + aim/8)
		if n%2 == 1 {
			after = aim - aim/20 + rand.N(aim/10)
		}
		_ = i.kill(t, syscall.SIGKILL, after)
		now := readTree(t, i.book)
		if n%2 == 1 {
			step := aim / 20
			if now[chapter] != stale[chapter] {
				step = -step
			}
			aim += step
		}
		switch now[chapter] {
		case stale[chapter]:
			old++
		case fresh[chapter]:
			changed++
		default:
			t.Fatalf("kill %d: the chapter is damaged: %d bytes, of %d or %d", n, len(now[chapter]), len(stale[chapter]), len(fresh[chapter]))
		}
		for name := range now {
			if _, ok := stale[name]; !ok {
				stray++
				if err := os.Remove(filepath.Join(i.book, name)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	i.gone(t)
	t.Logf("%d kills: %d chapters old, %d new, 0 damaged, %d times a file beside it", *killCount, old, changed, stray)
}

// Whatever a run has started, nothing of it is there soon after its runner was
// killed. The program leaves daemons that forked twice, opened sessions of their
// own and ignore what they can.
func TestKilledRunner(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes under the race detector, and it is other processes that are killed")
	}
	const program = `package main

import (
	"fmt"
	"os"
	"os/exec"
	"time"
)

const script = "for i in 1 2 3 4 5 6 7 8; do (setsid sh -c 'trap \"\" HUP TERM INT; : > %s.'$i'; sleep 3600; :' &); done"

func main() {
	if err := exec.Command("/bin/sh", "-c", fmt.Sprintf(script, os.TempDir()+"/up")).Run(); err != nil {
		panic(err)
	}
	for {
		entries, _ := os.ReadDir(os.TempDir())
		if len(entries) == 8 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	fmt.Println("up")
	time.Sleep(time.Hour)
}
`
	for _, level := range []string{"full", "basic"} {
		t.Run(level, func(t *testing.T) {
			mustHave(t, level)
			i := newInterruption(t, tree{"daemons.go": program})
			var took []time.Duration
			for range max(*killCount/10, 1) {
				cmd := i.command("run", "--engine=yaegi", "--isolation="+level, "--limit=processes=100", "--limit=time=5m", "daemons.go")
				out, err := cmd.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				if line, err := bufio.NewReader(out).ReadString('\n'); line != "up\n" {
					t.Fatalf("%q, %v", line, err)
				}
				if n := len(processesOf(i.temp)); n < 9 {
					t.Fatalf("only %d processes to be left", n)
				}
				start := time.Now()
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				_ = cmd.Wait()
				i.gone(t)
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			t.Logf("%d kills: nothing left after %v (median), %v (longest)", len(took), took[len(took)/2].Round(time.Millisecond), took[len(took)-1].Round(time.Millisecond))
		})
	}
}

// Whichever command a signal ends, and whenever: its exit status names the
// signal, each file is the old one or the new one, and the temporary files are
// gone.
func TestSignalsAnywhere(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes under the race detector, and it is other processes that are killed")
	}
	commands := map[string][]string{
		"run":      {"run", "--engine=yaegi", "one/shown", "one/many"},
		"accept":   {"accept", "--engine=yaegi", "--repeat=1", "one/many"},
		"sync":     {"sync"},
		"build":    {"build", "--trust", "--engine=yaegi"},
		"exercise": {"exercise", "check", "one/task", "--dir=mine", "--engine=yaegi"},
	}
	for name, args := range commands {
		t.Run(name, func(t *testing.T) {
			stale := staleBook()
			i := newInterruption(t, stale, args...)
			prepare := i.command("sync")
			if name == "sync" {
				prepare = i.command("list")
			}
			if name == "build" { // a site that is to be replaced
				i.must(t, "accept", "--engine=yaegi", "--repeat=1")
				i.must(t, "sync")
				i.must(t, "accept", "--engine=yaegi", "--repeat=1")
				i.must(t, args...)
			} else if out, err := prepare.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			old := readTree(t, i.book)
			start := time.Now()
			_, _ = i.command(args...).CombinedOutput()
			took := time.Since(start)
			fresh := readTree(t, i.book)
			for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
				for n := range max(*killCount/10, 1) {
					if name != "build" {
						old.write(t, i.book)
					} else {
						chapter := strings.Replace(old["chapters/01-one.md"], "Text between.", fmt.Sprintf("Text %v %d.", sig, n), 1)
						tree{"chapters/01-one.md": chapter}.write(t, i.book)
					}
					err := i.kill(t, sig, rand.N(took+took/8))
					var exit *exec.ExitError
					if errors.As(err, &exit) {
						// It may have been over, or not have begun.
						status := exit.Sys().(syscall.WaitStatus)
						if status.Signaled() && status.Signal() != sig || !status.Signaled() && !slices.Contains([]int{128 + int(sig), 1}, status.ExitStatus()) {
							t.Errorf("%v: %v", sig, err)
						}
					}
					i.gone(t)
					i.checkFiles(t, name, old, fresh, sig == syscall.SIGKILL)
				}
			}
		})
	}
}

// checkFiles holds that every file is as before or as after the command.
func (i *interruption) checkFiles(t *testing.T, name string, old, fresh tree, killed bool) {
	t.Helper()
	now := readTree(t, i.book)
	for file, text := range now {
		_, known := old[file]
		_, later := fresh[file]
		switch {
		case strings.HasPrefix(file, "public/"), name == "build" && strings.HasPrefix(file, "chapters/"):
		case !known && !later && killed: // what the next build removes
			if err := os.RemoveAll(filepath.Join(i.book, file)); err != nil {
				t.Error(err)
			}
		case !known && !later:
			t.Errorf("left behind: %s", file)
		case text != old[file] && text != fresh[file]:
			t.Errorf("%s is neither old nor new", file)
		}
	}
	for file := range old {
		if _, ok := now[file]; !ok && !strings.HasPrefix(file, "public/") {
			t.Errorf("%s is gone", file)
		}
	}
	if name == "build" {
		checkSite(t, now)
	}
	if text, err := os.ReadFile(filepath.Join(i.state, "progress.json")); err == nil && !json.Valid(text) {
		t.Errorf("progress: %s", text)
	}
}

// checkSite holds that a site is whole: each file is there as its list says.
func checkSite(t *testing.T, files tree) {
	t.Helper()
	list, ok := files["public/.workbook-site"]
	if !ok {
		t.Error("there is no site")
		return
	}
	_, list, _ = strings.Cut(list, "\n")
	listed := 0
	for line := range strings.Lines(list) {
		fields := strings.SplitN(strings.TrimSuffix(line, "\n"), " ", 4)
		if len(fields) != 4 || fields[0] == "!" {
			continue
		}
		listed++
		sum := sha256.Sum256([]byte(files["public/"+fields[3]]))
		if hex.EncodeToString(sum[:12]) != fields[0] {
			t.Errorf("the site's %s is not what its list says", fields[3])
		}
	}
	if listed == 0 {
		t.Error("the site's list is empty")
	}
}
