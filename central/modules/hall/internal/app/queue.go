package app

import (
	"cmp"
	"context"
	"fmt"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/modules/hall"
	"tongban/central/modules/hall/internal/store"
)

// The guide's desk gives out numbers from here on, so that they never meet those that a queue machine prints by itself.
const guideNumbers = 701

// straight is the series of those who came to a window without a number.
const straight = "W"

var (
	errEmpty   = errs.E(errs.NotFound, "hall.queue_empty", "现在没有人等这个窗口", nil)
	errAwayNow = errs.E(errs.Conflict, "hall.away_now", "您正在暂离：先按“回来”，再叫号", nil)
	errTarget  = errs.E(errs.Invalid, "hall.transfer_target", "请选转到哪个分区或窗口", nil)
	errNoKind  = errs.E(errs.Invalid, "hall.no_category", "没有这个取号类别，请重新选择", nil)
)

// CallNext calls who is next at the caller's window (叫下一位). Two windows never get the same one: writers take turns, and the
// ticket is moved only from the state in which it was read.
func (a *App) CallNext(ctx context.Context) (Desk, error) {
	err := a.fromSeat(ctx, func(tx db.Tx, m *model, w store.Window, s store.Seat) error {
		if a.holding(m, s.Account) {
			return errBusy
		}
		if s.State != seatOn {
			return errAwayNow
		}
		waiting := m.queue(w, s.Account)
		if len(waiting) == 0 {
			return errEmpty
		}
		return a.call(ctx, tx, m, waiting[0], w, s.Account)
	})
	if err != nil {
		return Desk{}, err
	}
	return a.Desk(ctx)
}

// Call calls a certain ticket that waits or was passed.
func (a *App) Call(ctx context.Context, id string) (Desk, error) {
	err := a.fromSeat(ctx, func(tx db.Tx, m *model, w store.Window, s store.Seat) error {
		t, err := store.GetTicket(ctx, tx, id)
		if err != nil {
			return err
		}
		switch {
		case t.Hall != m.hall.ID:
			return errBeyond
		case a.holding(m, s.Account):
			return errBusy
		case s.State != seatOn:
			return errAwayNow
		case t.State != hall.Passed && !m.calls(w, s.Account, t):
			return errNotMine
		}
		return a.call(ctx, tx, m, t, w, s.Account)
	})
	if err != nil {
		return Desk{}, err
	}
	return a.Desk(ctx)
}

func (a *App) call(ctx context.Context, tx db.Tx, m *model, t store.Ticket, w store.Window, account string) error {
	next := t
	next.Window, next.WindowNo, next.Account, next.Calls, next.Called = w.ID, w.No, account, t.Calls+1, m.now
	return a.move(ctx, tx, m, t, next, hall.ActCall, "")
}

// acts of the clerk on the ticket in hand, with what each changes besides the state.
type acting struct {
	act    hall.TicketAct
	reason string
	change func(m *model, t *store.Ticket) error
}

// Act does one act with a ticket: the clerk who has it, or who may direct the hall.
func (a *App) Act(ctx context.Context, id string, act hall.TicketAct, reason string) (Desk, error) {
	return a.do(ctx, id, acting{act: act, reason: reason})
}

// Transfer sends a ticket to a zone or a window (转窗); it keeps its place in the queue.
func (a *App) Transfer(ctx context.Context, id, zone, window, reason string) (Desk, error) {
	return a.do(ctx, id, acting{act: hall.ActTransfer, reason: reason, change: func(m *model, t *store.Ticket) error {
		t.Window, t.WindowNo, t.Account, t.Wanted = "", "", "", ""
		if w, ok := m.window(window); ok && window != "" && !w.Closed {
			t.Wanted, t.Zone = w.ID, w.Zone
			return nil
		}
		z, ok := m.zone(zone)
		if !ok || z.Closed {
			return errTarget
		}
		t.Zone = z.ID
		return nil
	}})
}

