package store

import (
	"context"
	"errors"
	"fmt"

	"tongban/central/kernel/db"
	"tongban/central/modules/region"
)

// Arrival is one matter that another region received for us.
type Arrival struct {
	ID, Region, RegionName string
	Item, ItemName         string
	Mode                   region.Mode
	Paper                  bool
	State, Reason          string // see ArrivalPaperDue
	Parcel, ParcelAt       string
	CaseNo                 string
	NameMasked, IDBlind    string
	BodySealed             string
	Told                   string
	At, PaperAt            int64
}

// States of an arrival.
const (
	ArrivalPaperDue = "paper_due" // 等纸件: our days begin when the originals are here
	ArrivalTaken    = "taken"     // 已收件: a case of the window
	ArrivalUnfit    = "unfit"     // 退回: it does not pass the checks of a hand-in
)

const arrivalColumns = `id, region, region_name, item, item_name, mode, paper, state, reason, parcel, parcel_at, case_no, name_masked, id_blind, body_sealed, told, at, paper_at`

func (a *Arrival) fields() []any {
	return []any{
		&a.ID, &a.Region, &a.RegionName, &a.Item, &a.ItemName, &a.Mode, &a.Paper, &a.State, &a.Reason, &a.Parcel, &a.ParcelAt, &a.CaseNo, &a.NameMasked, &a.IDBlind,
		&a.BodySealed, &a.Told, &a.At, &a.PaperAt,
	}
}

// AddArrival keeps what arrived; false when it was known.
func AddArrival(ctx context.Context, tx db.Tx, a Arrival) (bool, error) {
	n, err := insert(ctx, tx, "region_arrival", arrivalColumns, "ON CONFLICT (id) DO NOTHING", a.fields())
	return n > 0, err
}

// GetArrival returns one by its number over there, ArrivalOf by the case that it became; else region.ErrNone.
func GetArrival(ctx context.Context, q db.Query, id string) (Arrival, error) {
	return arrival(ctx, q, "id", id)
}

// ArrivalOf returns the arrival that became a case.
func ArrivalOf(ctx context.Context, q db.Query, caseNo string) (Arrival, error) {
	return arrival(ctx, q, "case_no", caseNo)
}

func arrival(ctx context.Context, q db.Query, column, is string) (a Arrival, err error) {
	err = q.QueryRowContext(ctx, `SELECT `+arrivalColumns+` FROM region_arrival WHERE `+column+` = $1`, is).Scan(a.fields()...)
	if errors.Is(err, db.ErrNoRows) || is == "" {
		return a, region.ErrNone
	}
	if err != nil {
		return a, fmt.Errorf("load arrival: %w", err)
	}
	return a, nil
}

// PutArrival writes it if it is still in the state it was read in; else region.ErrChanged.
func PutArrival(ctx context.Context, tx db.Tx, a Arrival, from string) error {
	n, err := update(ctx, tx, "region_arrival", arrivalColumns, a.fields(), `id = ? AND state = ?`, a.ID, from)
	if err == nil && n != 1 {
		err = region.ErrChanged
	}
	return err
}

// Arrivals lists them, those that wait for papers first, then the newest.
func Arrivals(ctx context.Context, q db.Query, most int) ([]Arrival, error) {
	return list(ctx, q, (*Arrival).fields, `SELECT `+arrivalColumns+` FROM region_arrival ORDER BY CASE WHEN state = 'paper_due' THEN 0 ELSE 1 END, at DESC, id LIMIT $1`, most)
}

// Step is one line of the history.
type Step struct {
	ID, No          string
	At              int64
	Side            string // here, home, post
	Title, Text, By string
}

const stepColumns = `id, no, at, side, title, text, by_name`

func (s *Step) fields() []any {
	return []any{&s.ID, &s.No, &s.At, &s.Side, &s.Title, &s.Text, &s.By}
}

// AddStep keeps a line; false when it was known.
func AddStep(ctx context.Context, tx db.Tx, s Step) (bool, error) {
	n, err := insert(ctx, tx, "region_step", stepColumns, "ON CONFLICT (id) DO NOTHING", s.fields())
	return n > 0, err
}

// Steps returns the history of a case, oldest first.
func Steps(ctx context.Context, q db.Query, no string) ([]Step, error) {
	return list(ctx, q, (*Step).fields, `SELECT `+stepColumns+` FROM region_step WHERE no = $1 ORDER BY at, id LIMIT 500`, no)
}

