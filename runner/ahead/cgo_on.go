//go:build cgo

package ahead

// Cgo says that this binary, and so the interpreter in it, has C
// code. The Go runtime then does not notice a deadlock: it must assume that a
// thread of C may call back.
const Cgo = true