func (a *App) do(ctx context.Context, id string, d acting) (Desk, error) {
	kinds, _, err := a.kinds(ctx)
	if err != nil {
		return Desk{}, err
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		t, err := store.GetTicket(ctx, tx, id)
		if err != nil {
			return err
		}
		m, err := a.load(ctx, tx, t.Hall, kinds)
		if err != nil {
			return err
		}
		if err := a.mayAct(ctx, m, t); err != nil {
			return err
		}
		next := t
		if d.change != nil {
			if err := d.change(m, &next); err != nil {
				return err
			}
		}
		switch d.act {
		case hall.ActRecall:
			next.Calls++
		case hall.ActRequeue:
			next.Order, next.Rank, next.Window, next.WindowNo, next.Account = m.now, 0, "", "", ""
		case hall.ActStart:
			next.Started = cmp.Or(t.Started, m.now)
		case hall.ActResume:
			if seat, sits := m.seatOf(t.Account); !sits || seat.State != seatOn {
				return errNoSeat
			}
			if a.holding(m, t.Account) {
				return errBusy
			}
		}
		next.Reason = d.reason
		if err := a.move(ctx, tx, m, t, next, d.act, d.reason); err != nil {
			return err
		}
		return a.follow(ctx, tx, m, next, d.act)
	})
	if err != nil {
		return Desk{}, err
	}
	return a.Desk(ctx)
}

// mayAct lets the clerk act who has the ticket, any clerk of the hall on one that nobody has, and whoever directs the hall.
func (a *App) mayAct(ctx context.Context, m *model, t store.Ticket) error {
	who := actor.From(ctx)
	if who.Scope(hall.PermDirect).Covers(t.Place()) {
		return nil
	}
	if err := m.may(ctx, hall.PermServe); err != nil {
		return err
	}
	if free := t.State == hall.Waiting || t.State == hall.Passed; !free && t.Account != who.ID {
		return errNotMine
	}
	return nil
}

// move applies an act: the period that ends is added up, and everybody hears of it.
func (a *App) move(ctx context.Context, tx db.Tx, m *model, was, t store.Ticket, act hall.TicketAct, reason string) (err error) {
	if t.State, err = was.State.After(act); err != nil {
		return err
	}
	spent := max(m.now-was.Since, 0)
	switch was.State {
	case hall.Waiting:
		t.WaitedMs += spent
	case hall.Serving:
		t.HandledMs += spent
	case hall.Held:
		t.HeldMs += spent
	}
	t.Since = m.now
	if t.State.Ended() {
		t.Ended = m.now
	}
	if err := store.MoveTicket(ctx, tx, was, t, ids.New()); err != nil {
		return err
	}
	if err := audit.Write(ctx, tx, audit.Record{Action: auditOf[act], Object: t.ID, Reason: reason, Detail: map[string]string{"no": t.No, "window": t.WindowNo}}); err != nil {
		return err
	}
	if err := a.tellMachine(ctx, tx, t, act, m.now); err != nil {
		return err
	}
	return a.emit(ctx, tx, hall.TopicTicket, t.ID, hall.Moved{
		Hall: t.Hall, Region: t.Region, Ticket: t.ID, No: t.No, State: string(t.State), Act: string(act), Zone: t.Zone, Window: t.Window, WindowNo: t.WindowNo, Account: t.Account,
	})
}

// auditOf names each act for the audit.
var auditOf = map[hall.TicketAct]string{
	hall.ActCall: "hall.call", hall.ActRecall: "hall.recall", hall.ActStart: "hall.start", hall.ActSkip: "hall.skip", hall.ActRequeue: "hall.requeue",
	hall.ActHold: "hall.hold", hall.ActResume: "hall.resume", hall.ActTransfer: "hall.transfer", hall.ActFinish: "hall.finish", hall.ActLeave: "hall.leave",
}

// Wish is a number that somebody takes.
type Wish struct {
	Hall, Category string
	Priority       hall.Priority
}

