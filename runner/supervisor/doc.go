// Package supervisor is the process between this program and one run of another.
//
// It is a child subreaper (PR_SET_CHILD_SUBREAPER of prctl(2)): whatever the run
// starts stays below it, also a daemon that forked twice and opened its own
// session. So when it has no children left, nothing is left of the run. It has
// no other task than to see to that, at the end of the run and when this program
// dies, which it notices because their socket closes.
//
// It is this binary again, with [Arg] as its only argument. A binary that
// imports the package becomes a supervisor before main begins when it is started
// so. There are supervisors on Linux only.
package supervisor
