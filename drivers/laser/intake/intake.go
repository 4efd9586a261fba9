// Package intake is what every page printer does with a document before the first byte goes out (收件): it is looked at, read to its
// end and, where the printer takes no PDF, made into pages of dots, all of them. A document that turns out to be broken on its
// last page must not come out by half.
package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"tongban/drivers"
	"tongban/drivers/laser/render"
)

// Bounds of a document: a certificate is some hundred kilobytes, a full page of photographs at 600 dots per inch a hundred million.
const (
	maxDocument = 64 << 20
	maxDots     = 400 << 20
)

// Read looks at what can be said of a job without the printer, and reads the document. takes says whether this printer can have
// documents of a format.
func Read(job drivers.PrintJob, caps drivers.LaserCapabilities, takes func(format string) error) ([]byte, error) {
	bad := func(format string, args ...any) error {
		return &drivers.Error{Code: drivers.CodeInvalidData, Detail: fmt.Sprintf(format, args...)}
	}
	const letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:"
	switch {
	case job.Key == "" || len(job.Key) > 120 || strings.Trim(job.Key, letters) != "":
		return nil, bad("key is not 1 to 120 plain letters and digits")
	case job.Document == nil:
		return nil, bad("no document")
	case job.Copies > caps.MaxCopies:
		return nil, bad("%d copies, the printer makes %d at most", job.Copies, caps.MaxCopies)
	case job.Pages < 0:
		return nil, bad("%d pages", job.Pages)
	case job.Duplex && !caps.Duplex:
		return nil, &drivers.Error{Code: drivers.CodeUnsupported, Detail: "printer has no duplex unit"}
	}
	if err := takes(job.Format); err != nil {
		return nil, err
	}
	doc, err := io.ReadAll(io.LimitReader(job.Document, maxDocument+1))
	switch {
	case err != nil:
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: "read document", Cause: err}
	case len(doc) > maxDocument:
		return nil, bad("document of more than %d bytes", maxDocument)
	case !magic(job.Format, doc):
		return nil, bad("document is not what its format says")
	}
	return doc, nil
}

// magic looks at the first bytes: some printers print a document that they do not know as pages of text.
func magic(format string, doc []byte) bool {
	switch format {
	case drivers.FormatPDF:
		return bytes.HasPrefix(doc, []byte("%PDF-"))
	case drivers.FormatJPEG:
		return bytes.HasPrefix(doc, []byte{0xFF, 0xD8, 0xFF})
	case drivers.FormatPWG:
		return bytes.HasPrefix(doc, []byte("RaS2"))
	case drivers.FormatURF:
		return bytes.HasPrefix(doc, []byte("UNIRAST\x00"))
	}
	return len(doc) > 0
}

// Renders reports whether pages can be made of a PDF here.
func Renders() error {
	if err := render.Ready(); err != nil {
		return &drivers.Error{Code: drivers.CodeUnsupported, Detail: "printer takes no PDF, and there is " + err.Error(), Cause: err}
	}
	return nil
}

// Dots makes packed pages of a PDF. The context's own error comes back as it is.
func Dots(ctx context.Context, pdf []byte, o render.Order, pack func(n int, bits []byte) ([]byte, error)) ([][]byte, error) {
	var pages [][]byte
	size := 0
	_, err := render.Pages(ctx, pdf, o, func(n int, bits []byte) error {
		b, err := pack(n, bits)
		if size += len(b); err == nil && size > maxDots {
			err = render.ErrTooLarge
		}
		pages = append(pages, b)
		return err
	})
	switch {
	case err == nil:
		return pages, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, render.ErrDocument), errors.Is(err, render.ErrTooLarge):
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: err.Error(), Cause: err}
	}
	return nil, &drivers.Error{Code: drivers.CodeInternalError, Detail: "make pages of dots: " + err.Error(), Cause: err}
}
