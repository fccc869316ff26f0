//go:build !race

package lean

var detector []string
