package blobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// Each calls fn for every whole file, in no promised order, until fn returns an error. Files that come while it runs may
// be left out; what was there before it began is not.
func (s *Store) Each(ctx context.Context, fn func(d Digest, size int64) error) error {
	err := filepath.WalkDir(filepath.Join(s.root, "sha256"), func(_ string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		d := Digest(prefix + e.Name())
		if !e.Type().IsRegular() || !d.Valid() {
			return nil
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // deleted while we looked
		}
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return fn(d, info.Size())
	})
	if err != nil {
		return fmt.Errorf("list blobs: %w", err)
	}
	return nil
}
