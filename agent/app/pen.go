package app

import (
	"context"
	"image"
	"net/http"
	"time"

	"tongban/agent/ink"
	"tongban/agent/screen"
	"tongban/agent/session"
	"tongban/drivers"
)

const (
	penWidth = 900             // of the box that the page shows
	penLimit = 2 * time.Second // for the pad to hand over what was written
)

// Pen lets the citizen write on the signature pad, until the signature is taken or the visit ends. What was written before is wiped.
func (a *App) Pen(id string) error {
	return a.fillIn(id, func(*session.Visit, *session.Matter) error {
		if a.pen.There() {
			a.pen.Begin(a.ctx)
		}
		return nil
	})
}

// PenInk is what is written on the pad now.
func (a *App) PenInk() screen.Pen {
	i, err := a.pen.Live()
	out := screen.Pen{There: err == nil && i.Width > 0, Width: penWidth}
	out.Height, out.Strokes = ink.Points(i, penWidth)
	return out
}

// fromPad takes the signature from the pad; a pad that fails leaves the screen to write on.
func (a *App) fromPad() (*image.Gray, error) {
	ctx, cancel := context.WithTimeout(a.ctx, penLimit)
	defer cancel()
	i, err := a.pen.Take(ctx)
	switch f := drivers.Fault(err); {
	case f == nil:
		return ink.Picture(i)
	case f.Reason == drivers.ReasonNoSignature:
		return nil, problem(http.StatusUnprocessableEntity, "screen.sign_small", "请先在签名板上签名", nil)
	}
	return nil, problem(http.StatusUnprocessableEntity, "screen.pad_away", "签名板没有接好，请用手指在屏幕上签名", nil)
}
