//go:build unix

package outbox

import (
	"fmt"
	"syscall"
)

func diskFree(path string) (int64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return 0, fmt.Errorf("measure disk: %w", err)
	}
	return int64(s.Bavail) * int64(s.Bsize), nil //nolint:unconvert,gosec // the types differ between systems; no disk has 2^63 bytes
}
