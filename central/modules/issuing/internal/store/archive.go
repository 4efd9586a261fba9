package store

import (
	"context"
	"fmt"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
)

// Archive is one package (归档包).
type Archive struct {
	ArchiveNo, No, Item, ItemName, Outcome, Applicant, IDBlind string
	Region, Department, Handler                                string
	ClosedOn                                                   string
	ArchivedAt                                                 int64
	ArchivedBy, KeepUntil                                      string
	Files                                                      int
	Size                                                       int64
	Digest, KeySealed, SM3, Signer                             string
}

const archiveColumns = `archive_no, no, item, item_name, outcome, applicant, id_blind, region, department, handler, closed_on, archived_at, archived_by, keep_until, files, size, digest, key_sealed, sm3, signer`

func archiveFields(a *Archive) []any {
	return []any{&a.ArchiveNo, &a.No, &a.Item, &a.ItemName, &a.Outcome, &a.Applicant, &a.IDBlind, &a.Region, &a.Department, &a.Handler, &a.ClosedOn, &a.ArchivedAt,
		&a.ArchivedBy, &a.KeepUntil, &a.Files, &a.Size, &a.Digest, &a.KeySealed, &a.SM3, &a.Signer}
}

// Where is where it belongs.
func (a Archive) Where() actor.Place {
	return actor.Place{Region: a.Region, Department: a.Department, Handler: a.Handler}
}

// AddArchive keeps one; false where the case is archived already.
func AddArchive(ctx context.Context, tx db.Tx, a Archive) (bool, error) {
	res, err := tx.ExecContext(ctx, `INSERT INTO issuing_archive (`+archiveColumns+`) VALUES (`+marks(1, 20)+`) ON CONFLICT (no) DO NOTHING`,
		a.ArchiveNo, a.No, a.Item, a.ItemName, a.Outcome, a.Applicant, a.IDBlind, a.Region, a.Department, a.Handler, a.ClosedOn, a.ArchivedAt, a.ArchivedBy, a.KeepUntil,
		a.Files, a.Size, a.Digest, a.KeySealed, a.SM3, a.Signer)
	if err != nil {
		return false, fmt.Errorf("add archive: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// GetArchive returns one by its number or its case's.
func GetArchive(ctx context.Context, q db.Query, no string) (Archive, error) {
	var a Archive
	return a, one("get archive", q.QueryRowContext(ctx, `SELECT `+archiveColumns+` FROM issuing_archive WHERE archive_no = $1 OR no = $1`, no).Scan(archiveFields(&a)...))
}

// ArchiveAsk is what archives are searched by; empty fields do not count.
type ArchiveAsk struct {
	Text     string // part of a number or of the item's name
	IDBlind  string
	From, To int64
}

// Archives lists one page, newest first.
func Archives(ctx context.Context, q db.Query, scope actor.Scope, ask ArchiveAsk, limit, offset int) ([]Archive, int, error) {
	where, args := scope.Where(columns, 3)
	where += ` AND archived_at >= $1 AND archived_at < $2`
	args = append([]any{ask.From, ask.To}, args...)
	if ask.IDBlind != "" {
		args = append(args, ask.IDBlind)
		where += fmt.Sprintf(` AND id_blind = $%d`, len(args))
	} else if ask.Text != "" {
		args = append(args, "%"+like(ask.Text)+"%")
		where += fmt.Sprintf(` AND (archive_no LIKE $%[1]d ESCAPE '!' OR no LIKE $%[1]d ESCAPE '!' OR item_name LIKE $%[1]d ESCAPE '!')`, len(args))
	}
	var n int
	if err := q.QueryRowContext(ctx, `SELECT count(*) FROM issuing_archive WHERE `+where, args...).Scan(&n); err != nil {
		return nil, 0, fmt.Errorf("count archives: %w", err)
	}
	rows, err := many(ctx, q, "list archives", archiveFields, `SELECT `+archiveColumns+` FROM issuing_archive WHERE `+where+` ORDER BY archived_at DESC, archive_no DESC`+fmt.Sprintf(` LIMIT %d OFFSET %d`, limit, offset), args...)
	return rows, n, err
}
