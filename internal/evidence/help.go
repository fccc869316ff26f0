package evidence

import (
	"fmt"
	"strings"
)

// Reference is the page about the sentences, in Markdown. It is made of the set
// that Parse knows, so it cannot lag behind.
func Reference() string {
	var b strings.Builder
	b.WriteString(`# Sentences of evidence

A fence of evidence stands below a program's output and says what the run must show of its system calls. Each
line is one sentence; a line that begins with # is a comment. The workbook records every call of the program
and compares.

`)
	for _, f := range forms() {
		fmt.Fprintf(&b, "    %s\n\n%s. Example:\n\n    %s\n\n", f.pattern, capital(f.means), f.example)
	}
	b.WriteString("Words in capitals stand for:\n\n")
	for _, s := range slots() {
		fmt.Fprintf(&b, "- %s: %s\n", s.name, s.says)
	}
	var names []string
	for _, k := range kinds() {
		names = append(names, k[0])
	}
	fmt.Fprintf(&b, `
What stands in [brackets] may be left out; of a|b write one. A thread whose name has blanks stands in quotes.

Calls have the names of their manual pages in section 2, and always the same one, whichever of them Go makes:
accept4 for accept, epoll_wait for epoll_pwait, poll for ppoll, select for pselect6, fstat for newfstatat.
Kinds of descriptors are %s.

A sleep counts when the kernel was seen to say that the thread sleeps in the call, or when the thread gave up
its processor in it. One that was too short to be seen is luck, for the kernel's own locks make threads sleep
too: it may count or not, whichever the sentence needs. Let the program wait for the fact with lab.Await, and
there is no luck in it. Where a machine does not tell who sleeps, sentences on sleep are not confirmed, which
is a note and no failure.
`, strings.Join(names, ", "))
	return b.String()
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
