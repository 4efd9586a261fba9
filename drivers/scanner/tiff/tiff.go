// Package tiff writes several scanned pages as one TIFF file (多页 TIFF), which the standard library and its neighbours cannot: a chain of
// page descriptions, each with its picture in strips that are packed without loss.
package tiff

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"
	"slices"
)

// Tags of TIFF 6.0 that a page has.
const (
	tagSubfile     = 254
	tagWidth       = 256
	tagHeight      = 257
	tagBits        = 258
	tagCompression = 259
	tagPhotometric = 262
	tagStrips      = 273
	tagSamples     = 277
	tagRows        = 278
	tagStripSizes  = 279
	tagXResolution = 282
	tagYResolution = 283
	tagUnit        = 296
	tagPage        = 297
)

// Types and words of fields.
const (
	typeShort    = 3
	typeLong     = 4
	typeRational = 5

	subfilePage   = 2 // a page of several
	deflate       = 8
	blackIsZero   = 1
	rgb           = 2
	inch          = 2
	rowsPerStrip  = 256
	headerSize    = 8
	fieldSize     = 12
	maxResolution = 10_000
)

// ErrPages marks pages that cannot be written.
var ErrPages = errors.New("no pages for a TIFF file")

// Write writes the pages in their order, at so many dots per inch. Grey pages stay grey; pages are
// opaque, so transparency is not kept.
func Write(w io.Writer, pages []image.Image, dpi int) error {
	if len(pages) == 0 || len(pages) > math.MaxUint16 || dpi < 1 || dpi > maxResolution {
		return fmt.Errorf("%w: %d pages at %d dpi", ErrPages, len(pages), dpi)
	}
	f := &file{b: []byte{'I', 'I', 42, 0, 0, 0, 0, 0}}
	link := 4 // where the offset of the next page description goes
	for i, img := range pages {
		if img.Bounds().Empty() {
			return fmt.Errorf("%w: page %d is empty", ErrPages, i+1)
		}
		next, err := f.page(img, dpi, i, len(pages), link)
		if err != nil {
			return err
		}
		link = next
	}
	if len(f.b) > math.MaxUint32 {
		return fmt.Errorf("%w: more than four gigabytes", ErrPages)
	}
	if _, err := w.Write(f.b); err != nil {
		return fmt.Errorf("write TIFF: %w", err)
	}
	return nil
}

// file is what was written so far.
type file struct{ b []byte }

// field is one entry of a page description.
type field struct {
	tag, kind uint16
	values    []uint32 // of a rational two each
}

// page adds a picture and its description, hangs the description into the chain at link, and returns where the next one is hung.
func (f *file) page(img image.Image, dpi, no, of, link int) (int, error) {
	r := img.Bounds()
	samples, photometric := uint32(3), uint32(rgb)
	if _, grey := img.(*image.Gray); grey {
		samples, photometric = 1, blackIsZero
	}
	var offsets, sizes []uint32
	for y := r.Min.Y; y < r.Max.Y; y += rowsPerStrip {
		strip, err := pack(img, image.Rect(r.Min.X, y, r.Max.X, min(y+rowsPerStrip, r.Max.Y)))
		if err != nil {
			return 0, err
		}
		offsets, sizes = append(offsets, f.at()), append(sizes, uint32(len(strip))) //nolint:gosec // the file is bounded in the end
		f.b = append(f.b, strip...)
		f.even()
	}
	bits := slices.Repeat([]uint32{8}, int(samples))
	fields := []field{
		{tagSubfile, typeLong, []uint32{subfilePage}},
		{tagWidth, typeLong, []uint32{uint32(r.Dx())}},  //nolint:gosec // the size of a picture
		{tagHeight, typeLong, []uint32{uint32(r.Dy())}}, //nolint:gosec // the size of a picture
		{tagBits, typeShort, bits},
		{tagCompression, typeShort, []uint32{deflate}},
		{tagPhotometric, typeShort, []uint32{photometric}},
		{tagStrips, typeLong, offsets},
		{tagSamples, typeShort, []uint32{samples}},
		{tagRows, typeLong, []uint32{rowsPerStrip}},
		{tagStripSizes, typeLong, sizes},
		{tagXResolution, typeRational, []uint32{uint32(dpi), 1}}, //nolint:gosec // bounded by Write
		{tagYResolution, typeRational, []uint32{uint32(dpi), 1}}, //nolint:gosec // bounded by Write
		{tagUnit, typeShort, []uint32{inch}},
		{tagPage, typeShort, []uint32{uint32(no), uint32(of)}}, //nolint:gosec // bounded by Write
	}
	return f.describe(fields, link), nil
}

// describe adds a page description and returns where the offset of the next one stands in it.
func (f *file) describe(fields []field, link int) int {
	places := make([]uint32, len(fields))
	for i, x := range fields {
		if b := x.bytes(); len(b) > 4 {
			places[i] = f.at()
			f.b = append(f.b, b...)
			f.even()
		}
	}
	binary.LittleEndian.PutUint32(f.b[link:], f.at())
	f.b = binary.LittleEndian.AppendUint16(f.b, uint16(len(fields))) //nolint:gosec // fourteen
	for i, x := range fields {
		f.b = binary.LittleEndian.AppendUint16(f.b, x.tag)
		f.b = binary.LittleEndian.AppendUint16(f.b, x.kind)
		f.b = binary.LittleEndian.AppendUint32(f.b, x.count())
		if b := x.bytes(); len(b) <= 4 {
			f.b = append(append(f.b, b...), make([]byte, 4-len(b))...)
		} else {
			f.b = binary.LittleEndian.AppendUint32(f.b, places[i])
		}
	}
	f.b = append(f.b, 0, 0, 0, 0)
	return len(f.b) - 4
}

func (f *file) at() uint32 { return uint32(len(f.b)) } //nolint:gosec // the file is bounded in the end

// even keeps offsets on words, as the format asks.
func (f *file) even() {
	if len(f.b)%2 == 1 {
		f.b = append(f.b, 0)
	}
}

func (x field) count() uint32 {
	n := uint32(len(x.values)) //nolint:gosec // strips of one page
	if x.kind == typeRational {
		return n / 2
	}
	return n
}

func (x field) bytes() []byte {
	var out []byte
	for _, v := range x.values {
		if x.kind == typeShort {
			out = binary.LittleEndian.AppendUint16(out, uint16(v)) //nolint:gosec // small words
		} else {
			out = binary.LittleEndian.AppendUint32(out, v)
		}
	}
	return out
}

// pack compresses the points of a strip.
func pack(img image.Image, r image.Rectangle) ([]byte, error) {
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	row := make([]byte, 0, 3*r.Dx())
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row = row[:0]
		for x := r.Min.X; x < r.Max.X; x++ {
			row = appendPoint(row, img, x, y)
		}
		if _, err := z.Write(row); err != nil {
			return nil, fmt.Errorf("pack strip: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("pack strip: %w", err)
	}
	return out.Bytes(), nil
}

// appendPoint takes the short way for the pictures that scanners give: a page has millions of points.
func appendPoint(row []byte, img image.Image, x, y int) []byte {
	switch m := img.(type) {
	case *image.Gray:
		return append(row, m.GrayAt(x, y).Y)
	case *image.YCbCr:
		c := m.YCbCrAt(x, y)
		r, g, b := color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
		return append(row, r, g, b)
	case *image.RGBA:
		c := m.RGBAAt(x, y)
		return append(row, c.R, c.G, c.B)
	}
	r, g, b, _ := img.At(x, y).RGBA()
	return append(row, byte(r>>8), byte(g>>8), byte(b>>8))
}
