package runner

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"example/workbook/internal/book"
)

// load reads a chapter with one snippet.
func load(t *testing.T, chapter string) *book.Snippet {
	t.Helper()
	b, err := book.LoadFiles(fstest.MapFS{"case.md": {Data: []byte(chapter)}}, "case.md")
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Chapters) != 1 || len(b.Chapters[0].Snippets) != 1 {
		t.Fatal("want one chapter with one snippet")
	}
	return b.Chapters[0].Snippets[0]
}

func fence(kind, body string) string { return "```" + kind + "\n" + body + "```\n\n" }

func program(statements string) string {
	return fence("go", "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\nfunc main() {\n\tfmt.Print()\n\t_ = os.Args\n"+statements+"}\n")
}

// A chapter, and what Check says about a run of its program.
func TestCheck(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many programs")
	}
	for _, tt := range []struct {
		name    string
		chapter string
		want    string // verdict: reason, then notes and mismatches a line
	}{
		{"output as expected",
			program("\tfmt.Println(\"hello\")\n") + fence("output", "hello\n"),
			"pass"},
		{"output with a placeholder",
			program("\tfmt.Println(\"pid\", os.Getpid())\n") + fence("output", "pid <pid>\n"),
			"pass"},
		{"other output",
			program("\tfmt.Println(\"hello\")\n") + fence("output", "good bye\n"),
			"fail: it printed something else than the output fence at case.md:17\nmismatch output \"hello\\n\""},
		{"output that nobody checks",
			program("\tfmt.Println(\"hello\")\n"),
			"pass\nnote: printed 1 line that nothing checks: write an empty output fence below it and run workbook accept case/1"},
		{"stderr that nobody checks is no failure",
			program("\tfmt.Fprint(os.Stderr, \"oh\\nno\")\n"),
			"pass\nnote: wrote 2 lines to stderr that nothing checks: oh"},
		{"stderr as expected",
			program("\tfmt.Fprintln(os.Stderr, \"oh\")\n") + fence("stderr", "oh\n"),
			"pass"},
		{"both streams differ",
			program("\tfmt.Println(1)\n\tfmt.Fprintln(os.Stderr, 2)\n") + fence("output", "3\n") + fence("stderr", "4\n"),
			"fail: it printed something else than the output fence at case.md:18 and the stderr fence at case.md:22\nmismatch output \"1\\n\"\nmismatch stderr \"2\\n\""},
		{"a panic that nobody expects leaves the output alone",
			program("\tpanic(\"boom\")\n") + fence("output", "hello\n"),
			"fail: it panicked at case.md:12: boom"},
		{"a panic as expected",
			program("\tfmt.Println(\"before\")\n\tpanic(\"boom\")\n") + fence("output", "before\n") + fence("error", "panic: boom\n"),
			"pass"},
		{"a panic with other words",
			program("\tpanic(\"boom\")\n") + fence("error", "panic: bang\n"),
			"fail: it printed something else than the error fence at case.md:17\nmismatch error \"panic: boom\\n\""},
		{"a panic with words before it",
			program("\tfmt.Fprintln(os.Stderr, \"oh\")\n\tpanic(\"boom\")\n") + fence("error", "oh\npanic: boom\n"),
			"pass"},
		{"a panic with words in a fence of their own",
			program("\tfmt.Fprintln(os.Stderr, \"oh\")\n\tpanic(\"boom\")\n") + fence("stderr", "oh\n") + fence("error", "panic: boom\n"),
			"pass"},
		{"no failure where one is expected",
			program("") + fence("error", "panic: boom\n"),
			"fail: it ran to its end, but the error fence at case.md:16 says that it fails"},
		{"exit status that nobody expects, with the words that tell why",
			program("\tfmt.Fprintln(os.Stderr, \"no such file\")\n\tos.Exit(1)\n"),
			"fail: it ended with exit status 1: no such file"},
		{"exit status as expected",
			"<!-- workbook: exit=3 -->\n\n" + program("\tos.Exit(3)\n"),
			"pass"},
		{"another exit status",
			"<!-- workbook: exit=3 -->\n\n" + program("\tos.Exit(4)\n"),
			"fail: it ended with exit status 4, not with exit status 3"},
		{"exit status in an error fence",
			program("\tfmt.Fprintln(os.Stderr, \"no\")\n\tos.Exit(3)\n") + fence("error", "no\nexit status 3\n"),
			"pass"},
		{"a program that does not compile",
			program("\tx := 1\n"),
			"fail: it does not compile: 1 problem"},
		{"a program that must not compile",
			program("\tx := 1\n") + fence("error", "11:2: declared and not used: x <...>\n"),
			"pass"},
		{"a program that must not compile, with other words",
			program("\tx := 1\n") + fence("error", "1:1: something else\n"),
			"fail: it printed something else than the error fence at case.md:17\nmismatch error \"11:2: declared and not used: x (use it, delete it, or assign it to _)\\n\""},
		{"a time limit is never expected",
			"<!-- workbook: timeout=50ms -->\n\n" + program("\tselect {\n\tcase <-make(chan int):\n\tdefault:\n\t}\n\tfor {\n\t}\n") + fence("error", "...\n"),
			"fail: it was stopped after 50ms, its time limit<...>"},
		{"output of a program that goes on for ever",
			"<!-- workbook: timeout=1s -->\n\n" + program("\tfmt.Println(\"up\")\n\tfor {\n\t}\n") + fence("output", "up\n"),
			"fail: it was stopped after 1s, its time limit<...>"},
	} {
		s := load(t, tt.chapter)
		both(t, func(t *testing.T, e Engine) {
			r := newRunner(t)
			r.quit = minute
			run := mustRun(t, r, Of(s), e)
			got := resultText(Check(s, run.withoutColumns()))
			if ok := matches(t, tt.want, got); !ok {
				t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
			}
		})
	}
}

