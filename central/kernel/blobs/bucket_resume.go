package blobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"

	"github.com/minio/minio-go/v7"
)

// pieceSize bounds one piece of an upload: it is held in memory until the
// store has it, and is what a killed copy of the program may lose.
const pieceSize = 1 << 20

// piece is one stored part of a running upload. Pieces are named by where they
// begin and how long they are, so that no write ever shortens what another
// copy of the program acknowledged.
type piece struct {
	key      string
	at, size int64
}

// pieces lists what is stored of d, and the chain that covers it from 0 on.
func (b *bucket) pieces(ctx context.Context, d Digest) (all, chain []piece, end int64, err error) {
	err = b.list(ctx, b.parts(d), func(o minio.ObjectInfo) error {
		p := piece{key: o.Key}
		if _, err := fmt.Sscanf(path.Base(o.Key), "%d-%d", &p.at, &p.size); err == nil && p.size == o.Size {
			all = append(all, p)
		}
		return nil
	})
	if err != nil {
		return nil, nil, 0, err
	}
	for {
		next := piece{}
		for _, p := range all {
			if p.at <= end && p.at+p.size > max(end, next.at+next.size) {
				next = p
			}
		}
		if next.size == 0 {
			return all, chain, end, nil
		}
		chain, end = append(chain, next), next.at+next.size
	}
}

func (b *bucket) Offset(ctx context.Context, d Digest) (int64, error) {
	size, whole, err := b.size(ctx, d)
	if err != nil || whole {
		return size, err
	}
	_, _, end, err := b.pieces(ctx, d)
	if err == nil && end == 0 {
		// Another copy of the program may have finished it between two looks.
		end, _, err = b.size(ctx, d)
	}
	return end, err
}

func (b *bucket) Append(ctx context.Context, d Digest, offset int64, r io.Reader) (int64, error) {
	size, whole, err := b.size(ctx, d)
	if err != nil || whole {
		return size, err
	}
	defer func() { b.tidy(context.WithoutCancel(ctx), d) }()
	_, _, have, err := b.pieces(ctx, d)
	if err != nil {
		return 0, err
	}
	if have != offset {
		return have, ErrOffset
	}
	buf := make([]byte, pieceSize)
	for in := (&ctxReader{ctx, r}); ; {
		n, rerr := io.ReadFull(in, buf[:min(pieceSize, b.limit-have)])
		if n > 0 {
			// What arrived is kept, also when the line broke or the caller has left.
			if err := b.keepPiece(context.WithoutCancel(ctx), d, have, buf[:n]); err != nil {
				return have, err
			}
			have += int64(n)
		}
		switch {
		case errors.Is(rerr, io.EOF) || errors.Is(rerr, io.ErrUnexpectedEOF):
			return have, nil
		case rerr != nil:
			return have, fmt.Errorf("receive blob: %w", rerr)
		case have == b.limit:
			if more, _ := io.ReadFull(in, buf[:1]); more > 0 {
				return have, ErrTooLarge
			}
			return have, nil
		}
	}
}

func (b *bucket) keepPiece(ctx context.Context, d Digest, at int64, content []byte) error {
	ctx, cancel := context.WithTimeout(ctx, 2*s3Header)
	defer cancel()
	key := fmt.Sprintf("%s%012d-%d", b.parts(d), at, len(content))
	sum := sha256.Sum256(content)
	_, err := b.core.PutObject(ctx, b.name, key, bytes.NewReader(content), int64(len(content)), "", hex.EncodeToString(sum[:]), plain(""))
	return b.fault("keep part of blob", err)
}

func (b *bucket) Finish(ctx context.Context, d Digest) error {
	if _, whole, err := b.size(ctx, d); err != nil || whole {
		return err
	}
	all, chain, _, err := b.pieces(ctx, d)
	if err != nil {
		return err
	}
	in := &assembled{ctx: ctx, b: b, left: chain}
	s, err := b.spool(ctx, in, d)
	in.close()
	switch {
	case errors.Is(err, ErrDigest):
		if err := b.drop(ctx, all); err != nil {
			return err
		}
		if len(all) > 0 {
			return ErrDigest
		}
		// Nothing is here: never sent, or another copy has just finished it.
		if _, whole, err := b.size(ctx, d); err != nil || whole {
			return err
		}
		return ErrNotFound
	case missing(err): // a piece went away under us: another copy finished or dropped the upload
		return b.Finish(ctx, d)
	case err != nil:
		return err
	}
	defer s.close()
	if err := b.keep(ctx, s.r, s.size, d); err != nil {
		return err
	}
	// Looked at again: with tidy, no piece stays beside a whole file.
	if all, _, _, err = b.pieces(ctx, d); err != nil {
		return err
	}
	return b.drop(ctx, all)
}

// tidy drops the pieces of a file that another copy of the program finished
// while we added to it; what it misses, Sweep finds.
func (b *bucket) tidy(ctx context.Context, d Digest) {
	ctx, cancel := context.WithTimeout(ctx, s3Header)
	defer cancel()
	if _, whole, err := b.size(ctx, d); err != nil || !whole {
		return
	}
	if all, _, _, err := b.pieces(ctx, d); err == nil {
		_ = b.drop(ctx, all)
	}
}

func (b *bucket) drop(ctx context.Context, all []piece) error {
	for _, p := range all {
		if err := b.core.RemoveObject(ctx, b.name, p.key, minio.RemoveObjectOptions{}); err != nil {
			return b.fault("drop part of blob", err)
		}
	}
	return nil
}

// assembled reads a chain of pieces as one file; where two overlap, the bytes
// that were read already are left out.
type assembled struct {
	ctx  context.Context
	b    *bucket
	left []piece
	at   int64
	now  io.ReadCloser
}

func (a *assembled) Read(p []byte) (int, error) {
	for {
		if a.now == nil {
			if len(a.left) == 0 {
				return 0, io.EOF
			}
			if err := a.open(a.left[0]); err != nil {
				return 0, err
			}
			a.left = slices.Clone(a.left[1:])
		}
		n, err := a.now.Read(p)
		a.at += int64(n)
		if errors.Is(err, io.EOF) {
			a.close()
			err = nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

func (a *assembled) open(p piece) error {
	o, _, _, err := a.b.core.GetObject(a.ctx, a.b.name, p.key, minio.GetObjectOptions{})
	if err != nil {
		if missing(err) {
			return err
		}
		return a.b.fault("read part of blob", err)
	}
	a.now = o
	if _, err := io.CopyN(io.Discard, o, a.at-p.at); err != nil {
		return a.b.fault("read part of blob", err)
	}
	return nil
}

func (a *assembled) close() {
	if a.now != nil {
		_ = a.now.Close()
		a.now = nil
	}
}