// Take gives out a number at the guide's desk (导办台取号).
func (a *App) Take(ctx context.Context, n Wish) (Ticket, error) {
	kinds, _, err := a.kinds(ctx)
	if err != nil {
		return Ticket{}, err
	}
	var out Ticket
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		m, err := a.load(ctx, tx, n.Hall, kinds)
		if err != nil {
			return err
		}
		if err := m.may(ctx, hall.PermServe); err != nil {
			return err
		}
		c, ok := m.category(n.Category)
		if !ok || c.Closed {
			return errNoKind
		}
		no, err := store.NextNumber(ctx, tx, m.hall.ID, m.day, c.Code, guideNumbers)
		if err != nil {
			return err
		}
		t := m.fresh(c, fmt.Sprintf("%s%03d", c.Code, no), n.Priority, "counter")
		if err := a.add(ctx, tx, m, t); err != nil {
			return err
		}
		out = m.ticket(t)
		return nil
	})
	return out, err
}

// fresh is a new ticket of a category that waits from now on.
func (m *model) fresh(c store.Category, no string, p hall.Priority, channel string) store.Ticket {
	return store.Ticket{
		ID: ids.New(), Hall: m.hall.ID, Region: m.hall.Region, Day: m.day, No: no, Category: c.ID, Zone: c.Zone, Priority: p, Rank: p.Rank(), Order: m.now,
		Channel: channel, State: hall.Waiting, Taken: m.now, Since: m.now,
	}
}

func (a *App) add(ctx context.Context, tx db.Tx, m *model, t store.Ticket) error {
	if err := store.AddTicket(ctx, tx, t, ids.New()); err != nil {
		return err
	}
	if err := audit.Write(ctx, tx, audit.Record{Action: "hall.take_number", Object: t.ID, Detail: map[string]string{"no": t.No, "channel": t.Channel}}); err != nil {
		return err
	}
	return a.emit(ctx, tx, hall.TopicTicket, t.ID, hall.Moved{Hall: t.Hall, Region: t.Region, Ticket: t.ID, No: t.No, State: string(t.State), Act: "take", Zone: t.Zone})
}

// walkIn makes a ticket for somebody who came to the caller's window without a number, and calls it.
func (a *App) walkIn(ctx context.Context, tx db.Tx, m *model, w store.Window, account string) (store.Ticket, error) {
	n, err := store.NextNumber(ctx, tx, m.hall.ID, m.day, straight, 1)
	if err != nil {
		return store.Ticket{}, err
	}
	t := m.fresh(store.Category{Zone: w.Zone}, fmt.Sprintf("%s%03d", straight, n), hall.PlainTurn, "desk")
	t.Wanted = w.ID
	if err := a.add(ctx, tx, m, t); err != nil {
		return t, err
	}
	if err := a.call(ctx, tx, m, t, w, account); err != nil {
		return t, err
	}
	return store.GetTicket(ctx, tx, t.ID)
}

// CloseDays ends what was left over from days before: the machine's numbers begin anew each morning, and nobody waits over night.
func (a *App) CloseDays(ctx context.Context) error {
	ctx = auth.AsSystem(ctx, "hall.close_day")
	for more := true; more; {
		err := a.DB.Do(ctx, func(tx db.Tx) error {
			stale, err := store.Stale(ctx, tx, a.today())
			if err != nil {
				return err
			}
			more = len(stale) > 0
			now := db.Ms(tx.Now())
			for _, t := range stale {
				was := t
				t.State, t.Since, t.Ended, t.Reason = hall.Left, now, now, "当天没有办完，自动关闭"
				if err := store.MoveTicket(ctx, tx, was, t, ""); err != nil {
					return err
				}
				if err := a.wipe(ctx, tx, t.ID, now); err != nil {
					return err
				}
				if err := audit.Write(ctx, tx, audit.Record{Action: "hall.leave", Object: t.ID, Reason: t.Reason}); err != nil {
					return err
				}
			}
			return store.ForgetMachine(ctx, tx, now-7*24*3600*1000)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
