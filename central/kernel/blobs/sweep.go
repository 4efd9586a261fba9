package blobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

func (s *folder) Sweep(_ context.Context, before time.Time) (int, error) {
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

func (s *folder) Remove(_ context.Context, d Digest) error {
	if _, whole, err := s.size(d); err != nil || !whole {
		return err
	}
	if err := os.Remove(s.path(d)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault("remove blob", err)
	}
	if err := syncDir(filepath.Dir(s.path(d))); err != nil {
		return fault("remove blob", err)
	}
	return nil
}

func (s *folder) Each(ctx context.Context, f func(d Digest, size int64) error) error {
	err := filepath.WalkDir(filepath.Join(s.root, "sha256"), func(_ string, e fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		d, err := ParseDigest(prefix + e.Name())
		if err != nil {
			return nil //nolint:nilerr // not ours
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed meanwhile
		}
		if err != nil {
			return err
		}
		return f(d, info.Size())
	})
	if err != nil {
		return fmt.Errorf("list blobs: %w", err)
	}
	return nil
}

func (s *folder) Ping(context.Context) error {
	if _, err := os.Stat(filepath.Join(s.root, "sha256")); err != nil {
		return fmt.Errorf("look for blob store: %w", err)
	}
	return nil
}
