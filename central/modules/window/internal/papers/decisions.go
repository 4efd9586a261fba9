package papers

import (
	"strings"

	"tongban/central/kernel/calendar"
	"tongban/central/kernel/paper/official"
	"tongban/central/modules/window/internal/app"
)

func receipt(f app.PaperFacts) official.Receipt {
	p := official.Receipt{
		Common: common(f), Applicant: applicant(f), Item: f.Item, Clock: clock(f, f.Strip, f.PromiseBudget, calendar.Budget{}),
		ReceivedAt: official.Moment{Day: day(f.On), Hour: f.At.Hour(), Minute: f.At.Minute()},
	}
	for _, r := range f.Received {
		form := "扫描件"
		if r.Pages == 0 {
			form = f.Filled
		}
		p.Handed = append(p.Handed, official.Handed{Name: r.Name, Form: form, Seen: r.Seen, Original: "在申请人手里"})
	}
	for _, d := range f.Deferred {
		p.Handed = append(p.Handed, official.Handed{Name: d, Form: "稍后补交"})
	}
	for _, e := range f.Exempt {
		p.Handed = append(p.Handed, official.Handed{Name: e.Name, Form: "不用交", Original: e.Because})
	}
	return p
}

func acceptance(f app.PaperFacts) official.Acceptance {
	p := official.Acceptance{
		Common: common(f), Applicant: applicant(f), Item: f.Item, AppliedOn: day(f.Applied), Fee: f.Fee, Collect: collect(f),
		Progress: "扫小票上的二维码，或拿身份证到任一自助终端查",
		Clock:    clock(f, f.Strip, f.PromiseBudget, f.StatutoryBudget),
	}
	for _, r := range f.Received {
		p.Received = append(p.Received, official.Received{Name: r.Name, Copies: 1, Pages: r.Pages})
	}
	for _, d := range f.Deferred {
		p.Received = append(p.Received, official.Received{Name: d + "（稍后补交）"})
	}
	for _, e := range f.Exempt {
		p.Exempt = append(p.Exempt, official.Exempt(e))
	}
	return p
}

func collect(f app.PaperFacts) string {
	if f.PhoneMasked == "" {
		return f.How
	}
	return f.How + "。联系电话 " + f.PhoneMasked
}

func notice(f app.PaperFacts) official.OneTimeNotice {
	p := official.OneTimeNotice{
		Common: common(f), Applicant: applicant(f), Item: f.Item, AppliedOn: day(f.Applied), DueHour: "17:00", Hotline: f.Helpline,
		Clock: clock(f, f.Strip, f.PromiseBudget, calendar.Budget{}),
	}
	for _, g := range f.Gaps {
		gap := official.Gap{What: g.Name, Now: g.What, Repair: g.How}
		if g.Name == "" {
			gap.What, gap.Now = g.What, "—"
		}
		p.Gaps = append(p.Gaps, gap)
	}
	return p
}

// grounds are the articles of the licensing law for not accepting; who is not eligible is said by the item's own law.
var grounds = map[string]official.Clause{"not_ours": official.NotOurs, "not_needed": official.NotNeeded}

func refusal(f app.PaperFacts) official.NotAccepted {
	ground, ok := grounds[f.ReasonCode]
	if !ok {
		ground = itemLaw(f)
	}
	moment := official.Moment{Day: day(f.On), Hour: f.At.Hour(), Minute: f.At.Minute()}
	p := official.NotAccepted{
		Common: common(f), Applicant: applicant(f), Item: f.Item, DecidedAt: moment,
		ReceivedAt: official.Moment{Day: day(f.Applied), Hour: f.AppliedAt.Hour(), Minute: f.AppliedAt.Minute()},
		Ground:     ground, Why: strings.TrimSuffix(f.Reason, "。"), GoTo: f.RightOffice,
		WeHelp:    "对条件有疑问，可以到窗口当面问；条件变了可以再申请",
		Materials: "材料是扫描件，没有收取原件",
		Review:    official.Review{Government: f.Government, Where: "行政复议受理点可拨 " + f.Helpline + " 查询"},
	}
	if p.GoTo == "" {
		p.GoTo = "符合条件后，到任一窗口或自助终端再申请"
	}
	return p
}

func itemLaw(f app.PaperFacts) official.Clause {
	for _, l := range f.Law {
		if l.Text != "" {
			return official.Clause{Law: l.Name, Place: l.Article, Text: l.Text}
		}
	}
	for _, l := range f.Law {
		text := "办理条件：" + strings.Join(f.Conditions, "；")
		return official.Clause{Law: l.Name, Place: l.Article, Text: text}
	}
	return official.Clause{Law: "本事项办事指南", Place: "办理条件", Text: strings.Join(f.Conditions, "；")}
}

func certificate(f app.PaperFacts) official.Certificate {
	p := official.Certificate{
		Common: common(f), Title: f.Item, Subject: applicant(f), Empty: "没有记录", PrintedAt: "",
		AsOf: official.Moment{Day: day(f.On), Hour: f.At.Hour(), Minute: f.At.Minute()},
	}
	if f.Kind == app.KindClosing {
		p.Title, p.Opening = "办结通知书", "您 "+f.Applied.Long()+"申请的"+f.Item+"，已经办结。"
		p.Purpose, p.Source = "告知办理结果", "综合窗口办件记录"
	} else {
		p.Opening = "截至 " + f.On.Long() + "，经本机关核对，情况如下。"
		p.Purpose, p.Source = f.Purpose, f.Office+"业务记录，经办人核对"
	}
	for _, x := range f.Proof {
		p.Facts = append(p.Facts, official.Fact{Name: x.Label, Value: x.Value})
	}
	p.ValidUntil = day(f.ValidUntil)
	return p
}
