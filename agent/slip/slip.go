// Package slip draws the paper that a citizen takes home (小票): one raster picture in pure black and white, so that the rare
// characters of names always print, whatever font the printer has.
//
// Never on a slip: the full name, the number of the card, the address, the phone beyond its last four digits.
package slip

import (
	"fmt"
	"image"
	"strings"
	"time"
)

// Kind of slip.
type Kind string

// Kinds. What the black bar says is a promise: Received only after the centre confirmed.
const (
	Received Kind = "received" // 窗口已收到
	Stored   Kind = "stored"   // 已收下，等网络送窗口
	Pickup   Kind = "pickup"   // 证办好了，可以来取
)

// Slip is what is printed. All words are ready to show.
type Slip struct {
	Kind      Kind      `json:"kind"`
	Service   string    `json:"service"` // 绵阳政务服务
	CaseNo    string    `json:"case_no"`
	Item      string    `json:"item"`
	Applicant string    `json:"applicant,omitempty"` // masked, empty after a crash
	Got       []string  `json:"got"`                 // 申请表 1 份
	Later     []string  `json:"later,omitempty"`     // promised for later, with the day
	Answer    string    `json:"answer"`              // 最晚12月1日 周二
	At        time.Time `json:"at"`                  // the time that counts
	CheckCode string    `json:"check_code"`
	Phone     string    `json:"phone,omitempty"` // last four digits
	AskBy     string    `json:"ask_by"`          // 11月27日18:00
	Fee       string    `json:"fee,omitempty"`
	QR        string    `json:"qr"`
	Place     string    `json:"place"`
	Label     string    `json:"label"`
	Helpline  string    `json:"helpline"`

	Collect *Collect `json:"collect,omitempty"` // Pickup only
}

// Collect is what a pickup slip says (取件).
type Collect struct {
	Code  string `json:"code"` // A 4072
	What  string `json:"what"`
	Where string `json:"where"`
	Or    string `json:"or,omitempty"` // a second place
	Hours string `json:"hours"`
	Until string `json:"until"`
}

// Renderer holds the fonts. It is safe for concurrent use.
type Renderer struct{ text, strong *typeface }

// New loads the fonts; ErrNoFont says what to do when there are none.
func New() (*Renderer, error) {
	text, err := loadTypeface(regular)
	if err != nil {
		return nil, err
	}
	strong, err := loadTypeface(bold)
	if err != nil {
		return nil, err
	}
	return &Renderer{text, strong}, nil
}

func (r *Renderer) typeOf(w weight) *typeface {
	if w == bold {
		return r.strong
	}
	return r.text
}

// Sizes in dots at 8 dots a millimetre.
const (
	small, body, title, number, code = 24, 28, 40, 44, 64
)

// Render draws the slip for paper of 384 or 576 printable dots.
func (r *Renderer) Render(s Slip, dots int) (*image.Gray, error) {
	if dots < 320 || dots > 1024 {
		return nil, fmt.Errorf("draw slip: paper of %d dots", dots)
	}
	c := r.paper(dots)
	c.space(24)
	c.line(plain(s.Service), small, 34, 0, centre)
	c.line(strong(headline(s.Kind)), title, 52, 0, centre)
	c.space(12)
	c.bar(promise(s.Kind), 32, 60)
	c.space(16)
	c.rule()
	c.space(14)
	if s.Kind == Pickup && s.Collect != nil {
		c.pickup(s)
	} else {
		c.receipt(s)
	}
	c.space(10)
	if err := c.qr(s.QR); err != nil {
		return nil, fmt.Errorf("draw slip: %w", err)
	}
	c.line(plain(scan(s.Kind)), small, 36, 0, centre)
	c.space(6)
	c.rule()
	c.space(14)
	for _, l := range []string{s.Place + " " + s.Label, s.At.Format("2006年1月2日 15:04"), "问事打 " + s.Helpline + "，报上面的编号"} {
		c.block(plain(l), small, 34, margin, left)
	}
	c.space(24)
	return c.finish(), nil
}

func headline(k Kind) string {
	if k == Pickup {
		return "取证凭证"
	}
	return "收件凭证"
}

func promise(k Kind) string {
	switch k {
	case Received:
		return "窗口已收到"
	case Pickup:
		return "证办好了，可以来取"
	case Stored:
		return "已收下，等网络送窗口"
	}
	return ""
}

