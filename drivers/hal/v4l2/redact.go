package v4l2

import (
	"bytes"
	"image"
	"image/jpeg"

	"tongban/drivers"
	"tongban/drivers/hal/record"
)

// NewRedactor makes the redactor of a recording of this port: commands and answers stay, every picture becomes a grey one of the same
// size and length. A picture that no grey one fits into becomes zeros.
func NewRedactor() drivers.Redactor { return &redactor{} }

type redactor struct{ cut record.Cutter }

// ToDevice implements drivers.Redactor: commands hold nothing personal.
func (r *redactor) ToDevice(p []byte) []byte { return p }

// FromDevice implements drivers.Redactor.
func (r *redactor) FromDevice(p []byte) []byte {
	held := r.cut.Pending()
	records, err := r.cut.Feed(p)
	if err != nil {
		return make([]byte, held+len(p))
	}
	var out []byte
	for _, x := range records {
		if x.Letter != letterAnswer {
			x.Content = blank(x)
		}
		out = x.Append(out)
	}
	return out
}

func blank(x record.Record) []byte {
	out := make([]byte, len(x.Content))
	_, p, err := decodePicture(x.Content)
	if x.Letter != letterPicture || err != nil {
		return out
	}
	copy(out, x.Content[:headSize])
	switch data := out[headSize:]; p.Mode.Layout {
	case MJPEG:
		if p.Mode.Pixels() > record.MaxContent {
			break
		}
		if b := greyJPEG(p.Mode.Width, p.Mode.Height); len(b) <= len(data) {
			copy(data, b)
		}
	default:
		for i := range data {
			data[i] = 0x80
		}
	}
	return out
}

func greyJPEG(w, h int) []byte {
	var b bytes.Buffer
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 0x80
	}
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 1}); err != nil {
		return nil
	}
	return b.Bytes()
}

// Rest implements drivers.Redactor.
func (r *redactor) Rest() []byte {
	out := make([]byte, r.cut.Pending())
	r.cut.Reset()
	return out
}
