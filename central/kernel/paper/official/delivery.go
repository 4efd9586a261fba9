package official

import (
	"strconv"

	"tongban/central/kernel/paper"
)

// Delivery is 送达回证: what was handed to whom, when and how, and that the recipient signed for it.
type Delivery struct {
	Common
	Applicant     Applicant
	Item          string
	At            Moment
	Papers        []Fact // title and number of what was handed out
	Certificate   string // number of the certificate, empty without one
	Recipient     string // in full: the paper is signed by this person
	RecipientNote string // masked number
	Relation      string // 本人, 受托人
	Way           string // 当面领取, 邮寄送达
	Signed        string // 手写屏签名, 纸上签名, 邮政签收
}

// DeliverInTime is the limit of handing out what was decided (行政许可法 art. 44, as amended 2019-04-23, compared in November 2026).
var DeliverInTime = Clause{licensingLaw, "第四十四条",
	"行政机关作出准予行政许可的决定，应当自作出决定之日起十日内向申请人颁发、送达行政许可证件，或者加贴标签、加盖检验、检测、检疫印章。"}

// Document lays the paper out.
func (p Delivery) Document() paper.Document {
	rows := make([][]paper.Text, 0, len(p.Papers)+1)
	for i, f := range p.Papers {
		rows = append(rows, []paper.Text{paper.Plain(strconv.Itoa(i + 1)), paper.Plain(f.Name), paper.Plain(f.Value)})
	}
	if p.Certificate != "" {
		rows = append(rows, []paper.Text{paper.Plain(strconv.Itoa(len(rows) + 1)), paper.Plain("证件"), paper.Plain(p.Certificate)})
	}
	doc := p.document("送达回证",
		p.Applicant.salutation(),
		paper.Paragraph{Text: paper.Join(paper.Plain(p.Applicant.you()+"申请的"), paper.Strong(p.Item), paper.Plain("，下列文书和证件已经送达。"))},
		paper.Table{Columns: []paper.Column{{Width: 8, Right: true}, {Head: "文书、证件"}, {Head: "编号、份数", Width: 70}}, Rows: rows, Empty: "没有纸质文书"},
		paper.Facts{
			paper.F("收到的人", paper.Plain(p.Recipient+"（"+p.RecipientNote+"）"+p.Relation)),
			paper.F("送达方式", paper.Plain(p.Way)),
			paper.F("送达时间", paper.Plain(p.At.text())),
			paper.F("签收", paper.Plain(p.Signed)),
		},
		paper.Note{Text: paper.Plain("文书内容有不清楚的，可以凭办件编号到窗口或打咨询电话问。")},
		DeliverInTime.block(),
	)
	doc.Sign.Receiver = []paper.Blank{{Label: "受送达人"}, {Label: "送达人", Value: p.Office.Clerk}}
	return doc
}

func (p Delivery) check() []string {
	list := faults(append(p.Common.check(), p.Applicant.check()...))
	list.need(p.Item != "" && !p.At.isZero(), "事项和送达时间")
	list.need(p.Recipient != "" && p.Relation != "" && p.Way != "" && p.Signed != "", "收到的人、方式和签收")
	list.refuse(holdsID(p.Recipient) || holdsID(p.RecipientNote), "完整的公民身份号码")
	return list
}
