package markdown

import (
	"bytes"
	"regexp"
	"sync"
)

// An option in a line of code, which a browser would part behind its dashes, and the
// element that keeps it whole. A long one may be parted: a phone must have room for it.
var option = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:^|\s)(-{1,2}[A-Za-z]\S{0,22})(?:\s|$)`) })

const optionStart, optionEnd = `<span class="o">`, `</span>`

// EachOption goes through the options in a line of code, and what is before, between
// and behind them.
func EachOption(code []byte, other, whole func([]byte)) {
	at := 0
	for at < len(code) && bytes.IndexByte(code[at:], '-') >= 0 {
		m := option().FindSubmatchIndex(code[at:])
		if m == nil {
			break
		}
		other(code[at : at+m[2]])
		whole(code[at+m[2] : at+m[3]])
		at += m[3]
	}
	other(code[at:])
}

// AppendOptions adds a line of code with its options kept whole.
func AppendOptions(dst, code []byte, escape func(dst, text []byte) []byte) []byte {
	EachOption(code,
		func(text []byte) { dst = escape(dst, text) },
		func(text []byte) { dst = append(escape(append(dst, optionStart...), text), optionEnd...) })
	return dst
}
