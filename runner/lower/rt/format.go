package rt

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Format rewrites the verbs of a format to which package fmt gives no way to
// answer: %T, %p and %w of values of the program, those that are a width or precision,
// and those that have no verb.
// All verbs of the new format name their arguments. With wraps it is the
// format of an error, which may wrap errors.
func Format(wraps bool, format string, args []any) (string, []any) {
	f := formatter{wraps: wraps, format: format, args: args}
	if !f.needed() {
		return format, args
	}
	f.out = slices.Clone(args)
	f.rewrite()
	return f.b.String(), f.out
}

type formatter struct {
	wraps     bool
	format    string
	args, out []any
	b         strings.Builder
	at        int // in format
	next      int // argument
	explicit  bool
	named     bool // a verb of the new format names its argument
}

func (f *formatter) needed() bool {
	if plainVerbs(f.format) >= len(f.args) {
		return false
	}
	return slices.ContainsFunc(f.args, func(a any) bool {
		switch a.(type) {
		case valuer, interface{ typeName() string }:
			return true
		}
		return false
	})
}

// plainVerbs counts the verbs in a format to which fmt gives the answer that the
// program wants. It is -1 where there are others.
func plainVerbs(format string) (n int) {
	for {
		_, rest, found := strings.Cut(format, "%")
		if !found {
			return n
		}
		rest = strings.TrimLeft(rest, "+-# 0123456789.")
		switch {
		case rest != "" && (rest[0]|' ' >= 'a' && rest[0]|' ' <= 'z') && !strings.Contains("Tpw", rest[:1]):
			n++
		case !strings.HasPrefix(rest, "%") || !strings.HasSuffix(format[:len(format)-len(rest)], "%"):
			return -1
		}
		format = rest[1:]
	}
}

func (f *formatter) rewrite() {
	for f.at < len(f.format) {
		c := f.format[f.at]
		f.at++
		if c != '%' {
			f.b.WriteByte(c)
			continue
		}
		f.verb()
	}
	if !f.explicit && f.next < len(f.args) {
		f.literal("%!(EXTRA ")
		for i, a := range f.args[f.next:] {
			if i > 0 {
				f.literal(", ")
			}
			if a == nil {
				f.literal("<nil>")
			} else {
				f.literal(TypeName(a) + "=" + fmt.Sprint(a))
			}
		}
		f.literal(")")
	}
	if !f.named {
		f.out = nil // fmt would find them left over once more
	}
}

func (f *formatter) literal(s string) { f.b.WriteString(strings.ReplaceAll(s, "%", "%%")) }

// verb rewrites what stands behind a %, as fmt's doPrintf reads it.
func (f *formatter) verb() {
	n := f.at
	for n < len(f.format) && strings.IndexByte("+-# 0", f.format[n]) >= 0 {
		n++
	}
	flags := f.format[f.at:n]
	f.at = n
	good := true // the indices of arguments
	indexed := f.index(&good)
	if f.at < len(f.format) && f.format[f.at] == '*' {
		width, ok := f.star()
		switch {
		case !ok:
			f.literal("%!(BADWIDTH)")
		case width < 0:
			flags = strings.ReplaceAll(flags, "0", "") + "-" + strconv.Itoa(-width)
		case width > 0: // a 0 would be a flag
			flags += strconv.Itoa(width)
		}
		indexed = false
	} else if width, ok := f.number(); ok {
		flags += width
		good = good && !indexed
	}
	if f.at+1 < len(f.format) && f.format[f.at] == '.' {
		f.at++
		good = good && !indexed
		indexed = f.index(&good)
		if f.at < len(f.format) && f.format[f.at] == '*' {
			if precision, ok := f.star(); ok && precision >= 0 {
				flags += "." + strconv.Itoa(precision)
			} else {
				f.literal("%!(BADPREC)")
			}
			indexed = false
		} else {
			precision, _ := f.number()
			flags += "." + precision
		}
	}
	if !indexed {
		f.index(&good)
	}
	if f.at >= len(f.format) {
		f.literal("%!(NOVERB)")
		return
	}
	verb, size := utf8.DecodeRuneInString(f.format[f.at:])
	f.at += size
	switch {
	case verb == '%':
		f.literal("%")
	case !good:
		f.literal("%!" + string(verb) + "(BADINDEX)")
	case f.next >= len(f.args):
		f.literal("%!" + string(verb) + "(MISSING)")
	default:
		f.operand(verb, flags)
	}
}

