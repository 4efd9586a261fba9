package papers

import (
	"fmt"
	"strings"

	"tongban/central/kernel/calendar"
	"tongban/central/kernel/paper"
	"tongban/central/kernel/paper/official"
	"tongban/central/modules/window/internal/app"
)

func tolerance(f app.PaperFacts) official.Tolerance {
	p := official.Tolerance{Acceptance: acceptance(f), Until: day(f.GapsUntil)}
	for _, g := range f.Gaps {
		p.Missing = append(p.Missing, official.Gap{What: orElse(g.Name, g.What), Now: g.What, Repair: g.How})
	}
	return p
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func denial(f app.PaperFacts) official.Denial {
	return official.Denial{
		Common: common(f), Applicant: applicant(f), Item: f.Item, AcceptedOn: day(f.AcceptedOn), Why: strings.TrimSuffix(f.Reason, "。"),
		Ground: itemLaw(f), Materials: "留存归档；需要的可以复印",
		Review: official.Review{Government: f.Government, Where: "行政复议受理点可拨 " + f.Helpline + " 查询"},
	}
}

func change(f app.PaperFacts) official.Change {
	c := official.Change{
		Promise: limit(f.PromiseBudget, f.Strip.PromiseDue), Was: official.Dates{Promise: day(f.WasPromise), Statutory: day(f.WasStatutory)},
	}
	if f.StatutoryBudget.Days > 0 {
		c.Statutory = limit(f.StatutoryBudget, f.Strip.StatutoryDue)
	}
	return c
}

// stretches gathers the cells of the promise into runs of one kind; what lies beyond it is left out.
func stretches(f app.PaperFacts) []official.Stretch {
	var out []official.Stretch
	for _, c := range f.Strip.Cells {
		kind := paper.CellKind(c.Kind)
		switch c.Kind {
		case calendar.Today:
			kind = paper.CellLeft
		case calendar.Beyond:
			continue
		}
		if n := len(out); n > 0 && out[n-1].Kind == kind {
			out[n-1].Days++
			out[n-1].Last = day(c.Date)
			continue
		}
		out = append(out, official.Stretch{Kind: kind, Days: 1, First: day(c.Date), Last: day(c.Date), Name: f.Procedure})
	}
	return out
}

func pause(f app.PaperFacts) official.SpecialProcedure {
	return official.SpecialProcedure{
		Common: common(f), Applicant: applicant(f), Item: f.Item, AcceptedOn: day(f.AcceptedOn), Procedure: f.Procedure, What: f.Reason,
		Days: f.Days, From: day(f.From), To: day(f.To), Strip: stretches(f), Change: change(f),
	}
}

func resumption(f app.PaperFacts) official.Resumption {
	return official.Resumption{
		Common: common(f), Applicant: applicant(f), Item: f.Item, Procedure: f.Procedure, From: day(f.From), To: day(f.To), Told: day(f.Told),
		Strip: stretches(f), Change: change(f),
	}
}

func extension(f app.PaperFacts) official.Extension {
	return official.Extension{
		Common: common(f), Applicant: applicant(f), Item: f.Item, Days: f.Days, Reason: f.Reason, Approver: f.Approver, Joint: f.Joint,
		Strip: stretches(f), Change: change(f),
	}
}

func letter(f app.PaperFacts, title, after string, facts ...official.Fact) official.Letter {
	return official.Letter{
		Common: common(f), Applicant: applicant(f), Title: title, Item: f.Item, Before: "您 " + f.Applied.Long() + "申请的", After: after, Facts: facts,
	}
}

// handedLater is the receipt for papers that came later.
func handedLater(f app.PaperFacts) official.Letter {
	came := official.Fact{Name: "收到的材料", Value: orElse(strings.Join(f.Came, "；"), "按告知书补正的内容")}
	at := official.Fact{Name: "收到时间", Value: fmt.Sprintf("%s %d:%02d", f.On.Long(), f.At.Hour(), f.At.Minute())}
	if f.Kind == app.KindSupplement {
		p := letter(f, "补正材料收件凭证", "，补正的材料已经收到。", came, at,
			official.Fact{Name: "接下来", Value: fmt.Sprintf("我们最晚 %s答复您是否受理", f.AnswerBy.Long())})
		p.Notes = []string{"今天不计算在内，周末和法定节假日不计算在内。这张凭证不是受理通知书，只证明我们收到了上面的材料。"}
		return p
	}
	rest := "材料已经补齐，照常办理"
	if len(f.Deferred) > 0 {
		rest = "还差：" + strings.Join(f.Deferred, "；")
	}
	return letter(f, "补交材料收件凭证", "，容缺的材料已经收到。", came, at, official.Fact{Name: "还差什么", Value: rest})
}

func withdrawal(f app.PaperFacts) official.Letter {
	p := letter(f, "撤件回执", "，已按您的要求撤回，不再办理。",
		official.Fact{Name: "为什么撤", Value: f.Reason},
		official.Fact{Name: "材料", Value: "收下的原件当面退还；扫描件随办件归档，不作他用"},
		official.Fact{Name: "还能再申请吗", Value: "能。随时可以再申请，不影响信用"})
	return p
}

func lapse(f app.PaperFacts) official.Letter {
	p := letter(f, "终止办理告知书", "，到期没有补齐材料，现终止办理。",
		official.Fact{Name: "期限", Value: f.GapsUntil.Long() + "到期"},
		official.Fact{Name: "缺的材料", Value: strings.Join(f.Deferred, "；")},
		official.Fact{Name: "说明", Value: f.Reason},
		official.Fact{Name: "材料", Value: "收下的原件可凭本告知书到窗口领回"},
		official.Fact{Name: "还能再申请吗", Value: "能。备齐材料后随时可以再申请，不影响信用"})
	p.Review = official.Review{Government: f.Government, Where: "行政复议受理点可拨 " + f.Helpline + " 查询"}
	return p
}
