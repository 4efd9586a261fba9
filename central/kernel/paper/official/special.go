package official

import (
	"fmt"

	"tongban/central/kernel/paper"
)

// Dates are the two ends of a clock.
type Dates struct{ Promise, Statutory Day }

// Change is how the ends of a clock move.
type Change struct {
	Promise, Statutory Limit // as they are from now on
	Was                Dates
}

// table shows both ends, before and after.
func (c Change) table() paper.Table {
	row := func(name string, l Limit, was Day) []paper.Text {
		return []paper.Text{paper.Plain(name + "（" + l.span() + "）"), paper.Plain(was.Long() + " 前"), paper.Strong(l.Due.Long() + " 前")}
	}
	rows := [][]paper.Text{row("我们承诺", c.Promise, c.Was.Promise)}
	if c.Statutory.Days > 0 {
		rows = append(rows, row("法律规定", c.Statutory, c.Was.Statutory))
	}
	return paper.Table{Columns: []paper.Column{{Width: 58}, {Head: "原来"}, {Head: "现在", Width: 52}}, Rows: rows}
}

func (c Change) check() []string {
	var f faults
	f.need(!c.Promise.Due.isZero() && !c.Was.Promise.isZero(), "原来和现在的日期")
	return f
}

// Stretch is a run of days of one kind on the strip.
type Stretch struct {
	Kind        paper.CellKind
	Days        int
	First, Last Day
	Name        string // 检测, for days that do not count
}

// strip draws the stretches one after another, each with its count and its dates.
func strip(stretches []Stretch) paper.Strip {
	var s paper.Strip
	for _, r := range stretches {
		if r.Days == 0 {
			continue
		}
		above := fmt.Sprintf("余 %d 日", r.Days)
		switch r.Kind {
		case paper.CellUsed, paper.CellOver:
			above = fmt.Sprintf("已用 %d 日", r.Days)
		case paper.CellSuspended:
			above = fmt.Sprintf("%s %d 日，不计", r.Name, r.Days)
		}
		below := r.First.Short()
		if r.Last != r.First {
			below += "–" + r.Last.Short()
		}
		s.Marks = append(s.Marks, paper.Mark{Cell: len(s.Cells), Above: above, Below: below})
		s.Cells = append(s.Cells, paper.Cells(r.Kind, r.Days)...)
	}
	return s
}

// SpecialProcedure is 特别程序告知书: the clock stands still for so many days, and the law wants the applicant told in writing.
type SpecialProcedure struct {
	Common
	Applicant  Applicant
	Item       string
	AcceptedOn Day
	Procedure  string // 检测
	What       string // what is done and by whom
	Days       int
	From, To   Day
	Strip      []Stretch
	Change     Change
}

// Document lays the paper out.
func (p SpecialProcedure) Document() paper.Document {
	you := p.Applicant.you()
	return p.document("特别程序告知书",
		p.Applicant.salutation(),
		paper.Paragraph{Text: paper.Join(paper.Plain(you+"申请的"), paper.Strong(p.Item), paper.Plain("，"+p.AcceptedOn.Long()+"已受理。现在需要做"),
			paper.Strong(p.Procedure), paper.Plain("，"+p.Procedure+"期间"), paper.Strong("不计入办理时间"), paper.Plain("。"))},
		paper.Facts{
			paper.F("做什么", paper.Plain(p.What)),
			paper.F("需要多久", paper.Plain(fmt.Sprintf("%d 个工作日：%s 至 %s", p.Days, p.From.Long(), p.To.Long()))),
			paper.F("提前做完", paper.Plain("下一个工作日就恢复计时，不等到 "+p.To.spoken())),
			paper.F("没有做完", paper.Plain("须重新书面告知并说明原因，不会自动延长；没有再告知的，"+p.To.spoken()+"之后照常计时")),
		},
		paper.Heading{Text: "办完的日子这样变"},
		strip(p.Strip),
		p.Change.table(),
		NotCounted.block(),
	)
}

