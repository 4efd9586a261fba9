package sane

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"

	"tongban/drivers"
	"tongban/drivers/hal/record"
	hal "tongban/drivers/hal/sane"
)

// Limits of a page, so that a head of a few bytes cannot claim gigabytes.
const (
	maxSide     = 20_000
	jpegQuality = 88
)

var errPNM = errors.New("no whole page")

// head is what stands before the points of a PNM picture: P5 grey or P6 colour, size, largest value.
type head struct {
	colour        bool
	width, height int
	size          int // of the head itself
}

// points is how many bytes follow.
func (h head) points() int {
	if h.colour {
		return 3 * h.width * h.height
	}
	return h.width * h.height
}

// parseHead reads the head of a binary PNM picture with eight bits a sample.
func parseHead(b []byte) (head, error) {
	if len(b) < 2 || b[0] != 'P' || b[1] != '5' && b[1] != '6' {
		return head{}, errPNM
	}
	h, at := head{colour: b[1] == '6'}, 2
	var numbers [3]int
	for i := range numbers {
		n, next, err := parseNumber(b, at)
		if err != nil {
			return head{}, err
		}
		numbers[i], at = n, next
	}
	if at >= len(b) || !space(b[at]) {
		return head{}, errPNM
	}
	h.width, h.height, h.size = numbers[0], numbers[1], at+1
	if h.width < 1 || h.height < 1 || h.width > maxSide || h.height > maxSide || numbers[2] != 255 {
		return head{}, fmt.Errorf("%w: %d×%d points up to %d", errPNM, h.width, h.height, numbers[2])
	}
	return h, nil
}

// parseNumber skips white space and remarks and reads a number.
func parseNumber(b []byte, at int) (n, next int, err error) {
	for at < len(b) && (space(b[at]) || b[at] == '#') {
		if b[at] == '#' {
			i := bytes.IndexByte(b[at:], '\n')
			if i < 0 {
				return 0, 0, errPNM
			}
			at += i
		}
		at++
	}
	start := at
	for at < len(b) && b[at] >= '0' && b[at] <= '9' && at-start < 6 {
		n = 10*n + int(b[at]-'0')
		at++
	}
	if at == start {
		return 0, 0, errPNM
	}
	return n, at, nil
}

func space(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// frame makes a JPEG of a page. One that has fewer points than it says broke off.
func frame(b []byte) (drivers.Frame, error) {
	h, err := parseHead(b)
	if err != nil {
		return drivers.Frame{}, noImage(err)
	}
	if len(b)-h.size != h.points() {
		return drivers.Frame{}, noImage(fmt.Errorf("%w: %d bytes of %d", errPNM, len(b)-h.size, h.points()))
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, h.image(b[h.size:]), &jpeg.Options{Quality: jpegQuality}); err != nil {
		return drivers.Frame{}, noImage(err)
	}
	return drivers.Frame{JPEG: out.Bytes(), Width: h.width, Height: h.height}, nil
}

func (h head) image(b []byte) image.Image {
	r := image.Rect(0, 0, h.width, h.height)
	if !h.colour {
		return &image.Gray{Pix: b, Stride: h.width, Rect: r}
	}
	img := image.NewRGBA(r)
	for i := range h.width * h.height {
		img.Pix[4*i], img.Pix[4*i+1], img.Pix[4*i+2], img.Pix[4*i+3] = b[3*i], b[3*i+1], b[3*i+2], 255
	}
	return img
}

// redactor makes every page grey and keeps the rest.
type redactor struct{ cut record.Cutter }

// ToDevice implements drivers.Redactor: orders hold nothing personal.
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
		if x.Letter != hal.LetterEnd {
			h, err := parseHead(x.Content)
			if err != nil {
				h.size = 0
			}
			for i := h.size; i < len(x.Content); i++ {
				x.Content[i] = 0x80
			}
		}
		out = x.Append(out)
	}
	return out
}

// Rest implements drivers.Redactor.
func (r *redactor) Rest() []byte {
	out := make([]byte, r.cut.Pending())
	r.cut.Reset()
	return out
}
