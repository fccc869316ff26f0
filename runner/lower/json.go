package lower

import (
	"go/types"
	"slices"
	"strings"
)

// jsonMethods are the methods that package encoding/json looks for.
var jsonMethods = []string{"MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText", "IsZero"}

// rtValues are what package rt has for compiled functions that are values: a call of
// such a value gets own values as they stand in interfaces. Those for methods make the
// value.
var rtValues = map[string]string{
	"encoding/json.Marshal":           "rt.JSONMarshal",
	"encoding/json.MarshalIndent":     "rt.JSONMarshalIndent",
	"encoding/json.Unmarshal":         "rt.JSONUnmarshal",
	"(*encoding/json.Encoder).Encode": "rt.JSONEncode",
	"(*encoding/json.Decoder).Decode": "rt.JSONDecode",

	"(*text/template.Template).Execute":         "rt.TextExecute",
	"(*text/template.Template).ExecuteTemplate": "rt.TextExecuteTemplate",
	"(*html/template.Template).Execute":         "rt.HTMLExecute",
	"(*html/template.Template).ExecuteTemplate": "rt.HTMLExecuteTemplate",
}

// byRuntime lets package rt call a compiled method, if it has something for that.
func (f *fn) byRuntime(c *callee) {
	if !c.compiled || c.obj == nil || c.recv == nil {
		return
	}
	if value := rtValues[c.obj.FullName()]; value != "" {
		c.text = f.temp(value + "(" + c.pointer() + ")")
	}
}

// marshalsPointer says whether a pointer to t, a type of the program, has methods for
// package encoding/json, which looks for them at the address of a value.
func (l *lowerer) marshalsPointer(t types.Type) bool {
	if types.IsInterface(t) || !l.importsPackage("encoding/json") && !l.importsPackage(htmlTemplate) {
		return false
	}
	set := types.NewMethodSet(types.NewPointer(t))
	return slices.ContainsFunc(jsonMethods, func(name string) bool { return set.Lookup(l.c.pkg, name) != nil })
}

// walked hands the argument at of a call of package encoding/json, which is x and
// has the description desc, to package rt. It returns what must be done to the results.
func (f *fn) walked(c *callee, desc, x string, args []arg, at int) func([]val) {
	coder := "nilAny"
	if recv, ok := strings.CutSuffix(c.text, "."+c.obj.Name()); ok && c.recv != nil {
		coder = "rt.Of(" + recv + ")"
	}
	coder = f.temp(coder)
	switch c.obj.Name() {
	case "Unmarshal":
		args[at] = arg{text: f.temp("rt.JSONInto(" + desc + ", " + x + ", " + args[0].text + ", nilAny)"), typ: "rt.Any"}
	case "Decode":
		args[at] = arg{text: f.temp("rt.JSONInto(" + desc + ", " + x + ", nil, " + coder + ")"), typ: "rt.Any"}
	default:
		args[at] = arg{text: f.temp("rt.JSONOf(" + desc + ", " + x + ", " + coder + ")"), typ: "rt.Any"}
		return func(vals []val) {
			last := len(vals) - 1
			vals[last] = tempVal(f.temp("rt.JSONEncoded("+vals[last].text+")"), vals[last].typ)
		}
	}
	return func([]val) {}
}