// operand writes the next argument with a verb.
func (f *formatter) operand(verb rune, flags string) {
	f.named = true
	n := f.next + 1
	f.next++
	if verb == '.' && !f.explicit && f.next < len(f.args) {
		giveUp("print a format that ends with %. and leaves operands over")
	}
	if e, ok := f.args[n-1].(interface{ typeName() string }); ok && verb == 'T' {
		f.out = append(f.out, e.typeName())
		n, verb = len(f.out), 's'
	} else if v, ok := f.args[n-1].(valuer); ok {
		switch verb {
		case 'T':
			f.out = append(f.out, v.val().t.name)
			n, verb = len(f.out), 's'
		case 'p':
			x := v.val().x
			if x == nil && v.val().t.opaque != nil {
				x = reflect.Zero(v.val().t.opaque).Interface()
			}
			if !hasAddress(x) {
				f.misfit(verb, flags, v.val())
				return
			}
			f.out = append(f.out, x)
			n = len(f.out)
		case 'w':
			if !f.wraps || !v.val().t.set["Error() string"] {
				f.misfit(verb, flags, v.val())
				return
			}
		}
	}
	fmt.Fprintf(&f.b, "%%%s[%d]%c", flags, n, verb)
}

// index reads the index of an argument in brackets, and says whether there is one.
// One that no argument has makes good false.
func (f *formatter) index(good *bool) bool {
	if f.at >= len(f.format) || f.format[f.at] != '[' {
		return false
	}
	f.explicit = true
	start, end := f.at+1, strings.IndexByte(f.format[f.at:], ']')
	if end < 0 || len(f.format)-f.at < len("[n]") {
		f.at++
		*good = false
		return false
	}
	end += f.at
	f.at = start
	text, ok := f.number()
	ok = ok && f.at == end
	f.at = end + 1
	n, _ := strconv.Atoi(text)
	if !ok || n < 1 || n > len(f.args) {
		*good = false
		return ok
	}
	f.next = n - 1
	return true
}

// number reads digits. What follows a number over a million is lost, as it is to fmt.
func (f *formatter) number() (digits string, ok bool) {
	start, n := f.at, 0
	for ; f.at < len(f.format) && '0' <= f.format[f.at] && f.format[f.at] <= '9'; f.at++ {
		if n > largest {
			f.at = len(f.format)
			return "", false
		}
		n = n*10 + int(f.format[f.at]-'0')
	}
	return f.format[start:f.at], f.at > start
}

// largest is the largest width and precision that fmt takes.
const largest = 1e6

// star reads the width or precision that is the next argument. To fmt, a number of the
// program would be none.
func (f *formatter) star() (n int, ok bool) {
	f.at++
	if f.next >= len(f.args) {
		return 0, false
	}
	x := f.args[f.next]
	f.next++
	if v, own := x.(valuer); own {
		x = v.val().x
	}
	switch v := reflect.ValueOf(x); {
	case v.CanInt() && -largest <= v.Int() && v.Int() <= largest:
		return int(v.Int()), true
	case v.CanUint() && v.Uint() <= largest:
		return int(v.Uint()), true
	}
	return 0, false
}

// misfit writes a value that has no such verb.
func (f *formatter) misfit(verb rune, flags string, v V) {
	f.literal("%!" + string(verb) + "(" + v.t.name + "=")
	f.out = append(f.out, muted{v})
	// To fmt, %+w is %+v, but %+p is not; and it asks no Formatter of %p.
	as := map[rune]rune{'w': 'v', 'p': 'd'}[verb]
	fmt.Fprintf(&f.b, "%%%s[%d]%c)", flags, len(f.out), as)
}

// hasAddress says whether %p prints x.
func hasAddress(x any) bool {
	switch reflect.ValueOf(x).Kind() {
	case reflect.Chan, reflect.Func, reflect.Map, reflect.Pointer, reflect.Slice, reflect.UnsafePointer:
		return true
	}
	return false
}

// muted is a value that prints itself without the methods of the program.
type muted struct{ v V }

// Format is that of V.
func (m muted) Format(s fmt.State, verb rune) {
	p := printer{s: &state{State: s}, verb: 'v', mute: true, flat: verb != 'v'}
	p.value(reflect.ValueOf(m.v.x), m.v.t, 0, false)
}
