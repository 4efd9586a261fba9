package paper

import (
	"fmt"

	qrcode "github.com/skip2/go-qrcode"

	"tongban/central/kernel/paper/sheet"
)

// Foot is on every page: how to check the paper, and whom to ask.
type Foot struct {
	VerifyURL  string   // what the QR code holds; no personal data
	VerifyCode string   // 7KQ4-M2PX
	Lines      []string // how to check, clerk and telephone
}

func (l *layout) foot(p *painter, page, of int) error {
	p.hline(left, footLine, textWidth, thinRule)
	f := l.doc.Foot
	if f.VerifyURL != "" {
		if err := qr(p, f.VerifyURL, left, qrTop, qrSize); err != nil {
			return err
		}
	}
	m := measure{9.5, 5.03}
	x, y := left+qrZone+4, footTop+0.3
	number := Plain(fmt.Sprintf("第 %d 页 共 %d 页", page, of))
	numberWidth := p.engine.width(number, m.size)
	p.textRight(number, right, y, numberWidth, m, look{color: ink})
	if f.VerifyCode != "" {
		p.text(Join(Plain("验证码 "), Strong(f.VerifyCode)), x, y, right-x-numberWidth-3, m, look{color: ink})
	}
	var lines []line
	for _, s := range f.Lines {
		lines = append(lines, p.engine.setLines(Plain(s), m.size, frame{width: right - x})...)
	}
	pitch := m.line
	if len(lines) > 3 {
		pitch = (qrZone - 0.6 - m.line) / float64(len(lines))
	}
	for i, s := range lines {
		p.line(s, x, baseline(y+m.line+float64(i)*pitch, measure{m.size, pitch}), look{size: m.size, color: ink})
	}
	return nil
}

// qr draws the code as squares from (x0, y0). Its quiet zone is blank paper, which is the caller's to keep: on papers the margins at
// the left and below, 4 mm to the hairline, 6 mm to the text.
func qr(p *painter, content string, x0, y0, size float64) error {
	code, err := qrcode.New(content, qrcode.Medium)
	if err != nil {
		return fmt.Errorf("make verify code: %w", err)
	}
	code.DisableBorder = true
	bits := code.Bitmap()
	module := size / float64(len(bits))
	black := sheet.Grey(0)
	path := &sheet.Path{Fill: &black, Role: sheet.RoleQR}
	for y, row := range bits {
		for x := 0; x < len(row); x++ {
			run := x
			for run < len(row) && row[run] {
				run++
			}
			if run > x {
				path.Rect(x0+float64(x)*module, y0+float64(y)*module, float64(run-x)*module, module)
				x = run
			}
		}
	}
	p.page.Items = append(p.page.Items, path)
	return nil
}
