package store

import (
	"context"
	"fmt"

	"tongban/central/kernel/db"
)

// Ended lists numbers of cases that were closed before an instant and still hold a person, in order, after a number.
func Ended(ctx context.Context, q db.Query, before int64, after string, limit int) ([]string, error) {
	return numbers(ctx, q, `SELECT no FROM window_case WHERE closed_at > 0 AND closed_at < $1 AND no > $2 AND body_sealed <> '' ORDER BY no LIMIT $3`, before, after, limit)
}

// PersonCases lists the numbers of every case of a person that is still held, oldest first.
func PersonCases(ctx context.Context, q db.Query, idBlind string) ([]string, error) {
	return numbers(ctx, q, `SELECT no FROM window_case WHERE id_blind = $1 AND body_sealed <> '' ORDER BY received_at, no`, idBlind)
}

// CountPerson counts them.
func CountPerson(ctx context.Context, q db.Query, idBlind string) (n int, err error) {
	if err = q.QueryRowContext(ctx, `SELECT count(*) FROM window_case WHERE id_blind = $1 AND body_sealed <> ''`, idBlind).Scan(&n); err != nil {
		return 0, fmt.Errorf("count cases of a person: %w", err)
	}
	return n, nil
}

func numbers(ctx context.Context, q db.Query, query string, args ...any) ([]string, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list case numbers: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	var out []string
	for rows.Next() {
		var no string
		if err := rows.Scan(&no); err != nil {
			return nil, fmt.Errorf("read case number: %w", err)
		}
		out = append(out, no)
	}
	return out, rows.Err()
}

// Forget takes the person out of cases: what was sealed goes, and with the file keys the pages, signatures and papers can
// never be opened again. Number, item, dates and state stay for the statistics.
func Forget(ctx context.Context, tx db.Tx, nos []string) (rows int, err error) {
	for _, no := range nos {
		for _, statement := range []string{
			`DELETE FROM window_page WHERE case_no = $1`,
			`DELETE FROM window_signature WHERE case_no = $1`,
			`UPDATE window_document SET key_sealed = '', facts_sealed = '', state = 'revoked', state_note = '已过保管期限' WHERE case_no = $1 AND facts_sealed <> ''`,
			`UPDATE window_ledger SET reason = '' WHERE case_no = $1`,
			`UPDATE window_point SET note = '' WHERE case_no = $1`,
			`UPDATE window_history SET note = '' WHERE case_no = $1`,
			`UPDATE window_case SET name_sealed = '', name_masked = '', id_sealed = '', id_blind = '', id_masked = '', body_sealed = '',
				check_blind = '', lookup_blind = 'forgotten ' || no WHERE no = $1`,
		} {
			r, err := tx.ExecContext(ctx, statement, no)
			if err != nil {
				return 0, fmt.Errorf("forget case: %w", err)
			}
			n, err := r.RowsAffected()
			if err != nil {
				return 0, fmt.Errorf("forget case: %w", err)
			}
			rows += int(n)
		}
	}
	return rows, nil
}
