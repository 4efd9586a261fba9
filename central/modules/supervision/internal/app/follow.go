package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/modules/supervision"
	"tongban/central/modules/supervision/internal/store"
	"tongban/central/modules/window"
)

// Followed are the topics that Do wants.
func Followed() []string { return []string{"window.", "desk."} }

// Do takes in one event: the monitor's line of the case, the stretches that rules measure, cards of the moment, and the end of the
// cards of a case that has ended. It is run once for each event, in order.
func (a *App) Do(ctx context.Context, tx db.Tx, e events.Event) error {
	if strings.HasPrefix(e.Topic, "desk.") {
		return a.task(ctx, tx, e)
	}
	var m window.Moved
	if err := e.Decode(&m); err != nil || m.No == "" {
		return err
	}
	f, err := a.Window.Facts(ctx, m.No)
	if errors.Is(err, window.ErrNoSuchCase) { // kept no longer
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at case %s: %w", m.No, err)
	}
	if err := a.stretch(ctx, tx, e, m); err != nil {
		return err
	}
	k, err := a.known(ctx, tx, []string{m.No})
	if err != nil {
		return err
	}
	c := caseOf(f, k.cases[m.No])
	c.MovedAt, c.LastAct = e.At, string(m.Act)
	if err := store.PutCase(ctx, tx, c); err != nil {
		return err
	}
	seen := k.seen(f)
	seen.NoPaper = m.Document == "" && slices.Contains(papered, m.Act)
	if err := a.raise(ctx, tx, seen); err != nil || f.ClosedAt.IsZero() {
		return err
	}
	return a.ended(ctx, tx, m.No)
}

// papered are the acts that the law wants a paper for.
var papered = []window.Act{
	window.ActAccept, window.ActTolerate, window.ActNotice, window.ActRenotice, window.ActRefuse, window.ActGrant, window.ActDeny, window.ActPause, window.ActExtend,
}

// stretch begins and ends what rules measure in days.
func (a *App) stretch(ctx context.Context, tx db.Tx, e events.Event, m window.Moved) error {
	switch {
	case !m.State.Open():
		return store.End(ctx, tx, m.No, "")
	case e.Topic == window.TopicSuspended:
		return store.Begin(ctx, tx, m.No, stretchPause, e.At)
	case e.Topic == window.TopicResumed:
		return store.End(ctx, tx, m.No, stretchPause)
	}
	return nil
}

// task follows the department's tasks: whether somebody signs for them.
func (a *App) task(ctx context.Context, tx db.Tx, e events.Event) error {
	var m struct {
		No    string `json:"no"`
		State string `json:"state"`
	}
	if err := e.Decode(&m); err != nil || m.No == "" {
		return err
	}
	switch {
	case e.Topic == "desk.assigned" && m.State == "waiting": // what nobody has to sign for goes straight to review
		return store.Begin(ctx, tx, m.No, stretchUnsigned, e.At)
	case e.Topic == "desk.signed", e.Topic == "desk.refused", e.Topic == "desk.decided":
		return store.End(ctx, tx, m.No, stretchUnsigned)
	}
	return nil
}

// ended closes the cards of a case that have nothing left to wait for.
func (a *App) ended(ctx context.Context, tx db.Tx, no string) error {
	cards, err := store.CardsOf(ctx, tx, no)
	if err != nil {
		return err
	}
	for _, c := range cards {
		if err := a.step(ctx, tx, c, supervision.ActEnd, program, "办件已办结"); err != nil && !errors.Is(err, supervision.ErrNotNow) {
			return err
		}
	}
	return nil
}

// lookEvery is the longest pause between two looks at all cases.
const lookEvery = 5 * time.Minute

// Run looks at all cases now, at least every few minutes, and when a day begins, until ctx ends. Limits run out at midnight: the
// pause is taken by the centre's clock, so that a day that is moved to is seen at once.
func (a *App) Run(ctx context.Context) {
	a.DB.Lead(ctx, "supervision.sweep", func(ctx context.Context) {
		for ctx.Err() == nil {
			if err := a.Sweep(ctx); err != nil && ctx.Err() == nil {
				a.Log.WarnContext(ctx, "cases could not be looked at", "cause", err.Error())
			}
			now := a.Clock.Now()
			midnight := calendar.DateOf(now).AddDays(1).Time().Add(time.Second)
			select {
			case <-ctx.Done():
			case <-a.Clock.After(min(lookEvery, midnight.Sub(now))):
			}
		}
	})
}
