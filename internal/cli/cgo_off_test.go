//go:build !cgo

package cli_test

const builtWithCgo = false
