package blobs

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Sweep removes uploads that nobody touched since before, and returns how many.
func (s *Store) Sweep(before time.Time) (int, error) {
	entries, err := os.ReadDir(filepath.Join(s.root, "partial"))
	if err != nil {
		return 0, fmt.Errorf("sweep blobs: %w", err)
	}
	n := 0
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || info.ModTime().After(before) {
			continue
		}
		if err := os.Remove(filepath.Join(s.root, "partial", e.Name())); err == nil {
			n++
		}
	}
	return n, nil
}
