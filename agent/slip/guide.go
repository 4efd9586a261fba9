package slip

import (
	"fmt"
	"image"
	"time"
)

// Guide is the paper of a matter that is done elsewhere (办事指南小票): what to bring, how long, where. It names nobody.
type Guide struct {
	Service  string
	Item     string
	Where    string   // 请到涪城区民政局的窗口
	Limit    string   // 5个工作日，收下材料次日起算
	Fee      string   // 不收费
	Bring    []string // 户口簿（带原件）
	QR       string   // the same guide on a phone, "" when the centre's address is not known
	At       time.Time
	Place    string
	Label    string
	Helpline string
}

// RenderGuide draws the guide for paper of 384 or 576 printable dots.
func (r *Renderer) RenderGuide(g Guide, dots int) (*image.Gray, error) {
	if dots < 320 || dots > 1024 {
		return nil, fmt.Errorf("draw guide: paper of %d dots", dots)
	}
	c := r.paper(dots)
	c.space(24)
	c.line(plain(g.Service), small, 34, 0, centre)
	c.line(strong("办事指南"), title, 52, 0, centre)
	c.space(12)
	c.rule()
	c.space(14)
	c.block(strong(g.Item), body, 44, margin, left)
	c.space(8)
	c.row("哪里办", strong(g.Where))
	c.row("多久", plain(g.Limit))
	c.row("费用", plain(g.Fee))
	c.space(8)
	c.rule()
	c.space(14)
	c.line(strong("要带的东西"), body, 44, margin, left)
	for i, b := range g.Bring {
		c.block(plain(fmt.Sprintf("%d. %s", i+1, b)), body, 40, margin, left)
	}
	c.space(8)
	c.block(plain("有几样要看您的情况，扫码在手机上答几个问题就清楚。"), small, 34, margin, left)
	if g.QR != "" {
		c.space(4)
		if err := c.qr(g.QR); err != nil {
			return nil, fmt.Errorf("draw guide: %w", err)
		}
	}
	c.space(6)
	c.rule()
	c.space(14)
	for _, l := range []string{g.Place + " " + g.Label, g.At.Format("2006年1月2日 15:04") + "的内容，以窗口为准", "问事打 " + g.Helpline} {
		c.block(plain(l), small, 34, margin, left)
	}
	c.space(24)
	return c.finish(), nil
}
