package diagnostics

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"strconv"
	"time"

	"golang.org/x/image/draw"

	"tongban/drivers"
	"tongban/fleet/wire"
)

// Bounds of the tests of cameras.
const (
	watchFor     = 2 * time.Second // long enough to count pictures, short enough to stand still
	streamLimit  = 8 * time.Second
	clockApart   = 60.0 // seconds: what was recorded must be found by the time that somebody names
	shownSide    = 960  // pixels of the longer side of a picture on the screen
	shownQuality = 80
)

const propertyClock = "clock_off"

// ErrNoPicture means that a picture is not there, or not any more.
var ErrNoPicture = errors.New("no such picture")

// picture is what a camera saw in its test. It may show a face, so it goes to the screen that asks for it and nowhere else.
type picture struct {
	name, label string
	jpeg        []byte
}

// id tells this picture from the one of the test before.
func (p picture) id(kind string, at time.Time) string {
	return kind + "-" + strconv.FormatInt(at.UnixMilli(), 36) + "-" + p.name
}

// shown makes what the screen shows of a picture, no larger than anybody can see there.
func shown(name, label string, img image.Image) (picture, error) {
	b := img.Bounds()
	if side := max(b.Dx(), b.Dy()); side > shownSide {
		to := image.NewRGBA(image.Rect(0, 0, max(b.Dx()*shownSide/side, 1), max(b.Dy()*shownSide/side, 1)))
		draw.ApproxBiLinear.Scale(to, to.Bounds(), img, b, draw.Src, nil)
		img = to
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: shownQuality}); err != nil {
		return picture{}, fmt.Errorf("encode picture: %w", err)
	}
	return picture{name: name, label: label, jpeg: out.Bytes()}, nil
}

var streamWords = map[drivers.Stream]string{drivers.StreamVisible: "可见光", drivers.StreamInfrared: "红外"}

// faces takes one picture of each eye; those of the eyes that work come with the fault of the one that does not.
func faces(ctx context.Context, dev drivers.FaceCamera) ([]picture, error) {
	shots, err := dev.Snapshot(ctx)
	var out []picture
	for _, s := range shots {
		img, e := s.Image()
		if e == nil {
			var p picture
			if p, e = shown(string(s.Stream), streamWords[s.Stream], img); e == nil {
				out = append(out, p)
			}
		}
		err = errors.Join(err, e)
	}
	return out, err
}

// measures are the properties of each eye: width, height, pictures a second.
var measures = map[drivers.Stream][3]string{
	drivers.StreamVisible: {"pixel_width", "pixel_height", "frame_rate"}, drivers.StreamInfrared: {"infrared_width", "infrared_height", "infrared_rate"},
}

// testFace looks through every eye, counts its pictures, and leaves one of each on the screen.
func testFace(ctx context.Context, b bench) (out finding, err error) {
	err = lent(ctx, b.rack, drivers.KindCamera, func(dev drivers.FaceCamera) (err error) {
		if out.pictures, err = faces(ctx, dev); err != nil {
			return err
		}
		look, stop := context.WithTimeout(ctx, watchFor)
		measured, err := dev.Watch(look, func(drivers.Snapshot) bool { return true })
		stop()
		if err != nil {
			return err
		}
		came, missed := 0, 0
		for _, m := range measured {
			names, wants := measures[m.Stream], measures[drivers.StreamVisible] // the tender asks the same of both
			for i, got := range []float64{float64(m.Width), float64(m.Height), rate(m)} {
				t := b.want.judge(wants[i], got, []string{"px", "px", "fps"}[i])
				t.Property = names[i]
				out.timings = append(out.timings, t)
			}
			came, missed = came+m.Frames, missed+m.Skipped
		}
		if out.pictures, err = faces(ctx, dev); err != nil { // by now the light is set
			return err
		}
		if out.controls, err = controlsOf(ctx, dev); err != nil {
			return err
		}
		out.said = fmt.Sprintf("%d 路都有画面，两秒收到 %d 张，丢 %d 张；画面只在这里看，退出维护就清掉", len(measured), came, missed)
		return nil
	})
	return out, err
}

