// Package store is the only one that names the tables of messages (消息数据表).
package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/modules/messages"
)

type scanner interface{ Scan(dest ...any) error }

// all reads every row of a query with read.
func all[T any](ctx context.Context, q db.Query, what string, read func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", what, err)
	}
	defer func() { _ = rows.Close() }()
	out := []T{}
	for rows.Next() {
		t, err := read(rows)
		if err != nil {
			return nil, fmt.Errorf("list %s: %w", what, err)
		}
		out = append(out, t)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list %s: %w", what, err)
	}
	return out, nil
}

func exec(ctx context.Context, tx db.Tx, what, statement string, args ...any) error {
	if _, err := tx.ExecContext(ctx, statement, args...); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

func count(ctx context.Context, q db.Query, what, query string, args ...any) (n int, err error) {
	if err = q.QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count %s: %w", what, err)
	}
	return n, nil
}

// Letter is one station letter (站内信).
type Letter struct {
	ID, Source, Scene  string
	Account, Role      string
	Region, Department string
	Title, Text, Link  string
	Urgent             bool
	At, ReadAt         time.Time
}

// AddLetter keeps a letter; one of the same source to the same people stays as it is.
func AddLetter(ctx context.Context, tx db.Tx, l Letter) error {
	return exec(ctx, tx, "keep letter", `INSERT INTO messages_letter (id, source, scene, account, role, region, department, title, text, link, urgent, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (source, account, role) DO NOTHING`,
		l.ID, l.Source, l.Scene, l.Account, l.Role, l.Region, l.Department, l.Title, l.Text, l.Link, db.Int(l.Urgent), db.Ms(l.At))
}

// Reader is who reads letters: an account with roles within a scope.
type Reader struct {
	Account string
	Roles   []string
	Scope   actor.Scope
	Since   time.Time // older letters are not shown
}

// mine is the condition for the letters of a reader; $1 is the account.
func (r Reader) mine() (string, []any) {
	args := []any{r.Account, db.Ms(r.Since)}
	mark := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	roles := make([]string, len(r.Roles))
	for i, role := range r.Roles {
		roles[i] = mark(role)
	}
	if len(roles) == 0 {
		return `l.account = $1 AND l.at >= $2`, args
	}
	place, more := r.Scope.Where(actor.Columns{Region: "l.region", Department: "l.department"}, len(args)+1)
	args = append(args, more...)
	return `l.at >= $2 AND (l.account = $1 OR l.account = '' AND l.role IN (` + strings.Join(roles, ", ") + `) AND ` + place + `)`, args
}

const unread = ` AND NOT EXISTS (SELECT 1 FROM messages_read r WHERE r.letter = l.id AND r.account = $1)`

// Letters lists a page of a reader's letters, newest first, and says how many there are.
func Letters(ctx context.Context, q db.Query, r Reader, onlyUnread bool, most, skip int) ([]Letter, int, error) {
	where, args := r.mine()
	if onlyUnread {
		where += unread
	}
	n, err := count(ctx, q, "letters", `SELECT count(*) FROM messages_letter l WHERE `+where, args...)
	if err != nil {
		return nil, 0, err
	}
	page := fmt.Sprintf(" ORDER BY l.at DESC, l.id DESC LIMIT $%d OFFSET $%d", len(args)+1, len(args)+2)
	list, err := all(ctx, q, "letters", func(s scanner) (l Letter, err error) {
		var urgent int
		var at, read int64
		err = s.Scan(&l.ID, &l.Scene, &l.Account, &l.Role, &l.Title, &l.Text, &l.Link, &urgent, &at, &read)
		l.Urgent, l.At, l.ReadAt = urgent == 1, db.FromMs(at), db.FromMs(read)
		return l, err
	}, `SELECT l.id, l.scene, l.account, l.role, l.title, l.text, l.link, l.urgent, l.at,
		coalesce((SELECT r.at FROM messages_read r WHERE r.letter = l.id AND r.account = $1), 0) FROM messages_letter l WHERE `+where+page, append(args, most, skip)...)
	return list, n, err
}

// Unread counts what a reader has not read.
func Unread(ctx context.Context, q db.Query, r Reader) (int, error) {
	where, args := r.mine()
	return count(ctx, q, "letters", `SELECT count(*) FROM messages_letter l WHERE `+where+unread, args...)
}

// Read marks a letter as read by its reader; messages.ErrNoSuchLetter when it is not theirs.
func Read(ctx context.Context, tx db.Tx, r Reader, id string) error {
	where, args := r.mine()
	n, err := count(ctx, tx, "letters", `SELECT count(*) FROM messages_letter l WHERE `+where+fmt.Sprintf(" AND l.id = $%d", len(args)+1), append(args, id)...)
	if err != nil {
		return err
	}
	if n == 0 {
		return messages.ErrNoSuchLetter
	}
	return exec(ctx, tx, "read letter", `INSERT INTO messages_read (account, letter, at) VALUES ($1, $2, $3) ON CONFLICT (account, letter) DO NOTHING`, r.Account, id, db.Ms(tx.Now()))
}

// ReadAll marks all letters of a reader as read.
func ReadAll(ctx context.Context, tx db.Tx, r Reader) error {
	where, args := r.mine()
	return exec(ctx, tx, "read letters", `INSERT INTO messages_read (account, letter, at) SELECT $1, l.id, CAST(`+fmt.Sprintf("$%d", len(args)+1)+` AS BIGINT) FROM messages_letter l WHERE `+where+unread+`
		ON CONFLICT (account, letter) DO NOTHING`, append(args, db.Ms(tx.Now()))...)
}

// Forget deletes letters and texts that are older than a time.
func Forget(ctx context.Context, tx db.Tx, before time.Time) error {
	for _, s := range []string{
		`DELETE FROM messages_read WHERE letter IN (SELECT id FROM messages_letter WHERE at < $1)`, `DELETE FROM messages_letter WHERE at < $1`, `DELETE FROM messages_text WHERE at < $1`,
	} {
		if err := exec(ctx, tx, "forget messages", s, db.Ms(before)); err != nil {
			return err
		}
	}
	return nil
}
