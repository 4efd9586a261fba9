package drivertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"tongban/drivers"
	"tongban/drivers/signature/ink"
)

// SignatureBench is a signature pad with a hand before it. The hand knows name (three strokes: across at 2/5 of the height from 1/5 to
// 4/5 of the width with growing pressure; down the middle; round), dot, rest and lift. Faults are those of the emulator's board.
type SignatureBench interface {
	Open(ctx context.Context) (drivers.SignaturePad, error)
	Hand(what string)
	Press(fault string, value int)
	Once(fault string, value int)
	Release(fault string)
}

// SignaturePad is the contract that every driver of a signature pad keeps. start makes a fresh bench for each case.
func SignaturePad(t *testing.T, start func(t *testing.T) SignatureBench) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*padDesk)
	}{
		{"signature", padSignature}, {"again", padAgain}, {"nothing", padNothing}, {"old stroke", padOld}, {"resting pen", padResting}, {"dot", padDot},
		{"one at a time", padOneAtATime}, {"second program", padSecondProgram}, {"close", padClose}, {"cancel", padCancel}, {"hides", padHides},
		{"fault/garbage", padNoise("garbage")}, {"fault/half", padNoise("half")}, {"fault/outside", padOutside}, {"fault/slow", padSlow},
		{"fault/silent", padSilent}, {"fault/unplugged", padUnplugged},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &padDesk{SignatureBench: start(t), t: t}
			var err error
			if d.p, err = d.Open(t.Context()); err != nil {
				t.Fatalf("open: %v", err)
			}
			t.Cleanup(func() { _ = d.p.Close() })
			c.run(d)
		})
	}
}

type padDesk struct {
	SignatureBench
	t *testing.T
	p drivers.SignaturePad
}

// written is how a Write ended.
type written struct {
	ink drivers.Ink
	err error
	at  time.Time
}

// begin starts a Write, and waits until it listens: from then on the pad counts.
func (d *padDesk) begin(ctx context.Context, done <-chan struct{}, on func(drivers.InkPoint, drivers.PenStep)) <-chan written {
	out := make(chan written, 1)
	go func() {
		i, err := d.p.Write(ctx, done, on)
		out <- written{i, err, time.Now()}
	}()
	time.Sleep(120 * time.Millisecond)
	return out
}

// sign lets the hand write and says done when the pen has left often enough.
func (d *padDesk) sign(hand string, strokes int) (drivers.Ink, error) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), 15*time.Second)
	defer cancel()
	done, left := make(chan struct{}), 0
	out := d.begin(ctx, done, func(_ drivers.InkPoint, s drivers.PenStep) {
		if s == drivers.PenUp {
			if left++; left == strokes {
				close(done)
			}
		}
	})
	d.Hand(hand)
	w := <-out
	return w.ink, w.err
}

// still waits until the hand has ended: nothing is written for longer than a stroke takes.
func (d *padDesk) still() {
	d.t.Helper()
	for range 20 {
		ctx, cancel := context.WithTimeout(d.t.Context(), 700*time.Millisecond)
		moved := false
		_, _ = d.p.Write(ctx, nil, func(drivers.InkPoint, drivers.PenStep) { moved = true })
		cancel()
		if !moved {
			return
		}
	}
	d.t.Fatal("the hand does not end")
}

func (d *padDesk) mustSign() drivers.Ink {
	d.t.Helper()
	i, err := d.sign("name", 3)
	if err != nil {
		d.t.Fatalf("sign: %v", err)
	}
	if len(i.Strokes) != 3 || i.Points() < 60 {
		d.t.Fatalf("%d strokes, %d points", len(i.Strokes), i.Points())
	}
	return i
}

func padSignature(d *padDesk) {
	if s, err := d.p.Status(d.t.Context()); err != nil || !s.Ready() || s.At.IsZero() {
		d.t.Errorf("status %+v %v", s, err)
	}
	a := d.p.Area()
	if a.Width <= 0 || a.Height <= 0 || a.PerMM <= 0 || a.Levels < 256 || a.Inches() < 12 || a.Inches() > 12.1 {
		d.t.Errorf("area %+v, %.2f inches", a, a.Inches())
	}
	if i := d.p.Info(); i.Kind != drivers.KindSignature || i.Driver == "" || !strings.Contains(i.Model, "260×160 mm") {
		d.t.Errorf("info %+v", i)
	}
	i := d.mustSign()
	across, down := i.Strokes[0], i.Strokes[1]
	first, last := across[0], across[len(across)-1]
	for what, c := range map[string]struct{ got, want float64 }{
		"begins": {first.X / a.Width, 0.2}, "ends": {last.X / a.Width, 0.8}, "height": {last.Y / a.Height, 0.4},
		"soft": {first.Pressure, 0.1}, "hard": {last.Pressure, 0.9}, "down": {down[0].X / a.Width, 0.5}, "top": {down[0].Y / a.Height, 0.2},
	} {
		if math.Abs(c.got-c.want) > 0.01 {
			d.t.Errorf("%s at %.3f, want %.3f", what, c.got, c.want)
		}
	}
	if i.Width != a.Width || i.Height != a.Height || i.PerMM != a.PerMM || first.At != 0 {
		d.t.Errorf("ink of %v × %v, first at %v", i.Width, i.Height, first.At)
	}
	before := time.Duration(-1)
	for _, s := range i.Strokes {
		for _, p := range s {
			if p.At < before {
				d.t.Fatal("time goes back")
			}
			before = p.At
		}
	}
	if before < 100*time.Millisecond || before > 10*time.Second {
		d.t.Errorf("written in %v", before)
	}
	b, err := ink.Encode(i)
	if err != nil {
		d.t.Fatal(err)
	}
	if back, err := ink.Decode(b); err != nil || back.Points() != i.Points() || len(back.Strokes) != 3 {
		d.t.Errorf("record read as %v %v", back, err)
	}
	if img := ink.Draw(i, 900); img == nil || img.GrayAt(450, 300).Y > 80 || img.GrayAt(30, 30).Y != 255 {
		d.t.Error("the picture does not show it")
	}
}

