package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"tongban/central/kernel/db"
)

// Staff says who may sit at which window.
type Staff struct{ Hall, Window, Account string }

// AllStaff returns the assignments of a hall, of all when it is "".
func AllStaff(ctx context.Context, q db.Query, hallID string) (out []Staff, err error) {
	err = each(ctx, q, "list staff", `SELECT hall, win, account FROM hall_staff WHERE $1 = '' OR hall = $1 ORDER BY win, account`, func(scan func(...any) error) error {
		var s Staff
		err := scan(&s.Hall, &s.Window, &s.Account)
		out = append(out, s)
		return err
	}, hallID)
	return out, err
}

// PutStaff replaces who may sit at a window.
func PutStaff(ctx context.Context, tx db.Tx, hallID, window string, accounts []string) error {
	if err := write(ctx, tx, "clear staff", `DELETE FROM hall_staff WHERE win = $1`, window); err != nil {
		return err
	}
	for _, a := range accounts {
		if err := write(ctx, tx, "keep staff", `INSERT INTO hall_staff (hall, win, account) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, hallID, window, a); err != nil {
			return err
		}
	}
	return nil
}

// Shift is who sits where when, every week.
type Shift struct {
	ID, Hall, Window, Account string
	Weekdays                  string // digits 1 (Monday) to 7
	From, Until               int    // minutes of the day
	FromDay, UntilDay         string // YYYY-MM-DD; UntilDay "" goes on
}

// Shifts returns the shifts of a hall.
func Shifts(ctx context.Context, q db.Query, hallID string) (out []Shift, err error) {
	err = each(ctx, q, "list shifts", `SELECT id, hall, win, account, weekdays, from_min, until_min, from_day, until_day FROM hall_shift WHERE hall = $1 ORDER BY win, from_min, account, id`, func(scan func(...any) error) error {
		var s Shift
		err := scan(&s.ID, &s.Hall, &s.Window, &s.Account, &s.Weekdays, &s.From, &s.Until, &s.FromDay, &s.UntilDay)
		out = append(out, s)
		return err
	}, hallID)
	return out, err
}

// PutShift makes or changes one.
func PutShift(ctx context.Context, tx db.Tx, s Shift) error {
	return write(ctx, tx, "keep shift", `INSERT INTO hall_shift (id, hall, win, account, weekdays, from_min, until_min, from_day, until_day) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (id) DO UPDATE SET win = excluded.win, account = excluded.account, weekdays = excluded.weekdays, from_min = excluded.from_min, until_min = excluded.until_min,
		from_day = excluded.from_day, until_day = excluded.until_day`,
		s.ID, s.Hall, s.Window, s.Account, s.Weekdays, s.From, s.Until, s.FromDay, s.UntilDay)
}

// DropShift removes one of a hall.
func DropShift(ctx context.Context, tx db.Tx, hallID, id string) error {
	return write(ctx, tx, "drop shift", `DELETE FROM hall_shift WHERE hall = $1 AND id = $2`, hallID, id)
}

// Leave is who is away on which days.
type Leave struct{ ID, Hall, Account, FromDay, UntilDay, Note string }

// Leaves returns the leaves of a hall that end on day or later.
func Leaves(ctx context.Context, q db.Query, hallID, day string) (out []Leave, err error) {
	err = each(ctx, q, "list leaves", `SELECT id, hall, account, from_day, until_day, note FROM hall_leave WHERE hall = $1 AND until_day >= $2 ORDER BY from_day, account, id`, func(scan func(...any) error) error {
		var l Leave
		err := scan(&l.ID, &l.Hall, &l.Account, &l.FromDay, &l.UntilDay, &l.Note)
		out = append(out, l)
		return err
	}, hallID, day)
	return out, err
}

// AddLeave keeps one.
func AddLeave(ctx context.Context, tx db.Tx, l Leave) error {
	return write(ctx, tx, "keep leave", `INSERT INTO hall_leave (id, hall, account, from_day, until_day, note) VALUES ($1, $2, $3, $4, $5, $6)`, l.ID, l.Hall, l.Account, l.FromDay, l.UntilDay, l.Note)
}

// DropLeave removes one of a hall.
func DropLeave(ctx context.Context, tx db.Tx, hallID, id string) error {
	return write(ctx, tx, "drop leave", `DELETE FROM hall_leave WHERE hall = $1 AND id = $2`, hallID, id)
}

// Seat is who sits at a window now.
type Seat struct {
	Window, Hall, Account, State, Reason, Day string
	Since                                     int64
}

// Seats returns the seats of a hall on a day, of all halls when it is "".
func Seats(ctx context.Context, q db.Query, hallID, day string) (out []Seat, err error) {
	err = each(ctx, q, "list seats", `SELECT win, hall, account, state, reason, day, since FROM hall_seat WHERE ($1 = '' OR hall = $1) AND day = $2 ORDER BY win`, func(scan func(...any) error) error {
		var s Seat
		err := scan(&s.Window, &s.Hall, &s.Account, &s.State, &s.Reason, &s.Day, &s.Since)
		out = append(out, s)
		return err
	}, hallID, day)
	return out, err
}

// SeatOf returns the seat of an account on a day; ok is false when it has none.
func SeatOf(ctx context.Context, q db.Query, account, day string) (s Seat, ok bool, err error) {
	return seat(ctx, q, `account = $1 AND day = $2`, account, day)
}

// SeatAt returns who sits at a window on a day.
func SeatAt(ctx context.Context, q db.Query, window, day string) (s Seat, ok bool, err error) {
	return seat(ctx, q, `win = $1 AND day = $2`, window, day)
}

func seat(ctx context.Context, q db.Query, where string, args ...any) (s Seat, ok bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT win, hall, account, state, reason, day, since FROM hall_seat WHERE `+where, args...).
		Scan(&s.Window, &s.Hall, &s.Account, &s.State, &s.Reason, &s.Day, &s.Since)
	if errors.Is(err, sql.ErrNoRows) {
		return Seat{}, false, nil
	}
	if err != nil {
		return Seat{}, false, fmt.Errorf("find seat: %w", err)
	}
	return s, true, nil
}

// PutSeat seats somebody; whoever sat there, and wherever the person sat before, gets up.
func PutSeat(ctx context.Context, tx db.Tx, s Seat) error {
	if err := write(ctx, tx, "clear seat", `DELETE FROM hall_seat WHERE win = $1 OR account = $2`, s.Window, s.Account); err != nil {
		return err
	}
	return write(ctx, tx, "keep seat", `INSERT INTO hall_seat (win, hall, account, state, reason, day, since) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		s.Window, s.Hall, s.Account, s.State, s.Reason, s.Day, s.Since)
}

// DropSeat ends the seat of an account.
func DropSeat(ctx context.Context, tx db.Tx, account string) error {
	return write(ctx, tx, "drop seat", `DELETE FROM hall_seat WHERE account = $1`, account)
}
