package app

import (
	"bytes"
	"context"
	"image/jpeg"
	"net/http"
	"time"

	"tongban/agent/clock"
	"tongban/agent/devices"
	"tongban/agent/screen"
	"tongban/agent/session"
	"tongban/drivers"
	"tongban/drivers/scanner/page"
)

// cameraState is the live picture. The camera is asked only while the page that shows it keeps asking. Guarded by App.mu.
type cameraState struct {
	stop    context.CancelFunc // nil: off
	asked   time.Time          // by the page
	preview screen.Preview
	frame   []byte
	fresh   chan struct{} // closed at the next frame
}

// Pauses of the live picture.
const (
	frameEvery  = 120 * time.Millisecond
	frameLimit  = 1500 * time.Millisecond
	unwatched   = 3 * time.Second // the page has gone on: the camera goes off
	firstFrame  = 800 * time.Millisecond
	cameraRetry = 500 * time.Millisecond
)

// Preview returns the newest judgement of the live picture and keeps the camera on for a little longer.
func (a *App) Preview(ctx context.Context) (screen.Preview, error) { //nolint:contextcheck // the live picture outlives this call
	a.mu.Lock()
	v := a.visit
	if v == nil || v.State != session.Working {
		a.mu.Unlock()
		return screen.Preview{}, errNotNow
	}
	a.camera.asked = a.o.Clock.Now()
	if a.camera.stop == nil {
		live, stop := a.background()
		a.camera = cameraState{stop: stop, asked: a.camera.asked, fresh: make(chan struct{}), preview: screen.Preview{Verdict: "down", Message: cameraDown, Checks: []screen.PageCheck{}}}
		a.wg.Go(func() { a.live(live) })
	}
	fresh, seen := a.camera.fresh, a.camera.frame != nil
	a.mu.Unlock()
	if !seen {
		select {
		case <-ctx.Done():
		case <-fresh:
		case <-a.o.Clock.After(firstFrame):
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.camera.preview, nil
}

// Frame returns the picture that belongs to the newest preview.
func (a *App) Frame() ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.camera.frame == nil {
		return nil, problem(http.StatusNotFound, "screen.no_frame", "画面还没有来，请稍等", nil)
	}
	return a.camera.frame, nil
}

// stopCamera turns the live picture off and drops it. Called with mu held.
func (a *App) stopCamera() {
	if a.camera.stop != nil {
		a.camera.stop()
		if a.camera.frame == nil {
			close(a.camera.fresh)
		}
	}
	a.camera = cameraState{}
}

// live takes and judges frames until nobody looks any more.
func (a *App) live(ctx context.Context) {
	for ctx.Err() == nil {
		a.mu.Lock()
		quiet := a.o.Clock.Now().Sub(a.camera.asked) > unwatched
		if quiet && ctx.Err() == nil {
			a.stopCamera()
		}
		a.mu.Unlock()
		if quiet {
			return
		}
		f, err := a.grab(ctx)
		pause := frameEvery
		if err != nil {
			pause = cameraRetry
		}
		a.show(ctx, f, err)
		_ = clock.Sleep(ctx, a.o.Clock, pause)
	}
}

func (a *App) grab(ctx context.Context) (drivers.Frame, error) {
	ctx, cancel := context.WithTimeout(ctx, frameLimit)
	defer cancel()
	l, err := devices.Take[drivers.DocumentCamera](ctx, a.o.Rack, drivers.KindScanner)
	if err != nil {
		return drivers.Frame{}, err
	}
	f, err := l.Device.Preview(ctx)
	if ctx.Err() != nil {
		l.Done(nil) // we gave up, the camera did not
	} else {
		l.Done(err)
	}
	return f, err
}

// show keeps the newest frame with its judgement.
func (a *App) show(ctx context.Context, f drivers.Frame, err error) {
	p := screen.Preview{Verdict: "down", Message: cameraDown, Checks: []screen.PageCheck{}}
	if err == nil {
		p, err = judge(f)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if ctx.Err() != nil {
		return
	}
	p.Rev = a.camera.preview.Rev + 1
	if err == nil {
		if a.camera.frame == nil {
			close(a.camera.fresh)
		}
		a.camera.frame = f.JPEG
	}
	a.camera.preview = p
}

func judge(f drivers.Frame) (screen.Preview, error) {
	img, err := jpeg.Decode(bytes.NewReader(f.JPEG))
	if err != nil {
		return screen.Preview{Verdict: "down", Message: cameraDown, Checks: []screen.PageCheck{}}, err
	}
	pg := page.Judge(img)
	size := img.Bounds().Size()
	out := screen.Preview{Verdict: string(pg.Verdict), Message: liveWords(pg, size), Width: size.X, Height: size.Y, Checks: checks(pg.Verdict)}
	for i, c := range pg.Corners {
		out.Corners[i] = [2]int{c.X, c.Y}
	}
	return out, nil
}