func (p SpecialProcedure) check() []string {
	list := faults(append(append(p.Common.check(), p.Applicant.check()...), p.Change.check()...))
	list.need(p.Item != "" && !p.AcceptedOn.isZero(), "事项和受理日期")
	list.need(p.Procedure != "" && p.What != "", "做什么")
	list.need(p.Days > 0 && !p.From.isZero() && !p.To.isZero(), "需要多久（许可法第四十五条要求书面告知）")
	list.need(len(p.Strip) > 0, "时限条")
	return list
}

// Resumption is 恢复计时告知书: the procedure is over, and this is when the matter will be done.
type Resumption struct {
	Common
	Applicant Applicant
	Item      string
	Procedure string
	From, To  Day // days that did not count
	Told      Day // last day that was told
	Strip     []Stretch
	Change    Change
}

// Document lays the paper out.
func (p Resumption) Document() paper.Document {
	counts := "从 " + p.To.spoken() + "之后的第一个工作日起接着计时"
	span := p.From.Long() + " 至 " + p.To.Long()
	facts := paper.Facts{paper.F("不计的日子", paper.Plain(span)), paper.F("接下来", paper.Plain(counts))}
	if p.Told.after(p.To) {
		facts = append(facts, paper.F("比告知的早", paper.Plain("原来告知到 "+p.Told.spoken()+"，提前做完，没有用完的日子不再扣")))
	}
	return p.document("恢复计时告知书",
		p.Applicant.salutation(),
		paper.Paragraph{Text: paper.Join(paper.Plain(p.Applicant.you()+"申请的"), paper.Strong(p.Item), paper.Plain("，"+p.Procedure+"已经结束，"),
			paper.Strong("恢复计算办理时间"), paper.Plain("。"))},
		facts,
		paper.Heading{Text: "什么时候办完"},
		strip(p.Strip),
		p.Change.table(),
		NotCounted.block(),
	)
}

func (p Resumption) check() []string {
	list := faults(append(append(p.Common.check(), p.Applicant.check()...), p.Change.check()...))
	list.need(p.Item != "" && p.Procedure != "", "事项和程序")
	list.need(!p.From.isZero() && !p.To.isZero(), "不计的日子")
	return list
}

func (d Day) after(o Day) bool { return d.iso() > o.iso() }

// Extension is 延期告知书: more days, by the head's approval, with the reason.
type Extension struct {
	Common
	Applicant Applicant
	Item      string
	Days      int
	Reason    string
	Approver  string
	Joint     bool // 45 days: the people's government approves
	Strip     []Stretch
	Change    Change
}

// Document lays the paper out.
func (p Extension) Document() paper.Document {
	law, who := TwentyDays, "本机关负责人"
	if p.Joint {
		law, who = FortyFiveDays, "本级人民政府负责人"
	}
	return p.document("延长办理期限告知书",
		p.Applicant.salutation(),
		paper.Paragraph{Text: paper.Join(paper.Plain(p.Applicant.you()+"申请的"), paper.Strong(p.Item), paper.Plain("，不能在原定时间办完。经"+who+"批准，延长 "),
			paper.Strong(fmt.Sprintf("%d 个工作日", p.Days)), paper.Plain("。"))},
		paper.Facts{
			paper.F("为什么", paper.Plain(p.Reason)),
			paper.F("谁批准", paper.Plain(p.Approver)),
			paper.F("还能再延吗", paper.Plain("不能。法律只许延长一次")),
		},
		paper.Heading{Text: "办完的日子这样变"},
		strip(p.Strip),
		p.Change.table(),
		law.block(),
	)
}

func (p Extension) check() []string {
	list := faults(append(append(p.Common.check(), p.Applicant.check()...), p.Change.check()...))
	list.need(p.Item != "", "事项")
	list.need(p.Days > 0, "延长的天数")
	list.need(p.Reason != "", "延长的理由（许可法第四十二条要求告知）")
	list.need(p.Approver != "", "批准人")
	return list
}
