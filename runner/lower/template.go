package lower

import (
	"go/types"
	"strconv"
	"strings"
)

// Packages text/template and html/template look into values by reflection, which does
// not see the types of the program. Package rt executes their templates.
const (
	textTemplate = "text/template"
	htmlTemplate = "html/template"
)

func isTemplates(path string) bool { return path == textTemplate || path == htmlTemplate }

// usesTemplates says whether the program imports a package of templates.
func (l *lowerer) usesTemplates() bool {
	return l.importsPackage(textTemplate) || l.importsPackage(htmlTemplate)
}

// templated lets package rt do its part of a call of a package of templates. It returns
// what must be done to the results.
func (f *fn) templated(c *callee, args []arg) (adapt func([]val)) {
	if !c.compiled || c.obj == nil || c.obj.Pkg() == nil || !isTemplates(c.obj.Pkg().Path()) {
		return nil
	}
	path := c.obj.Pkg().Path()
	switch name := strings.Replace(c.obj.FullName(), path, "template", 1); name {
	case "template.New", "template.ParseFiles", "template.ParseFS", "template.ParseGlob":
		return func(vals []val) { f.line("rt.Template(%s)", vals[0].text) }
	case "(*template.Template).New", "(*template.Template).Parse", "(*template.Template).ParseFiles", "(*template.Template).ParseFS", "(*template.Template).ParseGlob":
		if path == textTemplate { // a zero template of the other package cannot be used
			f.line("rt.ZeroTemplate(%s)", c.pointer())
		}
	case "(*template.Template).Funcs":
		if len(args) == 1 {
			args[0].text = f.temp("rt.Funcs(" + strconv.Quote(path) + ", " + args[0].text + ")")
		}
	case "(*template.Template).Execute", "(*template.Template).ExecuteTemplate":
		f.byRuntime(c)
	}
	return nil
}

// templateTypes describes the pointers to the types of the program for
// templates, which see methods of both.
func (l *lowerer) templateTypes() {
	if !l.usesTemplates() {
		return
	}
	for _, name := range l.c.pkg.Scope().Names() {
		t, ok := l.c.pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok || t.IsAlias() || types.IsInterface(t.Type()) {
			continue
		}
		if n, ok := t.Type().(*types.Named); ok && n.TypeParams().Len() == 0 && n.NumMethods() > 0 {
			l.desc(types.NewPointer(n))
		}
	}
}

// shown says whether a template may call a method of the program: it may, with
// parameters and results of compiled types, which are the same to both.
func (l *lowerer) shown(m *types.Func, sig *types.Signature) bool {
	results := sig.Results().Len()
	if !m.Exported() || sig.Variadic() || results < 1 || results > 2 || results == 2 && !types.Identical(sig.Results().At(1).Type(), types.Universe.Lookup("error").Type()) {
		return false
	}
	for v := range sig.Params().Variables() {
		if !l.shownType(v.Type()) {
			return false
		}
	}
	return l.shownType(sig.Results().At(0).Type())
}

func (l *lowerer) shownType(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Signature, *types.Chan, *types.Interface:
		return false
	}
	return l.native(t) && !holdsInterface(t, map[types.Type]bool{})
}
