// Package pdf packs captured pages (扫描件) into a document: one sheet of A4 for each, upright or across as the page lies, the
// JPEG as the camera's page was cut out, not packed a second time.
package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"image/color"
	"image/jpeg"
	"io"
)

// A4 in points of 1/72 inch.
const (
	short = 595.28
	long  = 841.89
)

// ErrPages is a list of pages that makes no document.
var ErrPages = errors.New("no document of these pages")

// maxPages bounds a document; a bundle of papers has a few dozen.
const maxPages = 500

// Write writes a document of JPEG pages.
func Write(w io.Writer, pages [][]byte) error {
	if len(pages) == 0 || len(pages) > maxPages {
		return fmt.Errorf("%w: %d pages", ErrPages, len(pages))
	}
	d := &document{}
	d.buf.WriteString("%PDF-1.4\n%\xE2\xE3\xCF\xD3\n")
	d.object(1, "<</Type/Catalog/Pages 2 0 R>>")
	var kids bytes.Buffer
	for i := range pages {
		fmt.Fprintf(&kids, "%d 0 R ", 3+3*i)
	}
	d.object(2, fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", len(pages), bytes.TrimSpace(kids.Bytes())))
	for i, p := range pages {
		if err := d.page(3+3*i, p); err != nil {
			return fmt.Errorf("page %d: %w", i+1, err)
		}
	}
	d.end()
	if _, err := w.Write(d.buf.Bytes()); err != nil {
		return fmt.Errorf("write document: %w", err)
	}
	return nil
}

// document is the file as it grows; at holds where each object begins.
type document struct {
	buf bytes.Buffer
	at  []int
}

// page adds three objects: the sheet, what is drawn on it, and the picture.
func (d *document) page(n int, raw []byte) error {
	c, err := jpeg.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrPages, err)
	}
	space := "DeviceRGB"
	switch c.ColorModel {
	case color.GrayModel:
		space = "DeviceGray"
	case color.CMYKModel:
		return fmt.Errorf("%w: a picture of four inks", ErrPages)
	}
	w, h := short, long
	if c.Width > c.Height {
		w, h = long, short
	}
	scale := min(w/float64(c.Width), h/float64(c.Height))
	pw, ph := scale*float64(c.Width), scale*float64(c.Height)
	d.object(n, fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.2f %.2f]/Resources<</XObject<</P %d 0 R>>>>/Contents %d 0 R>>", w, h, n+2, n+1))
	d.stream(n+1, "", fmt.Appendf(nil, "q %.3f 0 0 %.3f %.3f %.3f cm /P Do Q", pw, ph, (w-pw)/2, (h-ph)/2))
	d.stream(n+2, fmt.Sprintf("/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace/%s/Filter/DCTDecode", c.Width, c.Height, space), raw)
	return nil
}

func (d *document) object(n int, text string) {
	d.at = append(d.at, d.buf.Len())
	fmt.Fprintf(&d.buf, "%d 0 obj\n%s\nendobj\n", n, text)
}

func (d *document) stream(n int, dict string, data []byte) {
	d.at = append(d.at, d.buf.Len())
	fmt.Fprintf(&d.buf, "%d 0 obj\n<<%s/Length %d>>\nstream\n", n, dict, len(data))
	d.buf.Write(data)
	d.buf.WriteString("\nendstream\nendobj\n")
}

func (d *document) end() {
	table := d.buf.Len()
	fmt.Fprintf(&d.buf, "xref\n0 %d\n0000000000 65535 f \n", len(d.at)+1)
	for _, at := range d.at {
		fmt.Fprintf(&d.buf, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&d.buf, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(d.at)+1, table)
}
