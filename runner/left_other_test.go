//go:build !linux

package runner

func leftProcesses(string) []string { return nil }
