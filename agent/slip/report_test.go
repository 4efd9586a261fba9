package slip

import (
	"path/filepath"
	"testing"
	"time"
)

// A technician's result fits both papers, and its code gives the whole text to a phone.
func TestReport(t *testing.T) {
	r, err := New()
	if err != nil {
		t.Skip(err)
	}
	g := Report{
		Service: "绵阳政务服务", Terminal: "K-01", Place: "涪城区政务服务中心", Label: "3号机", At: time.Date(2026, 11, 28, 9, 24, 0, 0, time.UTC), Code: "BGMZC-DQMEE-WMN6H-N4CHQ",
		Lines: []string{
			"结论：7 项要处理", "身份证阅读器：没有接上。把设备线两头都插紧", "小票打印机：缺纸。打开前盖，换一卷热敏纸，光面朝外", "高拍仪：没有应答。看设备电源灯。不亮，查电源和保险",
			"双目摄像头：少一路画面。看两个镜头有没有一个被挡住或贴了膜", "二维码阅读器：没有接上。把设备线两头都插紧", "另有 1 台要处理，看终端屏幕或完整结果", "整机：1 项低于招标指标",
		},
	}
	g.QR = "通办终端诊断\nK-01 3号机 2026-11-28 09:24\n"
	for _, l := range g.Lines {
		g.QR += l + "\n"
	}
	g.QR += "诊断码 " + g.Code
	for _, dots := range []int{384, 576} {
		img, err := r.RenderReport(g, dots)
		if err != nil {
			t.Fatal(err)
		}
		if mm := img.Rect.Dy() / 8; img.Rect.Dx() != dots || mm < 100 || mm > 230 {
			t.Errorf("%d dots: %d mm long", dots, mm)
		}
		if got := readQR(t, img); got != g.QR {
			t.Errorf("%d dots: the code says %q", dots, got)
		}
		if *keep != "" {
			save(t, filepath.Join(*keep, "report-"+img.Rect.Size().String()+".png"), img)
		}
		margins(t, "report", img)
	}
	if _, err := r.RenderReport(g, 100); err == nil {
		t.Error("paper of 100 dots is taken")
	}
}
