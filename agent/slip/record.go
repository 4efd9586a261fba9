package slip

import (
	"fmt"
	"image"
	"time"
)

// Record is the paper of an installation record (安装验收小票): the result and what is still to be done. It names nobody.
type Record struct {
	Service  string
	Terminal string
	Place    string
	Label    string
	Lines    []string
	Number   int // of the technician's code
	Revision int
	At       time.Time
}

// RenderRecord draws the record for paper of 384 or 576 printable dots.
func (r *Renderer) RenderRecord(x Record, dots int) (*image.Gray, error) {
	if dots < 320 || dots > 1024 {
		return nil, fmt.Errorf("draw record: paper of %d dots", dots)
	}
	c := r.paper(dots)
	c.space(24)
	c.line(plain(x.Service), small, 34, 0, centre)
	c.line(strong("安装验收"), title, 52, 0, centre)
	c.space(12)
	c.rule()
	c.space(14)
	c.row("终端", strong(x.Terminal))
	c.row("地点", plain(x.Place+" "+x.Label))
	c.row("时间", plain(x.At.Format("2006年1月2日 15:04")))
	c.row("维护码编号", plain(fmt.Sprint(x.Number)))
	c.row("第几次签字", plain(fmt.Sprint(x.Revision)))
	c.space(8)
	c.rule()
	c.space(14)
	for i, l := range x.Lines {
		if i == 0 {
			c.block(strong(l), body, 40, margin, left)
			c.space(6)
			continue
		}
		c.block(plain(l), small, 36, margin, left)
	}
	c.space(8)
	c.rule()
	c.space(14)
	c.block(plain("验收人签名："), body, 40, margin, left)
	c.space(96) // room for a pen
	c.block(plain("大厅确认："), body, 40, margin, left)
	c.space(96)
	return c.finish(), nil
}
