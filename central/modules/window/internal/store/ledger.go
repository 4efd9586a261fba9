package store

import (
	"context"
	"fmt"
	"strings"

	"tongban/central/kernel/db"
)

// Kinds of lines in the ledger of a clock (时钟台账).
const (
	LineSuspension = "suspension" // 停表
	LineExtension  = "extension"  // 延期
)

// Line is one line of the ledger: why days do not count, or why there are more of them. Dates are YYYY-MM-DD. A suspension
// counts from its first day to its last; ToldTo is the last day that the applicant was told of, and To is never after it.
type Line struct {
	ID, CaseNo   string
	Kind         string
	Special      string // procedure of a suspension
	Days         int    // told, or added
	From, To     string
	ToldTo       string
	Reason       string
	Document     string // number of the written notice
	By, ByName   string
	Approver     string
	ApproverName string
	At           int64
}

const lineColumns = `id, case_no, kind, special, days, from_on, to_on, told_to, reason, document, by_account, by_name, approver, approver_name, at`

// AddLine writes a line.
func AddLine(ctx context.Context, tx db.Tx, l Line) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO window_ledger (`+lineColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15)`,
		l.ID, l.CaseNo, l.Kind, l.Special, l.Days, l.From, l.To, l.ToldTo, l.Reason, l.Document, l.By, l.ByName, l.Approver, l.ApproverName, l.At)
	if err != nil {
		return fmt.Errorf("insert ledger line: %w", err)
	}
	return nil
}

// EndSuspension ends the suspensions of a case that would last longer than a day; one never becomes longer.
func EndSuspension(ctx context.Context, tx db.Tx, no, day string) error {
	_, err := tx.ExecContext(ctx, `UPDATE window_ledger SET to_on=$1 WHERE case_no=$2 AND kind=$3 AND to_on > $1 AND from_on <= $1`, day, no, LineSuspension)
	if err != nil {
		return fmt.Errorf("end suspension: %w", err)
	}
	return nil
}

// Lines returns the ledgers of cases, oldest line first.
func Lines(ctx context.Context, q db.Query, nos ...string) (map[string][]Line, error) {
	out := map[string][]Line{}
	if len(nos) == 0 {
		return out, nil
	}
	marks, args := in(nos)
	rows, err := q.QueryContext(ctx, `SELECT `+lineColumns+` FROM window_ledger WHERE case_no IN (`+marks+`) ORDER BY case_no, at, id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list ledger: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	for rows.Next() {
		var l Line
		err := rows.Scan(&l.ID, &l.CaseNo, &l.Kind, &l.Special, &l.Days, &l.From, &l.To, &l.ToldTo, &l.Reason, &l.Document, &l.By, &l.ByName, &l.Approver, &l.ApproverName, &l.At)
		if err != nil {
			return nil, fmt.Errorf("read ledger: %w", err)
		}
		out[l.CaseNo] = append(out[l.CaseNo], l)
	}
	return out, rows.Err()
}

// in makes the marks of a list of values.
func in(values []string) (marks string, args []any) {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = fmt.Sprintf("$%d", i+1)
		args = append(args, v)
	}
	return strings.Join(list, ","), args
}

// Awaited is one paper that a tolerated case still waits for, or waited for (容缺材料).
type Awaited struct {
	CaseNo, Material, Name string
	Due                    string
	CameAt                 int64
}

// Await writes that a paper is to come.
func Await(ctx context.Context, tx db.Tx, w Awaited) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO window_awaited (case_no, material, name, due, came_at) VALUES ($1,$2,$3,$4,0)
		ON CONFLICT (case_no, material) DO UPDATE SET due=excluded.due`, w.CaseNo, w.Material, w.Name, w.Due)
	if err != nil {
		return fmt.Errorf("await paper: %w", err)
	}
	return nil
}

// Came writes that papers came.
func Came(ctx context.Context, tx db.Tx, no string, materials []string, at int64) error {
	for _, m := range materials {
		if _, err := tx.ExecContext(ctx, `UPDATE window_awaited SET came_at=$1 WHERE case_no=$2 AND material=$3 AND came_at=0`, at, no, m); err != nil {
			return fmt.Errorf("note paper that came: %w", err)
		}
	}
	return nil
}

// AwaitedOf returns the papers a case waits for or waited for.
func AwaitedOf(ctx context.Context, q db.Query, no string) ([]Awaited, error) {
	rows, err := q.QueryContext(ctx, `SELECT case_no, material, name, due, came_at FROM window_awaited WHERE case_no=$1 ORDER BY due, material`, no)
	if err != nil {
		return nil, fmt.Errorf("list awaited papers: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	var out []Awaited
	for rows.Next() {
		var w Awaited
		if err := rows.Scan(&w.CaseNo, &w.Material, &w.Name, &w.Due, &w.CameAt); err != nil {
			return nil, fmt.Errorf("read awaited paper: %w", err)
		}
		out = append(out, w)
	}
	return out, rows.Err()
}
