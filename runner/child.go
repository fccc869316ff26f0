package runner

import (
	"os"

	"example/workbook/runner/ahead"
	"example/workbook/runner/interp"
)

// Leave ends what package ahead has started and no run came for. The main function
// of a program that runs snippets calls it last.
func Leave() {
	if a := ahead.Take(); a != nil {
		a.End()
	}
}

// ChildMain does the work of a child process when this process was started as
// one, and does not return then. The main function of a program that runs
// snippets, and TestMain of a test that does, must call it first.
func ChildMain() {
	if len(os.Args) < 2 {
		return
	}
	switch os.Args[1] {
	case ahead.AwaitArg:
		awaitRequest()
		interp.Main()
	case aloneArg:
		executeAlone()
	case interp.ChildArg:
		interp.Main()
	}
}
