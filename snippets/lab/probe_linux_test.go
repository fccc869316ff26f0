package lab

import (
	"runtime"
	"testing"
	"time"
)

// What a server has used is without the thread of the runtime that looks after the
// others, however much that has used.
func TestOtherCPU(t *testing.T) {
	const burnt = 40 * time.Millisecond
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	work, done := make(chan bool), make(chan bool)
	busy := Thread("busy", func() {
		for range work {
			for from := CPU(); CPU()-from < burnt; {
			}
			done <- true
		}
	})
	used := func(p *prober) time.Duration {
		before := p.otherCPU()
		work <- true
		<-done
		return p.otherCPU() - before
	}
	if d := used(&prober{watcher: busy.tid}); d > burnt/2 {
		t.Errorf("used %v beside the watcher", d)
	}
	if d := used(&prober{}); d < burnt/2 {
		t.Errorf("used %v with the busy thread", d)
	}
	close(work)
	busy.Wait()
}
