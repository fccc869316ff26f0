// Package interp interprets one Go program, a snippet, in a process of its
// own. It is the only package that knows Yaegi.
//
// The parent writes a [Request] into memory that it shares with the child
// ([Request.Memory]), starts its own binary with [ChildArg], and reads the
// [Reports] when the child has ended. The child is [Main].
//
// To the snippet, the child is the process that a compiled program would have:
// descriptors 0 to 2 are its own, the first that it opens is 3, main begins on
// the main thread, no goroutine, timer or signal handler but its own exists,
// so that the runtime notices a deadlock.
package interp

//go:generate go run ./gen
