// Package save writes captured pages in the file formats that are asked for (存档格式): JPEG, BMP and PNG for one page, TIFF and PDF for
// any number.
package save

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"strings"

	"golang.org/x/image/bmp"

	"tongban/drivers"
	"tongban/drivers/scanner/tiff"
)

// Format is a file format, named by the usual ending.
type Format string

// Formats.
const (
	JPEG Format = "jpg"
	BMP  Format = "bmp"
	PNG  Format = "png"
	TIFF Format = "tif"
	PDF  Format = "pdf"
)

// Formats lists them.
func Formats() []Format { return []Format{JPEG, BMP, PNG, TIFF, PDF} }

// Why pages cannot be written.
var (
	ErrFormat = errors.New("no such format")
	ErrPages  = errors.New("the format takes another number of pages")
)

const maxDPI = 1200

// Write writes pages in a format; dpi is how large they are on paper.
func Write(w io.Writer, format Format, pages []drivers.Frame, dpi int) error {
	switch {
	case len(pages) == 0, len(pages) > 1 && format != TIFF && format != PDF:
		return fmt.Errorf("%w: %d as %s", ErrPages, len(pages), format)
	case dpi < 1 || dpi > maxDPI:
		return fmt.Errorf("%w: at %d dots per inch", ErrFormat, dpi)
	}
	switch format {
	case JPEG:
		if _, err := w.Write(pages[0].JPEG); err != nil {
			return fmt.Errorf("write JPEG: %w", err)
		}
		return nil
	case PDF:
		return pdf(w, pages, dpi)
	case BMP, PNG, TIFF:
	default:
		return fmt.Errorf("%w: %q, have %v", ErrFormat, format, Formats())
	}
	images := make([]image.Image, len(pages))
	for i, p := range pages {
		img, err := jpeg.Decode(bytes.NewReader(p.JPEG))
		if err != nil {
			return fmt.Errorf("page %d: %w", i+1, err)
		}
		images[i] = img
	}
	var err error
	switch format {
	case BMP:
		err = bmp.Encode(w, images[0])
	case PNG:
		err = png.Encode(w, images[0])
	default:
		err = tiff.Write(w, images, dpi)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", format, err)
	}
	return nil
}

// pdf writes each page as the JPEG that it is, on paper of its size.
func pdf(w io.Writer, pages []drivers.Frame, dpi int) error {
	var b bytes.Buffer
	var places []int
	object := func(body string, stream []byte) {
		places = append(places, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\n", len(places), body)
		if stream != nil {
			b.WriteString("stream\n")
			b.Write(stream)
			b.WriteString("\nendstream\n")
		}
		b.WriteString("endobj\n")
	}
	b.WriteString("%PDF-1.4\n%\xE2\xE3\xCF\xD3\n")
	var kids strings.Builder
	for i := range pages {
		fmt.Fprintf(&kids, "%d 0 R ", 3+3*i)
	}
	object("<</Type/Catalog/Pages 2 0 R>>", nil)
	object(fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", len(pages), kids.String()), nil)
	for i, p := range pages {
		c, err := jpeg.DecodeConfig(bytes.NewReader(p.JPEG))
		if err != nil {
			return fmt.Errorf("page %d: %w", i+1, err)
		}
		space := "/DeviceRGB"
		if c.ColorModel == color.GrayModel {
			space = "/DeviceGray"
		}
		wide, high := 72*float64(c.Width)/float64(dpi), 72*float64(c.Height)/float64(dpi)
		content := fmt.Appendf(nil, "q %.3f 0 0 %.3f 0 0 cm /P Do Q", wide, high)
		object(fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.3f %.3f]/Contents %d 0 R/Resources<</XObject<</P %d 0 R>>>>>>", wide, high, 4+3*i, 5+3*i), nil)
		object(fmt.Sprintf("<</Length %d>>", len(content)), content)
		object(fmt.Sprintf("<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace%s/BitsPerComponent 8/Filter/DCTDecode/Length %d>>", c.Width, c.Height, space, len(p.JPEG)), p.JPEG)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(places)+1)
	for _, at := range places {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(places)+1, start)
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write PDF: %w", err)
	}
	return nil
}
