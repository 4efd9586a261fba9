package store

import (
	"context"
	"errors"
	"fmt"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/modules/province"
)

// Report is one reconciliation.
type Report struct {
	ID                      string
	At                      int64
	ByName                  string
	Cases, Same, Differing  int
	Missing, Extra, Waiting int
	Told, ByItem            string // JSON
}

const reportColumns = `id, at, by_name, cases, same, differing, missing, extra, waiting, told, byitem`

func (r *Report) fields() []any {
	return []any{&r.ID, &r.At, &r.ByName, &r.Cases, &r.Same, &r.Differing, &r.Missing, &r.Extra, &r.Waiting, &r.Told, &r.ByItem}
}

// AddReport keeps one.
func AddReport(ctx context.Context, tx db.Tx, r Report) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO province_report (`+reportColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		r.ID, r.At, r.ByName, r.Cases, r.Same, r.Differing, r.Missing, r.Extra, r.Waiting, r.Told, r.ByItem)
	if err != nil {
		return fmt.Errorf("add report: %w", err)
	}
	return nil
}

// Tell notes what went up with a report.
func Tell(ctx context.Context, tx db.Tx, id, told string) error {
	if _, err := tx.ExecContext(ctx, `UPDATE province_report SET told = $1 WHERE id = $2`, told, id); err != nil {
		return fmt.Errorf("note report: %w", err)
	}
	return nil
}

// Reports lists the newest, newest first.
func Reports(ctx context.Context, q db.Query, most int) ([]Report, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+reportColumns+` FROM province_report ORDER BY at DESC, id DESC LIMIT $1`, most)
	if err != nil {
		return nil, fmt.Errorf("list reports: %w", err)
	}
	defer rows.Close()
	out := []Report{}
	for rows.Next() {
		var r Report
		if err := rows.Scan(r.fields()...); err != nil {
			return nil, fmt.Errorf("list reports: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// Difference is one field, or one case, in which both sides differ.
type Difference struct {
	ID, Report, CaseNo, ItemName, Region string
	Kind, Field, Title                   string
	ValuesSealed                         string
	OursAt                               int64
	OursBy                               string
	TheirsAt                             int64
	TheirsBy, TheirsWhy                  string
	State, Choice, Reason, ByName        string
	At                                   int64
	Message                              string
}

const differenceColumns = `id, report, case_no, item_name, region, kind, field, title, values_sealed, ours_at, ours_by, theirs_at, theirs_by, theirs_why, state, choice, reason, by_name, at, message`

func (d *Difference) fields() []any {
	return []any{
		&d.ID, &d.Report, &d.CaseNo, &d.ItemName, &d.Region, &d.Kind, &d.Field, &d.Title, &d.ValuesSealed, &d.OursAt, &d.OursBy,
		&d.TheirsAt, &d.TheirsBy, &d.TheirsWhy, &d.State, &d.Choice, &d.Reason, &d.ByName, &d.At, &d.Message,
	}
}

// AddDifference keeps one.
func AddDifference(ctx context.Context, tx db.Tx, d Difference) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO province_difference (`+differenceColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20)`,
		d.ID, d.Report, d.CaseNo, d.ItemName, d.Region, d.Kind, d.Field, d.Title, d.ValuesSealed, d.OursAt, d.OursBy,
		d.TheirsAt, d.TheirsBy, d.TheirsWhy, d.State, d.Choice, d.Reason, d.ByName, d.At, d.Message)
	if err != nil {
		return fmt.Errorf("add difference: %w", err)
	}
	return nil
}

// Differences lists those of a report within a scope, open ones first.
func Differences(ctx context.Context, q db.Query, report string, within actor.Scope) ([]Difference, error) {
	where, args := within.Where(actor.Columns{Region: "region"}, 2)
	rows, err := q.QueryContext(ctx, `SELECT `+differenceColumns+` FROM province_difference WHERE report = $1 AND `+where+`
		ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, case_no, field LIMIT 2000`, append([]any{report}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("list differences: %w", err)
	}
	defer rows.Close()
	out := []Difference{}
	for rows.Next() {
		var d Difference
		if err := rows.Scan(d.fields()...); err != nil {
			return nil, fmt.Errorf("list differences: %w", err)
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// FindDifference returns one, or province.ErrNone.
func FindDifference(ctx context.Context, q db.Query, id string) (d Difference, err error) {
	err = q.QueryRowContext(ctx, `SELECT `+differenceColumns+` FROM province_difference WHERE id = $1`, id).Scan(d.fields()...)
	if errors.Is(err, db.ErrNoRows) {
		return d, province.ErrNone
	}
	if err != nil {
		return d, fmt.Errorf("find difference: %w", err)
	}
	return d, nil
}

// Choose keeps what somebody chose; false when somebody was faster.
func Choose(ctx context.Context, tx db.Tx, d Difference) (bool, error) {
	r, err := tx.ExecContext(ctx, `UPDATE province_difference SET state = 'chosen', choice = $1, reason = $2, by_name = $3, at = $4, message = $5 WHERE id = $6 AND state = 'open'`,
		d.Choice, d.Reason, d.ByName, d.At, d.Message, d.ID)
	if err != nil {
		return false, fmt.Errorf("choose: %w", err)
	}
	n, err := r.RowsAffected()
	return n == 1, err
}

// Open counts the differences of a report that nobody has decided.
func Open(ctx context.Context, q db.Query, report string) (n int, err error) {
	err = q.QueryRowContext(ctx, `SELECT count(*) FROM province_difference WHERE report = $1 AND state = 'open'`, report).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count differences: %w", err)
	}
	return n, nil
}
