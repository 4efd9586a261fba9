// Package official holds the papers the office hands out (法定文书): 受理通知书, 一次性告知书, 不予受理通知书, 收件凭证, and a certificate printed
// from a record. Each is a plain struct that turns itself into a paper.Document; Render checks that nothing the law or the house rules
// ask for is missing and makes the file.
//
// Every paper answers in the same order: who, what was decided, when, what to do now, the law, the remedy where there is one, the
// signature. The reader must find "what now" without reading the law. Words are spoken to the applicant; blame and officialese are
// left out.
//
// Personal data: the name stands in full only on a paper handed to the person it is about; an ID number never does. Callers pass
// numbers already masked, and Render refuses a paper that holds a whole one.
package official

import (
	"fmt"
	"time"

	"tongban/central/kernel/paper"
)

// Paper is one of the papers of this package.
type Paper interface {
	Document() paper.Document
	check() []string // what is missing or must not be there, in words for the caller
}

// Render checks the paper and makes the file.
func Render(e *paper.Engine, p Paper) (paper.Output, error) {
	if faults := p.check(); len(faults) > 0 {
		return paper.Output{}, &IncompleteError{Faults: faults}
	}
	return e.Render(p.Document())
}

// IncompleteError says what keeps a paper from being issued.
type IncompleteError struct{ Faults []string }

func (e *IncompleteError) Error() string {
	return fmt.Sprintf("check paper: %d faults: %v", len(e.Faults), e.Faults)
}

// Day is a civil date; the calendar's dates convert to it.
type Day struct {
	Year  int
	Month time.Month
	Day   int
}

// Long gives 2026 年 11 月 23 日, the form on papers.
func (d Day) Long() string { return fmt.Sprintf("%d 年 %d 月 %d 日", d.Year, int(d.Month), d.Day) }

// Short gives 11月23日, the form on the clock strip.
func (d Day) Short() string { return fmt.Sprintf("%d月%d日", int(d.Month), d.Day) }

// spoken gives 11 月 23 日, the form in running text.
func (d Day) spoken() string { return fmt.Sprintf("%d 月 %d 日", int(d.Month), d.Day) }

func (d Day) iso() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day) }

func (d Day) isZero() bool { return d == Day{} }

// Moment is a date with hour and minute.
type Moment struct {
	Day
	Hour, Minute int
}

// Template names the wording that was used, so that a paper can be explained years later.
type Template struct {
	Code    string // SLTZ
	Version int
	Since   Day
}

// Applicant is whom the paper speaks to.
type Applicant struct {
	Name         string
	Note         string // in brackets after the name: shop and credit code, or the masked ID number
	Organisation bool   // 你单位 instead of 您
}

func (a Applicant) you() string {
	if a.Organisation {
		return "你单位"
	}
	return "您"
}

func (a Applicant) salutation() paper.Paragraph {
	t := paper.Strong(a.Name)
	if a.Note != "" {
		t = paper.Join(t, paper.Plain("（"+a.Note+"）"))
	}
	return paper.Paragraph{Text: paper.Join(t, paper.Plain("：")), Flush: true}
}

// Office is the body that issues the paper and the person who answers for it at the counter.
type Office struct {
	Body      string // 绵阳市涪城区行政审批局
	Clerk     string // 周敏
	Desk      string // 12 号窗
	Phone     string // telephone for questions
	Complaint string // 12345  “办不成事”窗口：一楼 A01
	Seal      *paper.Seal
}

// Verify is how anyone checks the paper. The address holds no personal data.
type Verify struct{ URL, Code string }

// Common is on every paper.
type Common struct {
	Template Template
	Number   string // 文号: 绵涪审食受〔2026〕151 号
	Case     string // 办件编号
	Issued   Day
	Office   Office
	Verify   Verify
	Large    bool // 长者版
	Sample   bool // 样张: to be looked at before the act; no seal, and a watermark says so
}

// sampleMark keeps a sample from being taken for the paper.
const sampleMark = "样张　不能使用"

func (c Common) document(title string, blocks ...paper.Block) paper.Document {
	mark := ""
	if c.Sample {
		mark = sampleMark
	}
	return paper.Document{
		Watermark: mark,
		Head: paper.Head{
			Left: []string{
				fmt.Sprintf("模板 %s 第 %d 版（%s 起用）", c.Template.Code, c.Template.Version, c.Template.Since.iso()),
				"一式两份：申请人、存档",
			},
			Right: []string{c.Number, c.Case},
		},
		Body: c.Office.Body, Title: title, Blocks: blocks, Large: c.Large,
		Sign: paper.Sign{
			Body: c.Office.Body, Date: c.Issued.Long(), Seal: c.Office.Seal,
			Receiver: []paper.Blank{{Label: "收到人"}, {Label: "日期"}},
		},
		Foot: paper.Foot{VerifyURL: c.Verify.URL, VerifyCode: c.Verify.Code, Lines: []string{
			"扫码，或在政务服务网“文书核验”输入编号和验证码。",
			"核对的是整张纸：改一个字，结果就是“不一致”。",
			c.contact(),
			"投诉：" + c.Office.Complaint,
		}},
	}
}

func (c Common) contact() string {
	desk := ""
	if c.Office.Desk != "" {
		desk = "（" + c.Office.Desk + "）"
	}
	return fmt.Sprintf("经办：%s%s　咨询：%s", c.Office.Clerk, desk, c.Office.Phone)
}
