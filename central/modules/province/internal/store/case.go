package store

import (
	"context"
	"errors"
	"fmt"

	"tongban/central/kernel/db"
	"tongban/central/modules/province"
)

// Case is a case as the exchange knows it; times are milliseconds.
type Case struct {
	No, Item, ItemName string
	Region, Department string
	ProvNo             string
	ValuesSealed       string
	IDBlind            string
	LastSeq            int
	Handler            string
	ChangedAt          int64
	Returned           string
	SettledAt, At      int64
}

const caseColumns = `no, item, item_name, region, department, prov_no, values_sealed, id_blind, last_seq, handler, changed_at, returned, settled_at, at`

func (c *Case) fields() []any {
	return []any{&c.No, &c.Item, &c.ItemName, &c.Region, &c.Department, &c.ProvNo, &c.ValuesSealed, &c.IDBlind, &c.LastSeq, &c.Handler, &c.ChangedAt, &c.Returned, &c.SettledAt, &c.At}
}

// FindCase returns a case; false where the exchange knows none.
func FindCase(ctx context.Context, q db.Query, no string) (c Case, there bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT `+caseColumns+` FROM province_case WHERE no = $1`, no).Scan(c.fields()...)
	if errors.Is(err, db.ErrNoRows) {
		return c, false, nil
	}
	if err != nil {
		return c, false, fmt.Errorf("find case: %w", err)
	}
	return c, true, nil
}

// SaveCase keeps a case, new or changed.
func SaveCase(ctx context.Context, tx db.Tx, c Case) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO province_case (`+caseColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)
		ON CONFLICT (no) DO UPDATE SET item_name = excluded.item_name, region = excluded.region, department = excluded.department, prov_no = excluded.prov_no,
		values_sealed = excluded.values_sealed, id_blind = excluded.id_blind, last_seq = excluded.last_seq, handler = excluded.handler,
		changed_at = excluded.changed_at, returned = excluded.returned, settled_at = excluded.settled_at`,
		c.No, c.Item, c.ItemName, c.Region, c.Department, c.ProvNo, c.ValuesSealed, c.IDBlind, c.LastSeq, c.Handler, c.ChangedAt, c.Returned, c.SettledAt, c.At)
	if err != nil {
		return fmt.Errorf("save case: %w", err)
	}
	return nil
}

// Confirmed lists cases that the province took, by number, with whether something of theirs is still on the way.
func Confirmed(ctx context.Context, q db.Query, after string, most int) (out []Case, waiting map[string]bool, err error) {
	rows, err := q.QueryContext(ctx, `SELECT `+caseColumns+`, EXISTS (SELECT 1 FROM province_message m WHERE m.case_no = province_case.no AND m.direction = 'out'
		AND m.state NOT IN ('confirmed', 'dropped')) FROM province_case WHERE prov_no <> '' AND no > $1 ORDER BY no LIMIT $2`, after, most)
	if err != nil {
		return nil, nil, fmt.Errorf("list cases: %w", err)
	}
	defer rows.Close()
	waiting = map[string]bool{}
	for rows.Next() {
		var c Case
		var on bool
		if err := rows.Scan(append(c.fields(), &on)...); err != nil {
			return nil, nil, fmt.Errorf("list cases: %w", err)
		}
		waiting[c.No] = on
		out = append(out, c)
	}
	return out, waiting, rows.Err()
}

// Known says which of the numbers the exchange knows.
func Known(ctx context.Context, q db.Query, no string) (bool, error) {
	_, there, err := FindCase(ctx, q, no)
	return there, err
}

// Totals counts cases that the province took, and those of which nothing has arrived yet.
func Totals(ctx context.Context, q db.Query) (taken, none int, err error) {
	err = q.QueryRowContext(ctx, `SELECT coalesce(sum(CASE WHEN prov_no <> '' THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN prov_no = '' THEN 1 ELSE 0 END), 0) FROM province_case`).Scan(&taken, &none)
	if err != nil {
		return 0, 0, fmt.Errorf("count cases: %w", err)
	}
	return taken, none, nil
}

// CountPerson and PersonCases find what is held of one person.
func CountPerson(ctx context.Context, q db.Query, blind string) (n int, err error) {
	err = q.QueryRowContext(ctx, `SELECT count(*) FROM province_case WHERE id_blind = $1`, blind).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count person: %w", err)
	}
	return n, nil
}

// PersonCases lists the numbers of a person's cases.
func PersonCases(ctx context.Context, q db.Query, blind string) ([]string, error) {
	return ids(ctx, q, `SELECT no FROM province_case WHERE id_blind = $1 ORDER BY no`, blind)
}

// Return is something that flowed back.
type Return struct {
	ID                string
	Seq               int64
	SaidNo, CaseNo    string
	ProvNo            string
	Kind, Code, Words string
	Facts             string
	State             string // matched, tray, dismissed
	Digest            string
	Happened, At      int64
	ByName, Reason    string
}

const returnColumns = `id, seq, said_no, case_no, prov_no, kind, code, words, facts, state, digest, happened, at, by_name, reason`

func (r *Return) fields() []any {
	return []any{&r.ID, &r.Seq, &r.SaidNo, &r.CaseNo, &r.ProvNo, &r.Kind, &r.Code, &r.Words, &r.Facts, &r.State, &r.Digest, &r.Happened, &r.At, &r.ByName, &r.Reason}
}

// AddReturn keeps one; false when it came before.
func AddReturn(ctx context.Context, tx db.Tx, r Return) (bool, error) {
	res, err := tx.ExecContext(ctx, `INSERT INTO province_return (`+returnColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15) ON CONFLICT (id) DO NOTHING`,
		r.ID, r.Seq, r.SaidNo, r.CaseNo, r.ProvNo, r.Kind, r.Code, r.Words, r.Facts, r.State, r.Digest, r.Happened, r.At, r.ByName, r.Reason)
	if err != nil {
		return false, fmt.Errorf("add return: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// SettleReturn takes one out of the tray; false when somebody was faster.
func SettleReturn(ctx context.Context, tx db.Tx, r Return) (bool, error) {
	res, err := tx.ExecContext(ctx, `UPDATE province_return SET case_no = $1, state = $2, by_name = $3, reason = $4 WHERE id = $5 AND state = 'tray'`, r.CaseNo, r.State, r.ByName, r.Reason, r.ID)
	if err != nil {
		return false, fmt.Errorf("settle return: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// FindReturn returns one, or province.ErrNone.
func FindReturn(ctx context.Context, q db.Query, id string) (r Return, err error) {
	err = q.QueryRowContext(ctx, `SELECT `+returnColumns+` FROM province_return WHERE id = $1`, id).Scan(r.fields()...)
	if errors.Is(err, db.ErrNoRows) {
		return r, province.ErrNone
	}
	if err != nil {
		return r, fmt.Errorf("find return: %w", err)
	}
	return r, nil
}

// Returns lists what flowed back: the tray first, then the newest; of one case when no is given.
func Returns(ctx context.Context, q db.Query, no string, most int) ([]Return, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+returnColumns+` FROM province_return WHERE $1 = '' OR case_no = $1
		ORDER BY CASE WHEN state = 'tray' THEN 0 ELSE 1 END, at DESC, seq DESC LIMIT $2`, no, most)
	if err != nil {
		return nil, fmt.Errorf("list returns: %w", err)
	}
	defer rows.Close()
	out := []Return{}
	for rows.Next() {
		var r Return
		if err := rows.Scan(r.fields()...); err != nil {
			return nil, fmt.Errorf("list returns: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// Tray counts what matched no case.
func Tray(ctx context.Context, q db.Query) (n int, err error) {
	err = q.QueryRowContext(ctx, `SELECT count(*) FROM province_return WHERE state = 'tray'`).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count tray: %w", err)
	}
	return n, nil
}

// Cursor is how far something was read, and when.
func Cursor(ctx context.Context, q db.Query, name string) (n, at int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT n, at FROM province_cursor WHERE name = $1`, name).Scan(&n, &at)
	if errors.Is(err, db.ErrNoRows) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, fmt.Errorf("read cursor: %w", err)
	}
	return n, at, nil
}

// MoveCursor notes how far something was read.
func MoveCursor(ctx context.Context, tx db.Tx, name string, n int64) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO province_cursor (name, n, at) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET n = excluded.n, at = excluded.at`, name, n, db.Ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("move cursor: %w", err)
	}
	return nil
}

// AddConsent keeps a consent before anything is read.
func AddConsent(ctx context.Context, tx db.Tx, id, no, kind string, c province.Consent) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO province_consent (id, case_no, kind, way, purpose, at, by_name, licences) VALUES ($1,$2,$3,$4,$5,$6,$7,-1)`,
		id, no, kind, c.Way, c.Purpose, db.Ms(tx.Now()), tx.Actor().Name)
	if err != nil {
		return fmt.Errorf("keep consent: %w", err)
	}
	return nil
}

// CountConsent notes how many licences were read with it.
func CountConsent(ctx context.Context, tx db.Tx, id string, n int) error {
	if _, err := tx.ExecContext(ctx, `UPDATE province_consent SET licences = $1 WHERE id = $2`, n, id); err != nil {
		return fmt.Errorf("count consent: %w", err)
	}
	return nil
}
