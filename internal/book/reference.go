package book

import (
	"fmt"
	"strings"

	"example/workbook/internal/match"
)

// Reference is a manual of what may stand in a chapter, in Markdown.
func Reference() string {
	var b strings.Builder
	b.WriteString(strings.ReplaceAll(reference, "'", "`"))
	for _, n := range Needs() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", n.Name, n.Meaning)
	}
	b.WriteString("\nIn an output, these stand for what differs from run to run:\n\n| placeholder | takes |\n|---|---|\n")
	for _, p := range match.Placeholders() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", strings.TrimSpace(p.Name+" "+p.Bounds), p.Takes)
	}
	return b.String()
}

// reference is the part that is written by hand, with ' for the marks of code.
const reference = `# What may stand in a chapter, or in any Markdown file that is run

A go fence is a program, and must run. What it must do stands in fences below it:

| fence | says |
|---|---|
| 'output' | what it prints |
| 'stderr' | what it writes to standard error |
| 'error' | it must fail, and with this message |
| 'evidence' | what its system calls must have done: workbook help evidence |

Without an output fence, comments are compared:

    fmt.Println(x) // Output: 7

Several of one line are what is printed, one after the other. One of several
lines stands at the end of main, as in examples of go test.

In these texts a line '...' stands for any lines, and words such as '<port>' for
what differs from run to run, see below. '<port#a>' is the same in all places.

Everything else is said in a comment above a block:

    <!-- workbook: KEY=VALUE KEY="several words" FLAG -->

Above a go fence:

| directive | means |
|---|---|
| 'name=echo' | the name of the program, CHAPTER/echo in reports |
| 'file=DIR/main.go' | it shows this file; workbook sync keeps both equal |
| 'region=loop' | only what is between [start:loop] and [end:loop] |
| 'skip="needs two hosts"' | it is not run, and why |
| 'no_run' | it is compiled only |
| 'timeout=30s' | its time limit |
| 'exit=3' | the status that it must end with |
| 'engine=go' | it is compiled in any case, not interpreted |
| 'needs=linux,ipv6' | what it needs of a machine, see below |
| 'slow' | it takes more than a second, on purpose |
| 'evidence=off' | its system calls are not recorded |
| 'figure=lanes' | they are drawn as an overview (also 'calls', 'none') |
| 'caption="Both wait."' | what one sees in the figure |

Above an output, stderr or error fence:

| directive | means |
|---|---|
| 'unordered' | the lines may come in any order |
| 'interleave' | the lines of each speaker (what stands before the first colon) come in their order, the speakers mixed |
| 'contains' | the lines stand somewhere in it, without a gap |

Above a list of choices:

| directive | means |
|---|---|
| 'predict=CHAPTER/NAME 1="text"' | choice 1 is right if the run prints that text; 2="text" and so on for the others |

Above a heading:

| directive | means |
|---|---|
| 'exercise=CHAPTER/NAME' | its starter and its solution are below snippets |

What a program may need of a machine, with commas between several:

| need | is |
|---|---|
`
