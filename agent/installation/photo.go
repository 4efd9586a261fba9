package installation

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	_ "image/png" // what somebody brings may be one
	"io/fs"
	"os"
	"slices"
	"time"

	"golang.org/x/image/draw"

	"tongban/agent/devices"
	"tongban/agent/diagnostics"
	"tongban/agent/outbox"
	"tongban/agent/seal"
	"tongban/agent/store"
	"tongban/drivers"
	profiles "tongban/firmware-profiles"
	"tongban/fleet/wire"
)

// Bounds of pictures.
const (
	perPoint   = 3
	longest    = 2048       // pixels of the longer side that is kept: cable labels stay readable
	mostPixels = 60_000_000 // of what is brought, before it is decoded
	quality    = 82
	shotLimit  = 30 * time.Second // of a camera, with the wait for its turn: a technician rather waits than takes it again
	fromFile   = "file"
)

// cameras are the devices of this terminal that take pictures, in the order in which they are offered.
var cameras = []drivers.Kind{drivers.KindScanner, drivers.KindCamera, drivers.KindCCTV}

// Shoot takes a picture by a camera of this terminal.
func (b *Book) Shoot(ctx context.Context, g diagnostics.Guest, point, source string) error {
	if _, err := b.point(point); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, shotLimit)
	defer cancel()
	jpg, err := b.shoot(ctx, drivers.Kind(source))
	if err != nil {
		return err
	}
	return b.Bring(ctx, g, point, source, jpg)
}

func (b *Book) shoot(ctx context.Context, kind drivers.Kind) (jpg []byte, err error) {
	if !slices.Contains(cameras, kind) || !b.o.Rack.Has(kind) {
		return nil, ErrNoCamera
	}
	switch kind {
	case drivers.KindScanner:
		err = lent(ctx, b.o.Rack, kind, func(dev drivers.DocumentCamera) error {
			f, err := dev.Capture(ctx)
			jpg = f.JPEG
			return err
		})
	case drivers.KindCCTV:
		err = lent(ctx, b.o.Rack, kind, func(dev drivers.SurveillanceCamera) error {
			f, err := dev.Still(ctx)
			jpg = f.JPEG
			return err
		})
	case drivers.KindCamera:
		err = lent(ctx, b.o.Rack, kind, func(dev drivers.FaceCamera) error {
			s, err := dev.Snapshot(ctx, drivers.StreamVisible)
			if err != nil {
				return err
			}
			if len(s) == 0 {
				return ErrPicture
			}
			jpg, err = s[0].JPEG()
			return err
		})
	}
	return jpg, err
}

// lent takes the device for one use and gives it back with how it went.
func lent[T drivers.Device](ctx context.Context, r *devices.Rack, k drivers.Kind, f func(dev T) error) error {
	l, err := devices.Take[T](ctx, r, k)
	if err != nil {
		return err
	}
	err = f(l.Device)
	l.Done(err)
	return err
}

// Bring keeps a picture that is there already. It is drawn anew, so that nothing but the picture stays, neither where nor by
// whom it was taken, and encrypted before it touches the disk.
func (b *Book) Bring(ctx context.Context, g diagnostics.Guest, point, source string, raw []byte) error {
	if _, err := b.point(point); err != nil {
		return err
	}
	jpg, err := redraw(raw)
	if err != nil {
		return err
	}
	f, text, err := seal.File(jpg, "image/jpeg")
	if err != nil {
		return err
	}
	key, err := wire.Close(g.Sealer.Centre, f.Digest, f.Key)
	clear(f.Key)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, p := range b.photos {
		if p.point == point {
			n++
		}
	}
	if n >= perPoint {
		return ErrPictures
	}
	if err := b.o.Box.Room(int64(len(text))); err != nil {
		return kept(err)
	}
	p := photo{point: point, InstallPhoto: wire.InstallPhoto{Digest: f.Digest, Size: f.Size, MIME: f.MIME, Key: key, Source: source, At: b.o.Clock.Now()}}
	if err := outbox.WriteFile(b.path(p.Digest), text); err != nil {
		return kept(err)
	}
	if err := b.keepPhoto(ctx, p); err != nil {
		return errors.Join(err, os.Remove(b.path(p.Digest)))
	}
	b.photos, b.shown[p.Digest] = append(b.photos, p), jpg
	b.said = ""
	if x, err := b.point(point); err == nil && x.Answer == profiles.AnswerPhoto {
		return b.take(ctx, point) // it was said that there is none; now there is
	}
	return nil
}

func (b *Book) keepPhoto(ctx context.Context, p photo) error {
	key, err := json.Marshal(p.Key)
	if err != nil {
		return fmt.Errorf("encode picture's key: %w", err)
	}
	return b.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO installation_photo (digest, point, size, mime, source, key, at, sent) VALUES (?, ?, ?, ?, ?, ?, ?, 0)`,
			p.Digest, p.point, p.Size, p.MIME, p.Source, string(key), store.Ms(p.At))
		return err
	})
}

// redraw decodes a picture and draws it again within longest.
func redraw(raw []byte) ([]byte, error) {
	c, _, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	if c.Width < 1 || c.Height < 1 || c.Width > mostPixels/c.Height {
		return nil, fmt.Errorf("%w: %d×%d", ErrPicture, c.Width, c.Height)
	}
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	if side := max(c.Width, c.Height); side > longest {
		to := image.NewRGBA(image.Rect(0, 0, max(c.Width*longest/side, 1), max(c.Height*longest/side, 1)))
		draw.ApproxBiLinear.Scale(to, to.Bounds(), img, img.Bounds(), draw.Src, nil)
		img = to
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	return out.Bytes(), nil
}

// Drop removes a picture that is not as it should be. One that was signed already stays at the centre with the revision of then.
func (b *Book) Drop(ctx context.Context, digest string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.photos, func(p photo) bool { return p.Digest == digest })
	if i < 0 {
		return nil // pressed twice
	}
	err := b.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM installation_photo WHERE digest = ?`, digest)
		return err
	})
	if err != nil {
		return err
	}
	b.photos = slices.Delete(b.photos, i, i+1)
	delete(b.shown, digest)
	if err := os.Remove(b.path(digest)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove picture: %w", err)
	}
	return nil
}

// Picture is one of this visit, nil for one that cannot be looked at any more.
func (b *Book) Picture(digest string) []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return bytes.Clone(b.shown[digest])
}
