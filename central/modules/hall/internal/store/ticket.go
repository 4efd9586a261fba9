package store

import (
	"context"
	"fmt"
	"slices"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/modules/hall"
)

// Ticket is one row. Times are milliseconds.
type Ticket struct {
	ID, Hall, Region, Day, No     string
	Category, Zone                string // ids
	Wanted                        string // window it was transferred to, "" = any of the zone
	Priority                      hall.Priority
	Rank                          int
	Order                         int64
	Channel                       string
	State                         hall.TicketState
	Window, WindowNo, Account     string // who has or had it
	Taken, Called, Started, Ended int64
	Since                         int64 // in this state
	Calls                         int
	Reason                        string
	WaitedMs, HandledMs, HeldMs   int64 // of the periods that are over
}

// Place is where the ticket belongs.
func (t Ticket) Place() actor.Place { return actor.Place{Region: t.Region} }

const ticketColumns = `id, hall, region, day, no, category, zone, wanted, priority, rank, ord, channel, state, win, win_no, account,
	taken_at, called_at, started_at, ended_at, since, calls, reason, waited_ms, handled_ms, held_ms`

func (t *Ticket) fields() []any {
	return []any{
		&t.ID, &t.Hall, &t.Region, &t.Day, &t.No, &t.Category, &t.Zone, &t.Wanted, &t.Priority, &t.Rank, &t.Order, &t.Channel, &t.State, &t.Window, &t.WindowNo, &t.Account,
		&t.Taken, &t.Called, &t.Started, &t.Ended, &t.Since, &t.Calls, &t.Reason, &t.WaitedMs, &t.HandledMs, &t.HeldMs,
	}
}

// AddTicket keeps a new ticket and opens its first period.
func AddTicket(ctx context.Context, tx db.Tx, t Ticket, period string) error {
	if err := write(ctx, tx, "keep ticket", `INSERT INTO hall_ticket (`+ticketColumns+`)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26)`,
		t.ID, t.Hall, t.Region, t.Day, t.No, t.Category, t.Zone, t.Wanted, t.Priority, t.Rank, t.Order, t.Channel, t.State, t.Window, t.WindowNo, t.Account,
		t.Taken, t.Called, t.Started, t.Ended, t.Since, t.Calls, t.Reason, t.WaitedMs, t.HandledMs, t.HeldMs); err != nil {
		return err
	}
	return openPeriod(ctx, tx, t, period)
}

