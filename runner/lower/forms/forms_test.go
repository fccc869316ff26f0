package forms

import (
	"slices"
	"testing"
)

// Package rt finds a form by its name, and a type its form by the methods: neither may
// be there twice.
func TestFormsAreThereOnce(t *testing.T) {
	names, sets := map[string]bool{}, map[string]string{}
	for _, f := range All() {
		if names[f.Name] {
			t.Errorf("two forms are named %s", f.Name)
		}
		names[f.Name] = true
		if set := Set(f.Methods); sets[set] != "" {
			t.Errorf("%s and %s have the same methods", sets[set], f.Name)
		} else {
			sets[set] = f.Name
		}
		if m := slices.Sorted(slices.Values(f.Methods)); len(slices.Compact(m)) < len(f.Methods) {
			t.Errorf("%s has a method twice", f.Name)
		}
	}
	for _, g := range groups {
		if g.name != "" && sets[Set(g.methods)] != g.name {
			t.Errorf("%s has the methods of %s: only one of them can have a name", g.name, sets[Set(g.methods)])
		}
	}
}

// The forms of a group are those of each choice of what its types may have.
func TestGroup(t *testing.T) {
	var got []string
	for _, f := range All() {
		if slices.Contains(f.Methods, closes) && slices.Contains(f.Methods, write) && len(f.Methods) <= 4 && !slices.Contains(f.Methods, read) {
			got = append(got, f.Name)
		}
	}
	want := []string{"writeCloser", "writeCloserHasFrom", "writeCloserHasString", "writeCloserHasFromString"}
	if !slices.Equal(got, want) {
		t.Errorf("the forms of a writer with Close are %q, want %q", got, want)
	}
}
