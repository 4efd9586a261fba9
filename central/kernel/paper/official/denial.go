package official

import (
	"tongban/central/kernel/paper"
)

// Denial is 不予行政许可决定书: the reasons, the law, and what can be done against it.
type Denial struct {
	Common
	Applicant  Applicant
	Item       string
	AcceptedOn Day
	Why        string
	Ground     Clause // provision of the item's own law that is not met
	Materials  string
	Review     Review
}

// Document lays the paper out.
func (p Denial) Document() paper.Document {
	you := p.Applicant.you()
	return p.document("不予行政许可决定书",
		p.Applicant.salutation(),
		paper.Paragraph{Text: paper.Join(paper.Plain(you+"申请的"), paper.Strong(p.Item), paper.Plain("，"+p.AcceptedOn.Long()+"已受理。经审查，决定："),
			paper.Strong("不予行政许可"), paper.Plain("。"))},
		paper.Facts{
			paper.F("为什么", paper.Plain(p.Why)),
			paper.F("材料", paper.Plain(p.Materials)),
			paper.F("还能再申请吗", paper.Plain("能。条件变了，随时可以再申请，不影响信用")),
		},
		p.Ground.block(),
		GiveReasons.block(),
		paper.Heading{Text: "如果" + you + "不同意"},
		p.Review.note(you),
	)
}

func (p Denial) check() []string {
	list := faults(append(append(p.Common.check(), p.Applicant.check()...), p.Ground.check()...))
	list.need(p.Item != "" && !p.AcceptedOn.isZero(), "事项和受理日期")
	list.need(p.Why != "", "理由")
	list.need(p.Review.Government != "", "行政复议机关")
	return list
}
