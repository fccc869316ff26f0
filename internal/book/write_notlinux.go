//go:build !linux

package book

import "io/fs"

// prepare writes a new file beside name and returns its path.
func prepare(name string, data []byte, mode fs.FileMode) (string, error) {
	return prepareNamed(name, data, mode)
}
