package official

import (
	"fmt"
	"strconv"
	"strings"

	"tongban/central/kernel/paper"
)

// Receipt is 收件凭证: what was handed over, and by when the office must answer. It is not an acceptance. Name and number are masked,
// because it travels with the bag of papers.
type Receipt struct {
	Common
	Applicant  Applicant
	Item       string
	ReceivedAt Moment
	Handed     []Handed
	Bag        string // 收件袋, empty without one
	Clock      Clock  // the five working days of art. 32
	Law        Clause
}

// Handed is one line of the list.
type Handed struct {
	Name     string
	Form     string // 原件, 复印件, 电子证照, 窗口填写打印
	Seen     string // whether the original was looked at: 是, 不用交; empty: —
	Copies   int
	Original string // what became of the original; empty: —
}

// Document lays the paper out.
func (p Receipt) Document() paper.Document {
	total := 0
	rows := make([][]paper.Text, len(p.Handed))
	for i, h := range p.Handed {
		copies := "0"
		if h.Copies > 0 {
			copies = fmt.Sprintf("%d 份", h.Copies)
		}
		total += h.Copies
		rows[i] = []paper.Text{paper.Plain(strconv.Itoa(i + 1)), paper.Plain(h.Name), paper.Plain(h.Form), paper.Plain(dash(h.Seen)),
			paper.Plain(copies), paper.Plain(dash(h.Original))}
	}
	sum := paper.Join(paper.Plain("共收下纸件 "), paper.Strong(fmt.Sprintf("%d 份", total)))
	if p.Bag != "" {
		sum = paper.Join(sum, paper.Plain("，装入收件袋 "), paper.Strong(p.Bag), paper.Plain("。袋子到了哪里，扫下方二维码可以看。"))
	} else {
		sum = paper.Join(sum, paper.Plain("。"))
	}
	you := p.Applicant.you()
	strip := p.Clock.strip()
	promiseMark(strip).Below = p.Clock.Promise.span() + "内给" + you + "答复"
	doc := p.document("收件凭证",
		p.Applicant.salutation(),
		paper.Paragraph{Text: paper.Join(
			paper.Plain(fmt.Sprintf("我们 %s %d 时 %02d 分收到%s申请", p.ReceivedAt.Long(), p.ReceivedAt.Hour, p.ReceivedAt.Minute, you)),
			paper.Strong(p.Item), paper.Plain("的材料。"))},
		paper.Table{Columns: []paper.Column{{Width: 8, Right: true}, {Head: "材料"}, {Head: "形式", Width: 29}, {Head: "看过原件", Width: 18},
			{Head: "收下", Width: 14, Right: true}, {Head: "原件", Width: 43}}, Rows: rows, Empty: "没有收材料"},
		paper.Note{Text: sum},
		paper.Heading{Text: "接下来"},
		strip,
		paper.Note{Text: paper.Join(paper.Plain(p.Clock.counting()+"答复只有三种："), paper.Strong("受理、一次告诉"+you+"要补的全部内容、不予受理并说明理由"),
			paper.Plain("。到 "+p.Clock.Promise.Due.spoken()+"还没有答复，依法从今天起就算已经受理。"))},
		paper.Note{Text: paper.Join(paper.Strong("这张凭证不是受理通知书"), paper.Plain("，只证明我们收到了上面的材料。"))},
		p.law().block(),
	)
	desk := p.Office.Clerk
	if p.Office.Desk != "" {
		desk += "（" + p.Office.Desk + "）"
	}
	doc.Sign.Receiver = []paper.Blank{{Label: "交件人"}, {Label: "收件人", Value: desk}}
	return doc
}

func (p Receipt) law() Clause {
	if p.Law != (Clause{}) {
		return p.Law
	}
	short := TellOnce
	short.Text = "……应当当场或者在五日内一次告知申请人需要补正的全部内容，逾期不告知的，自收到申请材料之日起即为受理。"
	return short
}

func dash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

func (p Receipt) check() []string {
	f := append(p.Common.check(), p.Applicant.check()...)
	f = append(f, p.Clock.check()...)
	f = append(f, p.law().check()...)
	list := faults(f)
	list.need(p.Item != "" && !p.ReceivedAt.isZero(), "事项和收件时间")
	list.refuse(!p.Applicant.Organisation && p.Applicant.Name != "" && !strings.Contains(p.Applicant.Name, "*"), "没有遮住的姓名")
	return list
}
