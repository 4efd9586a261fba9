package livescan

import (
	"context"
	"errors"
	"fmt"
	"image"
	"time"

	"tongban/drivers"
	"tongban/drivers/fingerprint/iso"
	"tongban/drivers/fingerprint/match"
	"tongban/drivers/fingerprint/minutiae"
)

// A picture with less than this shows no finger: libraries give one of the empty glass without a word.
const (
	leastArea  = 6 // percent
	maxFeature = 64 << 10
)

// Capture implements drivers.FingerprintReader.
func (l *Library) Capture(ctx context.Context, picture bool) (drivers.Fingerprint, error) {
	ctx, release, err := l.turn.Claim(ctx)
	if err != nil {
		return drivers.Fingerprint{}, err
	}
	defer release()
	if err := l.greet(ctx); err != nil {
		return drivers.Fingerprint{}, err
	}
	if _, err := l.call(ctx, "LIVESCAN_BeginCapture", nil, l.cfg.channel); err != nil {
		return drivers.Fingerprint{}, err
	}
	f, err := l.taken(ctx, picture)
	if l.known && !errors.Is(ctx.Err(), context.Canceled) { // the light goes out; how that went changes nothing about the finger
		_, _ = l.call(ctx, "LIVESCAN_EndCapture", nil, l.cfg.channel)
	}
	return f, err
}

func (l *Library) taken(ctx context.Context, picture bool) (drivers.Fingerprint, error) {
	img, quality, since, err := l.wait(ctx)
	if err != nil {
		return drivers.Fingerprint{}, err
	}
	f := drivers.Fingerprint{DPI: 500, Quality: -1}
	if f.Template, f.Form, err = l.features(ctx, img); err != nil {
		return drivers.Fingerprint{}, err
	}
	if picture {
		f.Image, f.Quality = img, quality
	}
	f.ElapsedMS = l.clk.now().Sub(since).Milliseconds()
	return f, nil
}

// wait looks at the glass until a finger lies there well; one that does not come to lie well is unclear.
func (l *Library) wait(ctx context.Context) (_ *image.Gray, quality int, since time.Time, _ error) {
	best := 0
	for {
		at := l.clk.now()
		a, err := l.call(ctx, "LIVESCAN_GetFPRawData", nil, l.cfg.channel)
		if err != nil {
			return nil, 0, since, err
		}
		if len(a.content) != l.width*l.height {
			return nil, 0, since, &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonProtocol, Detail: fmt.Sprintf("picture of %d bytes, want %d", len(a.content), l.width*l.height)}
		}
		img := &image.Gray{Pix: a.content, Stride: l.width, Rect: image.Rect(0, 0, l.width, l.height)}
		score, area := minutiae.Quality(img)
		switch {
		case area < leastArea:
			since, best = time.Time{}, 0
		case since.IsZero():
			since = at
		}
		best = max(best, score)
		switch {
		case since.IsZero():
		case score >= max(1, l.cfg.quality):
			return img, score, since, nil
		case l.clk.now().Sub(since) > settle:
			return nil, 0, since, &drivers.Error{Code: drivers.CodeUserError, Reason: drivers.ReasonFingerUnclear, Detail: fmt.Sprintf("quality %d, want %d", best, l.cfg.quality)}
		}
		select {
		case <-ctx.Done():
			if e := drivers.Fault(ctx.Err()); e.Code == drivers.CodeCanceled {
				return nil, 0, since, e
			}
			return nil, 0, since, &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonNoFinger, Detail: "no finger"}
		case <-l.clk.after(pollEvery):
		}
	}
}

// features are the library's own, or a record of ours where it has none.
func (l *Library) features(ctx context.Context, img *image.Gray) ([]byte, drivers.TemplateForm, error) {
	a, err := l.call(ctx, "FP_FeatureExtract", img.Pix, l.width, l.height)
	switch {
	case err == nil && len(a.content) > 0 && len(a.content) <= maxFeature:
		return a.content, drivers.FormLibrary, nil
	case err == nil:
		return nil, "", &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonProtocol, Detail: fmt.Sprintf("features of %d bytes", len(a.content))}
	case !errors.Is(err, errNotMade):
		return nil, "", err
	}
	t, err := minutiae.Extract(img)
	if err != nil {
		return nil, "", &drivers.Error{Code: drivers.CodeInternalError, Detail: err.Error(), Cause: err}
	}
	b, err := iso.Encode(iso.View{Template: t})
	if err != nil {
		return nil, "", &drivers.Error{Code: drivers.CodeInternalError, Detail: err.Error(), Cause: err}
	}
	return b, drivers.FormISO, nil
}

// Compare implements drivers.FingerprintMatcher: by the library, or by our own comparison where both are records of ours.
func (l *Library) Compare(ctx context.Context, a, b []byte) (float64, error) {
	if len(a) == 0 || len(b) == 0 || len(a) > maxFeature || len(b) > maxFeature {
		return 0, &drivers.Error{Code: drivers.CodeInvalidData, Detail: "no templates to compare"}
	}
	if x, err := iso.Parse(a); err == nil {
		if y, err := iso.Parse(b); err == nil {
			return match.Score(x[0].Template, y[0].Template), nil
		}
	}
	ctx, release, err := l.turn.Claim(ctx)
	if err != nil {
		return 0, err
	}
	defer release()
	if err := l.greet(ctx); err != nil {
		return 0, err
	}
	r, err := l.call(ctx, "FP_FeatureMatch", append(append([]byte{}, a...), b...), len(a))
	if err != nil {
		return 0, err
	}
	if len(r.values) != 2 || r.values[1] < 0 || r.values[1] > 10000 {
		return 0, &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonProtocol, Detail: "similarity is not 0 to 10000"}
	}
	return float64(r.values[1]) / 10000, nil
}
