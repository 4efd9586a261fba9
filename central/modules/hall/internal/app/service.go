package app

import (
	"context"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/modules/hall"
	"tongban/central/modules/hall/internal/store"
)

// App answers what other modules ask.
var _ hall.Service = (*App)(nil)

// SeatOf implements hall.Service.
func (a *App) SeatOf(ctx context.Context, account string) (out hall.Seat, ok bool, err error) {
	names, err := a.names(ctx)
	if err != nil {
		return out, false, err
	}
	err = a.DB.View(ctx, func(q db.Query) error {
		s, found, err := store.SeatOf(ctx, q, account, a.today())
		if err != nil || !found {
			return err
		}
		w, err := store.GetWindow(ctx, q, s.Window)
		if err != nil {
			return err
		}
		halls, err := store.Halls(ctx, q)
		if err != nil {
			return err
		}
		out, ok = hall.Seat{Hall: s.Hall, HallName: names[s.Hall], Window: w.ID, No: w.No, Label: w.Label, Zone: w.Zone, Account: account, State: s.State, Since: db.FromMs(s.Since)}, true
		for _, h := range halls {
			if h.ID == s.Hall {
				out.Region = h.Region
			}
		}
		return nil
	})
	return out, ok, err
}

// Takes implements hall.Service.
func (a *App) Takes(ctx context.Context, window, item string) (ok bool, err error) {
	kinds, _, err := a.kinds(ctx)
	if err != nil {
		return false, err
	}
	err = a.DB.View(ctx, func(q db.Query) error {
		w, err := a.anyWindow(ctx, q, window)
		if err != nil {
			return err
		}
		m, err := a.load(ctx, q, w.Hall, kinds)
		if err != nil {
			return err
		}
		s, _ := m.seatAt(w.ID)
		ok = !w.Closed && m.takes(w, s.Account, item)
		return nil
	})
	return ok, err
}

// anyWindow finds a window by id, else by number where only one hall has it.
func (a *App) anyWindow(ctx context.Context, q db.Query, window string) (store.Window, error) {
	all, err := store.Windows(ctx, q, "")
	if err != nil {
		return store.Window{}, err
	}
	for _, by := range []func(store.Window) string{func(w store.Window) string { return w.ID }, func(w store.Window) string { return w.No }} {
		var found []store.Window
		for _, w := range all {
			if by(w) == window {
				found = append(found, w)
			}
		}
		if len(found) == 1 {
			return found[0], nil
		}
	}
	return store.Window{}, hall.ErrNoSuchWindow
}

// Visit implements hall.Service.
func (a *App) Visit(ctx context.Context, id string) (out hall.Visit, err error) {
	err = a.DB.View(ctx, func(q db.Query) error {
		v, err := store.GetVisit(ctx, q, id)
		if err != nil {
			return err
		}
		out = hall.Visit{
			ID: v.ID, Ticket: v.Ticket, TicketNo: v.TicketNo, Hall: v.Hall, Region: v.Region, Window: v.Window, WindowNo: v.WindowNo, Account: v.Account, State: v.State,
			NameMasked: v.NameMasked, IDMasked: v.IDMasked, Way: v.Way, Agent: v.AgentMasked != "", Opened: db.FromMs(v.Opened),
		}
		if v.Ended != 0 {
			out.Ended = db.FromMs(v.Ended)
		}
		out.Cases, _, err = store.VisitCases(ctx, q, id)
		return err
	})
	return out, err
}

// Person implements hall.Service.
func (a *App) Person(ctx context.Context, visit, purpose string) (p hall.Person, err error) {
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		v, err := store.GetVisit(ctx, tx, visit)
		if err != nil {
			return err
		}
		if who := auth.Who(ctx); who.Kind != auth.System && v.Account != who.ID {
			return errNotMine
		}
		if p, err = a.unseal(v); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "hall.open_person", Object: v.ID, Reason: purpose})
	})
	return p, err
}

// Attach implements hall.Service.
func (a *App) Attach(ctx context.Context, tx db.Tx, visit string, c hall.VisitCase) error {
	v, err := store.GetVisit(ctx, tx, visit)
	if err != nil {
		return err
	}
	if err := store.Attach(ctx, tx, v.ID, c, db.Ms(tx.Now())); err != nil {
		return err
	}
	return a.emit(ctx, tx, hall.TopicVisit, v.ID, hall.Moved{Hall: v.Hall, Region: v.Region, Ticket: v.Ticket, No: v.TicketNo, State: string(v.State), Window: v.Window, WindowNo: v.WindowNo, Account: v.Account})
}

// received is what the hall reads of an event of the window: a case was handed in during a visit.
type received struct {
	No       string    `json:"no"`
	Item     string    `json:"item"`
	ItemName string    `json:"item_name"`
	Region   string    `json:"region"`
	Window   string    `json:"window"`
	Ticket   string    `json:"ticket"`
	At       time.Time `json:"at"`
}

// Received attaches a case to the visit of its ticket. A case without a ticket, or with one of another hall's system, is nobody's
// visit and is left alone.
func (a *App) Received(ctx context.Context, tx db.Tx, e events.Event) error {
	var r received
	if err := e.Decode(&r); err != nil || r.Ticket == "" {
		return nil //nolint:nilerr // an event that names no ticket is none of ours
	}
	halls, err := store.Halls(ctx, tx)
	if err != nil {
		return err
	}
	day := calendar.DateOf(r.At).String()
	for _, h := range halls {
		t, err := store.FindTicket(ctx, tx, h.ID, day, r.Ticket)
		if err != nil || r.Window != "" && t.WindowNo != r.Window {
			continue
		}
		v, known, err := store.VisitOf(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		if known {
			return a.Attach(ctx, tx, v.ID, hall.VisitCase{No: r.No, Item: r.Item, ItemName: r.ItemName})
		}
	}
	return nil
}

// Windows implements hall.Service.
func (a *App) Windows(ctx context.Context, id string) (out []hall.Window, err error) {
	err = a.DB.View(ctx, func(q db.Query) error {
		all, err := store.Windows(ctx, q, id)
		for _, w := range all {
			out = append(out, hall.Window{ID: w.ID, No: w.No, Label: w.Label, Hall: w.Hall, Zone: w.Zone, Open: !w.Closed})
		}
		return err
	})
	return out, err
}

// Served implements hall.Service.
func (a *App) Served(ctx context.Context, ask hall.ServedAsk) (out []hall.Served, err error) {
	err = a.DB.View(ctx, func(q db.Query) error {
		found, err := store.Ended(ctx, q, ask.Hall, db.Ms(ask.From), db.Ms(ask.To), ask.After, min(max(ask.Most, 1), 500))
		for _, t := range found {
			one := hall.Served{
				Ticket: t.ID, No: t.No, Hall: t.Hall, Zone: t.Zone, Category: t.Category, Priority: string(t.Priority), Channel: t.Channel, Window: t.Window, WindowNo: t.WindowNo,
				Account: t.Account, State: t.State, Taken: db.FromMs(t.Taken), Ended: db.FromMs(t.Ended),
				Waited: time.Duration(t.WaitedMs) * time.Millisecond, Handled: time.Duration(t.HandledMs) * time.Millisecond, Held: time.Duration(t.HeldMs) * time.Millisecond,
			}
			if t.Called != 0 {
				one.Called = db.FromMs(t.Called)
			}
			out = append(out, one)
		}
		return err
	})
	return out, err
}
