package blobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"time"

	"github.com/minio/minio-go/v7"
)

// inMemory is how much of a file is held in memory on its way to the store;
// what is larger waits in a file without a name.
const inMemory = 4 << 20

func (b *bucket) size(ctx context.Context, d Digest) (int64, bool, error) {
	if !d.Valid() {
		_, err := ParseDigest(string(d))
		return 0, false, err
	}
	info, err := b.core.StatObject(ctx, b.name, b.key(d), minio.StatObjectOptions{})
	if err != nil {
		if missing(err) {
			return 0, false, nil
		}
		return 0, false, b.fault("look for blob", err)
	}
	return info.Size, true, nil
}

func (b *bucket) Has(ctx context.Context, d Digest) (bool, error) {
	_, ok, err := b.size(ctx, d)
	return ok, err
}

func (b *bucket) Open(ctx context.Context, d Digest) (io.ReadCloser, int64, error) {
	size, ok, err := b.size(ctx, d)
	if err != nil {
		return nil, 0, err
	}
	if !ok {
		return nil, 0, ErrNotFound
	}
	o, err := b.core.Client.GetObject(ctx, b.name, b.key(d), minio.GetObjectOptions{})
	if err != nil {
		return nil, 0, b.fault("open blob", err)
	}
	return o, size, nil
}

func (b *bucket) Put(ctx context.Context, r io.Reader, want Digest) (int64, error) {
	_, whole, err := b.size(ctx, want)
	if err != nil {
		return 0, err
	}
	s, err := b.spool(ctx, r, want)
	if err != nil {
		return 0, err
	}
	defer s.close()
	if !whole {
		if err := b.keep(ctx, s.r, s.size, want); err != nil {
			return 0, err
		}
	}
	return s.size, nil
}

// keep sends a proven file in one piece; the store checks it once more by the
// digest in the request and shows it only when it is whole.
func (b *bucket) keep(ctx context.Context, r io.Reader, size int64, d Digest) error {
	_, err := b.core.PutObject(ctx, b.name, b.key(d), r, size, "", d.Hex(), plain("application/octet-stream"))
	return b.fault("keep blob", err)
}

// plain asks for one body signed by the digest that is given, as it is under TLS. Without TLS the client would else sign in chunks:
// then the digest is not looked at, and the last chunk of an empty file is left on the line, where it spoils the next request.
func plain(kind string) minio.PutObjectOptions {
	return minio.PutObjectOptions{ContentType: kind, DisableContentSha256: true}
}

// spooled is a whole file that was proven.
type spooled struct {
	r     io.ReadSeeker
	size  int64
	close func()
}

// spool reads r to its end and proves it, before a byte goes to the store.
func (b *bucket) spool(ctx context.Context, r io.Reader, want Digest) (spooled, error) {
	h := sha256.New()
	in := io.TeeReader(io.LimitReader(&ctxReader{ctx, r}, b.limit+1), h)
	head, err := io.ReadAll(io.LimitReader(in, inMemory))
	if err != nil {
		return spooled{}, fmt.Errorf("receive blob: %w", err)
	}
	s := spooled{r: bytes.NewReader(head), size: int64(len(head)), close: func() {}}
	if len(head) == inMemory {
		f, err := os.CreateTemp("", "tongban-blob-*")
		if err != nil {
			return s, fault("spool blob", err)
		}
		s.close = func() { _ = f.Close() }
		_ = os.Remove(f.Name()) // gone with its last user, also when that is killed
		n, err := io.Copy(f, io.MultiReader(bytes.NewReader(head), in))
		if err == nil {
			_, err = f.Seek(0, io.SeekStart)
		}
		if err != nil {
			s.close()
			return s, fault("spool blob", err)
		}
		s.r, s.size = f, n
	}
	err = nil
	switch {
	case s.size > b.limit:
		err = ErrTooLarge
	case hex.EncodeToString(h.Sum(nil)) != want.Hex():
		err = ErrDigest
	}
	if err != nil {
		s.close()
	}
	return s, err
}

func (b *bucket) Remove(ctx context.Context, d Digest) error {
	if _, _, err := b.size(ctx, d); err != nil {
		return err
	}
	return b.fault("remove blob", b.core.RemoveObject(ctx, b.name, b.key(d), minio.RemoveObjectOptions{}))
}

func (b *bucket) Each(ctx context.Context, f func(d Digest, size int64) error) error {
	return b.list(ctx, path.Join(b.prefix, "sha256")+"/", func(o minio.ObjectInfo) error {
		d, err := ParseDigest(prefix + path.Base(o.Key))
		if err != nil {
			return nil //nolint:nilerr // not ours
		}
		return f(d, o.Size)
	})
}

func (b *bucket) Sweep(ctx context.Context, before time.Time) (n int, err error) {
	err = b.list(ctx, path.Join(b.prefix, "partial")+"/", func(o minio.ObjectInfo) error {
		if o.LastModified.After(before) {
			return nil
		}
		n++
		return b.core.RemoveObject(ctx, b.name, o.Key, minio.RemoveObjectOptions{})
	})
	return n, err
}

func (b *bucket) Ping(ctx context.Context) error {
	there, err := b.core.BucketExists(ctx, b.name)
	if err == nil && !there {
		err = errors.New("the bucket is not there")
	}
	if err != nil {
		return fmt.Errorf("look for bucket: %w", err)
	}
	return nil
}

// list calls f for every object below folder.
func (b *bucket) list(ctx context.Context, folder string, f func(minio.ObjectInfo) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the lister when f fails
	for o := range b.core.Client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: folder, Recursive: true}) {
		if o.Err != nil {
			return b.fault("list blobs", o.Err)
		}
		if err := f(o); err != nil {
			return b.fault("list blobs", err)
		}
	}
	return ctx.Err()
}
