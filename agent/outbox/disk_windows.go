package outbox

import (
	"fmt"

	"golang.org/x/sys/windows"
)

// diskFree is what this user may still write, which a quota can make less than what is free.
func diskFree(path string) (int64, error) {
	p, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return 0, fmt.Errorf("measure disk: %w", err)
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(p, &free, nil, nil); err != nil {
		return 0, fmt.Errorf("measure disk: %w", err)
	}
	return int64(free), nil //nolint:gosec // no disk has 2^63 bytes
}
