package blobs

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"tongban/central/kernel/errs"
)

// The errors a caller may meet; compare with errors.Is.
var (
	// ErrDigest means that the content is not what its digest says. What was
	// received is thrown away: start again from 0.
	ErrDigest = errs.E(errs.Invalid, "blobs.digest", "文件传输中出现差错，请重新上传", nil)
	// ErrOffset means that the part does not begin where the last one ended:
	// ask Offset and go on from there.
	ErrOffset = errs.E(errs.Conflict, "blobs.offset", "上传的位置不对，请从断点继续", nil)
	// ErrNotFound means that there is no such file, or not yet whole.
	ErrNotFound = errs.E(errs.NotFound, "blobs.not_found", "没有找到文件，请核对后再试", nil)
	// ErrTooLarge means that the file is larger than this store takes.
	ErrTooLarge = errs.E(errs.TooLarge, "blobs.too_large", "文件太大，请压缩后再上传", nil)
)

const fullWords = "服务器存储空间不足，文件暂时存不进去，请联系运维人员"

// backend is one place where blobs lie. Its methods are those of Store.
type backend interface {
	Has(ctx context.Context, d Digest) (bool, error)
	Open(ctx context.Context, d Digest) (io.ReadCloser, int64, error)
	Put(ctx context.Context, r io.Reader, want Digest) (int64, error)
	Offset(ctx context.Context, d Digest) (int64, error)
	Append(ctx context.Context, d Digest, offset int64, r io.Reader) (int64, error)
	Finish(ctx context.Context, d Digest) error
	Remove(ctx context.Context, d Digest) error
	Each(ctx context.Context, f func(d Digest, size int64) error) error
	Sweep(ctx context.Context, before time.Time) (int, error)
	Ping(ctx context.Context) error
}

// Store keeps blobs in a folder or in an S3-compatible store. It is safe for
// concurrent use, also by several processes.
type Store struct{ b backend }

// Options tune OpenStore.
type Options struct {
	MaxBytes int64  // largest file; 512 MiB when 0
	KeyFile  string // "access secret" on its first line, for an S3 store; never part of its URL, which is logged
	CAFile   string // PEM certificates that an S3 store's TLS is trusted by; the machine's when ""
}

// OpenStore opens the store at where: a folder, made when missing, as path or
// as file:///path; or s3://bucket/prefix?endpoint=https://host:port&region=….
// The bucket is made when missing and when the key may.
func OpenStore(where string, opts Options) (*Store, error) {
	if opts.MaxBytes == 0 {
		opts.MaxBytes = 512 << 20
	}
	if strings.HasPrefix(where, "s3://") {
		b, err := openBucket(where, opts)
		if err != nil {
			return nil, err
		}
		return &Store{b}, nil
	}
	if scheme, path, ok := strings.Cut(where, "://"); ok {
		if scheme != "file" {
			return nil, fmt.Errorf("open blob store: unknown scheme %q, want file or s3", scheme)
		}
		where = path
	}
	b, err := openFolder(where, opts.MaxBytes)
	if err != nil {
		return nil, err
	}
	return &Store{b}, nil
}

// Has reports whether the whole file is there.
func (s *Store) Has(ctx context.Context, d Digest) (bool, error) { return s.b.Has(ctx, d) }

// Open returns the content and its size in bytes, or ErrNotFound. The reader
// can seek (io.Seeker), for range requests.
func (s *Store) Open(ctx context.Context, d Digest) (io.ReadCloser, int64, error) {
	return s.b.Open(ctx, d)
}

// Put keeps everything r gives, if it is what want says, and returns its size.
// Putting what is there already reads r to the end and changes nothing.
func (s *Store) Put(ctx context.Context, r io.Reader, want Digest) (int64, error) {
	return s.b.Put(ctx, r, want)
}

// Offset returns how many bytes of d are here: where Append goes on. For a
// file that is whole it is its size.
func (s *Store) Offset(ctx context.Context, d Digest) (int64, error) { return s.b.Offset(ctx, d) }

// Append adds what r gives at offset and returns the new offset, also beside
// an error: whatever arrived before the line broke is kept. A part that
// begins elsewhere is refused with ErrOffset.
func (s *Store) Append(ctx context.Context, d Digest, offset int64, r io.Reader) (int64, error) {
	return s.b.Append(ctx, d, offset, r)
}

// Finish proves the content and keeps the file. On ErrDigest the partial file
// is gone. Finishing what is whole already is no error.
func (s *Store) Finish(ctx context.Context, d Digest) error { return s.b.Finish(ctx, d) }

// Remove deletes a file for good; one that is not there is no error. Nobody
// but a retention rule should ask.
func (s *Store) Remove(ctx context.Context, d Digest) error { return s.b.Remove(ctx, d) }

// Each calls f for every whole file, in no promised order, until f fails. What
// is added meanwhile may be missing.
func (s *Store) Each(ctx context.Context, f func(d Digest, size int64) error) error {
	return s.b.Each(ctx, f)
}

// Sweep removes uploads that nobody touched since before, and returns how many.
func (s *Store) Sweep(before time.Time) (int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	return s.b.Sweep(ctx, before)
}

// Ping reports whether the store answers, for readiness.
func (s *Store) Ping(ctx context.Context) error { return s.b.Ping(ctx) }
