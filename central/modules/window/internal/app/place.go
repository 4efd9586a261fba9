package app

import (
	"context"
	"fmt"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/org"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire/matter"
)

// Offices is what the window asks of the organisation: where a case belongs.
type Offices interface {
	FindDepartment(ctx context.Context, usc, name string) (org.Department, bool, error)
	FindHall(ctx context.Context, name string) (org.Hall, bool, error)
}

// errBeyond is the refusal of an act on a case that the person may see, but not work on.
var errBeyond = errs.E(errs.Forbidden, "window.beyond", "这个办件不在您可以办理的区划或部门里", nil)

// see returns a case if it lies where the caller may read cases; to everybody else it does not exist.
func see(ctx context.Context, q db.Query, no string) (store.Case, error) {
	c, err := store.Get(ctx, q, no)
	if err != nil {
		return store.Case{}, err
	}
	if !actor.From(ctx).Scope(window.PermRead).Covers(c.At()) {
		return store.Case{}, window.ErrNoSuchCase
	}
	return c, nil
}

// within refuses an act on a case that lies outside the scope in which the caller holds perm.
func within(ctx context.Context, perm string, c store.Case) error {
	if !actor.From(ctx).Scope(perm).Covers(c.At()) {
		return errBeyond
	}
	return nil
}

// permOf is what an act needs.
var permOf = map[window.Act]string{
	window.ActAccept: window.PermAccept, window.ActTolerate: window.PermAccept, window.ActNotice: window.PermNotice, window.ActRenotice: window.PermRenotice,
	window.ActSupplement: window.PermRegister, window.ActSupply: window.PermRegister, window.ActRefuse: window.PermRefuse, window.ActGrant: window.PermGrant,
	window.ActDeny: window.PermDecide, window.ActPause: window.PermDecide, window.ActResume: window.PermDecide, window.ActExtend: window.PermDecide,
	window.ActWithdraw: window.PermWithdraw, window.ActLapse: window.PermWithdraw,
}

// place finds where a case belongs: the terminal's region, else that of the hall it stands in, else that of the department
// which decides the item. What nobody knows stays empty: only an unlimited scope sees such a case.
func (a *App) place(ctx context.Context, item matter.Item, region, hall string) (actor.Place, error) {
	var p actor.Place
	d, _, err := a.Offices.FindDepartment(ctx, item.OfficeCode, item.Office)
	if err != nil {
		return p, err
	}
	p.Department = d.ID
	if p.Region, err = a.region(ctx, region, hall); err == nil && p.Region == "" {
		p.Region = d.Region
	}
	return p, err
}

// region is where a terminal stands, "" when nobody knows.
func (a *App) region(ctx context.Context, code, hall string) (string, error) {
	if code = regionCode(code); code != "" {
		return code, nil
	}
	h, _, err := a.Offices.FindHall(ctx, hall)
	return h.Region, err
}

// regionCode lengthens a six-digit code, as terminals are planned with, to the twelve digits of the organisation.
func regionCode(code string) string {
	if len(code) == 6 {
		code += "000000"
	}
	if _, _, ok := actor.RegionSpan(code); !ok {
		return ""
	}
	return code
}

// Backfill places the cases of before places were kept. It is repeated at every start and does nothing when all are placed.
func (a *App) Backfill(ctx context.Context) error {
	for {
		var some []store.Case
		err := a.DB.View(ctx, func(q db.Query) (err error) {
			some, err = store.Unplaced(ctx, q)
			return err
		})
		if err != nil || len(some) == 0 {
			return err
		}
		moved := 0
		for _, c := range some {
			item, err := a.Items.Item(ctx, c.Item, c.ItemVersion)
			if err != nil {
				return fmt.Errorf("place case %s: %w", c.No, err)
			}
			p, err := a.place(ctx, item, "", c.Hall())
			if err != nil {
				return err
			}
			if p.Region == "" && p.Department == "" {
				continue
			}
			moved++
			if err := a.DB.Do(ctx, func(tx db.Tx) error { return store.Place(ctx, tx, c.No, p) }); err != nil {
				return err
			}
		}
		if moved == 0 {
			return nil
		}
	}
}

// movedOf is what an event of a case says.
func movedOf(c store.Case, at time.Time) window.Moved {
	return window.Moved{
		No: c.No, Item: c.Item, ItemName: c.ItemName, State: c.State, Terminal: c.Terminal, At: at,
		Region: c.Region, Department: c.Department, Handler: c.Handler, Due: c.Due,
		Window: c.Window, Ticket: c.Ticket, Notices: c.Notices,
	}
}

// MayHear reports whether an event of the window lies where the caller may read cases; for the live stream.
func MayHear(ctx context.Context, e events.Event) bool {
	at, err := events.Read[struct{ Region, Department, Handler string }](e)
	if err != nil {
		return false
	}
	return actor.From(ctx).Scope(window.PermRead).Covers(actor.Place{Region: at.Region, Department: at.Department, Handler: at.Handler})
}
