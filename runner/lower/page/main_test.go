package main

import (
	"os"
	"testing"
)

// The appendix that is committed says what the cases say.
func TestCurrent(t *testing.T) {
	want, err := page("../testdata")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../../chapters/appendix-interpreter.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("chapters/appendix-interpreter.md is old: run go generate ./runner/lower/page")
	}
}
