package lower

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

// handling is what a compiled function does with arguments of type any.
type handling struct {
	wrapped bool // prints, compares or keeps them: rt's form of a value will do
	raw     bool // looks into them by reflection: they go as they are
	print   bool // puts spaces between operands that are no strings
	format  int  // place of a format in the style of Printf, or -1
}

// handling says how arguments of type any go to a compiled function.
func (l *lowerer) handling(c *callee) handling {
	h := handling{format: -1}
	if c.obj == nil || c.obj.Pkg() == nil {
		h.wrapped = true
		return h
	}
	path, name := c.obj.Pkg().Path(), c.obj.Name()
	switch path {
	case "rt", "prelude/slices", "prelude/maps", "prelude/sync", "prelude/sync/atomic", "prelude/cmp":
		h.raw = true
		return h
	case "prelude/unique":
		h.wrapped = true
	case "fmt":
		switch name {
		case "Sscan", "Sscanf", "Sscanln", "Scan", "Scanf", "Scanln", "Fscan", "Fscanf", "Fscanln":
			h.raw = true
			return h
		}
		h.wrapped = true
		h.print = name == "Print" || name == "Sprint" || name == "Fprint" || name == "Append"
		if strings.HasSuffix(name, "f") {
			h.format = c.sig.Params().Len() - 2
		}
	case "log":
		h.wrapped = true
		h.print = name == "Print" || name == "Fatal" || name == "Panic"
		if strings.HasSuffix(name, "f") {
			h.format = c.sig.Params().Len() - 2
		}
	case "reflect":
		h.wrapped = l.reflects || name == "DeepEqual"
	case "errors", "context", "sync", "sync/atomic", "container/list", "container/heap", "container/ring", "log/slog", "expvar", "runtime":
		h.wrapped = true
	case "encoding/json", "encoding/xml", "encoding/binary", "encoding/gob", "sort", "flag":
		h.raw = true
	case textTemplate, htmlTemplate:
		h.wrapped = true
	case "example/workbook/snippets/lab":
		h.wrapped = true
		if strings.HasSuffix(name, "f") {
			h.format = c.sig.Params().Len() - 2
		}
	}
	return h
}

// prints says whether c prints its arguments of type any by package fmt.
func (h handling) prints(c *callee) bool {
	return h.wrapped && c.obj != nil && c.obj.Pkg() != nil && slices.Contains([]string{"fmt", "log"}, c.obj.Pkg().Path())
}

// listsInterfaces says whether the program has lists or maps of interfaces.
func (c *checked) listsInterfaces() bool {
	for _, tv := range c.info.Types {
		switch u := tv.Type.Underlying().(type) {
		case *types.Slice, *types.Array, *types.Map:
			if slices.ContainsFunc(parts(u), types.IsInterface) {
				return true
			}
		}
	}
	return false
}

// checkRaw refuses values whose type compiled code would see otherwise than
// it is.
func (l *lowerer) checkRaw(t types.Type, e *ast.CallExpr, c *callee) {
	path := c.obj.Pkg().Path()
	if strings.HasPrefix(path, "prelude") || path == "sort" || isTemplates(path) || path == "encoding/binary" || path == "encoding/json" || path == "fmt" {
		return
	}
	m := l.visibleMethod(t, map[types.Type]bool{})
	if m == "" && (types.IsInterface(t) || holdsInterface(t, map[types.Type]bool{})) && l.marshals() {
		m = "a type with a marshaling method in an interface"
	}
	if m == "" && path == "encoding/xml" && !l.native(t) && !namesElement(t) {
		m = "the name"
	}
	if m != "" {
		write := "a type without it"
		if m == "the name" {
			write = "a field XMLName xml.Name with a tag that names the element"
		}
		l.refuse(e.Pos(), "let "+c.name()+" see "+m+" of "+reflectString(t), write)
	}
}

// namesElement says whether a struct has the name of its element in the tag
// of its field XMLName: otherwise it is that of the type.
func namesElement(t types.Type) bool {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	u, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for i := range u.NumFields() {
		if u.Field(i).Name() == "XMLName" && reflect.StructTag(u.Tag(i)).Get("xml") != "" {
			return true
		}
	}
	return false
}

