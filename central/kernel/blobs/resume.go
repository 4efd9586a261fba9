package blobs

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

func (s *folder) Offset(_ context.Context, d Digest) (int64, error) {
	size, whole, err := s.size(d)
	if err != nil || whole {
		return size, err
	}
	info, err := os.Stat(s.part(d))
	if errors.Is(err, fs.ErrNotExist) {
		// Another copy of the program may have finished it between two looks.
		size, _, err = s.size(d)
		return size, err
	}
	if err != nil {
		return 0, fault("look for partial blob", err)
	}
	return info.Size(), nil
}

func (s *folder) Append(ctx context.Context, d Digest, offset int64, r io.Reader) (int64, error) {
	size, whole, err := s.size(d)
	if err != nil || whole {
		return size, err
	}
	defer s.locks.lock(d.Hex())()

	f, err := s.openPart(d)
	if errors.Is(err, errFinished) {
		size, _, err := s.size(d)
		return size, err
	}
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()

	have, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, fault("seek partial blob", err)
	}
	if have != offset {
		return have, ErrOffset
	}
	n, err := s.copy(ctx, s.filter(f), r, s.limit-have)
	// Durable before it is acknowledged: the sender may forget these bytes.
	if serr := f.Sync(); err == nil && serr != nil {
		err = fault("sync partial blob", serr)
	}
	return have + n, err
}

func (s *folder) Finish(_ context.Context, d Digest) error {
	if _, whole, err := s.size(d); err != nil || whole {
		return err
	}
	defer s.locks.lock(d.Hex())()

	f, err := s.openPart(d)
	if errors.Is(err, errFinished) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()

	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return fault("read partial blob", err)
	}
	if hex.EncodeToString(h.Sum(nil)) != d.Hex() {
		if rerr := os.Remove(f.Name()); rerr != nil {
			return fault("drop partial blob", rerr)
		}
		if n == 0 && d != Of(nil) {
			return ErrNotFound
		}
		return ErrDigest
	}
	if err := f.Sync(); err != nil {
		return fault("sync partial blob", err)
	}
	return s.keep(f.Name(), d)
}

var errFinished = errors.New("upload was finished elsewhere")

// openPart opens the partial file under a lock that other processes respect.
// While it waited, another may have finished or dropped the file: then it
// looks again, so that nobody writes into a file without a name, and no
// partial file stays beside a whole one.
func (s *folder) openPart(d Digest) (*os.File, error) {
	for {
		f, err := os.OpenFile(s.part(d), os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil, fault("open partial blob", err)
		}
		if err := lockFile(f); err != nil {
			_ = f.Close()
			return nil, fmt.Errorf("lock partial blob: %w", err)
		}
		if _, whole, err := s.size(d); err != nil || whole {
			if whole {
				_ = os.Remove(s.part(d))
			}
			_ = f.Close()
			return nil, cmp.Or(err, errFinished)
		}
		mine, err1 := f.Stat()
		named, err2 := os.Stat(s.part(d))
		if err1 == nil && err2 == nil && os.SameFile(mine, named) {
			return f, nil
		}
		_ = f.Close()
	}
}