// Part is what one of several authorities does (多地联办的一部分).
type Part struct {
	No                 string
	Ord                int
	Region, Name, What string
	DoneAt             int64
}

const partColumns = `no, ord, region, name, what, done_at`

func (p *Part) fields() []any {
	return []any{&p.No, &p.Ord, &p.Region, &p.Name, &p.What, &p.DoneAt}
}

// AddPart keeps one.
func AddPart(ctx context.Context, tx db.Tx, p Part) error {
	_, err := insert(ctx, tx, "region_part", partColumns, "", p.fields())
	return err
}

// Parts lists those of a case, in their order.
func Parts(ctx context.Context, q db.Query, no string) ([]Part, error) {
	return list(ctx, q, (*Part).fields, `SELECT `+partColumns+` FROM region_part WHERE no = $1 ORDER BY ord`, no)
}

// FinishPart says that one part is done; false when it was already, or is not there.
func FinishPart(ctx context.Context, tx db.Tx, no, regionCode string, at int64) (bool, error) {
	r, err := tx.ExecContext(ctx, `UPDATE region_part SET done_at = $1 WHERE no = $2 AND region = $3 AND done_at = 0`, at, no, regionCode)
	if err != nil {
		return false, fmt.Errorf("finish part: %w", err)
	}
	n, err := r.RowsAffected()
	return n > 0, err
}

// Cursor returns how far a feed was read.
func Cursor(ctx context.Context, q db.Query, name string) (seq int64, err error) {
	if err := q.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM region_cursor WHERE name = $1`, name).Scan(&seq); err != nil {
		return 0, fmt.Errorf("read cursor: %w", err)
	}
	return seq, nil
}

// SetCursor says how far a feed was read; it never goes back.
func SetCursor(ctx context.Context, tx db.Tx, name string, seq int64) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO region_cursor (name, seq) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq WHERE region_cursor.seq < excluded.seq`, name, seq)
	if err != nil {
		return fmt.Errorf("set cursor: %w", err)
	}
	return nil
}

// Ended lists numbers of cases that ended before an instant and still hold what was handed in, for the retention rule.
func Ended(ctx context.Context, q db.Query, before int64, after string, limit int) ([]string, error) {
	return names(ctx, q, `SELECT no FROM region_case WHERE ended_at > 0 AND ended_at < $1 AND body_sealed <> '' AND no > $2 ORDER BY no LIMIT $3`, before, after, limit)
}

func names(ctx context.Context, q db.Query, query string, args ...any) ([]string, error) {
	return list(ctx, q, func(s *string) []any { return []any{s} }, query, args...)
}

// Forget wipes what was handed in with some cases, and what was sent of it; numbers, states and days stay.
func Forget(ctx context.Context, tx db.Tx, nos []string) (rows int, err error) {
	for _, no := range nos {
		for _, statement := range []string{
			`UPDATE region_case SET body_sealed = '', name_masked = '', id_masked = '', id_blind = '' WHERE no = $1`, `UPDATE region_message SET body_sealed = '' WHERE no = $1`,
		} {
			r, err := tx.ExecContext(ctx, statement, no)
			if err != nil {
				return rows, fmt.Errorf("forget crossing: %w", err)
			}
			n, err := r.RowsAffected()
			if err != nil {
				return rows, fmt.Errorf("forget crossing: %w", err)
			}
			rows += int(n)
		}
	}
	return rows, nil
}

// Forlorn lists arrivals whose originals never came.
func Forlorn(ctx context.Context, q db.Query, before int64, after string, limit int) ([]string, error) {
	return names(ctx, q, `SELECT id FROM region_arrival WHERE state = 'paper_due' AND at < $1 AND id > $2 ORDER BY id LIMIT $3`, before, after, limit)
}

// ForgetArrivals wipes what was sent with some arrivals and sends them no further.
func ForgetArrivals(ctx context.Context, tx db.Tx, ids []string) (rows int, err error) {
	for _, id := range ids {
		r, err := tx.ExecContext(ctx, `UPDATE region_arrival SET state = 'unfit', reason = '原件一直没有到', body_sealed = '', name_masked = '', id_blind = '' WHERE id = $1`, id)
		if err != nil {
			return rows, fmt.Errorf("forget arrival: %w", err)
		}
		n, err := r.RowsAffected()
		if err != nil {
			return rows, fmt.Errorf("forget arrival: %w", err)
		}
		rows += int(n)
	}
	return rows, nil
}
