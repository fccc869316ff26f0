//go:build !cgo

package interp

const withCgo = false
