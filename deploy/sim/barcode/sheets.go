package barcode

import (
	"fmt"
	"strings"

	"tongban/deploy/sim/control"
	"tongban/deploy/sim/trace"
)

// sheet is a code on paper or on a phone. Content is bytes as printed: a QR in GB18030 stands here as such.
type sheet struct{ key, label, aim, content string }

func (s *sheet) name() string {
	if s == nil {
		return "none"
	}
	return s.key
}

var sheets = []sheet{
	{"slip", "收件凭证上的码", "]Q1", "https://zwfw.example.cn/p/7Q2M-9XKD-4H1T"},
	{"utf8", "中文二维码（UTF-8）", "]Q1", "办件编号 样民 2026 1124 0037 6"},
	{"gb18030", "中文二维码（GB18030）", "]Q1", "\xB0\xEC\xBC\xFE\xB1\xE0\xBA\xC5 \xD1\xF9\xC3\xF1 2026"},
	{"lines", "多行二维码", "]Q1", "第一行\r\n第二行\r\n第三行"},
	{"ean13", "商品条码", "]E0", "6901234567892"},
	{"code128", "一维条码", "]C0", "TB-2026-0037"},
	{"gs1", "GS1 条码", "]C1", "0106901234567892\x1d10ABC123"},
	{"big", "大二维码", "]Q1", strings.Repeat("0123456789", 280)},
}

// Papers implements control.PaperTaker: what can be held before the reader.
func (d *Device) Papers() []control.PaperChoice {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]control.PaperChoice, 0, len(sheets)+1)
	for _, s := range sheets {
		out = append(out, control.PaperChoice{Key: s.key, Label: s.label, On: d.held.name() == s.key})
	}
	return append(out, control.PaperChoice{Key: "none", Label: "拿走", On: d.held == nil})
}

// Paper implements control.PaperTaker.
func (d *Device) Paper(o control.PaperOrder) error {
	if o.Paper == "none" {
		d.mu.Lock()
		d.held, d.sent = nil, false
		d.mu.Unlock()
		return nil
	}
	for i := range sheets {
		if s := &sheets[i]; s.key == o.Paper {
			d.mu.Lock()
			d.held, d.sent = s, false
			d.mu.Unlock()
			d.log.Add(Kind, trace.Act, nil, trace.Good, "举起"+s.label)
			d.see()
			return nil
		}
	}
	return fmt.Errorf("unknown code %q", o.Paper)
}
