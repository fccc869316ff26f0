//go:build !amd64 && !arm64

package interp

// goroutineKey returns a number that no other goroutine has.
func goroutineKey() uintptr { return uintptr(goroutine()) }
