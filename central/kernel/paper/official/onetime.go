package official

import (
	"fmt"
	"strconv"

	"tongban/central/kernel/paper"
)

// OneTimeNotice is 一次性告知书（补正）: all that is missing, told once.
type OneTimeNotice struct {
	Common
	Applicant Applicant
	Item      string
	AppliedOn Day
	Gaps      []Gap
	Clock     Clock  // the applicant's own period
	DueHour   string // 17:00, when the counters close on the last day
	HandIn    string // where to bring it; empty: the usual ways
	Hotline   string // 12345, for a second notice that should not be
	Law       Clause // TellOnce unless the item rests on another law
}

// Gap is one thing to repair: which, what is wrong with it, and what makes it right.
type Gap struct{ What, Now, Repair string }

// Document lays the paper out.
func (p OneTimeNotice) Document() paper.Document {
	you := p.Applicant.you()
	rows := make([][]paper.Text, len(p.Gaps))
	for i, g := range p.Gaps {
		rows[i] = []paper.Text{paper.Plain(strconv.Itoa(i + 1)), paper.Strong(g.What), paper.Plain(g.Now), paper.Plain(g.Repair)}
	}
	handIn := p.HandIn
	if handIn == "" {
		handIn = "交到任意一个综合窗口、手机上传或邮寄都可以（邮寄以寄出邮戳为准）。"
	}
	strip := p.Clock.strip()
	if p.DueHour != "" {
		promiseMark(strip).Above = p.Clock.Promise.Due.Short() + " " + p.DueHour + " 前"
	}
	return p.document("一次性告知书（补正）",
		p.Applicant.salutation(),
		paper.Paragraph{Text: paper.Join(
			paper.Plain(you+" "+p.AppliedOn.Long()+"申请"), paper.Strong(p.Item), paper.Plain("，有 "),
			paper.Strong(fmt.Sprintf("%d 项", len(p.Gaps))), paper.Plain("要补。这是"), paper.Strong("全部"), paper.Plain("要补的内容，补齐就受理。"))},
		paper.Table{Columns: []paper.Column{{Width: 8, Right: true}, {Head: "哪一项", Width: 32}, {Head: "现在的情况", Width: 48}, {Head: "这样补就可以"}}, Rows: rows},
		paper.Heading{Text: "补到什么时候"},
		strip,
		paper.Note{Text: paper.Plain(p.Clock.counting() + handIn + "补齐当天就受理，从下一个工作日开始算办理时间。到期没有补，这次申请终止，材料退给" +
			you + "，以后可以再申请，不影响信用。")},
		paper.Note{Text: paper.Join(paper.Strong("如果我们以后又要别的材料"),
			paper.Plain("，那是我们漏了：须由负责人批准，补的时间不算"+you+"的，"+you+"可以拨 "+p.Hotline+" 反映。"))},
		p.law().block(),
	)
}

func (p OneTimeNotice) law() Clause {
	if p.Law == (Clause{}) {
		return TellOnce
	}
	return p.Law
}

func (p OneTimeNotice) check() []string {
	f := append(p.Common.check(), p.Applicant.check()...)
	f = append(f, p.Clock.check()...)
	f = append(f, p.law().check()...)
	list := faults(f)
	list.need(p.Item != "" && !p.AppliedOn.isZero(), "事项和申请日期")
	list.need(len(p.Gaps) > 0, "要补的内容")
	for i, g := range p.Gaps {
		list.need(g.What != "" && g.Now != "" && g.Repair != "", fmt.Sprintf("第 %d 项的名称、现状或补法", i+1))
	}
	list.need(p.Hotline != "", "反映电话")
	return list
}
