//go:build linux && !amd64

package runner

// olderCalls are waiting system calls that newer architectures do without.
var olderCalls = map[int]string{}
