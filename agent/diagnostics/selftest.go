package diagnostics

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"time"

	"tongban/agent/clock"
	"tongban/agent/devices"
	"tongban/drivers"
	profiles "tongban/firmware-profiles"
	"tongban/fleet/wire"
)

// Limits of one test.
const (
	testLimit = 40 * time.Second // a person must find the card, the paper, the finger
	takeLimit = 3 * time.Second
)

// finding is how a device did in its test. What the test read, a card, a page, a code, is thrown away at once.
type finding struct {
	at      time.Time
	tested  bool // false: nobody did what was asked for
	trouble wire.Trouble
	said    string // to the technician
	detail  string // the driver's words
	timings []wire.Timing

	pictures []picture // for whoever stands there, never sent; gone with the visit
	controls []control
}

// task is the test of one kind: what the person does, and what is done then.
type task struct {
	level  drivers.Health
	button string // 测试读卡
	ask    string // 把任意一张身份证放到%s
	run    func(ctx context.Context, b bench) (finding, error)
}

var tasks = map[drivers.Kind]task{
	drivers.KindIDCard:  {drivers.HealthInteractive, "测试读卡", "把任意一张身份证平放在%s，听到响声前不要拿开", testIDCard},
	drivers.KindReceipt: {drivers.HealthExternal, "打测试条", "%s会出一条 10 厘米长的测试条：竖线不断、边框完整就是好的", testReceipt},
	drivers.KindScanner: {drivers.HealthExternal, "测试拍照", "在%s放一张带字的 A4 纸", testScanner},
	drivers.KindLaser:   {drivers.HealthInternal, "问纸和粉", "不用动手：问打印机的能力、纸和粉（%s）", testLaser},
	drivers.KindBarcode: {drivers.HealthInteractive, "测试扫码", "把任意一个二维码放到%s前 3 到 5 厘米", testBarcode},
	drivers.KindFinger:  {drivers.HealthInteractive, "测试指纹", "把一个手指平按在%s", testFinger},

	drivers.KindPassport: {drivers.HealthInteractive, "测试读护照", "把一本护照或通行证放到%s；只读字的，把照片页最下面几行字刷过去", testPassport},

	drivers.KindSignature: {drivers.HealthInteractive, "测试签名板", "用笔在%s上写几笔，写完等两秒", testSignature},
	drivers.KindLight:     {drivers.HealthExternal, "依次亮灯", "看%s的灯是不是一盏一盏亮", testLight},
	drivers.KindDoor:      {drivers.HealthInteractive, "测试门磁", "打开%s的柜门再关上", testDoor},
	drivers.KindSpeaker:   {drivers.HealthExternal, "放提示音", "听%s有没有响两声", testSpeaker},
	drivers.KindCamera:    {drivers.HealthInteractive, "测试摄像头", "站到%s的镜头前看着它，五秒就好", testFace},
	drivers.KindCCTV:      {drivers.HealthExternal, "测试监控", "不用动手：监控仪（%s）拍一张、看两秒视频", testCCTV},
	drivers.KindDisplay:   {drivers.HealthInternal, "看第二屏", "不用动手：问第二屏（%s）的型号和大小", testDisplay},
}

// levelWords say what a level of check is to whoever stands there.
var levelWords = map[drivers.Health]string{
	drivers.HealthInternal: "内部检查：只问设备，它不动", drivers.HealthExternal: "外部检查：设备做一次，人看结果", drivers.HealthInteractive: "交互检查：要人放证、扫码、按手指或站到镜头前",
}

// bench is what a test works with.
type bench struct {
	rack  *devices.Rack
	clock clock.Clock
	want  thresholds
}

// thresholds are the tender's numbers for one place: of the part that the tender asks for, else of the device's profile.
type thresholds []profiles.Threshold

func (t thresholds) judge(property string, got float64, unit string) wire.Timing {
	out := wire.Timing{Property: property, Got: got, Unit: unit, OK: true}
	for _, x := range t {
		if x.Property == property {
			out.Want, out.OK = bound(x), x.Met(got)
		}
	}
	return out
}

func (t thresholds) has(property string) bool {
	for _, b := range t {
		if b.Property == property {
			return true
		}
	}
	return false
}

// lent takes the device for one test and gives it back with how it went.
func lent[T drivers.Device](ctx context.Context, r *devices.Rack, k drivers.Kind, f func(dev T) error) error {
	take, stop := context.WithTimeout(ctx, takeLimit)
	defer stop()
	l, err := devices.Take[T](take, r, k)
	if err != nil {
		return err
	}
	err = f(l.Device)
	l.Done(err)
	return err
}

func testIDCard(ctx context.Context, b bench) (out finding, err error) {
	err = lent(ctx, b.rack, drivers.KindIDCard, func(dev drivers.IDCardReader) error {
		card, err := dev.Read(ctx, nil)
		if err != nil {
			return err
		}
		out.said = "读到一张证，内容没有留下"
		out.timings = []wire.Timing{b.want.judge("read_time", float64(card.ElapsedMS), "ms")}
		return nil
	})
	return out, err
}

// The test strip, in dots of an eighth of a millimetre.
const stripLength = 800

