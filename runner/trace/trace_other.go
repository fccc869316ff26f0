//go:build !linux

// Package trace has nothing to read outside Linux: nothing is recorded there.
package trace
