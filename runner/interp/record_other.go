//go:build !linux

package interp

import "reflect"

func useRecording([]byte) <-chan struct{} { return nil }

func recorded(_ string, symbol reflect.Value) reflect.Value { return symbol }