func scan(k Kind) string {
	switch k {
	case Received:
		return "扫码查进度、补材料"
	case Pickup:
		return "在取件柜上扫这个码"
	case Stored:
		return "网通后扫码查进度"
	}
	return ""
}

func (c *canvas) receipt(s Slip) {
	c.line(plain("办件编号"), small, 36, 0, centre)
	for _, l := range c.numberLines(s.CaseNo) {
		c.line(strong(l), number, 54, 0, centre)
	}
	c.space(12)
	c.rule()
	c.space(14)
	c.row("办的事", plain(s.Item))
	if s.Applicant != "" {
		c.row("申请人", plain(s.Applicant))
	}
	got, when := "收到", "答复"
	if s.Kind == Stored {
		got, when = "收下", "时间"
	}
	c.rows(got, s.Got)
	c.rows("回家补", s.Later)
	if s.Kind == Stored {
		c.row(when, strong(s.At.Format("1月2日 15:04")))
		c.row("核对码", plain(spaced(s.CheckCode)))
	} else {
		c.row(when, strong(s.Answer))
		c.row("核对码", plain(spaced(s.CheckCode)))
	}
	c.space(8)
	c.rule()
	c.space(14)
	c.block(closing(s), body, 40, margin, left)
}

// closing says what to do if nothing comes.
func closing(s Slip) []run {
	to := "。"
	if s.Phone != "" {
		to = "，给尾号 " + s.Phone + " 发短信。"
	}
	if s.Kind == Received {
		runs := plain("办好了有结果" + to)
		if s.Phone != "" {
			runs = plain("短信发到尾号 " + s.Phone + " 的手机。")
		}
		return join(runs, plain(s.Fee+full(s.Fee)))
	}
	runs := join(strong("您不用等，也不用再来交。"), plain("网通后自动送到窗口，窗口收到"+to))
	runs = join(runs, strong(s.AskBy))
	return join(runs, plain("还没消息，打 "+s.Helpline+" 或带本凭证到窗口，按上面的时间算。"))
}

func full(s string) string {
	if s == "" {
		return ""
	}
	return "。"
}

func (c *canvas) pickup(s Slip) {
	p := s.Collect
	c.line(plain("取件码"), small, 36, 0, centre)
	c.line(strong(p.Code), code, 80, 0, centre)
	c.space(12)
	c.rule()
	c.space(14)
	c.row("取什么", plain(p.What))
	c.row("姓名", plain(s.Applicant))
	c.row("哪里取", strong(p.Where))
	if p.Or != "" {
		c.row("", plain("或"+p.Or))
	}
	c.row("时间", plain(p.Hours))
	c.row("留到", plain(p.Until))
	c.space(8)
	c.rule()
	c.space(14)
	c.block(join(strong("带身份证。"), plain("别人代取，带两个人的身份证和本凭证。")), body, 40, margin, left)
}

// column is where values begin: three characters and a gap behind the label.
const column = margin + 3*body + 12

func (c *canvas) row(label string, value []run) {
	if len(value) == 0 || value[0].text == "" {
		return
	}
	for i, l := range c.wrap(value, body, c.width()-margin-column) {
		if i == 0 && label != "" {
			y := c.y
			c.line(plain(label), body, 40, margin, left)
			c.y = y
		}
		c.line(l, body, 40, column, left)
	}
}

func (c *canvas) rows(label string, values []string) {
	for i, v := range values {
		if i > 0 {
			label = ""
		}
		c.row(label, plain(v))
	}
}

// numberLines breaks a case number where people pause when they read it out.
func (c *canvas) numberLines(no string) []string {
	if c.measure(strong(no), number) <= c.width()-2*margin {
		return []string{no}
	}
	parts := strings.SplitN(no, "-", 3)
	if len(parts) < 3 {
		return []string{no}
	}
	return []string{parts[0] + "-" + parts[1], parts[2]}
}

// spaced writes a check code in two halves.
func spaced(code string) string {
	if len(code) != 6 {
		return code
	}
	return code[:3] + "-" + code[3:]
}

func plain(s string) []run  { return []run{{s, regular}} }
func strong(s string) []run { return []run{{s, bold}} }
