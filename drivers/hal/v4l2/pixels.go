package v4l2

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"sync"
)

// errPixels marks bytes that are not the picture that they should be.
var errPixels = errors.New("not a whole picture")

// jpegQuality keeps small print readable.
const jpegQuality = 90

// Image is the picture to look into. A picture of another size than its mode says is none.
func (p Picture) Image() (image.Image, error) {
	w, h := p.Mode.Width, p.Mode.Height
	switch {
	case p.Damaged:
		return nil, fmt.Errorf("%w: the camera marks it as damaged", errPixels)
	case p.Mode.Layout == MJPEG:
		b, err := whole(p.Data)
		if err != nil {
			return nil, err
		}
		return decodeJPEG(b, w, h)
	case p.Mode.Layout == YUYV && len(p.Data) == 2*w*h && w%2 == 0:
		return fromYUYV(p.Data, w, h), nil
	case p.Mode.Layout == Grey && len(p.Data) == w*h:
		return &image.Gray{Pix: p.Data, Stride: w, Rect: image.Rect(0, 0, w, h)}, nil
	}
	return nil, fmt.Errorf("%w: %d bytes of %s %d×%d", errPixels, len(p.Data), p.Mode.Layout, w, h)
}

// decodeJPEG reads the claimed size before the pixels: a few bytes can claim gigabytes.
func decodeJPEG(b []byte, w, h int) (image.Image, error) {
	c, err := jpeg.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPixels, err)
	}
	if c.Width != w || c.Height != h {
		return nil, fmt.Errorf("%w: %d×%d instead of %d×%d", errPixels, c.Width, c.Height, w, h)
	}
	img, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPixels, err)
	}
	return img, nil
}

// JPEG is the picture as a JPEG, looked at to its last pixel. What a camera has compressed itself is not compressed again.
func (p Picture) JPEG() ([]byte, error) {
	img, err := p.Image()
	if err != nil {
		return nil, err
	}
	if p.Mode.Layout == MJPEG {
		return whole(p.Data)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	return out.Bytes(), nil
}

// fromYUYV unfolds two pixels that share their colour: Y U Y V.
func fromYUYV(b []byte, w, h int) image.Image {
	img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio422)
	for i := range len(b) / 4 {
		img.Y[2*i], img.Cb[i], img.Y[2*i+1], img.Cr[i] = b[4*i], b[4*i+1], b[4*i+2], b[4*i+3]
	}
	return img
}

// Marks of JPEG.
const (
	markStart    = 0xD8
	markEnd      = 0xD9
	markTables   = 0xC4
	markScan     = 0xDA
	markerPrefix = 0xFF
)

// whole makes a JPEG of one picture of a Motion-JPEG stream: cameras may fill up behind the end, and may leave out the
// tables that every decoder of such streams knows.
func whole(b []byte) ([]byte, error) {
	if len(b) < 4 || b[0] != markerPrefix || b[1] != markStart {
		return nil, fmt.Errorf("%w: no JPEG", errPixels)
	}
	end := bytes.LastIndex(b, []byte{markerPrefix, markEnd})
	if end < 0 || len(bytes.Trim(b[end+2:], "\x00\xFF")) > 0 {
		return nil, fmt.Errorf("%w: no end", errPixels)
	}
	b = b[:end+2]
	for at := 2; at+4 <= len(b) && b[at] == markerPrefix; {
		switch b[at+1] {
		case markTables:
			return b, nil
		case markScan:
			out := make([]byte, 0, len(b)+len(tables()))
			out = append(append(out, b[:at]...), tables()...)
			return append(out, b[at:]...), nil
		}
		at += 2 + int(b[at+2])<<8 + int(b[at+3])
	}
	return nil, fmt.Errorf("%w: its head breaks off", errPixels)
}

// tables are the Huffman tables of the JPEG standard's annex K, as the encoder of the standard library writes them.
var tables = sync.OnceValue(func() []byte {
	var out bytes.Buffer
	img := image.NewRGBA(image.Rect(0, 0, 8, 8))
	img.Set(0, 0, color.White)
	if err := jpeg.Encode(&out, img, nil); err != nil {
		return nil
	}
	b := out.Bytes()
	for at := 2; at+4 <= len(b) && b[at] == markerPrefix; {
		n := 2 + int(b[at+2])<<8 + int(b[at+3])
		if b[at+1] == markTables {
			return b[at : at+n]
		}
		at += n
	}
	return nil
})
