//go:build !cgo

package runner

const builtWithCgo = false
