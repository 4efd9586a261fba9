package drivertest

import (
	"context"
	"errors"
	"testing"
	"time"

	"tongban/drivers"
	"tongban/drivers/speaker/wav"
)

// SpeakerBench is a sound card and what came out of it.
type SpeakerBench interface {
	Open(ctx context.Context) (drivers.Speaker, error)
	Card(in bool)          // plugs the card in or pulls it out
	Player(mode string)    // ok, slow, hang, fail, busy
	Played() (int, []byte) // peak of the samples that came out last, and they themselves
}

// Speaker is the contract that every driver of a sound card keeps. start makes a fresh bench for each case.
func Speaker(t *testing.T, start func(t *testing.T) SpeakerBench) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*speakerDesk)
	}{
		{"play", speakerPlays}, {"volume", speakerVolume}, {"no sound", speakerNoSound}, {"one at a time", speakerOneAtATime}, {"close", speakerClose}, {"cancel", speakerCancel},
		{"no card", speakerNoCard}, {"fault/hang", speakerHang}, {"fault/fail", speakerFails("fail", drivers.CodeHardwareError)},
		{"fault/busy", speakerFails("busy", drivers.CodeDeviceNotReady)}, {"fault/unplugged", speakerUnplugged},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &speakerDesk{SpeakerBench: start(t), t: t}
			d.Card(true)
			var err error
			if d.s, err = d.Open(t.Context()); err != nil {
				t.Fatalf("open: %v", err)
			}
			t.Cleanup(func() { _ = d.s.Close() })
			c.run(d)
		})
	}
}

type speakerDesk struct {
	SpeakerBench
	t *testing.T
	s drivers.Speaker
}

var prompt = wav.Compose(wav.Done)

// mustPlay plays the prompt and returns how loud it was, of 32767.
func (d *speakerDesk) mustPlay() int {
	d.t.Helper()
	if err := d.s.Play(d.t.Context(), prompt.Encode()); err != nil {
		d.t.Fatalf("play: %v", err)
	}
	peak, samples := d.Played()
	if len(samples) != 2*len(prompt.Samples) {
		d.t.Fatalf("%d bytes came out, want %d", len(samples), 2*len(prompt.Samples))
	}
	return peak
}

func speakerPlays(d *speakerDesk) {
	if s, err := d.s.Status(d.t.Context()); err != nil || !s.Ready() || s.At.IsZero() {
		d.t.Errorf("status %+v %v", s, err)
	}
	if err := d.s.SetVolume(100); err != nil {
		d.t.Fatal(err)
	}
	if peak := d.mustPlay(); peak < 16000 || peak > 16500 {
		d.t.Errorf("peak %d", peak)
	}
	if i := d.s.Info(); i.Kind != drivers.KindSpeaker || i.Driver == "" || i.Model == "" {
		d.t.Errorf("info %+v", i)
	}
}

func speakerVolume(d *speakerDesk) {
	if v := d.s.Volume(); v < 1 || v > 100 {
		d.t.Errorf("begins at %d", v)
	}
	if err := d.s.SetVolume(50); err != nil {
		d.t.Fatal(err)
	}
	if peak := d.mustPlay(); peak < 4000 || peak > 4200 {
		d.t.Errorf("peak %d", peak)
	}
	for _, n := range []int{-1, 101} {
		if err := d.s.SetVolume(n); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeInvalidData || d.s.Volume() != 50 {
			d.t.Errorf("%d: %v, volume %d", n, err, d.s.Volume())
		}
	}
	if err := d.s.SetVolume(0); err != nil {
		d.t.Fatal(err)
	}
	d.Player("fail") // who is mute asks nobody to play
	if err := d.s.Play(d.t.Context(), prompt.Encode()); err != nil {
		d.t.Errorf("mute: %v", err)
	}
}

func speakerNoSound(d *speakerDesk) {
	for _, b := range [][]byte{nil, []byte("hello"), prompt.Encode()[:44]} {
		if err := d.s.Play(d.t.Context(), b); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeInvalidData {
			d.t.Errorf("%d bytes: %v", len(b), err)
		}
	}
}