func testReceipt(ctx context.Context, b bench) (out finding, err error) {
	err = lent(ctx, b.rack, drivers.KindReceipt, func(dev drivers.ReceiptPrinter) error {
		began := b.clock.Now()
		res, err := dev.Print(ctx, drivers.Slip{Key: fmt.Sprintf("test-%d", began.UnixNano()), Image: strip(dev.Dots())})
		if err != nil {
			return err
		}
		took := b.clock.Now().Sub(began)
		out.said = "测试条打出来了，请看竖线有没有断"
		if !res.Confirmed {
			out.said = "打印机收下了，但不能证明打完：请看测试条"
		}
		out.timings = []wire.Timing{
			b.want.judge("print_time", float64(took.Milliseconds()), "ms"),
			b.want.judge("speed", float64(stripLength)/8/took.Seconds(), "mm/s"),
			b.want.judge("width", float64(dev.Dots())/8+10, "mm"), // dots are the printable part, the paper is a centimetre wider
		}
		return nil
	})
	return out, err
}

// strip is a frame with vertical lines of every width from one dot: a dead dot of the head is a white line in it.
func strip(width int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, width, stripLength))
	for y := range stripLength {
		for x := range width {
			edge := x < 3 || y < 3 || x >= width-3 || y >= stripLength-3
			band := y * 8 / stripLength
			on := edge || band < 6 && x/(band+1)%2 == 0 || band >= 6 && (x+y)%16 < 4
			v := color.Gray{Y: 255}
			if on {
				v.Y = 0
			}
			img.SetGray(x, y, v)
		}
	}
	return img
}

func testScanner(ctx context.Context, b bench) (out finding, err error) {
	err = lent(ctx, b.rack, drivers.KindScanner, func(dev drivers.DocumentCamera) error {
		began := b.clock.Now()
		if _, err := dev.Preview(ctx); err != nil {
			return err
		}
		seen := b.clock.Now().Sub(began)
		began = b.clock.Now()
		f, err := dev.Capture(ctx)
		if err != nil {
			return err
		}
		pixels := "pixels"
		if !b.want.has(pixels) {
			pixels = "pixels_desk"
		}
		out.said = fmt.Sprintf("拍到 %d×%d，画面没有留下", f.Width, f.Height)
		out.timings = []wire.Timing{
			b.want.judge(pixels, float64(f.Width*f.Height), "px"),
			b.want.judge("preview_time", float64(seen.Milliseconds()), "ms"),
			b.want.judge("capture_time", float64(b.clock.Now().Sub(began).Milliseconds()), "ms"),
		}
		return nil
	})
	return out, err
}

func testLaser(ctx context.Context, b bench) (out finding, err error) {
	err = lent(ctx, b.rack, drivers.KindLaser, func(dev drivers.LaserPrinter) error {
		c := dev.Capabilities()
		for _, dpi := range c.DPI {
			if len(out.timings) == 0 || float64(dpi) > out.timings[0].Got {
				out.timings = []wire.Timing{b.want.judge("density", float64(dpi), "dpi")}
			}
		}
		if c.PerMinute > 0 {
			out.timings = append(out.timings, b.want.judge("speed", float64(c.PerMinute), "页/分钟"))
		}
		if c.A4() {
			out.timings = append(out.timings, b.want.judge("width", 210, "mm"))
		}
		supplies, err := dev.Supplies(ctx)
		if err != nil {
			return err
		}
		out.said = "打印机没有报耗材"
		for i, s := range supplies {
			if i == 0 {
				out.said = ""
			} else {
				out.said += "，"
			}
			out.said += s.Name
			if s.Level >= 0 {
				out.said += fmt.Sprintf(" %d%%", s.Level)
			}
		}
		return nil
	})
	return out, err
}

func testBarcode(ctx context.Context, b bench) (out finding, err error) {
	err = lent(ctx, b.rack, drivers.KindBarcode, func(dev drivers.BarcodeReader) error {
		code, err := dev.Read(ctx)
		if err != nil {
			return err
		}
		out.said = "读到一个码（" + code.Symbology + "），内容没有留下"
		out.timings = []wire.Timing{b.want.judge("scan_time", float64(code.ElapsedMS), "ms")}
		return nil
	})
	return out, err
}

func testFinger(ctx context.Context, b bench) (out finding, err error) {
	err = lent(ctx, b.rack, drivers.KindFinger, func(dev drivers.FingerprintReader) error {
		f, err := dev.Capture(ctx, false)
		if err != nil {
			return err
		}
		out.said = "采到一枚指纹，内容没有留下"
		out.timings = []wire.Timing{b.want.judge("capture_time", float64(f.ElapsedMS)/1000, "s")}
		return nil
	})
	return out, err
}

// judged turns how a test ended into a finding: waiting in vain is no fault of the device.
func judged(f finding, err error) finding {
	if err != nil {
		e := drivers.Fault(err)
		if e.Code == drivers.CodeCanceled { // somebody pressed stop
			f.said = "测试停下了，没有做完"
			return f
		}
		switch ending := endings[e.Reason]; ending.how {
		case nobodyCame:
			f.said = "没有等到，测试没有做；设备本身有应答"
			return f
		case tryAgain:
			f.said = ending.words
			return f
		default:
			f.tested, f.trouble, f.detail, f.said = true, troubleFrom(e), e.Error(), "测试没有通过"
			if ending.words != "" {
				f.said += "：" + ending.words
			}
			return f
		}
	}
	f.tested, f.trouble = true, wire.TroubleNone
	for _, t := range f.timings {
		if t.OK {
			continue
		}
		f.trouble = wire.TroubleBelow
		if t.Property == propertyClock {
			f.trouble = wire.TroubleClock
			break
		}
		if t.Property == "read_time" || t.Property == "speed" || t.Property == "capture_time" {
			f.trouble = wire.TroubleSlow
			break
		}
	}
	return f
}