func resultText(res Result) string {
	lines := []string{res.Verdict.String()}
	if res.Reason != "" {
		lines[0] += ": " + res.Reason
	}
	for _, n := range res.Notes {
		lines = append(lines, "note: "+n)
	}
	for _, m := range res.Mismatches {
		lines = append(lines, fmt.Sprintf("mismatch %s %q", m.Fence, m.Got))
	}
	return strings.Join(lines, "\n")
}

func TestSkip(t *testing.T) {
	s := load(t, "<!-- workbook: skip=\"needs a second machine\" -->\n\n"+program(""))
	if got := resultText(Check(s, nil)); got != "skip: needs a second machine" {
		t.Error(got)
	}
}

// An Output comment is compared as package testing does.
func TestOutputComment(t *testing.T) {
	s := load(t, fence("go", "package main\n\nimport \"fmt\"\n\nfunc main() {\n\tfmt.Print(\"\\n  hello\\n\\n\")\n\t// Output:\n\t// hello\n}\n"))
	run := mustRun(t, newRunner(t), Of(s), Yaegi)
	if got := resultText(Check(s, run)); got != "pass" {
		t.Error(got)
	}
}

// Two engines agree when both print what the chapter says, or the same.
func TestCompare(t *testing.T) {
	run := func(e Engine, end End, code int, out string) *Run {
		r := &Run{Engine: e, End: end, ExitCode: code, gap: [2]int{-1, -1}}
		if out != "" {
			r.Output = []Chunk{{Stdout, []byte(out)}}
		}
		return r
	}
	loose := load(t, program(""))
	strict := load(t, program("")+fence("output", "pid <pid>\n"))
	for _, tt := range []struct {
		s    *book.Snippet
		a, b *Run
		want string
	}{
		{loose, run(Go, Exited, 0, "a\nb\n"), run(Yaegi, Exited, 0, "a\nb\n"), ""},
		{loose, run(Go, Exited, 0, "a\nb\n"), run(Yaegi, Exited, 0, "a\nc\n"),
			`the engines print different things, first in line 2: go "b", yaegi "c": if that may vary, write an output fence with placeholders`},
		{loose, run(Go, Exited, 0, "a\n"), run(Yaegi, Exited, 0, "a"),
			`the engines print different things, first in line 2: go "", yaegi "": if that may vary, write an output fence with placeholders`},
		{strict, run(Go, Exited, 0, "pid 1\n"), run(Yaegi, Exited, 0, "pid 2\n"), ""},
		{strict, run(Go, Exited, 0, "pid 1\n"), run(Yaegi, Exited, 0, "pid x\n"),
			"the engines disagree: with go the verdict is pass, with yaegi fail"},
		{loose, run(Go, Exited, 0, ""), run(Yaegi, Exited, 1, ""),
			"the engines disagree: with go it ran to its end, with yaegi it ended with exit status 1"},
		{loose, run(Go, Exited, 2, ""), run(Yaegi, Panicked, 2, ""),
			"the engines disagree: with go it ended with exit status 2, with yaegi it panicked"},
	} {
		a, b := Check(tt.s, tt.a), Check(tt.s, tt.b)
		if got := Compare(&a, &b); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
	skipped := Check(loose, nil)
	if got := Compare(&skipped, &skipped); got != "" {
		t.Error(got)
	}
}

// The sentences of the ends that no other test shows.
func TestDescribe(t *testing.T) {
	for _, tt := range []struct {
		run  Run
		want string
	}{
		{Run{End: Rejected, Problems: make(book.Problems, 2)}, "does not compile: 2 problems"},
		{Run{End: Rejected, Refused: true}, "cannot be interpreted rightly\nhint: write it as the message says, or use --engine go"},
		{Run{End: Signaled, Signal: 11}, "was ended by signal 11 (segmentation fault)"},
		{Run{End: TooMuchOutput, Limits: Limits{Output: 2000}}, "was stopped because it printed more than 31 KiB\nhint: print less: the first and the last 1000 bytes of each stream are kept; to keep more: --limit output=4000"},
		{Run{End: OutOfMemory, Limits: Limits{Memory: 1 << 30}}, "ran out of memory: a run may use 1 GiB\nhint: to give it more: --limit memory=2GiB"},
		{Run{End: TimedOut, Limits: Limits{Time: time.Minute}, asked: time.Hour}, "was stopped after 1m0s, its time limit\nhint: it asks for 1h0m0s: grant that with --limit time=1h0m0s"},
		{Run{End: Panicked, fatal: "fatal error: newosproc", Limits: Limits{Threads: 12000}}, "got no further thread: a run may have 12000\nhint: to give it more: --limit processes=12000"},
		{Run{End: Compiled}, "compiles"},
	} {
		if got := tt.run.Explain(); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestNoToolchain(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := exec.LookPath("go"); err == nil {
		t.Skip("go is found without PATH")
	}
	_, err := (&Runner{}).Run(t.Context(), Program{Source: []byte(hello)}, Go)
	if err == nil || !strings.Contains(err.Error(), "install Go") {
		t.Error(err)
	}
}
