package official

import (
	"fmt"
	"strconv"

	"tongban/central/kernel/paper"
)

// Tolerance is 容缺受理通知书 with the applicant's commitment (承诺书): accepted although papers that may come later are missing.
// The clock runs; the result waits for the papers.
type Tolerance struct {
	Acceptance
	Missing []Gap // what is to come, its state, how it is to be brought
	Until   Day
}

// Document lays the paper out.
func (p Tolerance) Document() paper.Document {
	you := p.Applicant.you()
	rows := make([][]paper.Text, len(p.Missing))
	for i, g := range p.Missing {
		rows[i] = []paper.Text{paper.Plain(strconv.Itoa(i + 1)), paper.Strong(g.What), paper.Plain(g.Now), paper.Plain(g.Repair)}
	}
	doc := p.document("容缺受理通知书",
		p.Applicant.salutation(),
		paper.Paragraph{Text: paper.Join(paper.Plain(you+" "+p.AppliedOn.Long()+"申请"), paper.Strong(p.Item), paper.Plain("，先受理，有 "),
			paper.Strong(fmt.Sprintf("%d 份材料", len(p.Missing))), paper.Plain("请在 "), paper.Strong(p.Until.Long()+"前"), paper.Plain("补交。这是全部要补的。"))},
		paper.Table{Columns: []paper.Column{{Width: 8, Right: true}, {Head: "稍后补交", Width: 40}, {Head: "现在的情况", Width: 44}, {Head: "怎么补"}}, Rows: rows},
		paper.Heading{Text: "什么时候办完"},
		p.Clock.strip(),
		paper.Note{Text: paper.Plain(p.Clock.counting() + "办理照常进行，材料补齐以后才出结果。")},
		paper.Facts{
			paper.F("收下的材料", paper.Plain(receivedList(p.Received))),
			paper.F("不用交的", paper.Plain(exemptList(p.Exempt))),
			paper.F("费用", paper.Plain(p.Fee)),
		},
		paper.Heading{Text: "申请人承诺"},
		paper.Note{Text: paper.Join(paper.Plain("我自愿选择容缺受理，已经知道要补哪些材料、什么时候补。我承诺在 "), paper.Strong(p.Until.spoken()+"前"),
			paper.Plain("补齐，补交的材料真实有效。到期没有补齐，这次申请终止，由此造成的损失由我承担。"))},
		p.law().block(),
	)
	doc.Sign.Receiver = []paper.Blank{{Label: "承诺人"}, {Label: "日期"}}
	return doc
}

func (p Tolerance) check() []string {
	list := faults(p.Acceptance.check())
	list.need(len(p.Missing) > 0 && !p.Until.isZero(), "要补的材料和期限")
	return list
}

// Letter is a paper that says what happened and what follows, without a decision against anybody: 补正材料收件凭证, 撤件回执,
// 终止办理告知书.
type Letter struct {
	Common
	Applicant Applicant
	Title     string
	Item      string
	Before    string // 您 2026 年 11 月 23 日申请的
	After     string // ，现已按您的要求撤回。
	Facts     []Fact
	Notes     []string
	Review    Review // zero: none is due
}

// Document lays the paper out.
func (p Letter) Document() paper.Document {
	facts := make(paper.Facts, 0, len(p.Facts))
	for _, f := range p.Facts {
		facts = append(facts, paper.F(f.Name, paper.Plain(f.Value)))
	}
	blocks := []paper.Block{
		p.Applicant.salutation(),
		paper.Paragraph{Text: paper.Join(paper.Plain(p.Before), paper.Strong(p.Item), paper.Plain(p.After))},
		facts,
	}
	for _, n := range p.Notes {
		blocks = append(blocks, paper.Note{Text: paper.Plain(n)})
	}
	if p.Review.Government != "" {
		blocks = append(blocks, paper.Heading{Text: "如果" + p.Applicant.you() + "不同意"}, p.Review.note(p.Applicant.you()))
	}
	return p.document(p.Title, blocks...)
}

func (p Letter) check() []string {
	list := faults(append(p.Common.check(), p.Applicant.check()...))
	list.need(p.Title != "" && p.Item != "", "名称和事项")
	list.need(p.After != "" && len(p.Facts) > 0, "正文")
	return list
}
