// Package files takes the encrypted pages and signatures of submissions by HTTPS (附件上传): named by the digest of what is
// sent, resumable at any byte, and here before the envelope that names them.
package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/blobs"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/fleet/internal/store"
	"tongban/fleet/wire"
)

// Limits of one terminal. A page scanned at 300 dpi is below 2 MiB; a busy day is below 2,000 pages.
const (
	MaxFile  = 20 << 20 // bytes of one file
	DayQuota = 8 << 30  // bytes announced within 24 hours
)

// Desk takes uploads.
type Desk struct {
	DB    *db.DB
	Blobs *blobs.Store
	Clock clock.Clock
	Log   *slog.Logger
	Quota int64 // instead of DayQuota, for tests
	// Fail writes an error as an answer.
	Fail func(w http.ResponseWriter, r *http.Request, err error)
}

// What the terminal is told.
var (
	errTooLarge = errs.E(errs.TooLarge, "fleet.file_too_large", "文件超过20MB，请重新扫描", nil)
	errQuota    = errs.E(errs.TooMany, "fleet.quota", "这台终端今天上传的文件太多，请联系管理员", nil)
	errHeaders  = errs.E(errs.Invalid, "fleet.upload_headers", "上传的起点或长度不对，请升级终端程序", nil)
)

// Head tells how much of a file is here.
func (d *Desk) Head(w http.ResponseWriter, r *http.Request) {
	digest, err := blobs.ParseDigest(r.PathValue("digest"))
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	done, err := d.Blobs.Has(r.Context(), digest)
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	offset, err := d.Blobs.Offset(r.Context(), digest)
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	state(w, offset, done)
	w.WriteHeader(http.StatusOK)
}

// Patch appends one part. It answers 204 while bytes are missing, 201 when the file is whole and right, 409 with the
// right offset when the part starts elsewhere, 422 when the whole is not what its digest says.
func (d *Desk) Patch(w http.ResponseWriter, r *http.Request) {
	digest, err := blobs.ParseDigest(r.PathValue("digest"))
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	terminal := actor.From(r.Context())
	if terminal.Kind != actor.Terminal {
		d.Fail(w, r, errs.E(errs.Forbidden, "fleet.not_a_terminal", "只有登记的终端可以上传", nil))
		return
	}
	offset, length, err := headers(r)
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	status, at, err := d.append(r.Context(), terminal.ID, digest, offset, length, r.Body)
	switch {
	case err != nil:
		state(w, at, false) // where to go on: the right offset, or 0 for a fresh start
		d.Fail(w, r, err)
	default:
		state(w, at, status == http.StatusCreated)
		w.WriteHeader(status)
	}
}

// append keeps one part and, with the last byte, proves the whole.
func (d *Desk) append(ctx context.Context, terminal string, digest blobs.Digest, offset, length int64, body io.Reader) (int, int64, error) {
	if done, err := d.Blobs.Has(ctx, digest); err != nil {
		return 0, 0, err
	} else if done {
		return d.done(ctx, terminal, digest, length)
	}
	if err := d.announce(ctx, terminal, digest, length); err != nil {
		return 0, 0, err
	}
	// One byte more than announced would show as a wrong digest later; it is refused here.
	at, err := d.Blobs.Append(ctx, digest, offset, &exactly{r: body, left: length - offset})
	if errors.Is(err, blobs.ErrOffset) {
		return 0, at, err
	}
	if err != nil && at < length {
		// The line broke: what arrived is kept, and the terminal goes on from there.
		return 0, at, fmt.Errorf("receive part of file: %w", err)
	}
	if err != nil {
		return 0, at, err
	}
	if at < length {
		return http.StatusNoContent, at, nil
	}
	return d.done(ctx, terminal, digest, length)
}

// done proves the file and notes that it is here.
func (d *Desk) done(ctx context.Context, terminal string, digest blobs.Digest, length int64) (int, int64, error) {
	err := d.Blobs.Finish(ctx, digest)
	if errors.Is(err, blobs.ErrDigest) {
		forget := d.DB.Do(ctx, func(tx db.Tx) error { return store.DropFile(ctx, tx, terminal, string(digest)) })
		return 0, 0, errors.Join(err, forget)
	}
	if err != nil {
		return 0, 0, err
	}
	err = d.DB.Do(ctx, func(tx db.Tx) error {
		if err := store.StartFile(ctx, tx, terminal, string(digest), length); err != nil {
			return err
		}
		return store.DoneFile(ctx, tx, terminal, string(digest), length)
	})
	if err != nil {
		return 0, 0, err
	}
	return http.StatusCreated, length, nil
}

// announce notes an upload at its first part, when the terminal may send that much more today.
func (d *Desk) announce(ctx context.Context, terminal string, digest blobs.Digest, length int64) error {
	quota := d.Quota
	if quota == 0 {
		quota = DayQuota
	}
	since := d.Clock.Now().Add(-24 * time.Hour)
	var known int64
	err := d.DB.View(ctx, func(q db.Query) error {
		others, announced, err := store.Uploaded(ctx, q, terminal, string(digest), since)
		known = announced
		if err == nil && others+length > quota {
			err = errQuota
		}
		return err
	})
	if err != nil || known > 0 {
		return err
	}
	return d.DB.Do(ctx, func(tx db.Tx) error { return store.StartFile(ctx, tx, terminal, string(digest), length) })
}

func headers(r *http.Request) (offset, length int64, err error) {
	offset, err1 := strconv.ParseInt(r.Header.Get(wire.HeaderOffset), 10, 64)
	length, err2 := strconv.ParseInt(r.Header.Get(wire.HeaderLength), 10, 64)
	switch {
	case err1 != nil || err2 != nil || offset < 0 || length < 1 || offset > length:
		return 0, 0, errHeaders
	case length > MaxFile:
		return 0, 0, errTooLarge
	case r.ContentLength > length-offset:
		return 0, 0, errHeaders
	}
	return offset, length, nil
}

func state(w http.ResponseWriter, offset int64, done bool) {
	complete := "0"
	if done {
		complete = "1"
	}
	w.Header().Set(wire.HeaderOffset, strconv.FormatInt(offset, 10))
	w.Header().Set(wire.HeaderDone, complete)
	w.Header().Set("Cache-Control", "no-store")
}

// exactly reads at most left bytes and fails when there are more.
type exactly struct {
	r    io.Reader
	left int64
}

func (e *exactly) Read(p []byte) (int, error) {
	if e.left <= 0 {
		if n, err := io.ReadFull(e.r, make([]byte, 1)); n > 0 {
			return 0, errHeaders
		} else if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		return 0, io.EOF
	}
	n, err := e.r.Read(p[:min(int64(len(p)), e.left)])
	e.left -= int64(n)
	return n, err
}
