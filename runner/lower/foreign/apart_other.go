//go:build !linux

package main

import "errors"

// apart keeps the programs apart, which it cannot do here.
func apart() error {
	return errors.New("the programs cannot be kept apart on this system: -here runs them with your rights")
}
