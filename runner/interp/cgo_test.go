//go:build cgo

package interp

// withCgo: the runtime of a program that is linked with C code, such as the
// resolver that net uses then, never says that all goroutines are asleep.
const withCgo = true
