package drivertest_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	qrmake "github.com/skip2/go-qrcode"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	"tongban/drivers/hal"
	"tongban/drivers/receipt/escpos"
)

const slipQR = "https://t.example.org/p/7K4MQ2XAB5WD3JHN"

// drawSlip draws an acceptance slip: 384 dots, state in a black bar, QR of whole dots with its quiet zone.
func drawSlip(t testing.TB) *image.Gray {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 384, 1200))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	y := 20
	text := func(px int, x int, s string, c color.Color) {
		face := slipFace(t, px)
		if face == nil {
			return
		}
		d := font.Drawer{Dst: img, Src: image.NewUniform(c), Face: face, Dot: fixed.P(x, y+px)}
		if x < 0 {
			d.Dot.X = (fixed.I(384) - d.MeasureString(s)) / 2
		}
		d.DrawString(s)
		y += px + 12
	}
	rule := func() {
		for x := 8; x < 376; x += 8 {
			draw.Draw(img, image.Rect(x, y, x+5, y+2), image.Black, image.Point{}, draw.Src)
		}
		y += 14
	}
	text(24, -1, "绵阳政务服务", color.Black)
	text(40, -1, "收件凭证", color.Black)
	draw.Draw(img, image.Rect(0, y, 384, y+60), image.Black, image.Point{}, draw.Src)
	y += 8
	text(36, -1, "窗口已收到", color.White)
	y += 16
	rule()
	text(24, -1, "办件编号", color.Black)
	text(44, -1, "样民 2026 1124", color.Black)
	text(44, -1, "0037 6", color.Black)
	rule()
	for _, l := range []string{"办的事  80周岁以上老年人", "申请人  陈*芳", "收到  申请表 1 份", "答复  最晚12月1日 周二"} {
		text(28, 8, l, color.Black)
	}
	rule()
	code, err := qrmake.New(slipQR, qrmake.Medium)
	if err != nil {
		t.Fatal(err)
	}
	code.DisableBorder = true
	m := code.Bitmap()
	const module = 6
	left := (384 - len(m)*module) / 2
	y += 4 * module
	for j, row := range m {
		for i, on := range row {
			if on {
				draw.Draw(img, image.Rect(left+i*module, y+j*module, left+(i+1)*module, y+(j+1)*module), image.Black, image.Point{}, draw.Src)
			}
		}
	}
	y += (len(m) + 4) * module
	text(24, -1, "扫码查进度、补材料", color.Black)
	rule()
	text(24, 8, "样例区政务服务中心 3号机", color.Black)
	text(24, 8, "2026年11月24日 10:33", color.Black)
	return img.SubImage(image.Rect(0, 0, 384, y+20)).(*image.Gray)
}

func slipFace(t testing.TB, px int) font.Face {
	t.Helper()
	b, err := os.ReadFile("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
	if err != nil {
		return nil
	}
	c, err := opentype.ParseCollection(b)
	if err != nil {
		t.Fatal(err)
	}
	f, err := c.Font(2)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: float64(px), DPI: 72})
	if err != nil {
		t.Fatal(err)
	}
	return face
}

// The slip that comes out at the pace of real hardware: its QR can be read, it is dot for dot the picture, and the bytes
// never held up the paper.
func TestSlipQuality(t *testing.T) {
	b := simtest.StartWith(t, []simtest.Option{simtest.RealTime()}, simtest.Receipt)
	port, err := hal.Open(t.Context(), "serial:"+b.Receipt)
	if err != nil {
		t.Fatal(err)
	}
	p, err := escpos.Open(t.Context(), port, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	img := drawSlip(t)
	mm := float64(img.Rect.Dy()) / 8
	start := time.Now()
	res, err := p.Print(t.Context(), drivers.Slip{Key: "quality", Image: img})
	took := time.Since(start)
	if err != nil || res.By != "echo" {
		t.Fatalf("%+v %v", res, err)
	}
	t.Logf("%.0f mm in %v, %d bytes, %.0f a millimetre", mm, took, res.Bytes, float64(res.Bytes)/mm)
	if limit := time.Duration(mm/100*float64(time.Second)) + 500*time.Millisecond; took > limit {
		t.Errorf("%.0f mm took %v, at 100 mm/s it may take %v", mm, took, limit)
	}
	if perMM := float64(res.Bytes) / mm; perMM > 300 {
		t.Errorf("%.0f bytes a millimetre, a full raster has 384", perMM)
	}
	raw, err := b.Control.SlipPNG(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("TONGBAN_LOOK"); dir != "" {
		_ = os.WriteFile(dir+"/slip.png", raw, 0o644)
	}
	if got := readQR(t, raw); got != slipQR {
		t.Errorf("QR says %q", got)
	}
}

// The printer's own QR, drawn from a text slip.
func TestNativeQR(t *testing.T) {
	b := simtest.Start(t, simtest.Receipt)
	port, err := hal.Open(t.Context(), "tcp:"+b.ReceiptTCP)
	if err != nil {
		t.Fatal(err)
	}
	p, err := escpos.Open(t.Context(), port, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	if _, err := p.Print(t.Context(), drivers.Slip{Key: "n", Lines: []drivers.Line{{Text: "收件凭证", Size: 2, Align: drivers.Centre}}, QR: slipQR}); err != nil {
		t.Fatal(err)
	}
	raw, err := b.Control.SlipPNG(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := readQR(t, raw); got != slipQR {
		t.Errorf("QR says %q", got)
	}
}

func readQR(t *testing.T, raw []byte) string {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	bm, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	res, err := qrcode.NewQRCodeReader().Decode(bm, nil)
	if err != nil {
		t.Fatalf("decode QR: %v", err)
	}
	return res.GetText()
}
