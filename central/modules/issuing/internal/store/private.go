package store

import (
	"context"
	"fmt"

	"tongban/central/kernel/db"
)

func keys(ctx context.Context, q db.Query, query string, args ...any) ([]string, error) {
	return many(ctx, q, "list what is due", func(s *string) []any { return []any{s} }, query, args...)
}

func each(ctx context.Context, tx db.Tx, ids []string, statements ...string) (rows int, err error) {
	for _, id := range ids {
		for _, s := range statements {
			r, err := tx.ExecContext(ctx, s, id)
			if err != nil {
				return 0, fmt.Errorf("forget: %w", err)
			}
			n, err := r.RowsAffected()
			if err != nil {
				return 0, fmt.Errorf("forget: %w", err)
			}
			rows += int(n)
		}
	}
	return rows, nil
}

// EndedRecords lists records that ended before an instant and still hold a person.
func EndedRecords(ctx context.Context, q db.Query, before int64, after string, limit int) ([]string, error) {
	return keys(ctx, q, `SELECT no FROM issuing_record WHERE ended_at > 0 AND ended_at < $1 AND no > $2 AND applicant <> '' ORDER BY no LIMIT $3`, before, after, limit)
}

// ForgetRecords takes the person out of records; number, item, way and dates stay for the statistics.
func ForgetRecords(ctx context.Context, tx db.Tx, nos []string) (int, error) {
	return each(ctx, tx, nos, `UPDATE issuing_record SET applicant = '', code_blind = '', proof = '{}', recipient_sealed = '', address_sealed = '', signature_sealed = '' WHERE no = $1`)
}

// OldRatings lists ratings of before an instant with words of the person.
func OldRatings(ctx context.Context, q db.Query, before int64, after string, limit int) ([]string, error) {
	return keys(ctx, q, `SELECT id FROM issuing_rating WHERE at < $1 AND id > $2 AND words_sealed <> '' ORDER BY id LIMIT $3`, before, after, limit)
}

// ForgetRatings takes the words out; level, item and date stay.
func ForgetRatings(ctx context.Context, tx db.Tx, ids []string) (int, error) {
	return each(ctx, tx, ids, `UPDATE issuing_rating SET words_sealed = '' WHERE id = $1`,
		`UPDATE issuing_task_event SET text_sealed = '' WHERE task IN (SELECT id FROM issuing_task WHERE rating = $1)`)
}

// OldArchives lists packages of before an instant.
func OldArchives(ctx context.Context, q db.Query, before int64, after string, limit int) ([]string, error) {
	return keys(ctx, q, `SELECT archive_no FROM issuing_archive WHERE archived_at < $1 AND archive_no > $2 AND key_sealed <> '' ORDER BY archive_no LIMIT $3`, before, after, limit)
}

// ForgetArchives throws the keys away: the package can never be opened again; its entry stays in the register.
func ForgetArchives(ctx context.Context, tx db.Tx, nos []string) (int, error) {
	return each(ctx, tx, nos, `UPDATE issuing_archive SET key_sealed = '', applicant = '', id_blind = '' WHERE archive_no = $1`)
}

// CountPerson counts the packages of a person.
func CountPerson(ctx context.Context, q db.Query, idBlind string) (n int, err error) {
	if err = q.QueryRowContext(ctx, `SELECT count(*) FROM issuing_archive WHERE id_blind = $1`, idBlind).Scan(&n); err != nil {
		return 0, fmt.Errorf("count archives of a person: %w", err)
	}
	return n, nil
}

// PersonArchives lists them.
func PersonArchives(ctx context.Context, q db.Query, idBlind string) ([]Archive, error) {
	return many(ctx, q, "list archives of a person", archiveFields, `SELECT `+archiveColumns+` FROM issuing_archive WHERE id_blind = $1 ORDER BY archived_at`, idBlind)
}

// DropOldInvites forgets keys that no longer count.
func DropOldInvites(ctx context.Context, tx db.Tx, before int64) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM issuing_invite WHERE until_at < $1`, before); err != nil {
		return fmt.Errorf("drop invites: %w", err)
	}
	return nil
}
