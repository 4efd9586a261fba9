package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/ids"
	"tongban/central/modules/supervision"
	"tongban/central/modules/supervision/internal/rules"
	"tongban/central/modules/supervision/internal/store"
	"tongban/central/modules/window"
)

// The stretches that rules measure.
const (
	stretchPause    = "pause"
	stretchUnsigned = "unsigned"
)

// Acts that only the program writes into the history of a card.
const (
	actIssue supervision.Act = "issue" // 发出
	actLate  supervision.Act = "late"  // 过了答复期
)

const (
	program   = "督办系统"
	closingAt = 17                   // o'clock, when a day to answer ends
	pageOf    = 500                  // cases looked at in one go
	keptFor   = 400 * 24 * time.Hour // ended cases on the monitor: a year to compare with
)

var everywhere = actor.Everywhere()

// Sweep looks at every case that has not ended: the monitor's numbers follow the day, rungs that were reached raise their cards.
// It is safe to run at any time.
func (a *App) Sweep(ctx context.Context) error {
	var failed error // of some cases, which does not keep the others from being looked at
	for after := ""; ctx.Err() == nil; {
		page, err := a.Window.Unended(ctx, after, pageOf)
		if err != nil {
			return fmt.Errorf("list cases: %w", err)
		}
		if len(page) == 0 {
			break
		}
		failed = errors.Join(failed, a.look(ctx, page))
		after = page[len(page)-1].No
	}
	return errors.Join(failed, a.closeDay(ctx))
}

// closeDay writes how today stands, and tells of answers that did not come.
func (a *App) closeDay(ctx context.Context) error {
	now := a.Clock.Now()
	return a.DB.Do(ctx, func(tx db.Tx) error {
		late, err := store.Late(ctx, tx, now)
		if err != nil {
			return err
		}
		for _, c := range late {
			c.LateTold = true
			if err := store.PutCard(ctx, tx, c); err != nil {
				return err
			}
			if err := a.told(ctx, tx, c, actLate, supervision.TopicLate, program, "过了答复期没有答复"); err != nil {
				return err
			}
		}
		if err := store.ForgetCases(ctx, tx, now.Add(-keptFor)); err != nil {
			return err
		}
		return store.PutDay(ctx, tx, a.today().String())
	})
}