// rate is how many pictures a second the camera took, also those that this computer was too busy for. It is rounded, because a camera of
// thirty takes 29.97.
func rate(m drivers.Measured) float64 {
	if m.Frames < 2 {
		return 0
	}
	return math.Round(m.FPS * float64(m.Frames-1+m.Skipped) / float64(m.Frames-1))
}

// testCCTV takes a still, asks the camera for its time, and looks at its stream.
func testCCTV(ctx context.Context, b bench) (out finding, err error) {
	err = lent(ctx, b.rack, drivers.KindCCTV, func(dev drivers.SurveillanceCamera) error {
		f, err := dev.Still(ctx)
		if err != nil {
			return err
		}
		img, err := jpeg.Decode(bytes.NewReader(f.JPEG))
		if err != nil {
			return fmt.Errorf("decode still: %w", err)
		}
		p, err := shown("still", "监控画面", img)
		if err != nil {
			return err
		}
		out.pictures = []picture{p}
		out.timings = append(out.timings, b.want.judge("pixels_still", float64(f.Width*f.Height), "px"))
		if err := out.askClock(ctx, b, dev); err != nil {
			return err
		}
		if err := out.follow(ctx, b, dev); err != nil {
			return err
		}
		out.said = fmt.Sprintf("拍到、看到视频；盖住 %d 处，图上是黑的；画面只在这里看，退出维护就清掉", dev.Masks())
		if dev.Masks() == 0 {
			out.said = "拍到、看到视频；没有设遮挡区：图上看得到屏幕、台面的，请管理员写终端配置 cctv_masks；画面退出维护就清掉"
		}
		return nil
	})
	return out, err
}

// askClock compares the camera's time with ours; one that does not tell it is no worse for that.
func (f *finding) askClock(ctx context.Context, b bench, dev drivers.Device) error {
	c, can := dev.(drivers.Clocked)
	if !can {
		return nil
	}
	at, err := c.Clock(ctx)
	if e := drivers.Fault(err); e != nil {
		if e.Code == drivers.CodeUnsupported {
			return nil
		}
		return err
	}
	off := math.Round(at.Sub(b.clock.Now()).Seconds())
	f.timings = append(f.timings, wire.Timing{Property: propertyClock, Got: off, Want: fmt.Sprintf("±%v 秒以内", clockApart), Unit: "秒", OK: math.Abs(off) <= clockApart})
	return nil
}

// follow looks at the stream and counts what of it comes, with the masks drawn, at this computer.
func (f *finding) follow(ctx context.Context, b bench, dev drivers.SurveillanceCamera) error {
	look, stop := context.WithTimeout(ctx, streamLimit)
	defer stop()
	var first, last time.Time
	var frame drivers.Frame
	n := 0
	err := dev.Stream(look, func(x drivers.Frame) bool {
		last = b.clock.Now()
		if n++; n == 1 {
			first, frame = last, x
		}
		return last.Sub(first) < watchFor
	})
	switch {
	case err != nil:
		return err
	case n < 2:
		return &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonNoImage, Detail: fmt.Sprintf("%d pictures of the stream in %v", n, streamLimit)}
	}
	f.timings = append(f.timings,
		b.want.judge("pixels_moving", float64(frame.Width*frame.Height), "px"), b.want.judge("pixel_width", float64(frame.Width), "px"),
		b.want.judge("pixel_height", float64(frame.Height), "px"), b.want.judge("frame_rate", math.Round(10*float64(n-1)/last.Sub(first).Seconds())/10, "fps"))
	return nil
}

// Picture is one of the pictures that the screen shows; gone with the visit.
func (d *Desk) Picture(id string) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.visit == nil {
		return nil, ErrClosed
	}
	for kind, f := range d.visit.findings {
		for _, p := range f.pictures {
			if p.id(string(kind), f.at) == id {
				return bytes.Clone(p.jpeg), nil
			}
		}
	}
	return nil, ErrNoPicture
}
