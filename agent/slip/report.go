package slip

import (
	"fmt"
	"image"
	"strings"
	"time"
)

// Report is how a technician's visit ended, on paper (诊断小票): it stays in the cabinet's folder, and its code says the same to a phone.
type Report struct {
	Service  string
	Terminal string   // K-01
	Place    string   // 涪城区政务服务中心
	Label    string   // 3号机
	Lines    []string // what was found, in words
	Code     string   // twenty letters, proven by the service key
	QR       string
	At       time.Time
}

// RenderReport draws the report for paper of 384 or 576 printable dots.
func (r *Renderer) RenderReport(g Report, dots int) (*image.Gray, error) {
	if dots < 320 || dots > 1024 {
		return nil, fmt.Errorf("draw report: paper of %d dots", dots)
	}
	c := r.paper(dots)
	c.space(24)
	c.line(plain(g.Service), small, 34, 0, centre)
	c.line(strong("终端诊断结果"), title, 52, 0, centre)
	c.space(12)
	c.rule()
	c.space(14)
	c.row("终端", strong(g.Terminal+" "+g.Label))
	c.row("地方", plain(g.Place))
	c.row("时间", plain(g.At.Format("2006年1月2日 15:04")))
	c.space(8)
	c.rule()
	c.space(14)
	for _, l := range g.Lines {
		c.block(plain(l), body, 42, margin, left)
		c.space(4)
	}
	c.space(4)
	c.line(plain("诊断码"), small, 34, margin, left)
	for _, half := range halves(g.Code) { // a code has no place to break: two lines are read out more easily too
		c.line(strong(half), body, 44, margin, left)
	}
	c.space(4)
	if err := c.qr(g.QR); err != nil {
		return nil, fmt.Errorf("draw report: %w", err)
	}
	c.space(6)
	c.rule()
	c.space(14)
	for _, l := range []string{"手机扫码看同样的内容，不用网络。", "诊断码念给管理员，可以核对真假。", "这张纸放进机柜的维护袋。"} {
		c.block(plain(l), small, 34, margin, left)
	}
	c.space(24)
	return c.finish(), nil
}

// halves cuts a code of four groups behind its second.
func halves(code string) []string {
	groups := strings.Split(code, "-")
	if len(groups) < 4 {
		return []string{code}
	}
	return []string{strings.Join(groups[:2], "-") + "-", strings.Join(groups[2:], "-")}
}
