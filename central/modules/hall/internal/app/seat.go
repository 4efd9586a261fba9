package app

import (
	"context"
	"slices"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/modules/hall"
	"tongban/central/modules/hall/internal/store"
)

// States of a seat.
const (
	seatOn   = "on"
	seatAway = "away"
)

var (
	errNotAssigned = errs.E(errs.Forbidden, "hall.not_assigned", "您没有排到这个窗口，请大厅配置员把您加到它的人员里", nil)
	errSeatTaken   = errs.E(errs.Conflict, "hall.seat_taken", "这个窗口现在有人坐，请换一个窗口，或等那位同事签退", nil)
	errClosed      = errs.E(errs.Conflict, "hall.window_closed", "这个窗口停用了，请换一个窗口", nil)
	errBusy        = errs.E(errs.Conflict, "hall.busy", "手里还有一位没办完：先完成、挂起或转窗，再做这一步", nil)
)

// SignOn seats the caller at a window (签到).
func (a *App) SignOn(ctx context.Context, window string) (Desk, error) {
	me := auth.Who(ctx).ID
	err := a.inWindowsHall(ctx, window, func(tx db.Tx, m *model, w store.Window) error {
		if err := m.may(ctx, hall.PermServe); err != nil {
			return err
		}
		if !slices.Contains(m.staff, store.Staff{Hall: m.hall.ID, Window: w.ID, Account: me}) {
			return errNotAssigned
		}
		if s, taken := m.seatAt(w.ID); taken && s.Account != me {
			return errSeatTaken
		}
		if w.Closed {
			return errClosed
		}
		if before, sits, err := store.SeatOf(ctx, tx, me, m.day); err != nil || sits && before.Window != w.ID && a.holding(m, me) {
			return orBusy(err)
		}
		if err := store.PutSeat(ctx, tx, store.Seat{Window: w.ID, Hall: m.hall.ID, Account: me, State: seatOn, Day: m.day, Since: m.now}); err != nil {
			return err
		}
		return a.seated(ctx, tx, m, w, "hall.sign_on", seatOn, "")
	})
	if err != nil {
		return Desk{}, err
	}
	return a.Desk(ctx)
}

func orBusy(err error) error {
	if err != nil {
		return err
	}
	return errBusy
}

// holding reports whether somebody stands at the caller's window now.
func (a *App) holding(m *model, account string) bool {
	return slices.ContainsFunc(m.tickets, func(t store.Ticket) bool {
		return t.Account == account && (t.State == hall.Called || t.State == hall.Serving)
	})
}

// Away leaves the window for a while (暂离), Back returns.
func (a *App) Away(ctx context.Context, reason string) (Desk, error) {
	return a.reseat(ctx, "hall.away", seatAway, reason)
}

// Back ends the absence.
func (a *App) Back(ctx context.Context) (Desk, error) { return a.reseat(ctx, "hall.back", seatOn, "") }

func (a *App) reseat(ctx context.Context, action, state, reason string) (Desk, error) {
	err := a.fromSeat(ctx, func(tx db.Tx, m *model, w store.Window, s store.Seat) error {
		if state == seatAway && a.holding(m, s.Account) {
			return errBusy
		}
		s.State, s.Reason, s.Since = state, reason, m.now
		if err := store.PutSeat(ctx, tx, s); err != nil {
			return err
		}
		return a.seated(ctx, tx, m, w, action, state, reason)
	})
	if err != nil {
		return Desk{}, err
	}
	return a.Desk(ctx)
}

// SignOff ends the caller's seat (签退).
func (a *App) SignOff(ctx context.Context) (Desk, error) {
	err := a.fromSeat(ctx, func(tx db.Tx, m *model, w store.Window, s store.Seat) error {
		if a.holding(m, s.Account) {
			return errBusy
		}
		if err := store.DropSeat(ctx, tx, s.Account); err != nil {
			return err
		}
		return a.seated(ctx, tx, m, w, "hall.sign_off", "", "")
	})
	if err != nil {
		return Desk{}, err
	}
	return a.Desk(ctx)
}

func (a *App) seated(ctx context.Context, tx db.Tx, m *model, w store.Window, action, state, reason string) error {
	if err := audit.Write(ctx, tx, audit.Record{Action: action, Object: w.ID, Reason: reason}); err != nil {
		return err
	}
	return a.emit(ctx, tx, hall.TopicSeat, w.ID, hall.Moved{Hall: m.hall.ID, Region: m.hall.Region, Zone: w.Zone, Window: w.ID, WindowNo: w.No, State: state, Account: auth.Who(ctx).ID})
}

// inWindowsHall runs an act on a window with its hall as it stands.
func (a *App) inWindowsHall(ctx context.Context, window string, act func(tx db.Tx, m *model, w store.Window) error) error {
	kinds, _, err := a.kinds(ctx)
	if err != nil {
		return err
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		w, err := store.GetWindow(ctx, tx, window)
		if err != nil {
			return err
		}
		m, err := a.load(ctx, tx, w.Hall, kinds)
		if err != nil {
			return err
		}
		return act(tx, m, w)
	})
}

// fromSeat runs an act of the caller at the window where the caller sits.
func (a *App) fromSeat(ctx context.Context, act func(tx db.Tx, m *model, w store.Window, s store.Seat) error) error {
	kinds, _, err := a.kinds(ctx)
	if err != nil {
		return err
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		s, ok, err := store.SeatOf(ctx, tx, auth.Who(ctx).ID, a.today())
		if err != nil {
			return err
		}
		if !ok {
			return errNoSeat
		}
		m, err := a.load(ctx, tx, s.Hall, kinds)
		if err != nil {
			return err
		}
		if err := m.may(ctx, hall.PermServe); err != nil {
			return err
		}
		w, ok := m.window(s.Window)
		if !ok {
			return hall.ErrNoSuchWindow
		}
		return act(tx, m, w, s)
	})
}
