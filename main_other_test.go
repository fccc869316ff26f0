//go:build !linux

package main

import (
	"os"
	"testing"

	"example/workbook/runner"
)

func TestMain(m *testing.M) {
	runner.ChildMain()
	os.Exit(m.Run())
}
