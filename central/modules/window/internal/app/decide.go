package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/ids"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// ErrPaperNumber means that the number was taken while the paper was drawn, several times in a row.
var ErrPaperNumber = errs.E(errs.Unavailable, "window.paper_number", "同时办理的人多，文书号没有取到，请再按一次", nil)

// errNumberGone asks Decide to draw the paper again with the next number.
var errNumberGone = errors.New("number was taken")

// numberTries is how often a paper is drawn anew when its number is taken meanwhile.
const numberTries = 8

// Decide moves a case (受理、一次性告知、不予受理、办结): state, clock, paper, history, audit, event and the word to the terminal
// are kept together. The paper is drawn before the transaction, so that drawing never holds up other writers; if its number
// is taken meanwhile it is drawn again.
func (a *App) Decide(ctx context.Context, no string, d window.Decision) (Case, DocumentRow, error) {
	doc, err := a.decideKept(ctx, no, d, nil)
	if err != nil {
		return Case{}, DocumentRow{}, err
	}
	v, err := a.view(ctx, no)
	return v, documentRows([]store.Document{doc})[0], err
}

// decideKept decides, drawing the paper anew while its number is taken meanwhile.
func (a *App) decideKept(ctx context.Context, no string, d window.Decision, also window.Also) (store.Document, error) {
	if err := complete(d); err != nil {
		return store.Document{}, err
	}
	for range numberTries {
		doc, err := a.decideOnce(ctx, no, d, also)
		if !errors.Is(err, errNumberGone) {
			return doc, err
		}
	}
	return store.Document{}, ErrPaperNumber
}

func (a *App) decideOnce(ctx context.Context, no string, d window.Decision, also window.Also) (store.Document, error) {
	l, err := a.load(ctx, no)
	if err != nil {
		return store.Document{}, err
	}
	if err := within(ctx, permOf[d.Act], l.Case); err != nil {
		return store.Document{}, err
	}
	next, err := a.after(l, d)
	if err != nil {
		return store.Document{}, err
	}
	doc, counter, err := a.draw(ctx, l, next, d)
	if err != nil {
		return doc, err
	}
	return doc, a.DB.Do(ctx, func(tx db.Tx) error {
		if free, err := store.Take(ctx, tx, counter.name, counter.n); err != nil || !free {
			return errors.Join(err, errNumberGone)
		}
		if err := store.Move(ctx, tx, next); err != nil {
			return err
		}
		if err := store.AddDocument(ctx, tx, doc); err != nil {
			return err
		}
		if err := a.tell(ctx, tx, next, d, doc); err != nil || also == nil {
			return err
		}
		return also(ctx, tx, movedBy(next, d, doc, tx.Now()), documentOf(doc))
	})
}

// after is the case as it will be.
func (a *App) after(l loaded, d window.Decision) (store.Case, error) {
	next := l.Case
	if d.Version != l.Version {
		return next, window.ErrChanged
	}
	state, err := window.Next(l.State, d.Act, l.item.Handling == matter.Immediate)
	if err != nil {
		return next, err
	}
	if err := proven(l.item, d); err != nil {
		return next, err
	}
	next.State, next.Calendar = state, a.Calendar.Version()
	today := a.today()
	if d.Act == window.ActAccept || (d.Act == window.ActGrant && l.AcceptedOn == "") {
		due, err := a.dates(l.item, today)
		if err != nil {
			return next, err
		}
		next.AcceptedOn, next.Due, next.StatutoryDue = today.String(), due.promise.Due.String(), due.statutory.Due.String()
	}
	if d.Act == window.ActNotice {
		due, err := a.Calendar.Due(today, calendar.Budget{Days: d.Days, Unit: calendar.Working}, nil)
		if err != nil {
			return next, fmt.Errorf("compute applicant's date: %w", err)
		}
		next.NoticeDue = due.Due.String()
	}
	if !state.Open() {
		next.ClosedAt = db.Ms(a.Clock.Now())
	}
	return next, nil
}

// tell writes what others learn of the act.
func (a *App) tell(ctx context.Context, tx db.Tx, c store.Case, d window.Decision, doc store.Document) error {
	who := actor.From(ctx)
	note := doc.Title + " " + doc.No
	if d.Note != "" {
		note += "；" + d.Note
	}
	err := store.Tell(ctx, tx, store.Entry{
		ID: ids.New(), CaseNo: c.No, At: db.Ms(tx.Now()), Kind: "person", Title: c.State.Text(), Note: note, Actor: who.Name + " " + who.Desk,
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
	if err := events.Emit(ctx, tx, events.Event{Topic: c.State.Topic(), Key: c.No, Data: movedBy(c, d, doc, tx.Now())}); err != nil {
		return err
	}
	if c.Terminal == "" {
		return nil
	}
	return a.Notify(ctx, tx, c.Terminal, wire.CaseNotice{CaseNo: c.No, State: string(c.State), Due: c.Due, At: tx.Now()})
}

// movedBy is what the event of an act says.
func movedBy(c store.Case, d window.Decision, doc store.Document, at time.Time) window.Moved {
	m := movedOf(c, at)
	m.Act, m.Document = d.Act, doc.No
	return m
}

func documentOf(d store.Document) window.Document {
	return window.Document{ID: d.ID, No: d.No, Kind: d.Kind, Title: d.Title}
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

func complete(d window.Decision) error {
	bad := func(path, words string) error {
		return errs.WithFields(errs.E(errs.Invalid, "window.decision", words, nil), errs.Field{Path: path, Message: words})
	}
	switch d.Act {
	case window.ActNotice:
		if len(d.Gaps) == 0 {
			return bad("gaps", "至少写一条要补的内容，一次说全")
		}
		if d.Days < 1 || d.Days > 30 {
			return bad("days", "补正期限填 1–30 个工作日")
		}
	case window.ActRefuse:
		if !slices.Contains([]string{"not_needed", "not_ours", "not_eligible"}, d.ReasonCode) {
			return bad("reason_code", "请选不予受理的情形")
		}
		if len([]rune(d.Reason)) < 8 {
			return bad("reason", "理由至少写 8 个字，让申请人看得懂")
		}
		if d.ReasonCode == "not_ours" && d.RightOffice == "" {
			return bad("right_office", "写明应当去哪个机关办")
		}
	case window.ActAccept, window.ActGrant:
	default:
		return bad("act", "没有这种办理动作")
	}
	return nil
}