// during plays on a player that hangs, and does something meanwhile.
func (d *speakerDesk) during(ctx context.Context, act func()) (time.Duration, error) {
	d.t.Helper()
	d.Player("hang")
	done := make(chan error, 1)
	go func() { done <- d.s.Play(ctx, prompt.Encode()) }()
	time.Sleep(150 * time.Millisecond)
	start := time.Now()
	act()
	err := <-done
	return time.Since(start), err
}

func speakerOneAtATime(d *speakerDesk) {
	ctx, cancel := context.WithCancel(d.t.Context())
	_, _ = d.during(ctx, func() {
		if err := d.s.Play(d.t.Context(), prompt.Encode()); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
			d.t.Errorf("second: %v", err)
		}
		if s, err := d.s.Status(d.t.Context()); err != nil || s.State != drivers.StateBusy {
			d.t.Errorf("status %+v %v", s, err)
		}
		cancel()
	})
}

func speakerClose(d *speakerDesk) {
	took, err := d.during(d.t.Context(), func() {
		if err := errors.Join(d.s.Close(), d.s.Close()); err != nil {
			d.t.Errorf("close: %v", err)
		}
	})
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeCanceled || took > 500*time.Millisecond {
		d.t.Errorf("ended with %v after %v", err, took)
	}
	if _, err := d.s.Status(d.t.Context()); err == nil {
		d.t.Error("a closed speaker has a status")
	}
}

func speakerCancel(d *speakerDesk) {
	ctx, cancel := context.WithCancel(d.t.Context())
	took, err := d.during(ctx, cancel)
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeCanceled || took > 500*time.Millisecond {
		d.t.Errorf("ended with %v after %v", err, took)
	}
	d.Player("ok")
	d.mustPlay()
}

// speakerNoCard: a machine without a sound card says so, in its state and when it is opened.
func speakerNoCard(d *speakerDesk) {
	d.Card(false)
	s, err := d.s.Status(d.t.Context())
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeNoDevice || s.State != drivers.StateNoDevice || s.Detail != "the machine has no sound card" {
		d.t.Errorf("%+v %v", s, err)
	}
	if err := d.s.Play(d.t.Context(), prompt.Encode()); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeNoDevice {
		d.t.Errorf("play: %v", err)
	}
	if x, err := d.Open(d.t.Context()); err == nil {
		_ = x.Close()
		d.t.Error("opened without a card")
	}
	d.Card(true)
	d.mustPlay()
}

func speakerHang(d *speakerDesk) {
	took, err := d.during(d.t.Context(), func() {})
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeTimeOut || f.Reason != drivers.ReasonSilent || took > prompt.Length()+2*time.Second {
		d.t.Errorf("%v after %v", err, took)
	}
	d.Player("ok")
	d.mustPlay()
}

func speakerFails(mode string, code drivers.Code) func(*speakerDesk) {
	return func(d *speakerDesk) {
		d.Player(mode)
		if err := d.s.Play(d.t.Context(), prompt.Encode()); drivers.Fault(err) == nil || drivers.Fault(err).Code != code {
			d.t.Errorf("%v", err)
		}
		d.Player("ok")
		d.mustPlay()
	}
}

func speakerUnplugged(d *speakerDesk) {
	d.Player("slow")
	time.AfterFunc(150*time.Millisecond, func() { d.Card(false) })
	start := time.Now()
	err := d.s.Play(d.t.Context(), prompt.Encode())
	took := time.Since(start)
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeNoDevice || f.Reason != drivers.ReasonUnplugged {
		d.t.Errorf("%v after %v", err, took)
	}
	told(d.t, d.s, took, toldLimit)
	d.Card(true)
	plugged := time.Now()
	if s, err := d.s.Status(d.t.Context()); err != nil || !s.Ready() {
		d.t.Errorf("plugged in again: %+v %v", s, err)
	}
	d.mustPlay()
	back(d.t, d.s, plugged)
}
