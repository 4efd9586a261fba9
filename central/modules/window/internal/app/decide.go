package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/ids"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// Decide moves a case (办理): state, clock, ledger, paper, history, audit, event and the word to the terminal are kept
// together. The paper is drawn before the transaction, so that drawing never holds up other writers.
func (a *App) Decide(ctx context.Context, no string, d window.Decision) (Case, DocumentRow, error) {
	doc, err := a.decideKept(ctx, no, d, nil)
	if err != nil {
		return Case{}, DocumentRow{}, err
	}
	v, err := a.view(ctx, no)
	return v, documentRows([]store.Document{doc})[0], err
}

func (a *App) decideKept(ctx context.Context, no string, d window.Decision, also window.Also) (store.Document, error) {
	if err := complete(d); err != nil {
		return store.Document{}, err
	}
	l, out, err := a.foresee(ctx, no, d)
	if err != nil {
		return store.Document{}, err
	}
	facts, err := a.paperFacts(ctx, l, out, d)
	if err != nil {
		return store.Document{}, err
	}
	return a.numbered(ctx, l.item.DocMark, facts, func(tx db.Tx, doc store.Document) error {
		if err := store.Move(ctx, tx, out.next); err != nil {
			return err
		}
		if err := out.keep(ctx, tx, doc.No); err != nil {
			return err
		}
		if err := a.tell(ctx, tx, out.next, d, doc); err != nil || also == nil {
			return err
		}
		return also(ctx, tx, movedBy(out.next, d, doc, tx.Now()), documentOf(doc))
	})
}

// foresee loads a case and works out what an act makes of it, or why it may not be.
func (a *App) foresee(ctx context.Context, no string, d window.Decision) (loaded, outcome, error) {
	l, err := a.load(ctx, no)
	if err != nil {
		return l, outcome{}, err
	}
	if err := within(ctx, permOf[d.Act], l.Case); err != nil {
		return l, outcome{}, err
	}
	if d.Version != l.Version {
		return l, outcome{}, window.ErrChanged
	}
	out, err := a.after(ctx, l, d)
	return l, out, err
}

// tell writes what others learn of the act.
func (a *App) tell(ctx context.Context, tx db.Tx, c store.Case, d window.Decision, doc store.Document) error {
	who := actor.From(ctx)
	note := doc.Title + " " + doc.No
	for _, more := range []string{because(d), d.Note} {
		if more != "" {
			note += "；" + more
		}
	}
	err := store.Tell(ctx, tx, store.Entry{
		ID: ids.New(), CaseNo: c.No, At: db.Ms(tx.Now()), Kind: "person", Title: titleOf(c, d.Act), Note: note, Actor: who.Name + " " + who.Desk,
	})
	if err != nil {
		return err
	}
	err = audit.Write(ctx, tx, audit.Record{
		Action: "window." + string(d.Act), Object: c.No, Reason: d.Reason, Detail: map[string]string{"document": doc.No, "state": string(c.State)},
	})
	if err != nil {
		return err
	}
	if err := events.Emit(ctx, tx, events.Event{Topic: d.Act.Topic(), Key: c.No, Data: movedBy(c, d, doc, tx.Now())}); err != nil {
		return err
	}
	if c.Terminal == "" {
		return nil
	}
	return a.Notify(ctx, tx, c.Terminal, wire.CaseNotice{CaseNo: c.No, State: string(c.State), Due: c.Due, At: tx.Now()})
}

// longestBecause bounds what a timeline says of the reasons; the paper says all.
const longestBecause = 160

// because says in a line what was missing or why it ended, for whoever opens the person's next case.
func because(d window.Decision) string {
	var words string
	switch d.Act {
	case window.ActNotice, window.ActRenotice, window.ActTolerate:
		whats := make([]string, len(d.Gaps))
		for i, g := range d.Gaps {
			whats[i] = g.What
		}
		words = "要补：" + strings.Join(whats, "；")
	case window.ActRefuse, window.ActDeny, window.ActWithdraw, window.ActLapse, window.ActPause, window.ActExtend:
		words = d.Reason
	}
	if r := []rune(words); len(r) > longestBecause {
		words = string(r[:longestBecause]) + "…"
	}
	return words
}

