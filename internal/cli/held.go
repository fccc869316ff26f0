package cli

import (
	"strings"

	"example/workbook/runner"
)

// heldBack is the stderr of a program that is shown while it prints, from where it
// may be the report with which the Go runtime ends it. That shows how the program
// is interpreted, and is known to be one at the end only.
type heldBack struct {
	shown  int  // bytes that were passed on
	inLine bool // they end within a line
	text   []byte
	sure   bool // text begins as a report does
}

// pass returns what of stderr may be shown.
func (h *heldBack) pass(more string) string {
	h.text = append(h.text, more...)
	if h.sure {
		return ""
	}
	text := string(h.text)
	for at := 0; at < len(text); {
		if at > 0 || !h.inLine {
			yes, maybe := runner.BeginsReport(text[at:])
			if yes || maybe {
				h.sure = yes
				return h.release(at)
			}
		}
		end := strings.IndexByte(text[at:], '\n')
		if end < 0 {
			break
		}
		at += end + 1
	}
	return h.release(len(text))
}

// release passes the first n bytes on.
func (h *heldBack) release(n int) string {
	text := string(h.text[:n])
	if n > 0 {
		h.shown += n
		h.inLine = text[n-1] != '\n'
	}
	h.text = h.text[n:]
	return text
}

// rest is what is still to be shown when the program has ended: of a report, what
// concerns the program.
func (h *heldBack) rest(o *outcome) string {
	for _, res := range o.results {
		if res.Run == nil {
			continue
		}
		own := res.Run.Printed()
		report, ok := strings.CutPrefix(res.Run.Stderr(), own)
		if !ok || report == "" {
			continue
		}
		// Of much output, own has the beginning and the end, and all was shown.
		return own[min(h.shown, len(own)):] + report
	}
	return string(h.text)
}