// look compares a page of cases with what is known and with the rules. Most looks find nothing new and write nothing.
func (a *App) look(ctx context.Context, page []window.Facts) error {
	var moved []store.Case
	var hit []rules.Seen
	err := a.DB.View(ctx, func(q db.Query) error {
		set, err := a.setting(ctx, q)
		if err != nil {
			return err
		}
		k, err := a.known(ctx, q, numbers(page))
		if err != nil {
			return err
		}
		for _, f := range page {
			if c := caseOf(f, k.cases[f.No]); c != k.cases[f.No] {
				moved = append(moved, c)
			}
			seen := k.seen(f)
			if len(k.fresh(f.No, set.Judge(a.Calendar, seen, a.today()))) > 0 {
				hit = append(hit, seen)
			}
		}
		return nil
	})
	if err != nil || len(moved)+len(hit) == 0 {
		return err
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		for _, c := range moved {
			if err := store.PutCase(ctx, tx, c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return a.raiseEach(ctx, hit)
}

// raiseEach raises the cards of each case in a transaction of its own: each draws its paper, and nobody else's work waits for all of
// them. A case whose card cannot be made does not keep the others from theirs.
func (a *App) raiseEach(ctx context.Context, hit []rules.Seen) error {
	var failed error
	for _, s := range hit {
		if err := a.DB.Do(ctx, func(tx db.Tx) error { return a.raise(ctx, tx, s) }); err != nil {
			failed = errors.Join(failed, fmt.Errorf("raise cards of %s: %w", s.No, err))
		}
		if ctx.Err() != nil {
			break
		}
	}
	return failed
}

func numbers(page []window.Facts) []string {
	nos := make([]string, len(page))
	for i, f := range page {
		nos[i] = f.No
	}
	return nos
}

// known is what supervision keeps of some cases.
type known struct {
	cases     map[string]store.Case
	raised    map[store.Rung]bool
	gravest   map[string]int
	stretches map[string]map[string]time.Time
}

func (a *App) known(ctx context.Context, q db.Query, nos []string) (k known, err error) {
	if k.cases, err = store.CasesByNo(ctx, q, nos); err != nil {
		return k, err
	}
	if k.raised, k.gravest, err = store.Rungs(ctx, q, nos); err != nil {
		return k, err
	}
	k.stretches, err = store.Stretches(ctx, q, nos)
	return k, err
}

func (k known) seen(f window.Facts) rules.Seen {
	return rules.Seen{Facts: f, PausedAt: k.stretches[f.No][stretchPause], AssignedAt: k.stretches[f.No][stretchUnsigned]}
}

// fresh leaves out what was raised before, and rungs of the clock below one that was.
func (k known) fresh(no string, hits []rules.Hit) (out []rules.Hit) {
	for _, h := range hits {
		if k.raised[store.Rung{Case: no, Rule: h.Rule.ID, Rung: h.Rung}] || h.Rule.On.Clock() && h.Rule.Level.Grade() <= k.gravest[no] {
			continue
		}
		out = append(out, h)
	}
	return out
}

// raise issues the cards of one case, as things stand in this transaction.
func (a *App) raise(ctx context.Context, tx db.Tx, s rules.Seen) error {
	set, err := a.setting(ctx, tx)
	if err != nil {
		return err
	}
	k, err := a.known(ctx, tx, []string{s.No})
	if err != nil {
		return err
	}
	for _, h := range k.fresh(s.No, set.Judge(a.Calendar, s, a.today())) {
		if err := a.issue(ctx, tx, set, s.Facts, h); err != nil {
			return err
		}
	}
	return nil
}

// issue makes one card (发牌): card, history, audit, event and the line on the case's timeline are kept together.
func (a *App) issue(ctx context.Context, tx db.Tx, set rules.Setting, f window.Facts, h rules.Hit) error {
	now := tx.Now()
	year := now.In(clock.Shanghai).Year()
	n, err := store.NextNumber(ctx, tx, year)
	if err != nil {
		return err
	}
	c := store.Card{
		No: fmt.Sprintf("P-%d-%04d", year, n), Case: f.No, Rule: h.Rule.ID, Rung: h.Rung, Title: h.Rule.Title, Words: h.Rule.Words(), Setting: set.Version,
		Level: h.Rule.Level, Process: !h.Rule.On.Clock(), Why: h.Why, Item: f.Item, ItemName: f.ItemName, Region: f.Region, Department: f.Department, Handler: f.Handler,
		State: supervision.Issued, IssuedAt: now, Version: 1,
	}
	if h.Rule.ReplyDays > 0 {
		if c.ReplyDue, err = a.answerBy(calendar.DateOf(now), h.Rule.ReplyDays); err != nil {
			return err
		}
	}
	if c.Paper, err = a.paper(ctx, tx, set.Office, c, f); err != nil {
		return err
	}
	if err := store.AddCard(ctx, tx, c); err != nil {
		return err
	}
	if err := a.rise(ctx, tx, c); err != nil {
		return err
	}
	err = audit.Write(ctx, tx, audit.Record{Action: "supervision.issue", Object: c.No, Detail: map[string]string{"case": c.Case, "rule": c.Rule, "level": string(c.Level)}})
	if err != nil {
		return err
	}
	if err := a.told(ctx, tx, c, actIssue, supervision.TopicIssued, program, c.Why); err != nil || c.Level == supervision.Reminder {
		return err
	}
	return a.Window.Note(ctx, tx, c.Case, window.Note{Kind: "machine", Title: c.Level.Title() + " " + c.No, Text: c.Why, By: program})
}

// rise closes the milder cards of the same clock, or of the same days of another rule: what is still to be answered stands on the graver one.
func (a *App) rise(ctx context.Context, tx db.Tx, by store.Card) error {
	before, err := store.CardsOf(ctx, tx, by.Case)
	if err != nil {
		return err
	}
	for _, c := range before {
		same := c.Process == by.Process && (!by.Process || c.Rung == by.Rung) // the clock, or the same days that a rule of the way counts
		if !same || c.No == by.No || c.Level.Grade() >= by.Level.Grade() {
			continue
		}
		if err := a.step(ctx, tx, c, supervision.ActRise, program, "已由"+by.Level.Title()+" "+by.No+" 接着督办"); err != nil && !errors.Is(err, supervision.ErrNotNow) {
			return err
		}
	}
	return nil
}

// answerBy is the end of the n-th working day after a day.
func (a *App) answerBy(from calendar.Date, n int) (time.Time, error) {
	due, err := a.Calendar.Due(from, calendar.Budget{Days: n, Unit: calendar.Working}, nil)
	if err != nil {
		return time.Time{}, fmt.Errorf("compute day to answer: %w", err)
	}
	return due.Due.Time().Add(closingAt * time.Hour), nil
}

// step moves a card by the program.
func (a *App) step(ctx context.Context, tx db.Tx, c store.Card, act supervision.Act, by, text string) error {
	next, err := supervision.Next(c.State, act, c.Level)
	if err != nil {
		return err
	}
	c.State = next
	if !next.Open() {
		c.EndedAt, c.Outcome = tx.Now(), text
	}
	if err := store.PutCard(ctx, tx, c); err != nil {
		return err
	}
	return a.told(ctx, tx, c, act, topicOf(act, next), by, text)
}

// told writes the history and the event of an act.
func (a *App) told(ctx context.Context, tx db.Tx, c store.Card, act supervision.Act, topic, by, text string) error {
	if err := store.Tell(ctx, tx, ids.New(), c.No, act, by, text); err != nil || topic == "" {
		return err
	}
	return events.Emit(ctx, tx, events.Event{Topic: topic, Key: c.No, Data: supervision.Moved{
		Card: c.No, No: c.Case, ItemName: c.ItemName, Level: c.Level, Rule: c.Title, Why: c.Why, State: c.State, Region: c.Region, Department: c.Department, Handler: c.Handler,
		ReplyDue: stamp(c.ReplyDue), At: tx.Now(),
	}})
}

func topicOf(act supervision.Act, next supervision.State) string {
	switch {
	case act == supervision.ActReply:
		return supervision.TopicReplied
	case act == supervision.ActReturn:
		return supervision.TopicReturned
	case act == supervision.ActAccept:
		return supervision.TopicAccepted
	case act == supervision.ActRemind:
		return supervision.TopicReminded
	case next == supervision.Cancelled:
		return supervision.TopicCancelled
	case next == supervision.Closed:
		return supervision.TopicClosed
	}
	return ""
}

// grades orders the levels of a clock.
var grades = map[string]int{"green": 1, "blue": 2, "yellow": 3, "red": 4, "illegal": 5}

// standing is the level of a clock that stands still.
const standing = "standing"

// caseOf is how a case stands now; what only events tell is taken from what was known.
func caseOf(f window.Facts, before store.Case) store.Case {
	c := store.Case{
		No: f.No, Item: f.Item, ItemName: f.ItemName, Place: f.Place, Region: f.Region, Department: f.Department, Handler: f.Handler, State: string(f.State),
		Ended: !f.ClosedAt.IsZero(), Level: f.Clock.Level, Budget: f.Clock.Budget, Used: f.Clock.Used, Left: f.Clock.Left, Overdue: f.Clock.Overdue,
		Standing: f.Clock.Standing, Clock: f.Clock.Text, Due: f.Due, Statutory: f.Statutory, AcceptedOn: f.AcceptedOn,
		ReceivedAt: f.ReceivedAt, EndedAt: f.ClosedAt, LastAct: before.LastAct, MovedAt: before.MovedAt, Version: f.Version,
	}
	if c.Level == "red+" { // as the calendar calls it
		c.Level = "illegal"
	}
	if f.State == window.Suspended && c.Standing {
		c.Level = standing
	}
	if c.MovedAt.IsZero() {
		c.MovedAt = f.ReceivedAt
	}
	if f.State == window.Received || f.State == window.Noticed {
		c.Due = f.NoticeDue
	}
	c.Grade = grades[c.Level]
	return c
}
