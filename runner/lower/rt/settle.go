package rt

import (
	"runtime"
	"sync/atomic"
	"time"
)

// unsettled tells whether there are panics of which it is open whether they end the
// program. Go lets main not end the program while there are any: a deferred call of one
// may have let main go on.
//
// Such a panic is either held by an execution of a function whose deferred calls run
// because of it, or on its way out of such a function: then it is on the stack of its
// goroutine. A panic is both for a moment where it passes from one to the other, so that
// it is never neither. That compiled code has recovered it need not be noticed.
var unsettled panics

// panics counts the executions that began to hold a panic, and those that ended to.
type panics struct {
	begun, ended atomic.Int64
	raised       atomic.Bool // a panic has left such an execution
}

// hold notes that the deferred calls run because of a panic, which is on the stack.
func (d *Defers) hold() {
	if !d.held {
		d.held = true
		unsettled.begun.Add(1)
	}
}

// release notes that the panic is over, or on the stack.
func (d *Defers) release() {
	if d.held {
		d.held = false
		unsettled.ended.Add(1)
	}
}

// Settle is called when main has returned, and waits while a panic may still end the
// program, but not for long: a deferred call may wait for ever.
func Settle() {
	const longest = time.Second / 2
	for begin := time.Now(); !unsettled.settled() && time.Since(begin) < longest; {
		time.Sleep(time.Millisecond / 5)
	}
}

// settled reports whether there was a moment without a panic that is held or on a stack.
// It looks at no stack where each panic was recovered by the first function it could be:
// that takes about 20 ms where there are 10,000 goroutines.
func (u *panics) settled() bool {
	ended, begun := u.ended.Load(), u.begun.Load() // in this order: begun is never less
	return ended == begun && !(u.raised.Load() && onStack()) && u.begun.Load() == begun
}

// onStack reports whether any goroutine has a panic on its stack. Of each it looks at
// the 32 innermost calls: a panic on its way is among them, as what runs at the end of
// the functions that it leaves is shallow.
func onStack() bool {
	var list []runtime.StackRecord
	for n, ok := runtime.GoroutineProfile(nil); !ok; n, ok = runtime.GoroutineProfile(list) {
		list = make([]runtime.StackRecord, n+10) // some may begin meanwhile
	}
	known := map[uintptr]bool{}
	for _, r := range list {
		for _, pc := range r.Stack() {
			if known[pc] {
				continue
			}
			known[pc] = true
			if f := runtime.FuncForPC(pc - 1); f != nil && f.Name() == "runtime.gopanic" {
				return true
			}
		}
	}
	return false
}
