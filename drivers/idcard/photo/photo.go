// Package photo makes a picture of the photo block of an identity card (身份证相片解码). Its format is the property of a vendor
// whose decoder comes as a library for some processors and systems; this package therefore runs a program of the site's choice,
// which may crash, hang or lie without harm to the reading of cards. The contract of that program: deploy/docs/adapters/card-photo.md.
package photo

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // one of the formats that a decoder may answer in
	"image/png"
	"io"
	"path/filepath"
	"time"

	_ "golang.org/x/image/bmp" // the format of the vendor's own libraries

	"tongban/drivers"
	"tongban/drivers/hal/child"
)

// Limits of one picture. A card's is 102×126 points.
const (
	memory    = 512 << 20
	seconds   = 2 // of processor
	limit     = 1500 * time.Millisecond
	maxAnswer = 1 << 20
	maxSide   = 2000
)

// Decoder is a program that decodes photos. The zero value decodes nothing.
type Decoder struct{ Program string }

// Check reports whether a setting can name a decoder: only a whole path, so that nobody's working folder decides.
func Check(program string) error {
	if !filepath.IsAbs(program) {
		return fmt.Errorf("%q is no whole path of a program", program)
	}
	return nil
}

// Decode returns the picture as PNG, made anew: what the screen shows never came from the program as it was. The state says
// plainly why there is none.
func (d Decoder) Decode(ctx context.Context, block []byte) ([]byte, drivers.PhotoState) {
	if d.Program == "" {
		return nil, drivers.PhotoEncoded
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var out []byte
	program := child.Program{Path: d.Program, Memory: memory, CPU: seconds}
	in := append(binary.BigEndian.AppendUint32(nil, uint32(len(block))), block...) //nolint:gosec // a block of 1024 bytes
	_, err := program.Run(ctx, in, func(r io.Reader) error {
		b, err := readFrame(r)
		if err == nil {
			out, err = redraw(b)
		}
		return err
	})
	if err != nil {
		return nil, stateOf(ctx, err)
	}
	return out, drivers.PhotoDecoded
}

// stateOf puts what went wrong into the words for a technician.
func stateOf(ctx context.Context, err error) drivers.PhotoState {
	switch {
	case errors.Is(err, child.ErrMissing):
		return drivers.PhotoNoDecoder
	case ctx.Err() != nil:
		return drivers.PhotoLate
	case errors.Is(err, child.ErrAnswer):
		return drivers.PhotoGarbage
	}
	return drivers.PhotoCrashed
}

var errPicture = errors.New("no picture in one frame")

// readFrame reads one frame, its length and its content, and nothing behind it.
func readFrame(r io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, fmt.Errorf("%w: %w", errPicture, err)
	}
	n := binary.BigEndian.Uint32(head[:])
	if n == 0 || n > maxAnswer {
		return nil, fmt.Errorf("%w: %d bytes", errPicture, n)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, fmt.Errorf("%w: %w", errPicture, err)
	}
	if k, _ := r.Read(make([]byte, 1)); k > 0 {
		return nil, fmt.Errorf("%w: more behind it", errPicture)
	}
	return b, nil
}

// redraw reads BMP, PNG or JPEG and writes PNG.
func redraw(b []byte) ([]byte, error) {
	c, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil || c.Width < 16 || c.Height < 16 || c.Width > maxSide || c.Height > maxSide {
		return nil, fmt.Errorf("%w: %d×%d points", errPicture, c.Width, c.Height)
	}
	img, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPicture, err)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	return out.Bytes(), nil
}
