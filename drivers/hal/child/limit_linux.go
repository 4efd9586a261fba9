package child

import (
	"fmt"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// alone puts the program into a group of its own, so that what it starts dies with it.
func alone(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// limit sets the bounds of a program that waits for its input.
func (p Program) limit(pid int) error {
	for resource, most := range map[int]uint64{unix.RLIMIT_DATA: uint64(max(p.Memory, 0)), unix.RLIMIT_CPU: uint64(max(p.CPU, 0))} { //nolint:gosec // not negative
		if most == 0 {
			continue
		}
		if err := unix.Prlimit(pid, resource, &unix.Rlimit{Cur: most, Max: most}, nil); err != nil {
			return fmt.Errorf("set limit: %w", err)
		}
	}
	return nil
}
