package lower

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"example/workbook/runner/lower/forms"
)

// optional lists methods for which compiled code looks in values that it got
// because of another method.
var optional = []struct {
	with    string
	methods []string
}{
	{"Read([]uint8) (int, error)", []string{"WriteTo(io.Writer) (int64, error)"}},
	{"Write([]uint8) (int, error)", []string{
		"ReadFrom(io.Reader) (int64, error)",
		"WriteString(string) (int, error)",
	}},
	{"WriteHeader(int)", []string{
		"Flush()",
		"Unwrap() http.ResponseWriter",
		"FlushError() error",
		"Hijack() (net.Conn, *bufio.ReadWriter, error)",
		"SetReadDeadline(time.Time) error",
		"SetWriteDeadline(time.Time) error",
		"EnableFullDuplex() error",
	}},
	{"RoundTrip(*http.Request) (*http.Response, error)", []string{"CloseIdleConnections()"}},
	{"Done() <-chan struct {}", []string{"AfterFunc(func()) func() bool"}},
	{"Open(string) (fs.File, error)", []string{
		"ReadFile(string) ([]uint8, error)",
		"ReadDir(string) ([]fs.DirEntry, error)",
		"Stat(string) (fs.FileInfo, error)",
		"Glob(string) ([]string, error)",
		"Sub(string) (fs.FS, error)",
		"ReadLink(string) (string, error)",
		"Lstat(string) (fs.FileInfo, error)",
	}},
	{"Stat() (fs.FileInfo, error)", []string{
		"ReadDir(int) ([]fs.DirEntry, error)",
		"Seek(int64, int) (int64, error)",
		"ReadAt([]uint8, int64) (int, error)",
	}},
	{"Set(string) error", []string{
		"IsBoolFlag() bool",
		"Get() interface {}",
	}},
	{"UnmarshalText([]uint8) error", []string{"MarshalText() ([]uint8, error)"}},
	{"Int63() int64", []string{"Uint64() uint64"}},
	{"At(int, int) color.Color", []string{
		"Opaque() bool",
		"RGBA64At(int, int) color.RGBA64",
	}},
	{"Set(int, int, color.Color)", []string{"SetRGBA64(int, int, color.RGBA64)"}},
}

// asked lists methods for which packages look in values that they got as any, or
// because of another method.
var asked = []struct {
	by           []string
	with, method string
}{
	{[]string{"log/slog"}, "", "LogValue() slog.Value"},
	{[]string{"log/slog"}, "", "MarshalText() ([]uint8, error)"},
	{[]string{"net/http"}, "Read([]uint8) (int, error)", "Close() error"},
	{[]string{"compress/bzip2", "compress/flate", "compress/gzip", "compress/zlib", "encoding/xml", "image", "image/gif"}, "Read([]uint8) (int, error)", "ReadByte() (uint8, error)"},
}

// form is the compiled form that values of t get in an interface: one that
// has all methods that compiled interfaces ask for.
func (l *lowerer) form(t types.Type) (name string, methods []string) {
	set := types.NewMethodSet(t)
	has := map[string]bool{}
	for i := range set.Len() {
		has[set.At(i).Obj().Name()+reflectSignature(set.At(i).Type().(*types.Signature))] = true
	}
	need := map[string]bool{}
	for _, target := range l.targetList {
		u := target.Underlying().(*types.Interface)
		if !types.Implements(t, u) || formless(target) {
			continue
		}
		for m := range u.Methods() {
			need[m.Name()+reflectSignature(m.Signature())] = true
		}
	}
	if has["Error() string"] {
		for _, m := range []string{"Error() string", "Unwrap() error", "Unwrap() []error", "Is(error) bool", "As(interface {}) bool"} {
			if has[m] {
				need[m] = true
			}
		}
	}
	if has["Error() string"] && l.asksForTimeouts() {
		for _, m := range []string{"Timeout() bool", "Temporary() bool"} {
			if has[m] {
				need[m] = true
			}
		}
	}
	for _, a := range asked {
		if has[a.method] && (a.with == "" || need[a.with]) && slices.ContainsFunc(a.by, l.importsPackage) {
			need[a.method] = true
		}
	}
	for _, o := range optional {
		for _, m := range o.methods {
			if has[m] && need[o.with] {
				need[m] = true
			}
		}
	}
	most := -1
	for _, form := range forms.All() {
		ok, covered := true, 0
		for _, m := range form.Methods {
			ok = ok && has[m]
			if need[m] {
				covered++
			}
		}
		if n := len(form.Methods); ok && covered == len(need) && (most < 0 || n < most) {
			name, most, methods = form.Name, n, form.Methods
		}
	}
	if most < 0 && l.wraps(t) {
		var names []string
		for m := range need {
			names = append(names, m)
		}
		slices.Sort(names)
		pos := token.NoPos
		if n := namedOf(t); n != nil {
			pos = n.Obj().Pos()
		}
		l.refuse(pos, "pass "+reflectString(t)+" to compiled code with the methods "+strings.Join(names, ", "), "a type with fewer methods")
	}
	return name, methods
}

// asksForTimeouts says whether the program imports a package that asks errors, such as
// those that net.OpError wraps, whether they are timeouts, or temporary.
func (l *lowerer) asksForTimeouts() bool {
	return slices.ContainsFunc(l.c.pkg.Imports(), func(p *types.Package) bool {
		return slices.Contains([]string{"net", "net/http", "net/url", "os"}, p.Path())
	})
}

// formless says that rt's own form satisfies the interface in any case.
func formless(t types.Type) bool {
	switch reflectString(t) {
	case "fmt.Formatter", "fmt.Stringer", "fmt.GoStringer":
		return true
	}
	return false
}

// wraps says whether a value of t may come into an interface: where pointers do, what
// they point to need not.
func (l *lowerer) wraps(t types.Type) bool {
	return l.wrapped.At(t) != nil || l.reflects || l.usesTemplates()
}
