package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/db"
	"tongban/fleet"
	"tongban/fleet/wire"
)

const remoteColumns = `id, terminal, task, asked_by, asked_at, state, body, answered_at`

func scanRemote(s scanner) (r fleet.Remote, err error) {
	var asked, answered int64
	var body string
	if err := s.Scan(&r.ID, &r.Terminal, &r.Task, &r.AskedBy, &asked, &r.State, &body, &answered); err != nil {
		return r, err
	}
	r.AskedAt, r.AnsweredAt = db.FromMs(asked), db.FromMs(answered)
	if body != "" {
		if err := json.Unmarshal([]byte(body), &r.Report); err != nil {
			return r, fmt.Errorf("decode remote report: %w", err)
		}
	}
	return r, nil
}

// AddRemote keeps that a terminal was asked.
func AddRemote(ctx context.Context, tx db.Tx, r fleet.Remote) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO fleet_remote (id, terminal, task, asked_by, asked_at, state) VALUES ($1, $2, $3, $4, $5, $6)`,
		r.ID, r.Terminal, r.Task, r.AskedBy, db.Ms(r.AskedAt), r.State)
	if err != nil {
		return fmt.Errorf("keep remote order: %w", err)
	}
	return nil
}

// DropRemotes forgets a terminal's orders from before.
func DropRemotes(ctx context.Context, tx db.Tx, terminal string, before time.Time) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM fleet_remote WHERE terminal = $1 AND asked_at < $2`, terminal, db.Ms(before)); err != nil {
		return fmt.Errorf("forget remote orders: %w", err)
	}
	return nil
}

// Remote returns one, or fleet.ErrNoSuchRemote.
func Remote(ctx context.Context, q db.Query, id string) (fleet.Remote, error) {
	r, err := scanRemote(q.QueryRowContext(ctx, `SELECT `+remoteColumns+` FROM fleet_remote WHERE id = $1`, id))
	if errors.Is(err, db.ErrNoRows) {
		return r, fleet.ErrNoSuchRemote
	}
	if err != nil {
		return r, fmt.Errorf("load remote order: %w", err)
	}
	return r, nil
}

// Remotes lists the newest of a terminal.
func Remotes(ctx context.Context, q db.Query, terminal string, limit int) (out []fleet.Remote, err error) {
	rows, err := q.QueryContext(ctx, `SELECT `+remoteColumns+` FROM fleet_remote WHERE terminal = $1 ORDER BY asked_at DESC, id DESC LIMIT $2`, terminal, limit)
	if err != nil {
		return nil, fmt.Errorf("list remote orders: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		r, err := scanRemote(rows)
		if err != nil {
			return nil, fmt.Errorf("list remote orders: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// AnswerRemote keeps a part of the answer. Parts may overtake each other on the way: an earlier one changes nothing; false says so, and
// also when this terminal was not asked for that.
func AnswerRemote(ctx context.Context, tx db.Tx, terminal string, in wire.RemoteReport) (bool, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return false, fmt.Errorf("encode remote report: %w", err)
	}
	res, err := tx.ExecContext(ctx, `UPDATE fleet_remote SET state = $4, part = $3, body = $5, answered_at = $6 WHERE id = $1 AND terminal = $2 AND part < $3`,
		in.Order, terminal, in.Part, in.State, string(body), db.Ms(tx.Now()))
	if err != nil {
		return false, fmt.Errorf("keep remote report: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}
