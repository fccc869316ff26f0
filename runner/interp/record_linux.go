package interp

import (
	"reflect"
	"runtime"

	"example/workbook/runner/record"
	sys "example/workbook/runner/record/unix"
)

// useRecording begins to record into the end of mem. The program may begin when
// the channel is closed.
func useRecording(mem []byte) <-chan struct{} {
	record.Interpret(codeOf(reflect.ValueOf(at).Pointer()))
	return record.Use(mem[max(0, len(mem)-record.Size):])
}

// codeOf returns where the code of a function begins, and a size within which no
// other function begins.
func codeOf(entry uintptr) (begin, size uintptr) {
	f := runtime.FuncForPC(entry)
	const most = 4096
	for size < most && runtime.FuncForPC(entry+size) == f {
		size += 8
	}
	return entry, size
}

// recorded returns the recorded form of a symbol of package unix, if calls are
// recorded and it has one.
func recorded(name string, symbol reflect.Value) reflect.Value {
	if record.On() {
		if f := sys.Function(name); f != nil {
			return reflect.ValueOf(f)
		}
	}
	return symbol
}
