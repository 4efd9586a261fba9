package idcard

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"

	"golang.org/x/image/bmp"
)

// Size of a card's picture, as the vendor's decoders give it.
const photoWide, photoHigh = 102, 126

// Draw is the picture of a photo block: a face of circles whose greys come from the block, so that each person has one of their own.
func Draw(block []byte) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, photoWide, photoHigh))
	tone := func(i int) color.RGBA { v := block[i%len(block)]/2 + 40; return color.RGBA{v, v, v + 20, 255} }
	parts := []struct{ x, y, r, tone int }{{51, 60, 38, 1}, {51, 130, 50, 2}, {38, 52, 5, 3}, {64, 52, 5, 3}, {51, 78, 8, 4}}
	for y := range photoHigh {
		for x := range photoWide {
			img.Set(x, y, color.RGBA{236, 236, 240, 255})
			for _, p := range parts {
				if (x-p.x)*(x-p.x)+(y-p.y)*(y-p.y) < p.r*p.r {
					img.Set(x, y, tone(p.tone))
				}
			}
		}
	}
	return img
}

// Decode is the decoder of the emulator's photo format, as a program is asked for it (解码程序约定): frames in, frames out, each
// behind its length in four bytes; it ends when nothing more comes.
func Decode(in io.Reader, out io.Writer) error {
	for {
		var n uint32
		err := binary.Read(in, binary.BigEndian, &n)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil || n != photoSize {
			return fmt.Errorf("a frame of %d bytes, want %d: %w", n, photoSize, errors.Join(err, io.ErrUnexpectedEOF))
		}
		block := make([]byte, n)
		if _, err := io.ReadFull(in, block); err != nil {
			return fmt.Errorf("read block: %w", err)
		}
		var picture sized
		if err := bmp.Encode(&picture, Draw(block)); err != nil {
			return fmt.Errorf("encode picture: %w", err)
		}
		if _, err := out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(picture)))); err != nil { //nolint:gosec // some ten thousand
			return fmt.Errorf("answer: %w", err)
		}
		if _, err := out.Write(picture); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
	}
}

// sized keeps what is written.
type sized []byte

func (s *sized) Write(p []byte) (int, error) { *s = append(*s, p...); return len(p), nil }
