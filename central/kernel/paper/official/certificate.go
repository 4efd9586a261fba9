package official

import (
	"fmt"

	"tongban/central/kernel/paper"
)

// Certificate is a proof printed from a record (证明), such as 个人参保证明: who, what the record says, from which system and as of when,
// what it is for. The watermark repeats the purpose, so that a copy cannot serve another one.
type Certificate struct {
	Common
	Title      string // 个人参保证明
	Subject    Applicant
	Opening    string // the sentence that the record proves: 截至 2026 年 11 月 23 日，参加社会保险的情况如下。
	Facts      []Fact
	Columns    []paper.Column
	Rows       [][]string
	Empty      string // what stands in the table when the record has no line
	Purpose    string // 办理居住证; printed, and 仅供…使用 as the watermark
	Source     string // 四川省社会保险信息系统
	AsOf       Moment
	ValidUntil Day
	PrintedAt  string // 涪城区政务服务中心 3 号终端; empty at a window
	Law        Clause // empty where no provision is printed
}

// Fact is one line of the list above the table.
type Fact struct{ Name, Value string }

// InsuranceQuery is the right to look up one's own insurance record, free of charge (社会保险法).
var InsuranceQuery = Clause{"中华人民共和国社会保险法", "第七十四条第四款",
	"用人单位和个人可以免费向社会保险经办机构查询、核对其缴费和享受社会保险待遇记录，要求社会保险经办机构提供社会保险咨询等相关服务。"}

// Document lays the paper out.
func (p Certificate) Document() paper.Document {
	facts := make(paper.Facts, 0, len(p.Facts))
	for _, f := range p.Facts {
		facts = append(facts, paper.F(f.Name, paper.Plain(f.Value)))
	}
	rows := make([][]paper.Text, len(p.Rows))
	for i, row := range p.Rows {
		for _, cell := range row {
			rows[i] = append(rows[i], paper.Plain(cell))
		}
	}
	subject := paper.Strong(p.Subject.Name)
	if p.Subject.Note != "" {
		subject = paper.Join(subject, paper.Plain("（"+p.Subject.Note+"）"))
	}
	blocks := []paper.Block{paper.Paragraph{Text: paper.Join(subject, paper.Plain("："+p.Opening))}, facts}
	if len(p.Columns) > 0 {
		blocks = append(blocks, paper.Table{Columns: p.Columns, Rows: rows, Empty: p.Empty})
	}
	blocks = append(blocks,
		paper.Note{Text: paper.Plain(fmt.Sprintf("数据来自%s，截至 %s。", p.Source, p.AsOf.text()))},
		paper.Note{Text: paper.Join(paper.Plain("这张证明只用于："), paper.Strong(p.Purpose), paper.Plain("。有效到 "),
			paper.Strong(p.ValidUntil.Long()), paper.Plain("，过期请重新打印，不收费。"))},
	)
	if p.Law != (Clause{}) {
		blocks = append(blocks, p.Law.block())
	}
	doc := p.document(p.Title, blocks...)
	if !p.Sample {
		doc.Watermark = "仅供" + p.Purpose + "使用"
	}
	doc.Sign.Receiver = nil
	doc.Head.Left[1] = "由系统按记录打印"
	if p.PrintedAt != "" {
		doc.Head.Left[1] = "打印地点：" + p.PrintedAt
	}
	return doc
}

func (p Certificate) check() []string {
	f := append(p.Common.check(), p.Subject.check()...)
	list := faults(f)
	list.need(p.Title != "" && p.Opening != "", "名称和正文")
	list.need(p.Purpose != "", "用途")
	list.need(p.Source != "" && !p.AsOf.isZero(), "数据来源和时间")
	list.need(!p.ValidUntil.isZero(), "有效期")
	return list
}
