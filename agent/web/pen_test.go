package web_test

import (
	"bytes"
	"context"
	"image/png"
	"net/http"
	"testing"
	"time"

	"tongban/agent/devices"
	"tongban/agent/screen"
	"tongban/deploy/sim/rig"
	"tongban/deploy/sim/simtest"
	"tongban/deploy/sim/usb"
	"tongban/drivers"
	"tongban/drivers/hal"
	"tongban/drivers/signature/digitizer"
)

// padBed is a kiosk with a signature pad.
func padBed(t *testing.T) *bed {
	t.Helper()
	bus := usb.NewBus()
	sim := simtest.StartWith(t, []simtest.Option{func(c *rig.Config) { c.Bus = bus }}, simtest.IDCard, simtest.Receipt, simtest.Camera, simtest.Signature)
	pad := devices.Slot{Kind: drivers.KindSignature, Name: "signature", Open: func(ctx context.Context) (drivers.Device, error) {
		port, err := hal.Sockets{HID: usb.HID{Bus: bus}}.Open(ctx, "hid:1209:0001?as=reports")
		if err != nil {
			return nil, err
		}
		return digitizer.Open(ctx, port, nil)
	}}
	return newBed(t, bedOptions{sim: sim, more: []devices.Slot{pad}, offline: true})
}

func (b *bed) pen() (p screen.Pen) {
	b.t.Helper()
	if err := b.ask(http.MethodGet, "/api/pen", nil, "", &p); err != nil {
		b.t.Fatal(err)
	}
	return p
}

func (b *bed) padSign() (screen.State, error) {
	return b.try("matter/sign", screen.Sign{Role: "applicant", Pad: true})
}

// A citizen signs on the pad; the screen shows it meanwhile. A pad that is pulled out leaves the screen, and the end of the visit leaves nothing.
func TestSignOnThePad(t *testing.T) {
	b := padBed(t)
	b.until("pad", func() bool { return b.state().Pen })
	b.identify("dilnur")
	b.do("matter/choose", screen.Choose{Item: "glbt"})
	b.do("matter/consent", nil)
	b.do("matter/answer", screen.Answer{Question: "who", Option: "self"})
	if p := b.pen(); p.There || len(p.Strokes) != 0 {
		t.Errorf("before anybody is asked: %+v", p)
	}
	b.do("matter/pen", nil)
	b.until("pad listens", func() bool { return b.pen().There })
	if c := b.code("matter/sign", screen.Sign{Role: "applicant", Pad: true}); c != "screen.sign_small" {
		t.Errorf("nothing written: %s", c)
	}
	b.until("pad listens again", func() bool { return b.pen().There })
	b.clock.add(time.Duration(b.state().Visit.IdleSeconds+2) * time.Second)
	b.until("asked whether anybody is there", func() bool { return b.state().Visit.Warning > 0 })
	b.sim.Paper(simtest.Signature, "name")
	b.until("three strokes", func() bool { return len(b.pen().Strokes) == 3 })
	b.until("who writes is there", func() bool { v := b.state().Visit; return v != nil && v.Warning == 0 })
	time.Sleep(400 * time.Millisecond)
	s, err := b.padSign()
	if err != nil || !s.Visit.Matter.Signers[0].Signed {
		t.Fatalf("signed on the pad: %v", err)
	}
	var pic []byte
	if err := b.ask(http.MethodGet, "/api/signatures/applicant.png", nil, "", &pic); err != nil {
		t.Errorf("picture: %v", err)
	}
	upright(t, pic)
	if p := b.pen(); p.There || len(p.Strokes) != 0 {
		t.Errorf("after it: %+v", p)
	}

	b.do("matter/unsign", screen.Unsign{Role: "applicant"})
	b.do("matter/pen", nil)
	b.until("pad listens", func() bool { return b.pen().There })
	b.sim.Paper(simtest.Signature, "name")
	b.until("writing", func() bool { return len(b.pen().Strokes) > 0 })
	b.sim.Press(simtest.Signature, "cut", 0)
	b.until("gone", func() bool { p := b.pen(); return !p.There && len(p.Strokes) == 0 && !b.state().Pen })
	if c := b.code("matter/sign", screen.Sign{Role: "applicant", Pad: true}); c != "screen.pad_away" {
		t.Errorf("half a signature: %s", c)
	}
	if s := b.sign("applicant"); !s.Visit.Matter.Signers[0].Signed {
		t.Error("the screen does not take a signature either")
	}
	b.sim.Release(simtest.Signature, "cut")
	b.until("pad is back", func() bool { return b.state().Pen })

	b.do("matter/unsign", screen.Unsign{Role: "applicant"})
	b.do("matter/pen", nil)
	b.until("pad listens", func() bool { return b.pen().There })
	b.sim.Paper(simtest.Signature, "name")
	b.until("writing", func() bool { return len(b.pen().Strokes) > 0 })
	b.do("visit/end", screen.EndVisit{Reason: "left"})
	if p := b.pen(); p.There || len(p.Strokes) != 0 {
		t.Errorf("after the visit: %+v", p)
	}
}

// upright looks whether the emulated hand's signature lies as it was written: broader than high, its level stroke above the middle, thin where it
// began and thick where it ended.
func upright(t *testing.T, pic []byte) {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(pic))
	if err != nil {
		t.Fatal(err)
	}
	size := img.Bounds().Size()
	if size.X <= size.Y {
		t.Errorf("picture of %v on a pad that lies across", size)
	}
	// ink is how many dark pixels stand one above the other around a place, in parts of the picture.
	ink := func(x, y float64) (n int) {
		for d := -20; d <= 20; d++ {
			if v, _, _, _ := img.At(int(x*float64(size.X)), int(y*float64(size.Y))+d).RGBA(); v < 0x8000 {
				n++
			}
		}
		return n
	}
	begin, end := ink(0.23, 0.4), ink(0.77, 0.4)
	if begin == 0 || end <= begin {
		t.Errorf("level stroke: %d pixels thick where it began, %d where it ended", begin, end)
	}
	if n := ink(0.23, 0.6); n != 0 {
		t.Errorf("%d dark pixels below the level stroke: upside down", n)
	}
}
