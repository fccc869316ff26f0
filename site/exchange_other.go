//go:build !linux

package site

func exchange(stage, dir string) error { return swapByRename(stage, dir) }
