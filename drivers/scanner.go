package drivers

import (
	"context"
	"fmt"
	"image"
	"log/slog"
)

// Frame is one picture of the document camera.
type Frame struct {
	JPEG   []byte
	Width  int
	Height int
}

// String tells the size only: the picture is of a citizen's paper.
func (f Frame) String() string { return fmt.Sprintf("[画面 %d×%d]", f.Width, f.Height) }

// LogValue hides the picture in structured logs.
func (f Frame) LogValue() slog.Value { return slog.StringValue(f.String()) }

// DocumentCamera takes pictures of papers (高拍仪). Image judgement (page found, blurred) is not the driver's work:
// see drivers/scanner/page.
type DocumentCamera interface {
	Device
	// Preview returns one small frame, at most 1280 px wide, within 500 ms; call it in a loop for a live picture.
	Preview(ctx context.Context) (Frame, error)
	// Capture takes one full-size frame (at least 8 megapixels on the tender's models) within 5 s.
	Capture(ctx context.Context) (Frame, error)
}

// ScanOrder is what a scanner is asked for (扫描要求). The zero value is one page from the glass, in colour, at the profile's resolution.
type ScanOrder struct {
	Feeder bool // all that lies in the feeder, in order
	Grey   bool
	DPI    int // 0: as the profile says
	Most   int // pages from the feeder, 0 for as many as the driver takes
}

// PageScanner scans papers that lie on glass or in a feeder (平板、馈纸扫描仪). It has no live picture, and a page takes seconds.
type PageScanner interface {
	Device
	// Capture scans one page from the glass within 60 s.
	Capture(ctx context.Context) (Frame, error)
	// Scan returns the pages in the order in which they were scanned. With an error come the pages that were scanned before it: after a
	// jam the citizen lays in only what is still to be done. An empty feeder is CodeUserError with ReasonNoDocument.
	Scan(ctx context.Context, o ScanOrder) ([]Frame, error)
}

// PageVerdict is the judgement of one captured page in words a citizen understands (页面判定).
type PageVerdict string

// Verdicts of a page.
const (
	PageGood    PageVerdict = "good"
	PageNone    PageVerdict = "noPage" // nothing on the mat
	PageBlurred PageVerdict = "blurred"
	PageDark    PageVerdict = "tooDark"
	PageBright  PageVerdict = "tooBright"
	PageCut     PageVerdict = "cutOff" // an edge leaves the picture
	PageEmpty   PageVerdict = "empty"  // a blank sheet
)

// Page is a straightened page with its judgement.
type Page struct {
	Verdict   PageVerdict    `json:"verdict"`
	Corners   [4]image.Point `json:"corners"` // in the frame: top left, top right, bottom right, bottom left
	Sharpness float64        `json:"sharpness"`
	Light     float64        `json:"light"` // mean grey of the page, 0 to 255
	JPEG      []byte         `json:"-"`     // straightened, nil when no page was found
	Width     int            `json:"width"`
	Height    int            `json:"height"`
}

// String tells the judgement only.
func (p Page) String() string { return fmt.Sprintf("[页面 %s %d×%d]", p.Verdict, p.Width, p.Height) }

// LogValue hides the picture in structured logs.
func (p Page) LogValue() slog.Value { return slog.StringValue(p.String()) }
