package slip

import (
	"bytes"
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

var keep = flag.String("keep", "", "folder for the drawn slips")

func sample(k Kind) Slip {
	return Slip{
		Kind: k, Service: "绵阳政务服务", CaseNo: "MY261126-001-0017-5", Item: "80周岁以上老年人高龄津贴发放", Applicant: "迪*提",
		Got: []string{"申请表 1 份", "户口簿 1 页"}, Later: []string{"银行卡复印件，12月10日前"}, Answer: "最晚12月3日 周四", At: time.Date(2026, 11, 26, 10, 33, 0, 0, time.UTC),
		CheckCode: "7K4MQX", Phone: "2150", AskBy: "11月27日18:00", Fee: "不收费",
		QR: "https://zwfw.example.cn/p/ABCDEFGHIJKLMNOPQRSTUVWXYZ", Place: "涪城区政务服务中心", Label: "3号机", Helpline: "12345",
		Collect: &Collect{Code: "A 4072", What: "社会保障卡 1 张", Where: "3号窗口", Or: "1号机取件柜", Hours: "工作日 9:00-17:00", Until: "2027年2月24日"},
	}
}

func render(t testing.TB, s Slip, dots int) *image.Gray {
	t.Helper()
	r, err := New()
	if err != nil {
		t.Skip(err)
	}
	img, err := r.Render(s, dots)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestSlips(t *testing.T) {
	for _, k := range []Kind{Received, Stored, Pickup} {
		for _, dots := range []int{384, 576} {
			img := render(t, sample(k), dots)
			if img.Rect.Dx() != dots {
				t.Errorf("%s: %d dots wide, want %d", k, img.Rect.Dx(), dots)
			}
			// 141 to 172 mm were drawn for 58 mm paper; ours has a check code more, so up to 190.
			if mm := img.Rect.Dy() / 8; mm < 100 || mm > 190 {
				t.Errorf("%s at %d dots is %d mm long", k, dots, mm)
			}
			for _, p := range img.Pix {
				if p != 0 && p != 255 {
					t.Fatalf("%s holds grey %d", k, p)
				}
			}
			if got := readQR(t, img); got != sample(k).QR {
				t.Errorf("%s at %d: QR says %q", k, dots, got)
			}
			margins(t, k, img)
			if *keep != "" {
				save(t, filepath.Join(*keep, string(k)+"-"+img.Rect.Size().String()+".png"), img)
			}
		}
	}
}

// Nothing but the bar touches the outer 1 mm of the paper.
func margins(t *testing.T, k Kind, img *image.Gray) {
	t.Helper()
	for y := range img.Rect.Dy() {
		left, right := img.GrayAt(2, y).Y == 0, img.GrayAt(img.Rect.Dx()-3, y).Y == 0
		if left != right {
			t.Fatalf("%s: ink in the margin at %d", k, y)
		}
	}
}

func readQR(t *testing.T, img image.Image) string {
	t.Helper()
	bmp, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	res, err := qrcode.NewQRCodeReader().Decode(bmp, nil)
	if err != nil {
		t.Fatalf("read QR: %v", err)
	}
	return res.GetText()
}

func save(t *testing.T, path string, img image.Image) {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A surname that the embedded font lacks is drawn from the machine's font, not as a box; without one it still prints.
func TestRareName(t *testing.T) {
	r, err := New()
	if err != nil {
		t.Skip(err)
	}
	s := sample(Received)
	s.Applicant = "𠮷*"
	if _, err := r.Render(s, 384); err != nil {
		t.Fatal(err)
	}
}

func TestWrap(t *testing.T) {
	r, err := New()
	if err != nil {
		t.Skip(err)
	}
	text := "您不用等，也不用再来交。网通后自动送到窗口（涪城区），窗口收到就给尾号 2150 发短信。"
	lines := r.wrap(plain(text), body, 300)
	if len(lines) < 3 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, l := range lines {
		s := ""
		for _, x := range l {
			s += x.text
		}
		if r.measure(l, body) > 300+2*body {
			t.Errorf("%q is too wide", s)
		}
		if strings.ContainsAny(string([]rune(s)[:1]), noStart) || strings.HasSuffix(s, "（") {
			t.Errorf("%q begins or ends with the wrong mark", s)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	r, err := New()
	if err != nil {
		b.Skip(err)
	}
	for b.Loop() {
		if _, err := r.Render(sample(Stored), 384); err != nil {
			b.Fatal(err)
		}
	}
}
