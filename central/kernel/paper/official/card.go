package official

import "tongban/central/kernel/paper"

// Card is the paper of supervision (督办单, 黄牌, 红牌): which case, what is wrong with its clock or its way, by which rule, and until
// when the office has to answer. It speaks to an office and names no applicant.
type Card struct {
	Common
	Title              string
	No                 string // of the card
	Item               string
	To, Handler        string
	Rule, Words        string
	Why                string
	Clock              string
	Promise, Statutory Day
	ReplyBy            Moment // zero: nobody has to answer
	Illegal            bool   // the statutory limit is overrun
}

// Document lays the paper out.
func (p Card) Document() paper.Document {
	facts := paper.Facts{paper.F("事项", paper.Plain(p.Item)), paper.F("办件编号", paper.Plain(p.Case)), paper.F("督办牌号", paper.Plain(p.No))}
	add := func(name, value string) {
		if value != "" {
			facts = append(facts, paper.F(name, paper.Plain(value)))
		}
	}
	add("经办人", p.Handler)
	add("时限", p.Clock)
	if !p.Promise.isZero() {
		add("承诺办结", p.Promise.Long())
	}
	if !p.Statutory.isZero() {
		add("法定办结", p.Statutory.Long())
	}
	add("触发的规则", "“"+p.Rule+"”："+p.Words)
	blocks := []paper.Block{
		paper.Paragraph{Text: paper.Join(paper.Strong(p.To), paper.Plain("：")), Flush: true},
		paper.Paragraph{Text: paper.Join(paper.Plain("你单位办理的下列办件，"), paper.Strong(p.Why), paper.Plain("，现发"), paper.Strong(p.Title), paper.Plain("。"))},
		facts,
		paper.Heading{Text: "请做什么"},
		paper.Note{Text: p.duty()},
	}
	if p.Illegal {
		blocks = append(blocks, paper.Note{Text: paper.Strong("法定办理期限已经用完，请立即作出决定，并说明没有按期作出的原因。")})
	}
	blocks = append(blocks, paper.Note{Text: paper.Plain("牌由规则自动发出，补办、催办都不撤销它。认为发错的，请写明理由交督查人员审；撤销的牌留痕，仍然可查。")})
	doc := p.document(p.Title, blocks...)
	doc.Head.Left[1] = "一式两份：责任单位、督查存档"
	return doc
}

func (p Card) duty() paper.Text {
	if p.ReplyBy.isZero() {
		return paper.Plain("这是提醒，不用答复。请安排好时间，在承诺的期限内办结。")
	}
	return paper.Join(paper.Plain("请在 "), paper.Strong(p.ReplyBy.text()+" 前"), paper.Plain("在系统“督办”里答复：为什么会这样，什么时候办完。答复由督查人员审，没有说清楚的退回重写。"))
}

func (p Card) check() []string {
	list := faults(p.Common.check())
	list.need(p.Title != "" && p.No != "" && p.Item != "", "名称、牌号和事项")
	list.need(p.To != "" && p.Rule != "" && p.Why != "", "责任单位、规则和原因")
	return list
}