// titleOf names a line of the timeline: where the case stands, and what was done where that says more.
func titleOf(c store.Case, act window.Act) string {
	switch act {
	case window.ActAccept, window.ActNotice, window.ActRefuse, window.ActGrant:
		return c.State.Text()
	}
	return act.Text()
}

// movedBy is what the event of an act says.
func movedBy(c store.Case, d window.Decision, doc store.Document, at time.Time) window.Moved {
	m := movedOf(c, at)
	m.Act, m.Document = d.Act, doc.No
	return m
}

func documentOf(d store.Document) window.Document {
	return window.Document{ID: d.ID, No: d.No, Kind: d.Kind, Title: d.Title, Code: d.Code}
}

// proven refuses a proof that would prove nothing: the item says what a proof holds, and until the offices' systems are
// connected a person answers for each line.
func proven(item matter.Item, d window.Decision) error {
	want := item.Result.Lines
	if d.Act != window.ActGrant || len(want) == 0 {
		return nil
	}
	for _, label := range want {
		if !slices.ContainsFunc(d.Facts, func(f window.Fact) bool { return f.Label == label && f.Value != "" }) {
			words := "照业务系统填写“" + label + "”"
			return errs.WithFields(errs.E(errs.Invalid, "window.proof", words, nil), errs.Field{Path: "facts", Message: words})
		}
	}
	return nil
}

// refusalReasons are the cases in which an application is not accepted.
var refusalReasons = []string{"not_needed", "not_ours", "not_eligible"}

func wrong(path, words string) error {
	return errs.WithFields(errs.E(errs.Invalid, "window.decision", words, nil), errs.Field{Path: path, Message: words})
}

// complete refuses a decision that lacks words its paper needs.
func complete(d window.Decision) error {
	switch d.Act {
	case window.ActNotice, window.ActRenotice:
		if len(d.Gaps) == 0 {
			return wrong("gaps", "至少写一条要补的内容，一次说全")
		}
		if d.Days < 1 || d.Days > 30 {
			return wrong("days", "补正期限填 1–30 个工作日")
		}
		if d.Act == window.ActRenotice {
			return reasoned(d, "写明为什么还要再告知，至少 8 个字")
		}
	case window.ActTolerate:
		if len(d.Gaps) == 0 {
			return wrong("gaps", "写明哪些材料稍后补交")
		}
	case window.ActRefuse:
		if !slices.Contains(refusalReasons, d.ReasonCode) {
			return wrong("reason_code", "请选不予受理的情形")
		}
		if d.ReasonCode == "not_ours" && d.RightOffice == "" {
			return wrong("right_office", "写明应当去哪个机关办")
		}
		return reasoned(d, "理由至少写 8 个字，让申请人看得懂")
	case window.ActDeny:
		return reasoned(d, "理由至少写 8 个字，让申请人看得懂")
	case window.ActExtend:
		if d.Days < 1 || d.Days > mostJoint {
			return wrong("days", "延期填 1–10 个工作日")
		}
		return reasoned(d, "写明为什么延期，至少 8 个字，要告诉申请人")
	case window.ActPause:
		if window.Procedures[d.ReasonCode] == "" {
			return wrong("reason_code", "只有听证、招标、拍卖、检验、检测、检疫、鉴定和专家评审可以停表（行政许可法第四十五条）")
		}
		if d.Days < 1 || d.Days > mostPause {
			return wrong("days", "写明需要多少个工作日（1–60），告知书要写")
		}
		if len([]rune(d.Reason)) < 4 {
			return wrong("reason", "写明做什么、谁来做")
		}
	case window.ActWithdraw, window.ActLapse:
		if len([]rune(d.Reason)) < 4 {
			return wrong("reason", "写明原因，至少 4 个字")
		}
	case window.ActSupply:
		if len(d.Materials) == 0 {
			return wrong("materials", "选补交的是哪几份材料")
		}
	case window.ActAccept, window.ActGrant, window.ActSupplement, window.ActResume:
	default:
		return wrong("act", "没有这种办理动作")
	}
	return nil
}

func reasoned(d window.Decision, words string) error {
	if len([]rune(d.Reason)) < 8 {
		return wrong("reason", words)
	}
	return nil
}
