package counter_test

import (
	"bytes"
	"context"
	"encoding/json"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"tongban/agent/devices"
	"tongban/deploy/sim/rig"
	"tongban/deploy/sim/simtest"
	"tongban/deploy/sim/usb"
	"tongban/drivers"
	"tongban/drivers/hal"
	"tongban/drivers/signature/digitizer"
)

// padBed is a counter with a signature pad beside its screen.
func padBed(t *testing.T) *bed {
	t.Helper()
	bus := usb.NewBus()
	sim := simtest.StartWith(t, []simtest.Option{func(c *rig.Config) { c.Bus = bus }}, simtest.IDCard, simtest.Signature)
	b := newBedWith(t, sim, devices.Slot{Kind: drivers.KindSignature, Name: "signature", Open: func(ctx context.Context) (drivers.Device, error) {
		port, err := hal.Sockets{HID: usb.HID{Bus: bus}}.Open(ctx, "hid:1209:0001?as=reports")
		if err != nil {
			return nil, err
		}
		return digitizer.Open(ctx, port, nil)
	}})
	b.pair()
	return b
}

// live is what the screen shows of the pad.
type live struct {
	There         bool
	Width, Height int
	Strokes       [][][4]float64
}

func (b *bed) live() (l live) {
	b.t.Helper()
	res, err := b.pad.Get(b.url + "/pad/ink")
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // read to its end
	if err := json.NewDecoder(res.Body).Decode(&l); err != nil {
		b.t.Fatal(err)
	}
	return l
}

// signing is a clerk who waits for a signature.
type signing struct {
	PNG []byte
	p   *counterProblem
}

type counterProblem struct{ Code, Message string }

func (b *bed) askToSign(ctx context.Context) <-chan signing {
	out := make(chan signing, 1)
	go func() {
		var s signing
		if p := b.ask(ctx, "pad/sign", map[string]any{"text": "材料属实", "wait": 20}, &s); p != nil {
			s.p = &counterProblem{p.Code, p.Message}
		}
		out <- s
	}()
	return out
}

// What is written on the pad is shown while it is written, and is the signature; nothing of it stays.
func TestSignOnThePad(t *testing.T) {
	b := padBed(t)
	views := b.screen()
	b.until("pad", func() bool { return b.desk.PadThere() })
	out := b.askToSign(t.Context())
	v := await(t, views, "sign")
	if v["pad"] != true {
		t.Fatalf("the screen does not speak of the pad: %v", v)
	}
	b.until("pad listens", func() bool { return b.live().There })
	if code := b.write(map[string]any{"id": v["id"], "pad": true}); code != http.StatusUnprocessableEntity {
		t.Errorf("nothing written: %d", code)
	}
	b.until("pad listens again", func() bool { return b.live().There })
	b.sim.Paper(simtest.Signature, "dot")
	b.until("a dot", func() bool { return len(b.live().Strokes) == 1 })
	if code := b.write(map[string]any{"id": v["id"], "pad": true}); code != http.StatusUnprocessableEntity {
		t.Errorf("a dot: %d", code)
	}
	b.until("wiped", func() bool { l := b.live(); return l.There && len(l.Strokes) == 0 })
	b.sim.Paper(simtest.Signature, "name")
	b.until("three strokes", func() bool { return len(b.live().Strokes) == 3 })
	time.Sleep(400 * time.Millisecond)
	if l := b.live(); l.Width != 900 || l.Height != 554 || l.Strokes[0][0][0] != 180 {
		t.Errorf("shown in %d × %d, from %v", l.Width, l.Height, l.Strokes[0][0])
	}
	if code := b.write(map[string]any{"id": v["id"], "pad": true}); code != http.StatusNoContent {
		t.Errorf("signed: %d", code)
	}
	s := <-out
	img, err := png.Decode(bytes.NewReader(s.PNG))
	if s.p != nil || err != nil {
		t.Fatal(s.p, err)
	}
	if r, _, _, _ := img.At(450, 221).RGBA(); img.Bounds().Dx() != 900 || r > 0x4000 {
		t.Errorf("picture %v, ink %x", img.Bounds(), r)
	}
	if l := b.live(); l.There || len(l.Strokes) != 0 {
		t.Errorf("after it: %+v", l)
	}
	if strings.Contains(b.logs.String(), "strokes") {
		t.Error("the hand is in the log")
	}
}

// A pad that is pulled out leaves the touch screen; one that comes back can be written on.
func TestSignWithoutThePad(t *testing.T) {
	b := padBed(t)
	views := b.screen()
	b.until("pad", func() bool { return b.desk.PadThere() })
	out := b.askToSign(t.Context())
	v := await(t, views, "sign")
	b.until("pad listens", func() bool { return b.live().There })
	b.sim.Paper(simtest.Signature, "name")
	b.until("writing", func() bool { return len(b.live().Strokes) > 0 })
	b.sim.Press(simtest.Signature, "cut", 0)
	b.until("gone", func() bool { l := b.live(); return !l.There && len(l.Strokes) == 0 })
	if code := b.write(map[string]any{"id": v["id"], "pad": true}); code != http.StatusUnprocessableEntity {
		t.Errorf("half a signature: %d", code)
	}
	var line [][4]float64
	for i := range 50 {
		line = append(line, [4]float64{100 + 10*float64(i), 100 + float64(i%10)*10, float64(i), 0.5})
	}
	if code := b.write(map[string]any{"id": v["id"], "width": 900, "height": 400, "strokes": [][][4]float64{line}}); code != http.StatusNoContent {
		t.Errorf("on the screen: %d", code)
	}
	if s := <-out; s.p != nil || len(s.PNG) == 0 {
		t.Error(s.p)
	}
	b.sim.Release(simtest.Signature, "cut")
	b.until("pad is back", func() bool { return b.desk.PadThere() })
	await(t, views, "idle") // and what was shown twice is behind us
	out = b.askToSign(t.Context())
	v = await(t, views, "sign")
	b.until("pad listens", func() bool { return b.live().There })
	b.sim.Paper(simtest.Signature, "name")
	b.until("three strokes", func() bool { return len(b.live().Strokes) == 3 })
	time.Sleep(400 * time.Millisecond)
	if code := b.write(map[string]any{"id": v["id"], "pad": true}); code != http.StatusNoContent {
		t.Errorf("signed: %d", code)
	}
	if s := <-out; s.p != nil || len(s.PNG) == 0 {
		t.Error(s.p)
	}
}
