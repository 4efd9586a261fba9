package app

import (
	"context"
	"maps"
	"slices"
	"time"

	"tongban/central/kernel/clock"
	held "tongban/central/kernel/privacy"
)

// Retention shows the rules with what they would end now, the last runs and the holds.
func (a *App) Retention(ctx context.Context) (Retention, error) {
	out := Retention{Rules: []RuleRow{}, Runs: []RunRow{}, Holds: []HoldRow{}}
	kept, err := a.Held.Preview(ctx)
	if err != nil {
		return out, err
	}
	next := text(nextRun(a.Clock.Now()))
	titles := map[string]string{}
	for _, k := range kept {
		titles[k.Name] = k.Title
		least, most := k.Bounds()
		out.Rules = append(out.Rules, RuleRow{
			Name: k.Name, Title: k.Title, What: k.What, Days: k.Days, Least: least, Most: most, Basis: k.Basis, Held: k.Held,
			NextAt: next, DueRows: k.Due, Editable: k.Editable(),
		})
	}
	runs, err := a.Held.Runs(ctx, 30)
	if err != nil {
		return out, err
	}
	for _, r := range runs {
		out.Runs = append(out.Runs, runRow(r, titles))
	}
	holds, err := a.Held.Holds(ctx)
	if err != nil {
		return out, err
	}
	for _, h := range holds {
		out.Holds = append(out.Holds, holdRow(h))
	}
	return out, nil
}

// nextRun is when the daily deletion runs next.
func nextRun(now time.Time) time.Time {
	now = now.In(clock.Shanghai)
	next := time.Date(now.Year(), now.Month(), now.Day(), held.QuietHour, 0, 0, 0, clock.Shanghai)
	if !next.After(now) {
		next = next.AddDate(0, 0, 1)
	}
	return next
}

func runRow(r held.Run, titles map[string]string) RunRow {
	row := RunRow{ID: r.ID, At: text(r.At), Dry: r.Dry, By: r.By, MS: r.Took.Milliseconds(), State: r.State, Counts: []RunCount{}}
	for _, name := range slices.Sorted(maps.Keys(r.Counts)) {
		title := titles[name]
		if title == "" {
			title = name
		}
		row.Counts = append(row.Counts, RunCount{Rule: name, Title: title, Rows: r.Counts[name]})
	}
	return row
}

func holdRow(h held.Hold) HoldRow {
	return HoldRow{
		ID: h.ID, Rule: h.Rule, Object: h.Object, Reason: h.Reason, By: h.By, At: text(h.At),
		LiftedAt: text(h.Lifted), LiftedBy: h.LiftedBy, LiftReason: h.LiftReason,
	}
}

// Preview is a dry run, kept.
func (a *App) Preview(ctx context.Context) (RunRow, error) {
	r, err := a.Held.Dry(ctx)
	return runRow(r, a.titles()), err
}

// Run ends what is due.
func (a *App) Run(ctx context.Context, reason string) (RunRow, error) {
	r, err := a.Held.Apply(ctx, reason)
	return runRow(r, a.titles()), err
}

func (a *App) titles() map[string]string {
	out := map[string]string{}
	for _, r := range a.Held.Rules() {
		out[r.Name] = r.Title
	}
	return out
}

// Hold keeps an object from being deleted.
func (a *App) Hold(ctx context.Context, rule, object, reason string) (HoldRow, error) {
	h, err := a.Held.SetHold(ctx, rule, object, reason)
	return holdRow(h), err
}
