package picture

import (
	"fmt"
	"html"
	"strconv"
	"strings"

	"example/workbook/internal/evidence"
)

// Table is the same as a drawing, in words.
type Table struct {
	Caption string
	Head    []string
	Rows    [][]string
}

// Table lists every call: when, which thread, what, what came of it, how long
// it slept, and what other call that has to do with.
func (f *Figure) Table() Table {
	t := Table{
		Caption: "System calls of " + f.Trace.Snippet,
		Head:    []string{"", "at", "thread", "call", "result", "asleep", "because of"},
	}
	causes := map[int][]string{}
	for _, fl := range f.Trace.Flows {
		from := &f.Trace.Calls[fl.From-1]
		cause := fmt.Sprintf("%s of %s (%d)", from.Name, from.Thread, from.Seq)
		switch fl.Kind {
		case evidence.Data:
			cause = fmt.Sprintf("%s from %s", evidence.Counted(fl.Bytes, "byte", "bytes"), cause)
		case evidence.Wake:
			cause = "woken by " + cause
		}
		causes[fl.To] = append(causes[fl.To], cause)
	}
	for i := range f.Trace.Calls {
		c := &f.Trace.Calls[i]
		result := outcome(c)
		if c.Result != "" && readyList(c) == "" {
			result += ", " + c.Result
		}
		sleep := ""
		switch {
		case c.Open && asleep(c):
			sleep = "to the end"
		case asleep(c):
			sleep = evidence.Duration(c.T1 - c.T0)
		}
		if c.Wchan != "" {
			sleep += " in " + c.Wchan
		}
		t.Rows = append(t.Rows, []string{
			strconv.Itoa(c.Seq), evidence.Duration(c.T0), c.Thread, c.Name + "(" + c.Text + ")", result, sleep, strings.Join(causes[c.Seq], "; "),
		})
	}
	return t
}

// Markdown writes the table as Markdown.
func (t Table) Markdown() string {
	var b strings.Builder
	cell := strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;", "*", `\*`, "_", `\_`, "`", "\\`")
	line := func(cells []string) {
		b.WriteString("|")
		for _, c := range cells {
			b.WriteString(" " + cell.Replace(clean(c)) + " |")
		}
		b.WriteString("\n")
	}
	line(t.Head)
	b.WriteString(strings.Repeat("|---", len(t.Head)) + "|\n")
	for _, r := range t.Rows {
		line(r)
	}
	return b.String()
}

// HTML writes the table for a page; class is put on the table.
func (t Table) HTML(class string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<table class=%q><caption>%s</caption><thead><tr>", html.EscapeString(class), html.EscapeString(clean(t.Caption)))
	for _, h := range t.Head {
		if h == "" {
			h = "no."
		}
		fmt.Fprintf(&b, `<th scope="col">%s</th>`, html.EscapeString(h))
	}
	b.WriteString("</tr></thead><tbody>\n")
	for _, r := range t.Rows {
		b.WriteString("<tr>")
		for _, c := range r {
			fmt.Fprintf(&b, "<td>%s</td>", html.EscapeString(clean(c)))
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody></table>\n")
	return b.String()
}
