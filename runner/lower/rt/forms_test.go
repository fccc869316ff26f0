package rt

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"example/workbook/runner/lower/forms"
)

// Each form has the methods that package lower takes it to have, and no others but those
// of V, which stands in an interface where there is no form.
func TestFormsHaveTheirMethods(t *testing.T) {
	defer func() { flagTypes = nil }()
	own := methodsOf(V{})
	for _, f := range forms.All() {
		if f.Name == "" {
			continue
		}
		form := formOf(f.Name)
		if form == nil {
			t.Errorf("%s is not there", f.Name)
			continue
		}
		if f.ByHand != (byHand[f.Name] != nil) {
			t.Errorf("package forms says that %s is written by hand: %t", f.Name, f.ByHand)
		}
		var typ Type
		flagTypes = []*Type{&typ}
		want := maps.Clone(own)
		for _, m := range f.Methods {
			want[m] = true
		}
		got := methodsOf(form(V{t: &typ}))
		for m := range want {
			if !got[m] {
				t.Errorf("%s has no method %s", f.Name, m)
			}
		}
		for m := range got {
			if !want[m] {
				t.Errorf("%s has the method %s", f.Name, m)
			}
		}
	}
	for name := range byHand {
		if !slices.ContainsFunc(forms.All(), func(f forms.Form) bool { return f.Name == name }) {
			t.Errorf("package forms does not know %s", name)
		}
	}
}

// methodsOf are the exported methods of x.
func methodsOf(x any) map[string]bool {
	all := map[string]bool{}
	for m := range reflect.TypeOf(x).Methods() {
		signature, _ := strings.CutPrefix(reflect.ValueOf(x).MethodByName(m.Name).Type().String(), "func")
		all[m.Name+signature] = true
	}
	return all
}
