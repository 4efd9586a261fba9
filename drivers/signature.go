package drivers

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"time"
)

// KindSignature is the signature pad (电子签名板).
const KindSignature Kind = "signature"

// Reasons of signature pads.
const (
	ReasonNoSignature Reason = "noSignature" // nobody wrote: not an error of anybody
)

// InkPoint is one sample of a pen (采样点).
type InkPoint struct {
	X, Y     float64       // in units of the area, from its upper left corner
	Pressure float64       // 0 to 1
	At       time.Duration // since the pen first touched
}

// Stroke is what a pen writes between touching and leaving (笔画).
type Stroke []InkPoint

// Ink is what somebody wrote (笔迹): the shape, the pressure and the pace of a hand. Biometric data: it hides itself in logs and in fmt,
// and has no JSON.
type Ink struct {
	Width, Height float64 // of the area that was written on, in its own units
	PerMM         float64 // of these units in a millimetre, 0 where nobody knows
	Strokes       []Stroke
}

// Points is how many samples there are.
func (i Ink) Points() int {
	n := 0
	for _, s := range i.Strokes {
		n += len(s)
	}
	return n
}

// String tells how much was written only.
func (i Ink) String() string { return fmt.Sprintf("[笔迹 %d 画]", len(i.Strokes)) }

// GoString hides the hand from %#v also.
func (i Ink) GoString() string { return i.String() }

// LogValue hides the hand in structured logs.
func (i Ink) LogValue() slog.Value { return slog.StringValue(i.String()) }

// MarshalJSON refuses: a hand leaves the program as a picture or in the form of its standard, each chosen by somebody.
func (i Ink) MarshalJSON() ([]byte, error) {
	return nil, &Error{Code: CodeInternalError, Detail: "ink has no JSON"}
}

// String hides a single stroke as well.
func (s Stroke) String() string { return fmt.Sprintf("[笔画 %d 点]", len(s)) }

// GoString implements fmt.GoStringer.
func (s Stroke) GoString() string { return s.String() }

// LogValue implements slog.LogValuer.
func (s Stroke) LogValue() slog.Value { return slog.StringValue(s.String()) }

// String hides a single point as well.
func (InkPoint) String() string { return "[笔点]" }

// GoString implements fmt.GoStringer.
func (p InkPoint) GoString() string { return p.String() }

// LogValue implements slog.LogValuer.
func (p InkPoint) LogValue() slog.Value { return slog.StringValue(p.String()) }

// PadArea is what a pad can be written on (书写区).
type PadArea struct {
	Width, Height float64 // in units of its ink
	PerMM         float64 // 0 where the pad does not say
	Levels        int     // of pressure, 0 where it does not feel any
}

// Inches is the diagonal, 0 where the pad does not say.
func (a PadArea) Inches() float64 {
	if a.PerMM == 0 {
		return 0
	}
	return math.Hypot(a.Width, a.Height) / a.PerMM / 25.4
}

// PenStep says where in a stroke a point stands (笔的动作).
type PenStep int

// Steps of a pen.
const (
	PenDown PenStep = iota // the stroke begins with this point
	PenMove
	PenUp // the stroke has ended; the point is its last
)

// SignaturePad takes what is written with a pen (电子签名板).
type SignaturePad interface {
	Device
	// Area is what the pad tells of itself.
	Area() PadArea
	// Write collects what is written from the call on until done is closed, and returns it. A stroke that began before the call is not
	// taken: it may be the last citizen's. Nothing written is CodeUserError/ReasonNoSignature, ctx ending first CodeTimeOut or CodeCanceled;
	// a pad that goes away, or whose reports break, returns its error within 3 s and no ink: half a signature is none. To begin anew,
	// end ctx and call again. on may be nil; it is called from the reading goroutine and must not block.
	Write(ctx context.Context, done <-chan struct{}, on func(InkPoint, PenStep)) (Ink, error)
}
