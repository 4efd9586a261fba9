// Package store is the SQL of sharing (共享存储), the only package that names its tables. Personal data comes and goes sealed.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/modules/sharing"
)

// Code is one sharing code (共享码). Times are milliseconds.
type Code struct {
	ID, Draft, ItemName         string
	Region, Department, Handler string
	State                       sharing.State
	Version                     int
	KeyBlind, TokenBlind        string
	PersonBlind, CodeBlind      string
	CodeUntil, SentAt           int64
	Sends, Tries                int
	Papers, Photos              int
	OffersSealed                string
	MadeBy                      string
	MadeAt, UntilAt, EndedAt    int64
	CaseNo                      string
}

// At is where it belongs.
func (c Code) At() actor.Place {
	return actor.Place{Region: c.Region, Department: c.Department, Handler: c.Handler}
}

const columns = `id, draft, item_name, region, department, handler, state, version, key_blind, token_blind, person_blind, code_blind, code_until, sent_at, sends, tries,
	papers, photos, offers_sealed, made_by, made_at, until_at, ended_at, case_no`

func (c *Code) fields() []any {
	return []any{
		&c.ID, &c.Draft, &c.ItemName, &c.Region, &c.Department, &c.Handler, &c.State, &c.Version, &c.KeyBlind, &c.TokenBlind, &c.PersonBlind, &c.CodeBlind, &c.CodeUntil,
		&c.SentAt, &c.Sends, &c.Tries, &c.Papers, &c.Photos, &c.OffersSealed, &c.MadeBy, &c.MadeAt, &c.UntilAt, &c.EndedAt, &c.CaseNo,
	}
}

// Add keeps a new code.
func Add(ctx context.Context, tx db.Tx, c Code) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO sharing_code (`+columns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24)`,
		c.ID, c.Draft, c.ItemName, c.Region, c.Department, c.Handler, string(c.State), c.Version, c.KeyBlind, c.TokenBlind, c.PersonBlind, c.CodeBlind, c.CodeUntil,
		c.SentAt, c.Sends, c.Tries, c.Papers, c.Photos, c.OffersSealed, c.MadeBy, c.MadeAt, c.UntilAt, c.EndedAt, c.CaseNo)
	if err != nil {
		return fmt.Errorf("add sharing code: %w", err)
	}
	return nil
}

// ByKey returns the code of a link, or sharing.ErrNone.
func ByKey(ctx context.Context, q db.Query, keyBlind string) (c Code, err error) {
	return c, one(q.QueryRowContext(ctx, `SELECT `+columns+` FROM sharing_code WHERE key_blind = $1`, keyBlind).Scan(c.fields()...))
}

// Get returns one code, or sharing.ErrNone.
func Get(ctx context.Context, q db.Query, id string) (c Code, err error) {
	return c, one(q.QueryRowContext(ctx, `SELECT `+columns+` FROM sharing_code WHERE id = $1`, id).Scan(c.fields()...))
}

func one(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return sharing.ErrNone
	}
	if err != nil {
		return fmt.Errorf("load sharing code: %w", err)
	}
	return nil
}

// OfDraft lists the codes of a registration, newest first.
func OfDraft(ctx context.Context, q db.Query, draft string) ([]Code, error) {
	return list(ctx, q, `WHERE draft = $1 ORDER BY made_at DESC, id DESC`, draft)
}

// OfPerson lists the codes that were shown to a person, newest first.
func OfPerson(ctx context.Context, q db.Query, person string) ([]Code, error) {
	return list(ctx, q, `WHERE person_blind = $1 ORDER BY made_at DESC, id DESC`, person)
}

