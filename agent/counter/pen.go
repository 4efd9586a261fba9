package counter

import (
	"context"
	"net/http"

	"tongban/agent/ink"
	"tongban/drivers"
)

// liveWidth is the box in which the screen shows what is written on the pad.
const liveWidth = 900

// beginPen lets the citizen write on the pad as long as the question is asked.
func (d *Desk) beginPen(ctx context.Context, v view) (end func()) {
	if !v.Pad {
		return func() {}
	}
	d.pen.Begin(ctx)
	return d.pen.End
}

// padInk is what is written on the pad now; nothing of it is kept when the question is over.
func (d *Desk) padInk(w http.ResponseWriter, _ *http.Request) {
	i, err := d.pen.Live()
	height, strokes := ink.Points(i, liveWidth)
	out := map[string]any{"there": err == nil && i.Width > 0, "width": liveWidth, "height": height, "strokes": strokes}
	answer(w, http.StatusOK, out)
}

// penPicture takes the signature from the pad. One that is refused is written anew.
func (d *Desk) penPicture(ctx context.Context) ([]byte, *Problem) {
	i, err := d.pen.Take(ctx)
	if f := drivers.Fault(err); f != nil {
		if f.Reason == drivers.ReasonNoSignature {
			d.pen.Clear()
			return nil, problem(http.StatusUnprocessableEntity, "strokes", "请先在签名板上签名")
		}
		return nil, problem(http.StatusUnprocessableEntity, "pad", "签名板没有接好，请在屏幕上的框里签名")
	}
	text, p := picturePNG(ink.Picture(i))
	if p != nil {
		d.pen.Clear()
	}
	return text, p
}
