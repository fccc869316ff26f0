package runner

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"example/workbook/runner/isolate"
)

// BenchmarkFirstLine measures from the start of a process to the first line
// that the program in it prints, in milliseconds (medians):
//
//	floor     the program, compiled: what this machine needs to start anything
//	workbook  the command, built, runs the Go file with the interpreter
//	chapter   the same program as a fence of a Markdown file, with its output
//	edited    the Go file, another one in each round
//	runner    the Go file without the command: this package alone
//	warm      go run of the file, everything cached
//	changed   go run of the file after a change
//
// and how many times sooner workbook is than warm, and edited than changed. The
// rounds are interleaved, so that other work on the machine hits all alike:
//
//	go test -run - -bench FirstLine -benchtime 40x ./runner
func BenchmarkFirstLine(b *testing.B) {
	dir := b.TempDir()
	file, chapter, edited := filepath.Join(dir, "hello.go"), filepath.Join(dir, "hello.md"), filepath.Join(dir, "edited.go")
	source := func(word string) string {
		return fmt.Sprintf("package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"%s\") }\n", word)
	}
	write := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			b.Fatal(err)
		}
	}
	write(file, source("hello"))
	write(chapter, "# Hello\n\n```go\n"+source("hello")+"```\n\n```output\nhello\n```\n")
	build := func(name, what string) string {
		command := filepath.Join(dir, name)
		cmd := exec.Command("go", "build", "-o", command, what)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		return command
	}
	command, floor := build("workbook", ".."), build("floor", file)
	run := func(file string) []string { return []string{command, "run", "--engine", "yaegi", "--output", file} }
	firstLine(b, "hello", "go", "run", file)

	times := map[string][]time.Duration{}
	round := 0
	for b.Loop() {
		round++
		for name, args := range map[string][]string{
			"floor":    {floor},
			"workbook": run(file),
			"chapter":  run(chapter),
			"runner":   {newRunner(b).Executable, runnerArg, file, string(Yaegi)},
			"warm":     {"go", "run", file},
		} {
			times[name] = append(times[name], firstLine(b, "hello", args...))
		}
		word := fmt.Sprintf("hello%d.%d", os.Getpid(), round)
		write(edited, source(word))
		times["edited"] = append(times["edited"], firstLine(b, word, run(edited)...))
		times["changed"] = append(times["changed"], firstLine(b, word, "go", "run", edited))
	}
	median := map[string]float64{}
	for name, list := range times {
		slices.Sort(list)
		median[name] = float64(list[len(list)/2]) / float64(time.Millisecond)
		b.ReportMetric(median[name], "ms/"+name)
	}
	b.ReportMetric(median["warm"]/median["workbook"], "times-sooner-than-warm")
	b.ReportMetric(median["changed"]/median["edited"], "times-sooner-than-changed")
	b.ReportMetric(0, "ns/op")
}

// firstLine starts a command and returns how long it takes until its output
// holds want.
func firstLine(b *testing.B, want string, args ...string) time.Duration {
	b.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = filepath.Dir(args[0])
	if args[0] == "go" {
		cmd.Dir = ""
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	start := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	var said []byte
	var took time.Duration
	for buf := make([]byte, 4096); took == 0; {
		n, err := stdout.Read(buf)
		said = append(said, buf[:n]...)
		if bytes.Contains(said, []byte(want)) {
			took = time.Since(start)
		} else if err != nil {
			b.Fatalf("%q printed %q: %v", args, said, err)
		}
	}
	_, _ = io.Copy(io.Discard, stdout)
	if err := cmd.Wait(); err != nil {
		b.Fatal(err)
	}
	return took
}

// BenchmarkRun measures a whole run, with the child, its folder and the end of
// everything, at each level of isolation that this system allows, in milliseconds
// (medians). The rounds are interleaved, so that other work hits all alike.
func BenchmarkRun(b *testing.B) {
	var runners []*Runner
	for level := isolate.Full; level <= isolate.Off; level++ {
		r := newRunner(b)
		r.Isolation = level
		if _, err := r.Isolated(b.Context()); err == nil {
			runners = append(runners, r)
		}
	}
	times := map[isolate.Level][]time.Duration{}
	for b.Loop() {
		for _, r := range runners {
			start := time.Now()
			run, err := r.Run(b.Context(), Program{Source: []byte(hello)}, Yaegi)
			if err != nil || run.Stdout() != "hello\n" {
				b.Fatal(run, err)
			}
			times[r.Isolation] = append(times[r.Isolation], time.Since(start))
		}
	}
	for level, list := range times {
		slices.Sort(list)
		b.ReportMetric(float64(list[len(list)/2])/float64(time.Millisecond), "ms/"+level.String())
	}
	b.ReportMetric(0, "ns/op")
}
