package official

import (
	"fmt"
	"strconv"

	"tongban/central/kernel/paper"
)

// Visit is 接待回执: one paper for everything that one person handed in with one ticket. Name and number are masked.
type Visit struct {
	Common
	Applicant Applicant
	Ticket    string // A012
	At        Moment
	Matters   []VisitMatter
}

// VisitMatter is one matter: its item, the number of its case, where it stands, by when it is answered (empty when it is decided).
type VisitMatter struct{ Item, Case, State, Until string }

// Document lays the paper out.
func (p Visit) Document() paper.Document {
	rows := make([][]paper.Text, len(p.Matters))
	for i, m := range p.Matters {
		rows[i] = []paper.Text{paper.Plain(strconv.Itoa(i + 1)), paper.Plain(m.Item), paper.Plain(m.Case), paper.Plain(m.State), paper.Plain(dash(m.Until))}
	}
	you := p.Applicant.you()
	doc := p.document("接待回执",
		p.Applicant.salutation(),
		paper.Paragraph{Text: paper.Join(
			paper.Plain(fmt.Sprintf("%s %d 时 %02d 分，%s凭 ", p.At.Long(), p.At.Hour, p.At.Minute, you)), paper.Strong(p.Ticket+" 号"),
			paper.Plain("在本窗口办了 "), paper.Strong(fmt.Sprintf("%d 件事", len(p.Matters))), paper.Plain("。"))},
		paper.Table{Columns: []paper.Column{{Width: 8, Right: true}, {Head: "事项"}, {Head: "办件编号", Width: 46}, {Head: "现在", Width: 24}, {Head: "什么时候答复", Width: 34}}, Rows: rows},
		paper.Note{Text: paper.Join(paper.Strong("凭办件编号"), paper.Plain("，或拿身份证到任一自助终端，可以查到每一件到了哪一步；有变化会发短信。"))},
		paper.Note{Text: paper.Plain("每一件的文书另外出具；这张回执只写这次办了哪些事，不代替受理通知书。")},
	)
	doc.Sign.Receiver = []paper.Blank{{Label: "申请人"}, {Label: "接待人", Value: p.Office.Clerk}}
	return doc
}

func (p Visit) check() []string {
	list := faults(append(p.Common.check(), p.Applicant.check()...))
	list.need(p.Ticket != "" && !p.At.isZero(), "号票和接待时间")
	list.need(len(p.Matters) > 0, "办了哪些事")
	return list
}
