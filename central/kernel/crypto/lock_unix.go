//go:build unix

package crypto

import (
	"os"
	"syscall"
)

// lockFile waits until no other process changes the key file; closing f gives the lock back.
func lockFile(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX) }
