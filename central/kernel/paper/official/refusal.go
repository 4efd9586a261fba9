package official

import (
	"fmt"

	"tongban/central/kernel/paper"
)

// NotAccepted is 不予受理通知书: no clock has started, and here is where to go instead.
type NotAccepted struct {
	Common
	Applicant  Applicant
	Item       string
	ReceivedAt Moment
	DecidedAt  Moment
	Ground     Clause // NotOurs, NotNeeded, Untrue, or the provision of another law
	Why        string // the ground in everyday words
	GoTo       string // the body that is in charge, with address, telephone and web page
	WeHelp     string // what this counter can do at once
	Materials  string // what happened to the papers
	Fee        string // empty: 没有收取
	Review     Review
}

// Review is the remedy (救济). The body that reviews is the people's government over the department (行政复议法 art. 24).
type Review struct {
	Government string // 绵阳市涪城区人民政府
	Where      string // counter, address, telephone
}

// note says what may be done against a decision, and until when.
func (r Review) note(you string) paper.Note {
	review := "，向" + r.Government + "提出"
	if r.Where != "" {
		review += "（" + r.Where + "）"
	}
	return paper.Note{Text: paper.Join(paper.Plain("① 申请行政复议：收到本通知之日起 "), paper.Strong("60 日"), paper.Plain("内"+review+"。\n"),
		paper.Plain("② 提起行政诉讼：收到本通知之日起 "), paper.Strong("6 个月"), paper.Plain("内，向有管辖权的人民法院提起。\n"),
		paper.Plain("申请行政复议不收费。选哪一种，都不影响"+you+"重新申请。"))}
}

// verdict is the word of the law: 不受理 where no licence is needed, 不予受理 otherwise.
func (p NotAccepted) verdict() string {
	if p.Ground == NotNeeded {
		return "不受理"
	}
	return "不予受理"
}

// Document lays the paper out.
func (p NotAccepted) Document() paper.Document {
	you, fee := p.Applicant.you(), p.Fee
	if fee == "" {
		fee = "没有收取"
	}
	return p.document(p.verdict()+"通知书",
		p.Applicant.salutation(),
		paper.Paragraph{Text: paper.Join(
			paper.Plain(you+" "+p.ReceivedAt.Long()+"向我局申请"), paper.Strong(p.Item), paper.Plain("。我局"+p.today()+"作出决定："),
			paper.Strong(p.verdict()), paper.Plain("。"))},
		paper.Facts{
			paper.F("为什么", paper.Plain(p.Why)),
			paper.F("该找哪里", paper.Plain(p.GoTo)),
			paper.F("我们帮您做", paper.Plain(p.WeHelp)),
			paper.F("材料", paper.Plain(p.Materials)),
			paper.F("费用", paper.Plain(fee)),
		},
		p.Ground.block(),
		paper.Heading{Text: "时间"},
		paper.Note{Text: paper.Plain("收到申请：" + p.ReceivedAt.text() + "　作出决定：" + p.DecidedAt.text() + "。本申请没有开始计算办理时间。")},
		paper.Heading{Text: "如果" + you + "不同意"},
		p.Review.note(you),
	)
}

// today says when the decision was made, by its date where that is another day.
func (p NotAccepted) today() string {
	if p.DecidedAt.Day == p.Issued {
		return "今天"
	}
	return " " + p.DecidedAt.Long()
}

func (m Moment) text() string { return fmt.Sprintf("%s %d:%02d", m.Long(), m.Hour, m.Minute) }

func (p NotAccepted) check() []string {
	f := append(p.Common.check(), p.Applicant.check()...)
	f = append(f, p.Ground.check()...)
	list := faults(f)
	list.need(p.Item != "", "事项")
	list.need(!p.ReceivedAt.isZero() && !p.DecidedAt.isZero(), "收到和决定的时间")
	list.need(p.Why != "", "理由")
	list.need(p.GoTo != "" || p.Ground != NotOurs, "该找的机关")
	list.need(p.Review.Government != "", "行政复议机关")
	return list
}
