//go:build !linux

package interp

import "os"

// anonymousFile returns a file that no folder names any more.
func anonymousFile() (*os.File, error) {
	f, err := os.CreateTemp("", "workbook-request")
	if err != nil {
		return nil, err
	}
	return f, os.Remove(f.Name())
}

// onMainThread cannot be told here.
func onMainThread() bool { return true }
