//go:build race

package lean

// detector tells the race detector, which only tests have, not to sleep a second
// before a child ends.
var detector = []string{"GORACE=atexit_sleep_ms=0"}
