package symbols

import (
	"fmt"
	"go/constant"
	"go/token"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"
)

// Each name in a table leads to a symbol.
func TestEveryNameHasAValue(t *testing.T) {
	for _, path := range Paths() {
		p, ok := Lookup(path)
		if !ok {
			t.Errorf("%s is listed and cannot be found", path)
		}
		for _, name := range p.Names() {
			if !p.Value(name).IsValid() {
				t.Errorf("%s.%s has no value", path, name)
			}
		}
	}
}

func TestForms(t *testing.T) {
	value := func(path, name string) reflect.Value {
		t.Helper()
		p, ok := Lookup(path)
		if !ok {
			t.Fatalf("no package %s", path)
		}
		return p.Value(name)
	}
	if f, ok := value("fmt", "Sprint").Interface().(func(...any) string); !ok || f(1) != fmt.Sprint(1) {
		t.Error("fmt.Sprint is not the function")
	}
	if v := value("os", "Args"); !v.CanAddr() || v.Addr().Interface() != &os.Args {
		t.Error("os.Args is not the variable")
	}
	if v := value("fmt", "Stringer"); v.Type() != reflect.TypeFor[*fmt.Stringer]() || !v.IsNil() {
		t.Error("fmt.Stringer is not the type")
	}
	if v := value("time", "Second"); v.Interface() != any(time.Second) {
		t.Errorf("time.Second is %v", v)
	}
	for name, want := range map[string]constant.Value{
		"MaxUint64": constant.MakeUint64(1<<64 - 1),
		"MinInt64":  constant.MakeInt64(-1 << 63),
	} {
		if got, ok := value("math", name).Interface().(constant.Value); !ok || !constant.Compare(got, token.EQL, want) {
			t.Errorf("math.%s is %v, want %v", name, got, want)
		}
	}
	if v := value("math", "Sprint"); v.IsValid() {
		t.Error("math has a Sprint")
	}
	if _, ok := Lookup("no/such/package"); ok {
		t.Error("no/such/package was found")
	}
}

// The tables do no work when a program starts.
func TestNoInitialisation(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "init os @") {
		t.Fatalf("no trace of initialisation:\n%s", out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "runner/interp/symbols") {
			t.Error(line)
		}
	}
}
