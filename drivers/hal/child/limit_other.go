//go:build !linux

package child

import "os/exec"

// alone: elsewhere killing the program is all there is.
func alone(*exec.Cmd) {}

// limit: elsewhere only the time of the call bounds a program.
func (Program) limit(int) error { return nil }
