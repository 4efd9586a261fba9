package drivers

import (
	"context"
	"fmt"
	"log/slog"
)

// Barcode is one code that was read (条码、二维码). What stands in it may name a person: it hides itself in logs and in fmt.
type Barcode struct {
	Symbology string `json:"symbology"`     // qr, ean13, code128 …; "unknown" where the reader does not say
	AIM       string `json:"aim,omitempty"` // the reader's own identifier, "]Q1"
	Text      string `json:"text"`
	Encoding  string `json:"encoding"` // ascii, utf-8 or gb18030: how the bytes were read
	Bytes     []byte `json:"-"`        // as they came, without identifier and suffix
	ElapsedMS int64  `json:"elapsed_ms"`
}

// String tells kind and length only.
func (b Barcode) String() string { return fmt.Sprintf("[码 %s %d 字节]", b.Symbology, len(b.Bytes)) }

// LogValue hides the content in structured logs.
func (b Barcode) LogValue() slog.Value { return slog.StringValue(b.String()) }

// BarcodeReader reads barcodes and QR codes (条码二维码阅读器).
type BarcodeReader interface {
	Device
	// Read turns the reader on, waits for one code until ctx ends, and turns it off again. A code that was held before
	// it before the call is not taken: it may be the last citizen's. No code is CodeTimeOut/ReasonNoCode; one that came
	// broken is CodeLineError/ReasonLineNoise at once, because a reader does not read the same code twice by itself.
	Read(ctx context.Context) (Barcode, error)
}
