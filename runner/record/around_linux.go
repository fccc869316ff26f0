//go:build (amd64 || arm64) && !workbook_overlay

package record

import "unsafe"

// framePointer is the frame pointer of its caller.
func framePointer() uintptr

// around writes down where the functions around its caller are to go on. It
// follows the frame pointers, which takes a few nanoseconds; the runtime would
// take longer than the cheapest system call.
//
//go:nosplit
//go:noinline
func around(r *Record) {
	const deepest = 40 // frames between a step of the interpreter and its call
	at := framePointer()
	for i := 0; at != 0 && i < deepest; i++ {
		frame := frameAt(at)
		if i < callers {
			r.PC[i] = frame[1]
		} else if steps.size == 0 {
			return
		}
		at = frame[0]
		if frame[1]-steps.begin < steps.size && at != 0 {
			// The function of the steps: its first argument, on the stack, is a
			// line and a column. There it stands on amd64.
			r.Line = int64(frameAt(at)[2])
			return
		}
	}
}

// frameAt is what a frame pointer points to: the caller's frame pointer, where the
// caller goes on, and on amd64 the function's arguments on the stack.
//
//go:nosplit
func frameAt(at uintptr) *[3]uintptr {
	return (*[3]uintptr)(*(*unsafe.Pointer)(unsafe.Pointer(&at)))
}