// encoding prepares the value that a call of encoding/json or encoding/binary gets
// among args, and returns what must be done to the results.
func (f *fn) encoding(c *callee, e *ast.CallExpr, args []arg) (adapt func([]val)) {
	if !c.compiled || c.obj == nil {
		return nil
	}
	at := 0
	switch c.obj.FullName() {
	case "encoding/json.Unmarshal":
		at = 1
	case "encoding/json.Marshal", "encoding/json.MarshalIndent", "(*encoding/json.Decoder).Decode", "(*encoding/json.Encoder).Encode":
	case "encoding/binary.Read", "encoding/binary.Write", "encoding/binary.Append", "encoding/binary.Encode", "encoding/binary.Decode":
		at = 2
	default:
		return nil
	}
	if len(args) != c.sig.Params().Len() || len(e.Args) != len(args) {
		f.l.refuse(e.Pos(), "call "+c.name()+" with the results of a call", "variables for them")
		return nil
	}
	t := f.typeOf(e.Args[at])
	if f.l.native(t) && !holdsInterface(t, map[types.Type]bool{}) {
		return nil
	}
	desc, x := "nilType", args[at].text
	switch {
	case args[at].whole != "":
		x = args[at].whole
	case !f.l.native(t):
		desc = f.l.desc(t)
	}
	if c.obj.Pkg().Path() == "encoding/json" {
		return f.walked(c, desc, x, args, at)
	}
	return func(vals []val) {
		last := len(vals) - 1
		vals[last] = tempVal(f.temp("rt.BinaryError("+desc+", "+x+", "+vals[last].text+")"), vals[last].typ)
	}
}

// scanning returns what must be done to the results of a call of fmt.Scan or its like:
// their errors name the type of an argument.
func (f *fn) scanning(c *callee, e *ast.CallExpr, args []arg) (adapt func([]val)) {
	if !c.compiled || c.obj == nil || c.obj.Pkg() == nil || c.obj.Pkg().Path() != "fmt" || !f.l.handling(c).raw {
		return nil
	}
	at := c.sig.Params().Len() - 1
	if len(args) <= at || f.spreads(e) {
		return nil
	}
	list := args[at].whole
	if !e.Ellipsis.IsValid() {
		parts := make([]string, len(args)-at)
		own := false
		for i, a := range args[at:] {
			parts[i] = "nil"
			switch t := f.typeOf(e.Args[at+i]); {
			case a.whole != "":
				parts[i], own = a.whole, true
			case !f.l.native(t):
				parts[i], own = f.l.desc(t), true
			}
		}
		if !own {
			return nil
		}
		list = "[]rt.Any{" + strings.Join(parts, ", ") + "}"
	}
	return func(vals []val) {
		vals[1] = tempVal(f.temp("rt.ScanError("+vals[1].text+", "+vals[0].text+", "+list+")"), vals[1].typ)
	}
}

// stored lets rt compare the type of what an atomic.Value gets with that of what it
// holds: to the compiled method, values of two own types are of one. callee is the
// text of c.
func (f *fn) stored(c *callee, callee, args string) {
	if !c.compiled || c.obj == nil {
		return
	}
	if method, ok := strings.CutPrefix(c.obj.FullName(), atomicValue); ok && method != "Load" {
		f.line("rt.Stored(%q, %s.Load(), %s)", method, strings.TrimSuffix(callee, "."+method), args)
	}
}

// atomicValue begins the full names of the methods of atomic.Value.
const atomicValue = "(*sync/atomic.Value)."

var marshaling = []string{"MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText", "MarshalXML", "UnmarshalXML"}

// marshals says whether a type of the program has a method for encoders.
func (l *lowerer) marshals() bool {
	for _, d := range l.c.file.Decls {
		if d, ok := d.(*ast.FuncDecl); ok && d.Recv != nil && slices.Contains(marshaling, d.Name.Name) {
			return true
		}
	}
	return false
}

