package blobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"tongban/central/kernel/errs"
)

// folder keeps blobs in a folder: sha256/ab/abcdef… for whole files,
// partial/abcdef….part for running uploads, on the same file system so that a
// finished file appears by one rename. Several processes may share it.
type folder struct {
	root  string
	limit int64
	locks keyed

	// filter stands before every write to disk; tests make it fail.
	filter func(io.Writer) io.Writer
}

func openFolder(root string, limit int64) (*folder, error) {
	for _, dir := range []string{"sha256", "partial"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o700); err != nil {
			return nil, fmt.Errorf("open blob store: %w", err)
		}
	}
	same := func(w io.Writer) io.Writer { return w }
	return &folder{root: root, limit: limit, locks: keyed{m: map[string]*entry{}}, filter: same}, nil
}

func (s *folder) path(d Digest) string {
	h := d.Hex()
	return filepath.Join(s.root, "sha256", h[:2], h)
}

func (s *folder) part(d Digest) string { return filepath.Join(s.root, "partial", d.Hex()+".part") }

func (s *folder) Has(_ context.Context, d Digest) (bool, error) {
	_, ok, err := s.size(d)
	return ok, err
}

func (s *folder) size(d Digest) (int64, bool, error) {
	if !d.Valid() {
		_, err := ParseDigest(string(d))
		return 0, false, err
	}
	info, err := os.Stat(s.path(d))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fault("look for blob", err)
	}
	return info.Size(), true, nil
}

func (s *folder) Open(_ context.Context, d Digest) (io.ReadCloser, int64, error) {
	size, ok, err := s.size(d)
	if err != nil {
		return nil, 0, err
	}
	if !ok {
		return nil, 0, ErrNotFound
	}
	f, err := os.Open(s.path(d))
	if err != nil {
		return nil, 0, fault("open blob", err)
	}
	return f, size, nil
}

func (s *folder) Put(ctx context.Context, r io.Reader, want Digest) (int64, error) {
	if _, _, err := s.size(want); err != nil {
		return 0, err
	}
	f, err := os.CreateTemp(filepath.Join(s.root, "partial"), "put-*")
	if err != nil {
		return 0, fault("put blob", err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already where it was kept
	defer func() { _ = f.Close() }()

	h := sha256.New()
	n, err := s.copy(ctx, io.MultiWriter(s.filter(f), h), r, s.limit)
	if err != nil {
		return 0, err
	}
	if hex.EncodeToString(h.Sum(nil)) != want.Hex() {
		return 0, ErrDigest
	}
	if err := f.Sync(); err != nil {
		return 0, fault("put blob", err)
	}
	if err := s.keep(f.Name(), want); err != nil {
		return 0, err
	}
	_ = os.Remove(s.part(want)) // an upload of the same file in pieces is not needed any more
	return n, nil
}

// copy copies at most limit bytes, checking ctx as it goes.
func (s *folder) copy(ctx context.Context, w io.Writer, r io.Reader, limit int64) (int64, error) {
	n, err := io.Copy(w, io.LimitReader(&ctxReader{ctx, r}, limit))
	if err != nil {
		return n, fault("write blob", err)
	}
	if n == limit {
		if more, _ := io.ReadFull(r, make([]byte, 1)); more > 0 {
			return n, ErrTooLarge
		}
	}
	return n, nil
}

// keep gives a complete file its name and makes the name durable.
func (s *folder) keep(from string, d Digest) error {
	to := s.path(d)
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return fault("keep blob", err)
	}
	if err := os.Rename(from, to); err != nil {
		return fault("keep blob", err)
	}
	for _, dir := range []string{filepath.Dir(to), filepath.Join(s.root, "sha256")} {
		if err := syncDir(dir); err != nil {
			return fault("keep blob", err)
		}
	}
	return nil
}

func syncDir(dir string) error {
	f, err := os.Open(dir) // #nosec G304 -- the name is the digest of the content below our own folder
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return f.Sync()
}

// ctxReader stops reading when its context ends.
type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *ctxReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// fault gives a full disk its sentence and wraps the rest.
func fault(what string, err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return errs.E(errs.Unavailable, "blobs.full", fullWords, fmt.Errorf("%s: %w", what, err))
	}
	return fmt.Errorf("%s: %w", what, err)
}

// keyed is a lock per digest, so that two uploads of one file take turns and
// uploads of different files do not.
type keyed struct {
	mu sync.Mutex
	m  map[string]*entry
}

type entry struct {
	sync.Mutex
	users int
}

func (k *keyed) lock(key string) (unlock func()) {
	k.mu.Lock()
	e, ok := k.m[key]
	if !ok {
		e = &entry{}
		k.m[key] = e
	}
	e.users++
	k.mu.Unlock()

	e.Lock()
	return func() {
		e.Unlock()
		k.mu.Lock()
		defer k.mu.Unlock()
		if e.users--; e.users == 0 {
			delete(k.m, key)
		}
	}
}
