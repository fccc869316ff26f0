package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example/workbook/runner/lower/forms"
)

// The types in package rt are what gen writes today.
func TestFormsAreCurrent(t *testing.T) {
	want, err := generate(forms.All())
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join("..", output))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("rt/%s is out of date: run go generate ./runner/lower/rt", output)
	}
}

func TestWrongMethods(t *testing.T) {
	for method, want := range map[string]string{
		"Close":                     "it has no parameters",
		"Close() error, int":        "expected",
		"Close() elsewhere.Problem": "package elsewhere is unknown",
		"Close() + Close()":         "it is no signature",
	} {
		_, err := generate([]forms.Form{{Name: "closer", Methods: []string{method}}})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "of closer") {
			t.Errorf("method %s: the error is %v, want one with %q", method, err, want)
		}
	}
}
