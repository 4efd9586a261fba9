//go:build unix

package hal

import (
	"errors"
	"fmt"
	"syscall"
)

// hold makes this program the only one of ours on a line. The kernel's own exclusive mode does not bind root, and a lock
// file can outlive its owner, so the lock lies on the device itself: it is the same through every link to it, and it
// ends with the program, however that ends.
func hold(path string) (func(), error) {
	fd, err := syscall.Open(path, syscall.O_RDWR|syscall.O_NOCTTY|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open line to lock it: %w", err)
	}
	if err := syscall.Flock(fd, syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = syscall.Close(fd)
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errHeld
		}
		return nil, fmt.Errorf("lock line: %w", err)
	}
	return func() {
		// Not by closing alone: a child that was forked for something else a moment ago has the line open until it is its own program.
		_ = syscall.Flock(fd, syscall.LOCK_UN)
		_ = syscall.Close(fd)
	}, nil
}
