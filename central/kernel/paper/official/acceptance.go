package official

import (
	"fmt"
	"strings"

	"tongban/central/kernel/paper"
)

// Acceptance is 受理通知书: from this paper on the clock runs.
type Acceptance struct {
	Common
	Applicant Applicant
	Item      string // 食品经营许可（新办）
	AppliedOn Day
	Clock     Clock
	Received  []Received
	Exempt    []Exempt
	Fee       string // 不收费, or the amount with its basis
	Collect   string // how to get the result
	Progress  string // how to look up the progress; empty: by the code below
	Law       Clause // MustAccept unless the item rests on another law
}

// Received is a material that was taken in.
type Received struct {
	Name   string
	Copies int
	Pages  int // of one copy; 0 is not printed
}

// Exempt is a material that did not have to be handed in, and why.
type Exempt struct{ Name, Because string }

// Document lays the paper out.
func (p Acceptance) Document() paper.Document {
	progress := p.Progress
	if progress == "" {
		progress = "扫下方二维码"
	}
	return p.document("受理通知书",
		p.Applicant.salutation(),
		paper.Paragraph{Text: paper.Join(
			paper.Plain(p.Applicant.you()+" "+p.AppliedOn.Long()+"申请"), paper.Strong(p.Item), paper.Plain("，现已受理。"))},
		paper.Heading{Text: "什么时候办完"},
		p.Clock.strip(),
		paper.Note{Text: paper.Plain(p.Clock.counting() + "如果需要检验、检测或专家评审，所需时间另外书面告诉" + p.Applicant.you() + "，不计入上面的时间。")},
		paper.Facts{
			paper.F("收下的材料", paper.Plain(receivedList(p.Received))),
			paper.F("不用交的", paper.Plain(exemptList(p.Exempt))),
			paper.F("费用", paper.Plain(p.Fee)),
			paper.F("怎么领证", paper.Plain(p.Collect)),
			paper.F("怎么看进度", paper.Plain(progress)),
		},
		p.law().block(),
	)
}

func (p Acceptance) law() Clause {
	if p.Law == (Clause{}) {
		return MustAccept
	}
	return p.Law
}

func (p Acceptance) check() []string {
	f := append(p.Common.check(), p.Applicant.check()...)
	f = append(f, p.Clock.check()...)
	f = append(f, p.law().check()...)
	list := faults(f)
	list.need(p.Item != "" && !p.AppliedOn.isZero(), "事项和申请日期")
	list.need(p.Fee != "", "费用（不收费也要写）")
	list.need(p.Collect != "", "领取方式")
	return list
}

func receivedList(list []Received) string {
	if len(list) == 0 {
		return "没有收纸件"
	}
	words := make([]string, len(list))
	for i, r := range list {
		words[i] = fmt.Sprintf("%s %d 份", r.Name, r.Copies)
		if r.Pages > 0 {
			words[i] += fmt.Sprintf("（%d 页）", r.Pages)
		}
	}
	return strings.Join(words, "；")
}

// exemptList groups materials with the same reason: 营业执照、健康证明：已用电子证照核对.
func exemptList(list []Exempt) string {
	var reasons []string
	names := map[string][]string{}
	for _, e := range list {
		if names[e.Because] == nil {
			reasons = append(reasons, e.Because)
		}
		names[e.Because] = append(names[e.Because], e.Name)
	}
	words := make([]string, len(reasons))
	for i, because := range reasons {
		words[i] = strings.Join(names[because], "、")
		if because != "" {
			words[i] += "：" + because
		}
	}
	return strings.Join(words, "；")
}
