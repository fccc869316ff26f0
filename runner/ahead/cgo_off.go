//go:build !cgo

package ahead

// Cgo says that this binary, and so the interpreter in it, has C code.
const Cgo = false