func holdsInterface(t types.Type, seen map[types.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	switch u := t.Underlying().(type) {
	case *types.Interface:
		return true
	case *types.Pointer:
		return holdsInterface(u.Elem(), seen)
	case *types.Slice:
		return holdsInterface(u.Elem(), seen)
	case *types.Array:
		return holdsInterface(u.Elem(), seen)
	case *types.Map:
		return holdsInterface(u.Key(), seen) || holdsInterface(u.Elem(), seen)
	case *types.Struct:
		for i := range u.NumFields() {
			if holdsInterface(u.Field(i).Type(), seen) {
				return true
			}
		}
	}
	return false
}

// visibleMethod finds what encoders would treat in another way than the
// erased value: methods of marshalers, embedded fields.
func (l *lowerer) visibleMethod(t types.Type, seen map[types.Type]bool) string {
	if seen[t] {
		return ""
	}
	seen[t] = true
	if l.cutPointer(t) {
		return "the recursion"
	}
	if n := namedOf(t); n != nil && l.own(n.Obj().Pkg()) {
		set := types.NewMethodSet(types.NewPointer(n))
		for _, name := range marshaling {
			if set.Lookup(n.Obj().Pkg(), name) != nil {
				return "the method " + name
			}
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		return l.visibleMethod(u.Elem(), seen)
	case *types.Slice:
		return l.visibleMethod(u.Elem(), seen)
	case *types.Array:
		return l.visibleMethod(u.Elem(), seen)
	case *types.Map:
		return l.visibleMethod(u.Elem(), seen)
	case *types.Struct:
		if n := namedOf(t); n != nil && !l.own(n.Obj().Pkg()) {
			return ""
		}
		for i := range u.NumFields() {
			if u.Field(i).Embedded() {
				return "the embedded field " + u.Field(i).Name()
			}
			if m := l.visibleMethod(u.Field(i).Type(), seen); m != "" {
				return m
			}
		}
	}
	return ""
}

// forbidden lists compiled functions that would show the interpreter instead
// of the program.
var forbidden = map[string]string{
	"runtime.Caller":              "the line as a number",
	"runtime.Callers":             "the line as a number",
	"runtime/debug.Stack":         "a message of your own",
	"runtime/debug.PrintStack":    "a message of your own",
	"runtime.FuncForPC":           "the name as a string",
	"runtime.ReadMemStats":        "a program that does not count its memory",
	"runtime/metrics.Read":        "a program that does not measure itself",
	"runtime/pprof.":              "a program that does not measure itself",
	"runtime/trace.Start":         "a program that does not measure itself",
	"runtime.BlockProfile":        "a program that does not measure itself",
	"runtime.GoroutineProfile":    "a program that does not measure itself",
	"runtime.MemProfile":          "a program that does not measure itself",
	"runtime.MutexProfile":        "a program that does not measure itself",
	"runtime/debug.SetMaxStack":   "a recursion with a limit",
	"runtime/debug.ReadBuildInfo": "the version as a string",
	"runtime.GOROOT":              "the path as a string",
	"os.Executable":               "the name of another program",
	"weak.Make":                   "a pointer",
	"runtime.SetFinalizer":        "a deferred call",
	"runtime.AddCleanup":          "a deferred call",
}

// forbiddenFiles lists files that would show the interpreter instead of the program.
var forbiddenFiles = map[string]string{
	"/proc/self/cmdline": "os.Args",
	"/proc/self/comm":    "os.Args[0]",
	"/proc/self/environ": "os.Environ",
	"/proc/self/exe":     "the name of another program",
}

// forbiddenTypes lists types whose values only the run-time system or the
// compiler can make or read.
var forbiddenTypes = map[string]string{
	"runtime.TypeAssertionError": "runtime.Error",
	"reflect.StringHeader":       "unsafe.StringData",
	"reflect.SliceHeader":        "unsafe.SliceData",
}

// checkCompiled refuses compiled functions that cannot be called rightly.
func (l *lowerer) checkCompiled(obj *types.Func, pos token.Pos) {
	p := obj.Pkg()
	if p == nil {
		return
	}
	for _, key := range []string{p.Path() + ".", p.Path() + "." + obj.Name()} {
		if w, ok := forbidden[key]; ok {
			l.refuse(pos, "call "+p.Name()+"."+obj.Name(), w)
		}
	}
}

// soughtMethods are methods of own types that compiled functions look for and that
// no form of package rt has: they would do without, in silence.
var soughtMethods = []soughtMethod{
	{"Scan", "func(fmt.ScanState, rune) error", "fmt.Scan"},
	{"Scan", "func(fmt.ScanState, rune) error", "fmt.Sscan"},
	{"Scan", "func(fmt.ScanState, rune) error", "fmt.Fscan"},
	{"UnreadRune", "func() error", "fmt.Fscan"},
}

type soughtMethod struct{ name, signature, by string } // by begins the full name of a function

// sought refuses calls of functions that look for a method of the program which
// they will not find.
func (l *lowerer) sought() {
	declared := map[string]string{}
	for _, d := range l.c.file.Decls {
		if d, ok := d.(*ast.FuncDecl); ok && d.Recv != nil && slices.ContainsFunc(soughtMethods, func(m soughtMethod) bool { return m.name == d.Name.Name }) {
			if f, ok := l.c.info.Defs[d.Name].(*types.Func); ok {
				sig := f.Signature()
				plain := types.NewSignatureType(nil, nil, nil, unnamed(sig.Params()), unnamed(sig.Results()), sig.Variadic())
				declared[f.Name()] = types.TypeString(plain, packageName)
			}
		}
	}
	if len(declared) == 0 {
		return
	}
	ast.Inspect(l.c.file, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		f, ok := l.c.info.Uses[id].(*types.Func)
		if !ok || f.Pkg() == nil || l.own(f.Pkg()) {
			return true
		}
		for _, m := range soughtMethods {
			if declared[m.name] == m.signature && strings.HasPrefix(f.FullName(), m.by) {
				l.refuse(id.Pos(), "let "+f.Pkg().Name()+" see the method "+m.name+" of your type", "a type without it")
				break
			}
		}
		return true
	})
}

// unnamed is a tuple without the names of its variables.
func unnamed(t *types.Tuple) *types.Tuple {
	var list []*types.Var
	for v := range t.Variables() {
		list = append(list, types.NewParam(token.NoPos, nil, "", v.Type()))
	}
	return types.NewTuple(list...)
}

// unsupported refuses what no rewriting below is made for.
func (l *lowerer) unsupported() {
	l.sought()
	if l.reflects {
		l.refuseReflection()
	}
	l.lines = l.logsLines()
	for d := range l.c.directives() {
		if directiveOfRuntime.MatchString(d.verb) {
			l.refuse(d.pos, "follow the directive go:"+d.verb, "the program without it")
		}
	}
	ast.Inspect(l.c.file, func(n ast.Node) bool {
		if s, ok := n.(*ast.ImportSpec); ok && s.Name != nil && s.Name.Name == "." {
			l.refuse(s.Pos(), "import into the file's own names", "the import without the dot")
		}
		if s, ok := n.(*ast.ImportSpec); ok && s.Path.Value == `"C"` {
			l.refuse(s.Pos(), "call C", "Go")
		}
		if l.source(n) {
			l.refuse(n.Pos(), "log the line of a call", "the line in the message")
			return false
		}
		if l.lines {
			l.refuseLines(n)
		}
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if name, _ := strconv.Unquote(lit.Value); forbiddenFiles[name] != "" {
				l.refuse(lit.Pos(), "show "+name, forbiddenFiles[name])
			}
		}
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := l.c.info.Uses[id].(*types.Var); ok && v.IsField() && v.Name() == "Tree" && v.Pkg().Path() == htmlTemplate {
				// It has calls of package rt in it.
				l.refuse(id.Pos(), "show the tree of a template", "the text of the template")
			}
			if t, ok := l.c.info.Uses[id].(*types.TypeName); ok && t.Pkg() != nil {
				name := t.Pkg().Path() + "." + t.Name()
				if w := forbiddenTypes[name]; w != "" {
					l.refuse(id.Pos(), "use the type "+name, w)
				}
			}
		}
		// The frames of the interpreter would be in it. With all goroutines it
		// is the states that count.
		if call, ok := n.(*ast.CallExpr); ok && len(call.Args) == 2 {
			if s, ok := call.Fun.(*ast.SelectorExpr); ok {
				f, ok := l.c.info.Uses[s.Sel].(*types.Func)
				if all := l.c.info.Types[call.Args[1]].Value; ok && f.FullName() == "runtime.Stack" && all != nil && !constant.BoolVal(all) {
					l.refuse(call.Pos(), "show the stack of this goroutine", "a message of your own")
				}
			}
		}
		return true
	})
}

