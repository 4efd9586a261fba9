package drivertest_test

import (
	"bytes"
	"context"
	"errors"
	"image/jpeg"
	"testing"
	"time"

	"tongban/deploy/sim/camera"
	"tongban/deploy/sim/fault"
	"tongban/deploy/sim/video"
	"tongban/drivers"
	"tongban/drivers/drivertest"
	"tongban/drivers/hal"
	"tongban/drivers/hal/v4l2"
	"tongban/drivers/scanner/page"
	"tongban/drivers/scanner/uvc"
)

// The contract of document cameras, kept by the driver of the video class against emulated nodes: compressed pictures without
// tables, and uncompressed ones of the kernel's test camera's sizes.
func TestCameraContractUVC(t *testing.T) {
	t.Parallel()
	table := camera.NewTable() // one for both, which remembers what it has drawn: they take turns
	layouts := []string{v4l2.MJPEG, v4l2.YUYV}
	if testing.Short() {
		layouts = layouts[:1] // the same faults
	}
	for _, layout := range layouts {
		t.Run(layout, func(t *testing.T) {
			t.Parallel()
			defer draws()()
			b := newVideoBench(t, table, layout)
			drivertest.DocumentCamera(t, func(t *testing.T) drivertest.CameraBench {
				b.t = t
				b.must(b.cam.Faults().Clear())
				return b
			})
		})
	}
}

type videoBench struct {
	t     *testing.T
	table *camera.Table
	host  *video.Host
	cam   *video.Camera
	sheet string
}

func newVideoBench(t *testing.T, table *camera.Table, layout string) *videoBench {
	b := &videoBench{t: t, table: table, host: video.NewHost(), cam: video.Document(table, layout)}
	b.host.Plug("/dev/video0", b.cam)
	return b
}

func (b *videoBench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *videoBench) Open(ctx context.Context) (drivers.DocumentCamera, error) {
	port, err := hal.Sockets{Video: b.host}.Open(ctx, "v4l2:/dev/video0")
	if err != nil {
		return nil, err
	}
	return uvc.Open(ctx, port, drivers.Params{"least_pixels": 8_000_000, "controls": map[string]any{"focus_auto": 1}})
}

func (b *videoBench) Press(f string, value int) {
	b.must(b.cam.Faults().Press(fault.Press{Name: f, Value: value}))
}
func (b *videoBench) Once(f string, value int) {
	b.must(b.cam.Faults().Press(fault.Press{Name: f, Value: value, Times: 1}))
}
func (b *videoBench) Release(f string) { b.must(b.cam.Faults().Release(f)) }
func (b *videoBench) Paper(sheet string) {
	if sheet == b.sheet {
		return
	}
	b.sheet = sheet
	b.must(b.table.Put(sheet))
	b.cam.Redraw()
}

// A still of the emulated camera has the tender's eight million pixels, and the page in it is found and straightened.
func TestUVCPageIsStraightened(t *testing.T) {
	b := newVideoBench(t, camera.NewTable(), v4l2.MJPEG)
	b.Paper("lease")
	c, err := b.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	f, err := c.Capture(t.Context())
	for range 3 { // the emulator draws its paper when it is first looked at
		if err == nil {
			break
		}
		f, err = c.Capture(t.Context())
	}
	if err != nil || f.Width*f.Height < 8_000_000 {
		t.Fatalf("still of %d×%d: %v", f.Width, f.Height, err)
	}
	p, err := page.Straighten(f.JPEG)
	if err != nil || p.Verdict != drivers.PageGood {
		t.Fatalf("page %s: %v", p, err)
	}
	img, err := jpeg.Decode(bytes.NewReader(p.JPEG))
	if err != nil {
		t.Fatal(err)
	}
	if r := float64(img.Bounds().Dx()) / float64(img.Bounds().Dy()); r < 1.37 || r > 1.46 { // A4 on its side
		t.Errorf("page of %v", img.Bounds())
	}
}

// Two programs at one camera: the second is told, and gets it when the first has gone.
func TestUVCTwoOwners(t *testing.T) {
	b := newVideoBench(t, camera.NewTable(), v4l2.MJPEG)
	one, err := b.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Open(t.Context()); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
		t.Errorf("second owner: %v", err)
	}
	if err := one.Close(); err != nil {
		t.Error(err)
	}
	two, err := b.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := two.Close(); err != nil {
		t.Error(err)
	}
}

// What the settings of a profile ask for and the camera has not is told when it is opened.
func TestUVCSettings(t *testing.T) {
	for name, c := range map[string]struct {
		params drivers.Params
		code   drivers.Code
	}{
		"more pixels than it has": {drivers.Params{"least_pixels": 9_000_000}, drivers.CodeUnsupported},
		"a setting it has not":    {drivers.Params{"controls": map[string]any{"gamma": 1}}, drivers.CodeUnsupported},
		"a value out of range":    {drivers.Params{"controls": map[string]any{"focus": 9999}}, drivers.CodeUnsupported},
		"no such setting":         {drivers.Params{"controls": map[string]any{"colour": 1}}, drivers.CodeInvalidData},
		"no such parameter":       {drivers.Params{"pixels": 1}, drivers.CodeInvalidData},
		"no number":               {drivers.Params{"settle": "two"}, drivers.CodeInvalidData},
	} {
		b := newVideoBench(t, camera.NewTable(), v4l2.MJPEG)
		port, err := hal.Sockets{Video: b.host}.Open(t.Context(), "v4l2:/dev/video0")
		if err != nil {
			t.Fatal(err)
		}
		_, err = uvc.Open(t.Context(), port, c.params)
		if f := drivers.Fault(err); f == nil || f.Code != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Nobody looks for a while: the camera is stopped, and the next look starts it again.
func TestUVCRests(t *testing.T) {
	t.Parallel()
	defer draws()()
	b := newVideoBench(t, camera.NewTable(), v4l2.MJPEG)
	c, err := b.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	look := func() error {
		var err error
		for range 20 {
			if _, err = c.Preview(t.Context()); err == nil {
				return nil
			}
		}
		return err
	}
	if err := look(); err != nil || !b.cam.Running() {
		t.Fatalf("first look: %v, running %v", err, b.cam.Running())
	}
	end := time.Now().Add(15 * time.Second)
	for b.cam.Running() && time.Now().Before(end) {
		time.Sleep(100 * time.Millisecond)
	}
	if b.cam.Running() {
		t.Error("the camera runs on though nobody looks")
	}
	if err := look(); err != nil || !b.cam.Running() {
		t.Error(errors.Join(err, errors.New("the camera does not run again")))
	}
}
