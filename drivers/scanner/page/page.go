// Package page judges pictures of papers (页面判定): is there a page on the mat, is all of it in the picture, can one read
// it; and it straightens the page to a rectangle. Pure Go, no model, no network: the same answer on every terminal.
//
// The mat of a document camera is dark and the page is brighter (or more colourful: booklet covers), so the page is the
// largest bright patch; its sides are lines through the patch's rim, its corners where the lines meet.
package page

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"math"

	"tongban/drivers"
)

// Limits of a capture. A JPEG of a few bytes can claim a picture of gigabytes; its claim is read before its pixels.
const (
	MaxPixels = 40_000_000
	MaxBytes  = 40 << 20
)

// jpegQuality keeps small print readable at about 1 MB a page.
const jpegQuality = 85

// maxSide is the longest side of a straightened page in pixels: A4 at 250 dpi.
const maxSide = 2923

// ErrPicture marks bytes that are no picture that this package takes.
var ErrPicture = errors.New("not a usable picture")

// Judge is the quick look for the live picture: verdict, corners and measures, no straightened page. It takes frames of
// any size; at 1280 px it needs well below 60 ms.
func Judge(img image.Image) drivers.Page {
	p, _ := examine(planesOf(img))
	return p
}

// Straighten judges a full-size capture and cuts the page out of it, upright as it lies on the mat. The page comes with
// every verdict that found one, so that the citizen sees what is wrong with it.
func Straighten(raw []byte) (drivers.Page, error) {
	img, err := decode(raw)
	if err != nil {
		return drivers.Page{}, err
	}
	src := planesOf(img)
	p, q := examine(src)
	if p.Verdict == drivers.PageNone {
		return p, nil
	}
	q = sharpen(src, q)
	p.Corners = q.points(src.w, src.h)
	flat := warp(src, q)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, flat, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return drivers.Page{}, fmt.Errorf("encode page: %w", err)
	}
	p.JPEG, p.Width, p.Height = out.Bytes(), flat.Rect.Dx(), flat.Rect.Dy()
	return p, nil
}

func decode(raw []byte) (image.Image, error) {
	if len(raw) > MaxBytes {
		return nil, fmt.Errorf("%w: %d bytes", ErrPicture, len(raw))
	}
	c, err := jpeg.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	if c.Width < 64 || c.Height < 64 || c.Width*c.Height > MaxPixels {
		return nil, fmt.Errorf("%w: %d×%d pixels", ErrPicture, c.Width, c.Height)
	}
	img, err := jpeg.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	return img, nil
}

// examine finds and judges the page; the corners are in pixels of src.
func examine(src planes) (drivers.Page, quad) {
	if src.w < 32 || src.h < 32 {
		return drivers.Page{Verdict: drivers.PageNone}, quad{}
	}
	f := find(src)
	if !f.found {
		return drivers.Page{Verdict: drivers.PageNone, Light: f.light}, quad{}
	}
	m := measure(src, f)
	return drivers.Page{Verdict: m.verdict(f.cut), Corners: f.quad.points(src.w, src.h), Sharpness: round(m.sharpness), Light: math.Round(m.light)}, f.quad
}

func round(v float64) float64 { return math.Round(v*1000) / 1000 }