// MoveTicket writes what an act changed of a ticket that was read in this transaction as was; the period that ends is added up
// and the next one is opened.
func MoveTicket(ctx context.Context, tx db.Tx, was, t Ticket, period string) error {
	res, err := tx.ExecContext(ctx, `UPDATE hall_ticket SET category=$1, zone=$2, wanted=$3, rank=$4, ord=$5, state=$6, win=$7, win_no=$8, account=$9,
		called_at=$10, started_at=$11, ended_at=$12, since=$13, calls=$14, reason=$15, waited_ms=$16, handled_ms=$17, held_ms=$18
		WHERE id=$19 AND state=$20 AND since=$21`,
		t.Category, t.Zone, t.Wanted, t.Rank, t.Order, t.State, t.Window, t.WindowNo, t.Account, t.Called, t.Started, t.Ended, t.Since, t.Calls, t.Reason,
		t.WaitedMs, t.HandledMs, t.HeldMs, t.ID, was.State, was.Since)
	if err != nil {
		return fmt.Errorf("move ticket: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return hall.ErrTicketMoved
	}
	if err := write(ctx, tx, "close period", `UPDATE hall_period SET until_at = $1 WHERE ticket = $2 AND until_at = 0`, t.Since, t.ID); err != nil {
		return err
	}
	if t.State.Ended() {
		return nil
	}
	return openPeriod(ctx, tx, t, period)
}

func openPeriod(ctx context.Context, tx db.Tx, t Ticket, id string) error {
	return write(ctx, tx, "open period", `INSERT INTO hall_period (id, ticket, state, zone, win, account, from_at, until_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)`,
		id, t.ID, t.State, t.Zone, t.Window, t.Account, t.Since)
}

// Period is one stay of a ticket in one state.
type Period struct {
	State                 hall.TicketState
	Zone, Window, Account string
	From, Until           int64
}

// Periods returns the periods of a ticket in order.
func Periods(ctx context.Context, q db.Query, ticket string) (out []Period, err error) {
	err = each(ctx, q, "list periods", `SELECT state, zone, win, account, from_at, until_at FROM hall_period WHERE ticket = $1 ORDER BY from_at, id`, func(scan func(...any) error) error {
		var p Period
		err := scan(&p.State, &p.Zone, &p.Window, &p.Account, &p.From, &p.Until)
		out = append(out, p)
		return err
	}, ticket)
	return out, err
}

// GetTicket returns one ticket, or hall.ErrNoSuchTicket.
func GetTicket(ctx context.Context, q db.Query, id string) (Ticket, error) {
	return oneTicket(ctx, q, `id = $1`, id)
}

// FindTicket returns the ticket of a number, or hall.ErrNoSuchTicket.
func FindTicket(ctx context.Context, q db.Query, hallID, day, no string) (Ticket, error) {
	return oneTicket(ctx, q, `hall = $1 AND day = $2 AND no = $3`, hallID, day, no)
}

func oneTicket(ctx context.Context, q db.Query, where string, args ...any) (Ticket, error) {
	found, err := tickets(ctx, q, where, args...)
	if err == nil && len(found) == 0 {
		err = hall.ErrNoSuchTicket
	}
	if err != nil {
		return Ticket{}, err
	}
	return found[0], nil
}

// Alive returns the tickets of a hall's day that have not ended, in the order in which they are called.
func Alive(ctx context.Context, q db.Query, hallID, day string) ([]Ticket, error) {
	return tickets(ctx, q, `hall = $1 AND day = $2 AND state IN ('waiting', 'called', 'serving', 'passed', 'held') ORDER BY rank DESC, ord, no`, hallID, day)
}

// Stale returns some tickets of days before that have not ended.
func Stale(ctx context.Context, q db.Query, day string) ([]Ticket, error) {
	return tickets(ctx, q, `day < $1 AND state IN ('waiting', 'called', 'serving', 'passed', 'held') ORDER BY day, id LIMIT 200`, day)
}

// EndedToday returns the tickets that ended in a hall on a day, latest first.
func EndedToday(ctx context.Context, q db.Query, hallID, day string) ([]Ticket, error) {
	return tickets(ctx, q, `hall = $1 AND day = $2 AND state IN ('done', 'left') ORDER BY ended_at DESC, id`, hallID, day)
}

// Ended returns ended tickets between two instants by id.
func Ended(ctx context.Context, q db.Query, hallID string, from, to int64, after string, most int) ([]Ticket, error) {
	return tickets(ctx, q, `state IN ('done', 'left') AND ($1 = '' OR hall = $1) AND ended_at >= $2 AND ended_at < $3 AND id > $4 ORDER BY id LIMIT $5`, hallID, from, to, after, most)
}

func tickets(ctx context.Context, q db.Query, where string, args ...any) (out []Ticket, err error) {
	err = each(ctx, q, "list tickets", `SELECT `+ticketColumns+` FROM hall_ticket WHERE `+where, func(scan func(...any) error) error {
		var t Ticket
		err := scan(t.fields()...)
		out = append(out, t)
		return err
	}, args...)
	return out, err
}

// NextNumber gives out the next number of a series of a day, from first on.
func NextNumber(ctx context.Context, tx db.Tx, hallID, day, code string, first int) (n int, err error) {
	err = tx.QueryRowContext(ctx, `INSERT INTO hall_number (hall, day, code, n) VALUES ($1, $2, $3, $4)
		ON CONFLICT (hall, day, code) DO UPDATE SET n = hall_number.n + 1 RETURNING n`, hallID, day, code, first).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("give out number: %w", err)
	}
	return n, nil
}

// MachineAnswer returns what a report of the queue machine was answered with, "" when it is new.
func MachineAnswer(ctx context.Context, q db.Query, id string) (answer string, err error) {
	err = each(ctx, q, "find report", `SELECT answer FROM hall_machine_event WHERE id = $1`, func(scan func(...any) error) error { return scan(&answer) }, id)
	return answer, err
}

// KeepMachine notes a report of the queue machine.
func KeepMachine(ctx context.Context, tx db.Tx, id, hallID, no, answer string, at int64) error {
	return write(ctx, tx, "keep report", `INSERT INTO hall_machine_event (id, hall, no, answer, at) VALUES ($1, $2, $3, $4, $5)`, id, hallID, no, answer, at)
}

// ForgetMachine removes reports of before.
func ForgetMachine(ctx context.Context, tx db.Tx, before int64) error {
	return write(ctx, tx, "forget reports", `DELETE FROM hall_machine_event WHERE at < $1`, before)
}

// Waiting picks those that wait, in order.
func Waiting(all []Ticket) []Ticket { return In(all, hall.Waiting) }

// In picks those in some states, in order.
func In(all []Ticket, states ...hall.TicketState) []Ticket {
	return slices.DeleteFunc(slices.Clone(all), func(t Ticket) bool { return !slices.Contains(states, t.State) })
}
