package video

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"

	"tongban/drivers/hal/v4l2"
)

// picture is picture n in a mode, drawn once.
func (c *Camera) picture(m v4l2.Mode, n int, black bool) ([]byte, error) {
	n %= max(c.Moves, 1)
	light := c.light()
	key := fmt.Sprint(m.Layout, m.Width, m.Height, n, black, light)
	c.mu.Lock()
	b := c.drawn[key]
	c.mu.Unlock()
	if b != nil {
		return b, nil
	}
	var img image.Image = image.NewGray(image.Rect(0, 0, m.Width, m.Height))
	if !black {
		var err error
		if img, err = c.scene(m, n); err != nil {
			return nil, err
		}
		img = lit(img, light)
	}
	b, err := encode(img, m.Layout)
	if err != nil {
		return nil, err
	}
	if c.NoTables && m.Layout == v4l2.MJPEG {
		b = withoutTables(b)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drawn[key] = b
	return b, nil
}

// scene is what the camera sees, drawn once.
func (c *Camera) scene(m v4l2.Mode, n int) (image.Image, error) {
	key := fmt.Sprint(m.Width, m.Height, n)
	c.mu.Lock()
	img := c.scenes[key]
	c.mu.Unlock()
	if img != nil {
		return img, nil
	}
	img, err := c.Scene(m.Width, m.Height, n)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.scenes[key] = img
	return img, nil
}

// lit is a picture with more light, or less.
func lit(img image.Image, light int) image.Image {
	if light == 0 {
		return img
	}
	var table [256]uint8
	for i := range table {
		table[i] = uint8(min(max(i+light, 0), 255)) //nolint:gosec // bounded
	}
	b := img.Bounds()
	if g, ok := img.(*image.Gray); ok {
		out := image.NewGray(b)
		for i, v := range g.Pix {
			out.Pix[i] = table[v]
		}
		return out
	}
	out := image.NewRGBA(b)
	draw.Draw(out, b, img, b.Min, draw.Src)
	for i, v := range out.Pix {
		if i%4 != 3 {
			out.Pix[i] = table[v]
		}
	}
	return out
}

func encode(img image.Image, layout string) ([]byte, error) {
	r := img.Bounds()
	switch layout {
	case v4l2.MJPEG:
		var out bytes.Buffer
		if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 86}); err != nil {
			return nil, fmt.Errorf("encode picture: %w", err)
		}
		return out.Bytes(), nil
	case v4l2.YUYV:
		out := make([]byte, 0, 2*r.Dx()*r.Dy())
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x+1 < r.Max.X; x += 2 {
				a, b := ycbcr(img.At(x, y)), ycbcr(img.At(x+1, y))
				out = append(out, a.Y, a.Cb, b.Y, a.Cr)
			}
		}
		return out, nil
	case v4l2.Grey:
		out := make([]byte, 0, r.Dx()*r.Dy())
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				out = append(out, ycbcr(img.At(x, y)).Y)
			}
		}
		return out, nil
	}
	return nil, v4l2.ErrMode
}

func ycbcr(c color.Color) color.YCbCr {
	r, g, b, _ := c.RGBA()
	y, cb, cr := color.RGBToYCbCr(uint8(r>>8), uint8(g>>8), uint8(b>>8))
	return color.YCbCr{Y: y, Cb: cb, Cr: cr}
}

// withoutTables takes the Huffman tables out of a JPEG.
func withoutTables(b []byte) []byte {
	out := append([]byte{}, b[:2]...)
	for at := 2; at+4 <= len(b) && b[at] == 0xFF; {
		n := 2 + int(b[at+2])<<8 + int(b[at+3])
		switch b[at+1] {
		case 0xDA:
			return append(out, b[at:]...)
		case 0xC4:
		default:
			out = append(out, b[at:at+n]...)
		}
		at += n
	}
	return b
}

// noise is bytes that mean nothing.
func noise(n int) []byte {
	out := make([]byte, n)
	seed := uint32(1)
	for i := range out {
		seed = seed*1664525 + 1013904223
		out[i] = byte(seed >> 24)
	}
	return out
}

// stamped makes picture n another than its neighbours without drawing it again: a remark in a compressed one, a few points of others.
func stamped(b []byte, layout string, n int) []byte {
	mark := []byte{byte(n), byte(n >> 8), byte(n >> 16)}
	if layout == v4l2.MJPEG {
		out := append(make([]byte, 0, len(b)+7), b[:2]...)
		return append(append(append(out, 0xFF, 0xFE, 0, 5), mark...), b[2:]...)
	}
	out := bytes.Clone(b)
	copy(out[1:], mark)
	return out
}