func list(ctx context.Context, q db.Query, where string, args ...any) ([]Code, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+columns+` FROM sharing_code `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("list sharing codes: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	out := []Code{}
	for rows.Next() {
		var c Code
		if err := rows.Scan(c.fields()...); err != nil {
			return nil, fmt.Errorf("read sharing code: %w", err)
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// Put writes what changed of one that is still the version that was read; else sharing.ErrNotNow.
func Put(ctx context.Context, tx db.Tx, c Code) error {
	r, err := tx.ExecContext(ctx, `UPDATE sharing_code SET state = $1, version = version + 1, token_blind = $2, code_blind = $3, code_until = $4, sent_at = $5, sends = $6,
		tries = $7, papers = $8, photos = $9, offers_sealed = $10, until_at = $11, ended_at = $12, case_no = $13 WHERE id = $14 AND version = $15`,
		string(c.State), c.TokenBlind, c.CodeBlind, c.CodeUntil, c.SentAt, c.Sends, c.Tries, c.Papers, c.Photos, c.OffersSealed, c.UntilAt, c.EndedAt, c.CaseNo, c.ID, c.Version)
	if err != nil {
		return fmt.Errorf("put sharing code: %w", err)
	}
	if n, err := r.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, sharing.ErrNotNow)
	}
	return nil
}

// Consent is what somebody agreed to (授权记录). What is JSON without numbers or names of persons.
type Consent struct {
	ID, Code, Purpose, What, How, Wording string
	At, RevokedAt                         int64
	RevokedBy                             string
}

// AddConsent keeps one.
func AddConsent(ctx context.Context, tx db.Tx, c Consent) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO sharing_consent (id, code, purpose, what, how, wording, at, revoked_at, revoked_by) VALUES ($1,$2,$3,$4,$5,$6,$7,0,'')`,
		c.ID, c.Code, c.Purpose, c.What, c.How, c.Wording, c.At)
	if err != nil {
		return fmt.Errorf("add consent: %w", err)
	}
	return nil
}

// Revoke marks what was agreed to by a code as taken back.
func Revoke(ctx context.Context, tx db.Tx, code, by string, at int64) error {
	if _, err := tx.ExecContext(ctx, `UPDATE sharing_consent SET revoked_at = $1, revoked_by = $2 WHERE code = $3 AND revoked_at = 0`, at, by, code); err != nil {
		return fmt.Errorf("revoke consent: %w", err)
	}
	return nil
}

// Consents lists what was agreed to by a code, newest first.
func Consents(ctx context.Context, q db.Query, code string) ([]Consent, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, code, purpose, what, how, wording, at, revoked_at, revoked_by FROM sharing_consent WHERE code = $1 ORDER BY at DESC, id DESC`, code)
	if err != nil {
		return nil, fmt.Errorf("list consents: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	out := []Consent{}
	for rows.Next() {
		var c Consent
		if err := rows.Scan(&c.ID, &c.Code, &c.Purpose, &c.What, &c.How, &c.Wording, &c.At, &c.RevokedAt, &c.RevokedBy); err != nil {
			return nil, fmt.Errorf("read consent: %w", err)
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// Old lists codes that were made before an instant, in order, after an id.
func Old(ctx context.Context, q db.Query, before int64, after string, limit int) ([]string, error) {
	rows, err := q.QueryContext(ctx, `SELECT id FROM sharing_code WHERE made_at < $1 AND id > $2 ORDER BY id LIMIT $3`, before, after, limit)
	if err != nil {
		return nil, fmt.Errorf("list old sharing codes: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	var out []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("read sharing code: %w", err)
		}
		out = append(out, id)
	}
	return out, rows.Err()
}

// Drop forgets codes with their consents.
func Drop(ctx context.Context, tx db.Tx, ids []string) (rows int, err error) {
	for _, id := range ids {
		for _, statement := range []string{`DELETE FROM sharing_consent WHERE code = $1`, `DELETE FROM sharing_code WHERE id = $1`} {
			r, err := tx.ExecContext(ctx, statement, id)
			if err != nil {
				return 0, fmt.Errorf("drop sharing code: %w", err)
			}
			n, err := r.RowsAffected()
			if err != nil {
				return 0, fmt.Errorf("drop sharing code: %w", err)
			}
			rows += int(n)
		}
	}
	return rows, nil
}
