package app

import (
	"context"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
)

// mostParked bounds the shelf.
const mostParked = 200

// ParkedRow is one registration on the shelf: masked.
type ParkedRow struct {
	ID        string `json:"id"`
	Item      string `json:"item"`
	ItemCode  string `json:"item_code"`
	Applicant string `json:"applicant"`
	Hall      string `json:"hall"`
	Window    string `json:"window"`
	Ticket    string `json:"ticket"`
	Visit     string `json:"visit"`
	Owner     string `json:"owner"`
	OwnerName string `json:"owner_name"`
	Mine      bool   `json:"mine"`
	State     string `json:"state" enum:"draft,parked"`
	Reason    string `json:"reason"`
	CreatedAt string `json:"created_at"`
	UpdatedAt string `json:"updated_at"`
	ExpiresOn string `json:"expires_on"`
	DaysLeft  int    `json:"days_left"`
	AgeDays   int    `json:"age_days"`
	Done      int    `json:"done"`
	Of        int    `json:"of"`
	Across    string `json:"across,omitempty"` // where it goes when it is received for another region
	Level     string `json:"level" enum:"green,blue,yellow,red"`
}

// Parked is the shelf (暂存).
type Parked struct {
	Rows     []ParkedRow  `json:"rows"`
	Received []Row        `json:"received"` // handed in, not answered yet: their days run
	Counts   ParkedCounts `json:"counts"`
}

// ParkedCounts are the numbers beside the shelf's tabs. Old are drafts older than a day: parking does not hide a case.
type ParkedCounts struct {
	Mine int `json:"mine"`
	Hall int `json:"hall"`
	Old  int `json:"old"`
}

// Shelf shows the registrations of the caller, or of all windows that the caller leads.
func (a *App) Shelf(ctx context.Context, hall bool) (Parked, error) {
	who := actor.From(ctx)
	out := Parked{Rows: []ParkedRow{}, Received: []Row{}}
	if hall {
		if err := auth.May(ctx, window.PermRenotice); err != nil {
			return out, err
		}
	}
	all := who.Scope(window.PermRenotice)
	f := store.DraftFilter{Owner: who.ID, Most: mostParked}
	cases := store.Filter{States: tabs["todo"], Clerk: who.ID, Page: 1, Size: 50, Within: who.Scope(window.PermRead)}
	if hall {
		f, cases.Clerk = store.DraftFilter{Within: &all, Most: mostParked}, ""
	}
	var drafts []store.Draft
	var waiting []store.Case
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		if drafts, err = store.Drafts(ctx, q, f); err != nil {
			return err
		}
		if waiting, _, _, err = store.List(ctx, q, cases); err != nil {
			return err
		}
		out.Counts, err = a.countParked(ctx, q)
		return err
	})
	if err != nil {
		return out, err
	}
	for _, d := range drafts {
		out.Rows = append(out.Rows, a.parkedRow(ctx, d))
	}
	out.Received, err = a.rows(ctx, waiting)
	return out, err
}

func (a *App) countParked(ctx context.Context, q db.Query) (n ParkedCounts, err error) {
	who := actor.From(ctx)
	if n.Mine, err = store.CountDrafts(ctx, q, store.DraftFilter{Owner: who.ID}); err != nil {
		return n, err
	}
	f := store.DraftFilter{Owner: who.ID}
	if who.Can(window.PermRenotice) {
		all := who.Scope(window.PermRenotice)
		f = store.DraftFilter{Within: &all}
		if n.Hall, err = store.CountDrafts(ctx, q, f); err != nil {
			return n, err
		}
	}
	f.Before = db.Ms(a.Clock.Now().Add(-24 * time.Hour))
	n.Old, err = store.CountDrafts(ctx, q, f)
	return n, err
}

func (a *App) parkedRow(ctx context.Context, d store.Draft) ParkedRow {
	r := ParkedRow{
		ID: d.ID, Item: d.ItemName, ItemCode: d.Item, Applicant: d.NameMasked, Hall: d.Hall, Window: d.Window, Ticket: d.Ticket, Visit: d.Visit,
		Owner: d.Owner, OwnerName: d.OwnerName, Mine: d.Owner == actor.From(ctx).ID, State: d.State, Reason: d.Reason, CreatedAt: stamp(d.CreatedAt),
		UpdatedAt: stamp(d.UpdatedAt), ExpiresOn: d.ExpiresOn, DaysLeft: a.daysLeft(d.ExpiresOn), Done: d.Done, Of: d.Total, Across: d.CrossingName, Level: string(calendar.Green),
	}
	r.AgeDays = int(a.Clock.Now().Sub(fromMs(d.CreatedAt)) / (24 * time.Hour))
	switch {
	case r.DaysLeft <= 0:
		r.Level = string(calendar.Red)
	case r.DaysLeft <= 2:
		r.Level = string(calendar.Yellow)
	case r.AgeDays >= 1:
		r.Level = string(calendar.Blue)
	}
	return r
}