// padAgain: what was wiped is gone, the next try stands alone.
func padAgain(d *padDesk) {
	ctx, cancel := context.WithCancel(d.t.Context())
	out := d.begin(ctx, nil, nil)
	d.Hand("dot")
	time.Sleep(100 * time.Millisecond)
	cancel()
	if w := <-out; len(w.ink.Strokes) != 0 || drivers.Fault(w.err) == nil || drivers.Fault(w.err).Code != drivers.CodeCanceled {
		d.t.Errorf("wiped: %v %v", w.ink, w.err)
	}
	d.mustSign()
}

func padNothing(d *padDesk) {
	done := make(chan struct{})
	out := d.begin(d.t.Context(), done, nil)
	close(done)
	if w := <-out; drivers.Fault(w.err) == nil || drivers.Fault(w.err).Code != drivers.CodeUserError || drivers.Fault(w.err).Reason != drivers.ReasonNoSignature {
		d.t.Errorf("nothing: %v", w.err)
	}
	ctx, cancel := context.WithTimeout(d.t.Context(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := d.p.Write(ctx, nil, nil)
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeTimeOut || f.Reason != drivers.ReasonNoSignature || time.Since(start) > time.Second {
		d.t.Errorf("%v after %v", err, time.Since(start))
	}
}

// padOld: what the last citizen wrote while nobody listened is not the next one's.
func padOld(d *padDesk) {
	d.Hand("dot")
	time.Sleep(200 * time.Millisecond)
	d.mustSign()
}

// padResting: nor is a stroke that began before.
func padResting(d *padDesk) {
	d.Hand("rest")
	time.Sleep(200 * time.Millisecond)
	out := make(chan written, 1)
	done := make(chan struct{})
	go func() {
		i, err := d.p.Write(d.t.Context(), done, nil)
		out <- written{i, err, time.Now()}
	}()
	time.Sleep(100 * time.Millisecond)
	d.Hand("rest") // goes on
	time.Sleep(100 * time.Millisecond)
	d.Hand("lift")
	time.Sleep(100 * time.Millisecond)
	close(done)
	if w := <-out; drivers.Fault(w.err) == nil || drivers.Fault(w.err).Reason != drivers.ReasonNoSignature {
		d.t.Errorf("%v %v", w.ink, w.err)
	}
	d.mustSign()
}

func padDot(d *padDesk) {
	i, err := d.sign("dot", 1)
	if err != nil || len(i.Strokes) != 1 || i.Points() != 1 {
		d.t.Errorf("%v %v", i, err)
	}
}

func padOneAtATime(d *padDesk) {
	ctx, cancel := context.WithCancel(d.t.Context())
	out := d.begin(ctx, nil, nil)
	if _, err := d.p.Write(d.t.Context(), nil, nil); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
		d.t.Errorf("second: %v", err)
	}
	if s, err := d.p.Status(d.t.Context()); err != nil || s.State != drivers.StateBusy {
		d.t.Errorf("status %+v %v", s, err)
	}
	cancel()
	<-out
}

// padSecondProgram: who opens the same pad is told that it is in use, and the first goes on.
func padSecondProgram(d *padDesk) {
	if p, err := d.Open(d.t.Context()); err == nil {
		_ = p.Close()
		d.t.Error("opened twice")
	} else if drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
		d.t.Errorf("opened twice: %v", err)
	}
	d.mustSign()
}

func padClose(d *padDesk) {
	out := d.begin(d.t.Context(), nil, nil)
	start := time.Now()
	if err := errors.Join(d.p.Close(), d.p.Close()); err != nil {
		d.t.Errorf("close: %v", err)
	}
	if w := <-out; w.err == nil || w.at.Sub(start) > 500*time.Millisecond {
		d.t.Errorf("ended with %v after %v", w.err, w.at.Sub(start))
	}
	if _, err := d.p.Status(d.t.Context()); err == nil {
		d.t.Error("a closed pad has a status")
	}
}

