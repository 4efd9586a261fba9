package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/modules/desk"
	"tongban/central/modules/desk/internal/store"
	"tongban/central/modules/window"
)

// Ruling is what the department does with a case at the window (决定): grant, deny, pause, resume or extend.
type Ruling struct {
	Act         string // grant, deny, pause, resume, extend
	Version     int    // of the task
	CaseVersion int
	Reason      string
	ReasonCode  string
	Days        int
	Approver    string
	Facts       []window.Fact
}

// Fact is one line of what a proof states (证明内容).
type Fact = window.Fact

// rulingOf is what each act at the window is to the task.
func rulingOf(act string) (deed, bool) {
	switch act {
	case "grant":
		return deed{act: desk.ActDecide, text: "准予", topic: desk.TopicDecided}, true
	case "deny":
		return deed{act: desk.ActDecide, text: "不予许可", topic: desk.TopicDecided}, true
	case "pause":
		return deed{act: desk.ActPause, text: "停表"}, true
	case "resume":
		return deed{act: desk.ActResume, text: "恢复计时"}, true
	case "extend":
		return deed{act: desk.ActExtend, text: "延期"}, true
	}
	return deed{}, false
}

// Decide does it through the window: the case's state, clock, paper and history, and the task's own row, are kept together or
// not at all.
func (a *App) Decide(ctx context.Context, no string, r Ruling) (Decided, error) {
	ruling, ok := rulingOf(r.Act)
	if !ok {
		return Decided{}, bad("act", "没有这种决定")
	}
	t, err := a.see(ctx, no, desk.PermDecide)
	if err != nil {
		return Decided{}, err
	}
	if t.Version != r.Version {
		return Decided{}, desk.ErrChanged
	}
	if _, err := desk.Next(t.State, ruling.act); err != nil {
		return Decided{}, err
	}
	if ruling.act == desk.ActDecide {
		if err := a.reviewed(ctx, t); err != nil {
			return Decided{}, err
		}
	}
	d := window.Decision{
		Act: window.Act(r.Act), Version: r.CaseVersion, Reason: r.Reason, ReasonCode: r.ReasonCode, Days: r.Days, Approver: r.Approver, Facts: r.Facts,
	}
	if d.Act == window.ActGrant {
		d.Note = r.Reason // a grant needs no reason; what the department wrote stands in the history
	}
	_, doc, err := a.Window.Act(ctx, no, d, func(ctx context.Context, tx db.Tx, m window.Moved, doc window.Document) error {
		return a.decided(ctx, tx, t, r, ruling, m, doc)
	})
	if err != nil {
		return Decided{}, err
	}
	detail, err := a.Task(ctx, no)
	return Decided{
		Task: detail, Document: DocumentView{ID: doc.ID, No: doc.No, Title: doc.Title, URL: "/api/staff/v1/window/documents/" + doc.ID + "/pdf"},
	}, err
}

// decided writes the desk's own row of an act at the window, in its transaction.
func (a *App) decided(ctx context.Context, tx db.Tx, t store.Task, r Ruling, d deed, m window.Moved, doc window.Document) error {
	own(ctx, &t)
	if m.Due != "" {
		t.Due = m.Due
	}
	switch d.act {
	case desk.ActDecide:
		t.Outcome, t.Reason = string(m.State), r.Reason
	case desk.ActPause:
		if err := a.pauseStep(&t, r.Days); err != nil {
			return err
		}
	case desk.ActResume:
		if all := spans(t); len(all) > 0 && (all[len(all)-1].Open() || all[len(all)-1].To.After(a.today())) {
			all[len(all)-1].To = a.today()
			if err := setSpans(&t, all); err != nil {
				return err
			}
		}
		if err := a.restep(&t); err != nil {
			return err
		}
	}
	d.text += "，" + doc.Title + " " + doc.No
	d.reason = r.Reason
	return a.move(ctx, tx, &t, d)
}

// pauseStep stops the department's clock for as long as the applicant was told.
func (a *App) pauseStep(t *store.Task, days int) error {
	end, err := a.Calendar.Due(a.today(), calendar.Budget{Days: days, Unit: calendar.Working}, nil)
	if err != nil {
		return fmt.Errorf("compute end of pause: %w", err)
	}
	if err := setSpans(t, append(spans(*t), calendar.Span{From: a.today(), To: end.Due})); err != nil {
		return err
	}
	return a.restep(t)
}

// reviewed refuses a decision before every review point of the case was looked at by the department.
func (a *App) reviewed(ctx context.Context, t store.Task) error {
	item, err := a.Items.Item(ctx, t.Item, t.ItemVersion)
	if err != nil {
		return fmt.Errorf("load item of %s: %w", t.No, err)
	}
	ticks := ticksOf(t)
	left := 0
	for _, p := range item.Points {
		if _, ok := ticks[p.ID]; !ok && p.When == nil {
			left++
		}
	}
	if left > 0 {
		return bad("points", fmt.Sprintf("还有 %d 个审查要点没有复核，逐条看过再决定", left))
	}
	return nil
}

// Forward reports a case to the body above (转报); the task waits for its reply.
func (a *App) Forward(ctx context.Context, no string, version int, to, reason string) (Detail, error) {
	if len([]rune(strings.TrimSpace(to))) < 2 {
		return Detail{}, bad("to", "写明转报到哪个机关")
	}
	if len([]rune(strings.TrimSpace(reason))) < 4 {
		return Detail{}, bad("reason", "写明转报的理由，至少 4 个字")
	}
	return a.act(ctx, no, desk.PermDecide, version, func(ctx context.Context, tx db.Tx, t *store.Task) error {
		own(ctx, t)
		t.Reason = reason
		return a.move(ctx, tx, t, deed{act: desk.ActForward, text: "转报" + to + "：" + reason, note: "转报", reason: reason, topic: desk.TopicForwarded})
	})
}

// Reply notes what the body above answered (批复), so that the department can decide.
func (a *App) Reply(ctx context.Context, no string, version int, text string) (Detail, error) {
	if len([]rune(strings.TrimSpace(text))) < 4 {
		return Detail{}, bad("text", "写明批复的文号和意见，至少 4 个字")
	}
	return a.act(ctx, no, desk.PermDecide, version, func(ctx context.Context, tx db.Tx, t *store.Task) error {
		return a.move(ctx, tx, t, deed{act: desk.ActReply, text: "收到批复：" + text, note: "上级批复", reason: text})
	})
}

// heads are the people who may agree to an extension: who decides in the same department, but the caller.
func (a *App) heads(ctx context.Context, department string) ([]PersonRow, error) {
	people, err := a.peopleOf(ctx, department)
	if err != nil {
		return nil, err
	}
	mine := actor.From(ctx).ID
	return slices.DeleteFunc(people, func(p PersonRow) bool { return p.ID == mine }), nil
}
