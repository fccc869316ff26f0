//go:build !darwin && !linux

package isolate

import (
	"context"
	"errors"
)

// Sandboxed returns the command as it is: CanSandbox is an error here.
func Sandboxed(_, path string, args []string) (string, []string) { return path, args }

// CanSandbox says that this system has nothing to keep a run apart with.
func CanSandbox(context.Context) error {
	return &Refusal{"sandbox", errors.New("this system has none that the workbook knows")}
}
