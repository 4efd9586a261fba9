//go:build usbguest

package usb

import (
	"bytes"
	"context"
	"encoding/binary"
	"image/color"
	"image/jpeg"
	"slices"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"tongban/drivers"
	"tongban/drivers/hal"
	"tongban/drivers/hal/v4l2"
	"tongban/drivers/scanner/uvc"
)

func openCamera(t *testing.T) *uvc.Camera {
	t.Helper()
	port, err := hal.Open(t.Context(), "v4l2:/dev/video0")
	if err != nil {
		t.Fatal(err)
	}
	c, err := uvc.Open(t.Context(), port, drivers.Params{"least_pixels": 8_000_000, "settle": 0})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// look takes pictures until one comes: the emulated processor needs more than the half second of a live picture.
func look(t *testing.T, c *uvc.Camera) drivers.Frame {
	t.Helper()
	var f drivers.Frame
	var err error
	for range 40 {
		if f, err = c.Preview(t.Context()); err == nil {
			return f
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("no live picture: %v", err)
	return f
}

// The kernel's test camera under the driver for document cameras: a live picture, a still of more than eight million points, a
// second owner, the camera gone in the middle of a still and back again.
func TestKernelCamera(t *testing.T) {
	list, err := v4l2.Machine().List()
	if err != nil || !slices.ContainsFunc(list, func(i v4l2.Info) bool { return i.Node == "/dev/video0" }) {
		t.Fatalf("list %+v %v", list, err)
	}
	c := openCamera(t)
	if i := c.Info(); i.Model != "vivid" {
		t.Errorf("info %+v", i)
	}
	t.Run("live picture", func(t *testing.T) {
		start := time.Now()
		f := look(t, c)
		t.Logf("%d×%d after %v", f.Width, f.Height, time.Since(start))
		if f.Width > 1280 || f.Width < 640 {
			t.Errorf("%d×%d", f.Width, f.Height)
		}
		coloured(t, f)
	})
	t.Run("8 MP frame", func(t *testing.T) {
		start := time.Now()
		f, err := c.Capture(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d×%d, %d bytes of JPEG, after %v", f.Width, f.Height, len(f.JPEG), time.Since(start))
		if f.Width*f.Height < 8_000_000 {
			t.Errorf("%d×%d", f.Width, f.Height)
		}
		coloured(t, f)
	})
	t.Run("second owner", func(t *testing.T) {
		if _, err := hal.Open(t.Context(), "v4l2:/dev/video0"); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
			t.Errorf("%v", err)
		}
	})
	t.Run("gone in the middle", func(t *testing.T) {
		hand, err := unix.Open("/dev/video0", unix.O_RDWR|unix.O_NONBLOCK, 0)
		if err != nil {
			t.Fatal(err)
		}
		pressed := make(chan time.Time, 1)
		time.AfterFunc(100*time.Millisecond, func() {
			if err := press(hand, "Disconnect"); err != nil {
				t.Errorf("press: %v", err)
			}
			pressed <- time.Now()
		})
		_, err = c.Capture(t.Context())
		for range 5 { // the still may have come before the cable was pulled
			if err != nil {
				break
			}
			_, err = c.Capture(t.Context())
		}
		if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeNoDevice || f.Reason != drivers.ReasonUnplugged {
			t.Errorf("pulled: %v", err)
		}
		t.Logf("told after %v", time.Since(<-pressed))
		if s, err := c.Status(t.Context()); err == nil || s.State != drivers.StateNoDevice {
			t.Errorf("status %+v %v", s, err)
		}
		_ = unix.Close(hand) // the last who had it open: the test camera comes back
		start := time.Now()
		look(t, c)
		t.Logf("back after %v", time.Since(start))
	})
}

// coloured looks whether the picture is one: the test camera shows bars of all colours.
func coloured(t *testing.T, f drivers.Frame) {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(f.JPEG))
	if err != nil {
		t.Fatal(err)
	}
	b := img.Bounds()
	if b.Dx() != f.Width || b.Dy() != f.Height {
		t.Errorf("says %d×%d, is %v", f.Width, f.Height, b)
	}
	seen := map[color.Color]bool{}
	for x := range 16 {
		r, g, bl, _ := img.At(b.Dx()*(2*x+1)/32, b.Dy()/4).RGBA()
		seen[color.RGBA{uint8(r >> 14), uint8(g >> 14), uint8(bl >> 14), 0}] = true
	}
	if len(seen) < 5 {
		t.Errorf("%d colours along the bars", len(seen))
	}
}

// press presses a button of the test camera by the name that it has in the kernel.
func press(fd int, name string) error {
	const next, queryControl, setControl = 0x80000000, 0xc0445624, 0xc008561c
	id := uint32(0)
	for {
		q := make([]byte, 68)
		binary.LittleEndian.PutUint32(q, id|next)
		if _, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), queryControl, uintptr(unsafe.Pointer(&q[0]))); e != 0 {
			return e
		}
		id = binary.LittleEndian.Uint32(q)
		if string(bytes.TrimRight(q[8:40], "\x00")) == name {
			break
		}
	}
	b := binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, id), 1)
	if _, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), setControl, uintptr(unsafe.Pointer(&b[0]))); e != 0 {
		return e
	}
	return nil
}

// Both test cameras at once, as the visible and the infrared side of one device, and their settings.
func TestKernelTwoCameras(t *testing.T) {
	port, err := hal.Open(t.Context(), "v4l2:/dev/video0,/dev/video1")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = port.Close() }()
	c := v4l2.NewClient(port)
	for ch := range 2 {
		d, err := c.Describe(t.Context(), ch)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := d.Control("brightness"); !ok {
			t.Errorf("settings %+v", d.Controls)
		}
		m, err := c.SetMode(t.Context(), ch, v4l2.Mode{Layout: v4l2.YUYV, Width: 640, Height: 360, FPS: 15})
		if err != nil || m.Width != 640 || m.Height != 360 {
			t.Fatalf("mode %+v %v", m, err)
		}
		if err := c.SetControl(t.Context(), ch, "brightness", 100+ch); err != nil {
			t.Error(err)
		}
		if v, err := c.Control(t.Context(), ch, "brightness"); err != nil || v != 100+ch {
			t.Errorf("brightness %d %v", v, err)
		}
		if err := c.Start(t.Context(), ch); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		got, err := c.NextOf(ctx, true, 0, 1)
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		for ch, p := range got {
			if p.Err != nil || len(p.Data) != 2*640*360 {
				t.Errorf("camera %d: %d bytes, %v", ch, len(p.Data), p.Err)
			}
		}
	}
}
