package isolate

import (
	"errors"
	"testing"
)

func TestParse(t *testing.T) {
	for i, name := range Names() {
		level, err := Parse(name)
		if err != nil || level != Level(i+1) || level.String() != name || level.Describe() == Level(0).Describe() {
			t.Errorf("%s: %v, %v, %q", name, level, err, level.Describe())
		}
	}
	for _, name := range []string{"", "auto"} {
		if level, err := Parse(name); level != 0 || err != nil {
			t.Errorf("%q: %v, %v", name, level, err)
		}
	}
	if level, err := Parse("Full"); err == nil {
		t.Errorf("Full: %v", level)
	}
}

// Whatever is refused, there is a way to mend it.
func TestMend(t *testing.T) {
	for _, step := range []string{"user namespace", "proc", "Landlock", "seccomp", "loopback interface"} {
		if r := (&Refusal{step, errors.New("no")}); r.Mend() == "" || r.Error() != step+": no" {
			t.Errorf("%v: %q", r, r.Mend())
		}
	}
}