// source says whether n asks package log/slog for the lines of calls, which would be
// those of the interpreter, or package log for a path. Package log/slog may write to
// the logger of package log.
func (l *lowerer) source(n ast.Node) bool {
	info := l.c.info
	has := func(obj types.Object, names ...string) bool {
		return obj != nil && obj.Pkg() != nil && slices.Contains(names, obj.Pkg().Path()+"."+obj.Name())
	}
	wanted := func(e ast.Expr) bool {
		v := info.Types[e].Value
		return v == nil || v.Kind() == constant.Bool && constant.BoolVal(v)
	}
	switch n := n.(type) {
	case *ast.SelectorExpr:
		return has(info.Uses[n.Sel], "log.Llongfile", "log/slog.AddSource") || l.importsPackage("log/slog") && has(info.Uses[n.Sel], "log.Lshortfile")
	case *ast.CompositeLit:
		t, ok := types.Unalias(info.TypeOf(n)).(*types.Named)
		if !ok || !has(t.Obj(), "log/slog.HandlerOptions") || len(n.Elts) == 0 {
			return false
		}
		for i, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok && has(info.Uses[kv.Key.(*ast.Ident)], "log/slog.AddSource") && wanted(kv.Value) || !ok && i == 0 && wanted(e) {
				return true
			}
		}
	case *ast.CallExpr:
		if f := typeutil.StaticCallee(info, n); f == nil || !has(f, "log.SetFlags", "log.New") {
			return false // a method of the same name is in the same package
		}
		lit, ok := ast.Unparen(n.Args[len(n.Args)-1]).(*ast.BasicLit)
		if !ok {
			return false
		}
		flags, _ := constant.Int64Val(info.Types[lit].Value)
		return flags&longFile != 0 && flags&shortFile == 0 || flags&shortFile != 0 && l.importsPackage("log/slog")
	}
	return false
}

// importsPackage says whether the program imports a package.
func (l *lowerer) importsPackage(path string) bool {
	return slices.ContainsFunc(l.c.pkg.Imports(), func(p *types.Package) bool { return p.Path() == path })
}