func padCancel(d *padDesk) {
	ctx, cancel := context.WithCancel(d.t.Context())
	out := d.begin(ctx, nil, nil)
	start := time.Now()
	cancel()
	if w := <-out; drivers.Fault(w.err) == nil || drivers.Fault(w.err).Code != drivers.CodeCanceled || w.at.Sub(start) > 500*time.Millisecond {
		d.t.Errorf("cancelled: %v after %v", w.err, w.at.Sub(start))
	}
	d.mustSign()
}

// padHides: no way of writing ink into a log shows the hand.
func padHides(d *padDesk) {
	i := d.mustSign()
	var log strings.Builder
	l := slog.New(slog.NewTextHandler(&log, nil))
	l.Info("signed", "ink", i, "stroke", i.Strokes[0], "point", i.Strokes[0][0])
	p := i.Strokes[0][len(i.Strokes[0])-1]
	said := log.String() + fmt.Sprintf("%v %+v %#v %s %v %+v %#v %v %+v %#v", i, i, i, i, i.Strokes[0], i.Strokes, i.Strokes, p, p, p)
	if strings.Contains(said, fmt.Sprintf("%.0f", p.X)) || strings.Contains(said, "Pressure") {
		d.t.Errorf("the hand is in %s", said)
	}
	if b, err := json.Marshal(i); err == nil {
		d.t.Errorf("the hand is in %s", b)
	}
}

func padNoise(fault string) func(*padDesk) {
	return func(d *padDesk) {
		ctx, cancel := context.WithTimeout(d.t.Context(), 10*time.Second)
		defer cancel()
		var struck time.Time
		out := d.begin(ctx, nil, func(_ drivers.InkPoint, s drivers.PenStep) {
			if struck.IsZero() && s == drivers.PenMove {
				struck = time.Now()
				d.Once(fault, 0)
			}
		})
		d.Hand("name")
		w := <-out
		if f := drivers.Fault(w.err); f == nil || f.Code != drivers.CodeLineError || f.Reason != drivers.ReasonLineNoise || len(w.ink.Strokes) != 0 {
			d.t.Errorf("%v %v", w.ink, w.err)
		}
		told(d.t, d.p, w.at.Sub(struck), toldLimit)
		d.still()
		d.mustSign()
	}
}

// padOutside: a position outside of the pad's range is none, and ends a stroke.
func padOutside(d *padDesk) {
	d.Once("outside", 0)
	i, err := d.sign("name", 3)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, s := range i.Strokes {
		for _, p := range s {
			if p.X < 0 || p.X > i.Width || p.Y < 0 || p.Y > i.Height {
				d.t.Fatal("a point outside of the pad")
			}
		}
	}
}

func padSlow(d *padDesk) {
	d.Press("slow", 20)
	i := d.mustSign()
	s := i.Strokes[0]
	if took := s[len(s)-1].At; took < 500*time.Millisecond {
		d.t.Errorf("a slow stroke took %v", took)
	}
}

func padSilent(d *padDesk) {
	d.Press("silent", 0)
	done := make(chan struct{})
	out := d.begin(d.t.Context(), done, nil)
	d.Hand("dot")
	time.Sleep(150 * time.Millisecond)
	close(done)
	if w := <-out; drivers.Fault(w.err) == nil || drivers.Fault(w.err).Reason != drivers.ReasonNoSignature {
		d.t.Errorf("%v %v", w.ink, w.err)
	}
	d.Release("silent")
	d.mustSign()
}

// padUnplugged pulls the cable in the middle of a stroke.
func padUnplugged(d *padDesk) {
	var cause time.Time
	pull := make(chan struct{}, 1)
	out := d.begin(d.t.Context(), nil, func(_ drivers.InkPoint, s drivers.PenStep) {
		if cause.IsZero() && s == drivers.PenMove {
			cause = time.Now()
			pull <- struct{}{}
		}
	})
	d.Hand("name")
	<-pull
	d.Press("cut", 0)
	w := <-out
	if f := drivers.Fault(w.err); f == nil || f.Code != drivers.CodeNoDevice || f.Reason != drivers.ReasonUnplugged || len(w.ink.Strokes) != 0 {
		d.t.Errorf("%v %v", w.ink, w.err)
	} else if !strings.Contains(f.Detail, "stroke") {
		d.t.Errorf("does not say that somebody wrote: %v", w.err)
	}
	told(d.t, d.p, w.at.Sub(cause), toldLimit)
	if s, err := d.p.Status(d.t.Context()); err == nil || s.State != drivers.StateNoDevice {
		d.t.Errorf("status %+v %v", s, err)
	}
	d.Release("cut")
	plugged := time.Now()
	until(d.t, "back", func() bool { s, err := d.p.Status(d.t.Context()); return err == nil && s.Ready() })
	back(d.t, d.p, plugged)
	d.still()
	d.mustSign()
}
