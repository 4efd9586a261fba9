package hid

import (
	"fmt"
	"os"
	"path/filepath"
)

// maxDescriptor is the largest report descriptor that the kernel takes.
const maxDescriptor = 4096

// Usages are what a raw node says of itself (用途): the application collections of its report descriptor, page<<16 | usage. dir is the node's
// folder in the kernel's tree, "/sys/class/hidraw/hidraw0" or where that leads.
func Usages(dir string) ([]uint32, error) {
	b, err := os.ReadFile(filepath.Join(dir, "device/report_descriptor")) //nolint:gosec // the kernel's own tree
	if err != nil {
		return nil, fmt.Errorf("read report descriptor: %w", err)
	}
	if len(b) > maxDescriptor {
		return nil, errTooMuch
	}
	d, err := Parse(b)
	if err != nil {
		return nil, fmt.Errorf("parse report descriptor: %w", err)
	}
	return d.Collections, nil
}
