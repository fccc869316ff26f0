package lower

import (
	"slices"
	"strings"
	"testing"
)

// Package rt finds a form by its name, and a type its form by the methods: neither may
// be there twice.
func TestFormsAreThereOnce(t *testing.T) {
	names, sets := map[string]bool{}, map[string]string{}
	for _, f := range forms {
		if names[f.name] {
			t.Errorf("two forms are named %s", f.name)
		}
		names[f.name] = true
		set := strings.Split(f.methods, ";")
		slices.Sort(set)
		key := strings.Join(set, ";")
		if sets[key] != "" {
			t.Errorf("%s and %s have the same methods", sets[key], f.name)
		}
		sets[key] = f.name
	}
}
