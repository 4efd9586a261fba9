package app

import (
	"context"
	"crypto/subtle"
	"fmt"

	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

var errAsk = errs.E(errs.Invalid, "window.ask", "请刷身份证，或输入办件编号和小票上的查询码", nil)

// Progress answers a person: by card all their cases, by number and check code the one (进度查询). A wrong check code is
// told apart from a wrong number by nobody.
func (a *App) Progress(ctx context.Context, ask wire.ProgressQuery) ([]wire.Progress, error) {
	var cases []store.Case
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		switch {
		case ask.IDNumber != "":
			cases, err = store.ByPerson(ctx, q, a.Vault.Blind(classID, ask.IDNumber))
			return err
		case ask.CaseNo != "" && ask.CheckCode != "":
			no, err := wire.ParseCaseNo(ask.CaseNo)
			if err != nil {
				return errs.E(errs.Invalid, "window.case_no", "办件编号有误，请对照小票再输一次", err)
			}
			c, err := store.Get(ctx, q, no)
			if err != nil {
				return err
			}
			if subtle.ConstantTimeCompare([]byte(c.CheckBlind), []byte(a.Vault.Blind(classSlip, ask.CheckCode))) != 1 {
				return window.ErrNoSuchCase
			}
			cases = []store.Case{c}
			return nil
		default:
			return errAsk
		}
	})
	if err != nil {
		return nil, err
	}
	out := make([]wire.Progress, 0, len(cases))
	for _, c := range cases {
		p, err := a.progress(ctx, c)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// ProgressByKey answers the holder of a slip, who scanned its QR.
func (a *App) ProgressByKey(ctx context.Context, key string) (wire.Progress, error) {
	var c store.Case
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		c, err = store.ByLookup(ctx, q, a.Vault.Blind(classSlip, key))
		return err
	})
	if err != nil {
		return wire.Progress{}, err
	}
	return a.progress(ctx, c)
}

func (a *App) progress(ctx context.Context, c store.Case) (wire.Progress, error) {
	item, err := a.Items.Item(ctx, c.Item, c.ItemVersion)
	if err != nil {
		return wire.Progress{}, fmt.Errorf("load item of %s: %w", c.No, err)
	}
	var docs []store.Document
	var lines []store.Line
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		if lines, err = linesOf(ctx, q, c.No); err != nil {
			return err
		}
		docs, err = store.Documents(ctx, q, c.No)
		return err
	})
	if err != nil {
		return wire.Progress{}, err
	}
	_, strip, err := a.clockOf(c, item, lines)
	if err != nil {
		return wire.Progress{}, err
	}
	p := wire.Progress{
		CaseNo: c.No, Item: c.ItemName, State: string(c.State), StateText: citizenWords[c.State], Office: item.Office, Due: c.Due,
		Applicant: c.NameMasked, Submitted: minute(c.SubmittedAt), Documents: []wire.ProgressPaper{},
	}
	p.Answer, p.Next = a.answerFor(c, item, strip)
	if due, err := calendar.ParseDate(c.Due); err == nil && !due.IsZero() {
		p.DueText = due.Chinese() + weekday(due)
	}
	p.Steps = steps(c, item, docs, p)
	for _, d := range docs {
		p.Documents = append(p.Documents, wire.ProgressPaper{Title: d.Title, No: d.No, Date: stamp(d.CreatedAt)[:10]})
	}
	return p, nil
}

// citizenWords say the state without office language.
var citizenWords = map[window.State]string{
	window.Received: "窗口已收到", window.Noticed: "要您补材料", window.Accepted: "已受理，正在办", window.Refused: "不予受理", window.Granted: "办好了",
	window.Suspended: "正在做检验检测等程序，暂停计时", window.Denied: "不予许可", window.Withdrawn: "已按您的要求撤回", window.Lapsed: "已终止",
}

func (a *App) answerFor(c store.Case, item matter.Item, s calendar.Strip) (answer, next string) {
	switch c.State {
	case window.Received:
		if due, err := calendar.ParseDate(c.NoticeDue); err == nil {
			return "最晚" + due.Chinese() + weekday(due) + "告诉您是否受理", ""
		}
		return "窗口正在看您的材料", ""
	case window.Noticed:
		if due, err := calendar.ParseDate(c.NoticeDue); err == nil {
			return due.Chinese() + weekday(due) + "前请把材料补齐", "带上告知书写的材料到窗口"
		}
		return "请把材料补齐", "带上告知书写的材料到窗口"
	case window.Accepted:
		if s.Overdue > 0 {
			return fmt.Sprintf("超过承诺 %d 个工作日，可以打 12345 催办", s.Overdue), ""
		}
		return fmt.Sprintf("还剩 %d 个工作日", s.Remaining), ""
	case window.Suspended:
		return fmt.Sprintf("暂停计时，做完接着算，还剩 %d 个工作日", s.Remaining), ""
	case window.Refused:
		return "这件事没有受理，理由写在通知书上", "不同意可以申请行政复议"
	case window.Denied:
		return "没有批准，理由写在决定书上", "不同意可以申请行政复议"
	case window.Withdrawn:
		return "已按您的要求撤回", "随时可以再申请"
	case window.Lapsed:
		return "到期没有补齐材料，已终止", "备齐材料后可以再申请"
	default:
		return "办好了", item.Result.How
	}
}

func weekday(d calendar.Date) string {
	return "（周" + string([]rune("日一二三四五六")[d.Weekday()]) + "）"
}

// steps draws the timeline in the order of the matter, not of time.
func steps(c store.Case, item matter.Item, docs []store.Document, p wire.Progress) []wire.ProgressStep {
	at := map[string]string{}
	for _, d := range docs {
		at[d.Kind] = minute(d.CreatedAt)
	}
	out := []wire.ProgressStep{{Title: "交件", Note: c.Place, At: p.Submitted, State: "done"}}
	add := func(title, when, note, state string) {
		out = append(out, wire.ProgressStep{Title: title, At: when, Note: note, State: state})
	}
	if c.State == window.Refused {
		add("不予受理", at[KindRefusal], p.Answer, "done")
		return out
	}
	if when, told := at[KindNotice]; told {
		if c.State == window.Noticed {
			add("补材料", when, p.Answer, "you")
		} else {
			add("补材料", when, "", "done")
		}
	}
	switch c.State {
	case window.Received:
		add("受理", "", p.Answer, "now")
		add("办结", "", "", "coming")
	case window.Noticed:
		add("受理", "", "", "coming")
		add("办结", "", "", "coming")
	case window.Accepted, window.Suspended:
		add("受理", first(at, KindAcceptance, KindTolerance), "", "done")
		add(item.Office+"办理", "", p.Answer, "now")
		add("办结", "", "", "coming")
	case window.Granted:
		if when := first(at, KindAcceptance, KindTolerance); when != "" {
			add("受理", when, "", "done")
		}
		add("办结", minute(c.ClosedAt), item.Result.How, "done")
	case window.Denied, window.Withdrawn, window.Lapsed:
		if when := first(at, KindAcceptance, KindTolerance); when != "" {
			add("受理", when, "", "done")
		}
		add(c.State.Text(), minute(c.ClosedAt), p.Answer, "done")
	}
	return out
}

// first is the first that there is.
func first(at map[string]string, kinds ...string) string {
	for _, k := range kinds {
		if when, ok := at[k]; ok {
			return when
		}
	}
	return ""
}
