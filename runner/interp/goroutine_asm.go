//go:build amd64 || arm64

package interp

// goroutineKey returns a number that no other goroutine has while this one
// lives: the address of the runtime's record. To read the number that Go
// shows takes 100 µs, as only the text of a whole stack holds it.
func goroutineKey() uintptr
