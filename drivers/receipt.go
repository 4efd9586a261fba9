package drivers

import (
	"context"
	"image"
	"log/slog"
)

// Align is the place of a line on the slip.
type Align int

// Alignments.
const (
	Left Align = iota
	Centre
	Right
)

// Line is one line of text in the printer's own font (GB18030); Size 1 to 4.
type Line struct {
	Text  string
	Align Align
	Size  int
	Bold  bool
}

// Slip is one receipt job (小票): either a black-and-white picture as wide as the paper, or lines of text and a QR.
// Key is the job's idempotency key; it goes into the confirmation echo, not on the paper.
type Slip struct {
	Key   string
	Image *image.Gray // sent as raster, dark below 128; nil when Lines is used
	Lines []Line
	QR    string // printed below the lines by the printer itself
	// Ending, where not nil, is called before the first byte after which the slip may be whole, with the cut counter as it
	// stands then (-1: nobody can read it); an error ends the job there. It is called again with -1 before what is left of
	// a failed slip is cut off, because the counter then tells nothing of this job any more. Journal both: after a crash
	// before the first call the slip is certainly not whole, after it the counter has to say.
	Ending func(cuts int64) error
}

// String hides what is printed: a slip names a person and a matter.
func (s Slip) String() string { return "[小票]" }

// LogValue hides it in structured logs.
func (s Slip) LogValue() slog.Value { return slog.StringValue(s.String()) }

// PrintResult says what the printer confirmed (打印回执).
type PrintResult struct {
	Confirmed bool   // the printer itself vouched for the job's end: By is echo or counter
	By        string // "echo", "counter", or "status" where a printer has neither: it took all and is well
	Bytes     int
	Cuts      int64 // cut counter after the job, -1 where the printer has none
}

// ReceiptPrinter prints slips (小票打印机, ESC/POS).
type ReceiptPrinter interface {
	Device
	// Dots is the printable width: 384 for 58 mm, 576 for 80 mm paper, at 8 dots a millimetre.
	Dots() int
	// Counter is the printer's own count of cuts, -1 where it has none. After a crash it says, beside the number that
	// Slip.Ending gave, whether the slip was cut. Ask before Reset, which may cut off half a slip.
	Counter(ctx context.Context) (int64, error)
	// Print refuses when there is no paper or the cover is open, and returns nil only after the printer said that the
	// slip is out. CodeDeviceNotReady/ReasonPrintUnknown means: nobody can say, ask the citizen. After any other error
	// the slip is certainly not whole, and what the printer has not printed of it will not come out later.
	Print(ctx context.Context, slip Slip) (PrintResult, error)
}
