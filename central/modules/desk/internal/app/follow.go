package app

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/org"
	"tongban/central/modules/desk"
	"tongban/central/modules/desk/internal/store"
	"tongban/central/modules/window"
)

// Follower makes a task of every accepted case and closes it when the case ends elsewhere.
func (a *App) Follower() events.Follower {
	return events.Follower{
		Name: "desk",
		Topics: []string{
			window.TopicAccepted, window.TopicSuspended, window.TopicResumed, window.TopicExtended, window.TopicGranted, window.TopicDenied,
			window.TopicWithdrawn, window.TopicLapsed, window.TopicRefused,
		},
		Do: a.Hear,
	}
}

// Hear does what one event of the window asks for.
func (a *App) Hear(ctx context.Context, tx db.Tx, e events.Event) error {
	var m window.Moved
	if err := e.Decode(&m); err != nil {
		return err
	}
	t, err := store.Get(ctx, tx, m.No)
	known := err == nil
	if err != nil && err != desk.ErrNoSuchTask { //nolint:errorlint // the store returns it as it is
		return err
	}
	switch {
	case e.Topic == window.TopicAccepted && !known:
		return a.assign(ctx, tx, m)
	case !known || !t.State.Open():
		return nil
	case e.Topic == window.TopicSuspended:
		return a.stopStep(ctx, tx, t)
	case e.Topic == window.TopicResumed:
		return a.goOn(ctx, tx, t)
	case e.Topic == window.TopicExtended:
		if m.Due == t.Due {
			return nil
		}
		t.Due = m.Due
		return store.Move(ctx, tx, t)
	case !m.State.Open():
		t.Outcome = string(m.State)
		return a.move(ctx, tx, &t, deed{act: desk.ActClose, text: "办件在窗口结束：" + m.State.Text()})
	}
	return nil
}

// assign sends an accepted case to the department that decides it, by the rule in force: what has to be signed for waits for the
// people who were named, everything else goes straight to review.
func (a *App) assign(ctx context.Context, tx db.Tx, m window.Moved) error {
	f, err := a.Window.Facts(ctx, m.No)
	if missingErr(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if !f.State.Open() {
		return nil // it ended before anybody heard of it
	}
	row, found, err := store.FindRule(ctx, tx, f.Item)
	if err != nil {
		return err
	}
	rule, err := bodyOf(row)
	if err != nil {
		return err
	}
	t := store.Task{
		No: f.No, Item: f.Item, ItemVersion: f.ItemVersion, ItemName: f.ItemName, Applicant: f.Applicant, Place: placeOf(f), Region: f.Region,
		Department: f.Department, State: desk.Reviewing, Version: 1, AssignedAt: db.Ms(tx.Now()), Due: f.Due,
	}
	var signers []store.Signer
	text := "送" + a.named(ctx, f.Department) + "审查，这个事项不用签收"
	if found && row.Active && rule.Sign {
		t.State, t.Named, t.RuleVersion, t.StepDays = desk.Waiting, true, row.Version, rule.StepDays
		signers = signersOf(rule)
		text = "送" + a.named(ctx, f.Department) + "，等签收"
	} else if err := a.startStep(&t); err != nil {
		return err
	}
	if err := store.AddTask(ctx, tx, t, signers); err != nil {
		return err
	}
	d := deed{act: "assign", text: text, note: "分发到部门", topic: desk.TopicAssigned}
	if t.State == desk.Waiting && rule.Papers == "paper" {
		folder, err := a.fold(ctx, tx, f, rule)
		if err != nil {
			return err
		}
		d.folder = folder.Code
		d.text += "；材料袋 " + folder.Code + "，" + minute(folder.DueAt) + " 前送到"
	}
	return a.tell(ctx, tx, t, d)
}

func signersOf(r desk.Rule) []store.Signer {
	var out []store.Signer
	for _, s := range r.Signers {
		out = append(out, store.Signer{Kind: "account", Who: s})
	}
	for _, p := range r.Posts {
		out = append(out, store.Signer{Kind: "post", Who: p})
	}
	return out
}

// named is a department's short name, for texts.
func (a *App) named(ctx context.Context, id string) string {
	all, err := a.departments(ctx)
	if err != nil {
		all = nil
	}
	return named(all, id)
}

// named is the name of one of the departments, for texts.
func named(all map[string]org.Department, id string) string {
	name := id
	if d, ok := all[id]; ok {
		name = d.Name
	}
	if name == "" {
		return "审批部门"
	}
	return name
}

func placeOf(f window.Facts) string {
	if f.Window != "" {
		return f.Window
	}
	return f.Place
}

func bodyOf(row store.Rule) (r desk.Rule, err error) {
	r = desk.Rule{Signers: []string{}, Posts: []string{}, Materials: []desk.RulePaper{}, Papers: "electronic"}
	if row.Body == "" {
		return r, nil
	}
	if err := json.Unmarshal([]byte(row.Body), &r); err != nil {
		return r, fmt.Errorf("decode rule of %s: %w", row.Item, err)
	}
	return r, nil
}

// stopStep stops the department's clock with the case's.
func (a *App) stopStep(ctx context.Context, tx db.Tx, t store.Task) error {
	all := spans(t)
	today := a.today()
	if n := len(all); n > 0 && !today.After(all[n-1].To) || n > 0 && all[n-1].Open() {
		return nil // the desk's own pause
	}
	return a.setPauses(ctx, tx, t, append(all, calendar.Span{From: today}))
}

// goOn ends a pause that is still under way.
func (a *App) goOn(ctx context.Context, tx db.Tx, t store.Task) error {
	all := spans(t)
	n := len(all)
	if n == 0 || !all[n-1].Open() && !all[n-1].To.After(a.today()) {
		return nil
	}
	all[n-1].To = a.today()
	return a.setPauses(ctx, tx, t, all)
}

func (a *App) setPauses(ctx context.Context, tx db.Tx, t store.Task, all []calendar.Span) error {
	if err := setSpans(&t, all); err != nil {
		return err
	}
	if err := a.restep(&t); err != nil {
		return err
	}
	return store.Move(ctx, tx, t)
}

// deadline is when the papers have to be there: so many working days on, at that time; what is already past today is the next
// working day's.
func (a *App) deadline(r desk.Rule, now time.Time) (time.Time, error) {
	at := r.Time
	if at == "" {
		at = "17:00"
	}
	t, err := time.Parse("15:04", at)
	if err != nil {
		return time.Time{}, fmt.Errorf("read time of hand-over: %w", err)
	}
	day := calendar.DateOf(now)
	on := func(d calendar.Date) time.Time {
		return time.Date(d.Year, d.Month, d.Day, t.Hour(), t.Minute(), 0, 0, clock.Shanghai)
	}
	if ok, _ := a.Calendar.IsWorkday(day); !ok || r.Days == 0 && !on(day).After(now) {
		day = a.Calendar.Next(day)
	}
	for range r.Days {
		day = a.Calendar.Next(day)
	}
	return on(day), nil
}

// minute is how an instant is shown to people.
func minute(ms int64) string {
	if ms == 0 {
		return ""
	}
	return db.FromMs(ms).In(clock.Shanghai).Format("01-02 15:04")
}

func stamp(ms int64) string {
	if ms == 0 {
		return ""
	}
	return db.FromMs(ms).In(clock.Shanghai).Format(time.RFC3339)
}
