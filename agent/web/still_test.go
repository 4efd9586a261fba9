package web_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"

	"tongban/drivers"
)

// still is a camera that always sees the same small printed page.
type still struct{ drivers.DocumentCamera }

func (still) Info() drivers.Info { return drivers.Info{Kind: drivers.KindScanner, Driver: "still"} }
func (still) Close() error       { return nil }
func (still) Status(context.Context) (drivers.Status, error) {
	return drivers.Status{State: drivers.StateOnline}, nil
}
func (still) Preview(context.Context) (drivers.Frame, error) { return stillFrame(), nil }
func (still) Capture(context.Context) (drivers.Frame, error) { return stillFrame(), nil }

func stillFrame() drivers.Frame {
	img := image.NewGray(image.Rect(0, 0, 800, 600))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.Gray{Y: 40}), image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(120, 70, 680, 530), image.NewUniform(color.Gray{Y: 225}), image.Point{}, draw.Src)
	for y := 110; y < 490; y += 24 {
		for x := 160; x < 640; x += 14 {
			draw.Draw(img, image.Rect(x, y, x+9, y+3), image.Black, image.Point{}, draw.Src)
			draw.Draw(img, image.Rect(x+3, y, x+6, y+13), image.Black, image.Point{}, draw.Src)
		}
	}
	var b bytes.Buffer
	_ = jpeg.Encode(&b, img, &jpeg.Options{Quality: 92})
	return drivers.Frame{JPEG: b.Bytes(), Width: 800, Height: 600}
}
