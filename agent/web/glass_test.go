package web_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"sync"
	"testing"
	"time"

	"tongban/agent/devices"
	"tongban/agent/screen"
	"tongban/drivers"
)

// flatbed is a scanner with a paper on its glass; it has no live picture.
type flatbed struct {
	mu    sync.Mutex
	lines int
}

func (f *flatbed) Info() drivers.Info {
	return drivers.Info{Kind: drivers.KindScanner, Driver: "test"}
}
func (f *flatbed) Close() error                { return nil }
func (f *flatbed) Reset(context.Context) error { return nil }
func (f *flatbed) Status(context.Context) (drivers.Status, error) {
	return drivers.Status{State: drivers.StateOnline, At: time.Now()}, nil
}

func (f *flatbed) print(lines int) { f.mu.Lock(); defer f.mu.Unlock(); f.lines = lines }

// Capture is an A4 glass below a white lid.
func (f *flatbed) Capture(context.Context) (drivers.Frame, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	img := image.NewGray(image.Rect(0, 0, 840, 1188))
	for i := range img.Pix {
		img.Pix[i] = 250
	}
	for line := range f.lines {
		for x := 90; x < 750; x++ {
			if x/6%3 == line%3 {
				continue
			}
			for y := range 10 {
				img.SetGray(x, 100+line*24+y, color.Gray{40})
			}
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, nil); err != nil {
		return drivers.Frame{}, err
	}
	return drivers.Frame{JPEG: out.Bytes(), Width: 840, Height: 1188}, nil
}

func (f *flatbed) Scan(ctx context.Context, _ drivers.ScanOrder) ([]drivers.Frame, error) {
	one, err := f.Capture(ctx)
	return []drivers.Frame{one}, err
}

var _ drivers.PageScanner = (*flatbed)(nil)

// A scanner takes the camera's place: the page is told that there is no live picture, a paper is taken from the glass, and a bare glass is refused.
func TestPapersFromAScanner(t *testing.T) {
	f := &flatbed{}
	slot := devices.Slot{Kind: drivers.KindScanner, Name: "scanner", Open: func(context.Context) (drivers.Device, error) { return f, nil }}
	b := newBed(t, bedOptions{without: []string{"scanner"}, more: []devices.Slot{slot}, offline: true})
	if !b.state().Glass {
		t.Error("the page is not told that papers lie on glass")
	}
	b.identify("dilnur")
	b.do("matter/choose", screen.Choose{Item: "glbt"})
	b.do("matter/consent", nil)
	b.do("matter/answer", screen.Answer{Question: "who", Option: "self"})
	code := b.state().Visit.Matter.Materials[0].Code
	shoot := func() (c screen.Capture) {
		t.Helper()
		if err := b.ask(http.MethodPost, "/api/matter/capture", screen.Shoot{Material: code}, rand.Text(), &c); err != nil {
			t.Fatal(err)
		}
		return c
	}
	if c := shoot(); c.OK || c.Title == "" || c.Message != "有字的一面要朝下，贴着玻璃" {
		t.Errorf("a bare glass: %+v", c)
	}
	f.print(42)
	c := shoot()
	if !c.OK || c.Page == nil || c.Page.Width < 700 || c.Page.Height < 1000 {
		t.Fatalf("a sheet: %+v", c)
	}
	s := b.do("matter/keep", screen.Keep{Material: code, Page: c.Page.ID})
	if n := len(s.Visit.Matter.Materials[0].Pages); n != 1 {
		t.Errorf("%d pages kept", n)
	}

	camera := newBed(t, bedOptions{offline: true})
	if camera.state().Glass {
		t.Error("a camera passes for a scanner")
	}
}
