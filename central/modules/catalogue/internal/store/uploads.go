package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"tongban/central/kernel/db"
)

// Upload is a spreadsheet between its preview and its import (待导入的表).
type Upload struct {
	Token, Owner, Name string
	Body               string // base64
	Created            int64
}

// KeepUpload keeps a spreadsheet; the same one again is no second one. What is older than before goes.
func KeepUpload(ctx context.Context, tx db.Tx, u Upload, before int64) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM catalogue_upload WHERE created < $1`, before); err != nil {
		return fmt.Errorf("drop old uploads: %w", err)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO catalogue_upload (token, owner, name, body, created) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (token) DO UPDATE SET created = excluded.created`, u.Token, u.Owner, u.Name, u.Body, u.Created)
	if err != nil {
		return fmt.Errorf("keep upload: %w", err)
	}
	return nil
}

// FindUpload returns a spreadsheet of its owner; ErrNone where there is none.
func FindUpload(ctx context.Context, q db.Query, token, owner string) (Upload, error) {
	u := Upload{Token: token, Owner: owner}
	err := q.QueryRowContext(ctx, `SELECT name, body, created FROM catalogue_upload WHERE token = $1 AND owner = $2`, token, owner).Scan(&u.Name, &u.Body, &u.Created)
	if errors.Is(err, sql.ErrNoRows) {
		return Upload{}, ErrNone
	}
	if err != nil {
		return Upload{}, fmt.Errorf("read upload: %w", err)
	}
	return u, nil
}

// DropUpload forgets a spreadsheet that was imported.
func DropUpload(ctx context.Context, tx db.Tx, token string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM catalogue_upload WHERE token = $1`, token); err != nil {
		return fmt.Errorf("drop upload: %w", err)
	}
	return nil
}
