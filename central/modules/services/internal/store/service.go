// Package store is the SQL of the service integration (服务集成存储), the only package that names its tables.
package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"tongban/central/kernel/db"
	"tongban/central/modules/services"
)

const serviceColumns = `name, title, owner, address, internal, version, timeout_ms, per_minute, contract, revision, updated_at, platform`

func scanService(row interface{ Scan(...any) error }) (services.Service, error) {
	var s services.Service
	var contract string
	var at int64
	err := row.Scan(&s.Name, &s.Title, &s.Owner, &s.Address, &s.Internal, &s.Version, &s.TimeoutMs, &s.PerMinute, &contract, &s.Revision, &at, &s.Platform)
	if err != nil {
		return s, err
	}
	s.UpdatedAt = db.FromMs(at)
	if err := json.Unmarshal([]byte(contract), &s.Contract); err != nil {
		return s, fmt.Errorf("decode contract of %s: %w", s.Name, err)
	}
	return s, nil
}

// FindService returns a service; false where there is none.
func FindService(ctx context.Context, q db.Query, name string) (services.Service, bool, error) {
	s, err := scanService(q.QueryRowContext(ctx, `SELECT `+serviceColumns+` FROM services_service WHERE name = $1`, name))
	if errors.Is(err, db.ErrNoRows) {
		return s, false, nil
	}
	if err != nil {
		return s, false, fmt.Errorf("find service: %w", err)
	}
	return s, true, nil
}

// Services lists all, by name.
func Services(ctx context.Context, q db.Query) ([]services.Service, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+serviceColumns+` FROM services_service ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("list services: %w", err)
	}
	defer rows.Close()
	out := []services.Service{}
	for rows.Next() {
		s, err := scanService(rows)
		if err != nil {
			return nil, fmt.Errorf("list services: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// SaveService keeps a service, new or edited, and what it is at this revision.
func SaveService(ctx context.Context, tx db.Tx, s services.Service, reason string) error {
	contract, err := json.Marshal(s.Contract)
	if err != nil {
		return fmt.Errorf("encode contract: %w", err)
	}
	now := db.Ms(tx.Now())
	_, err = tx.ExecContext(ctx, `INSERT INTO services_service (`+serviceColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (name) DO UPDATE SET title = excluded.title, owner = excluded.owner, address = excluded.address,
		internal = excluded.internal, version = excluded.version, timeout_ms = excluded.timeout_ms, per_minute = excluded.per_minute,
		contract = excluded.contract, revision = excluded.revision, updated_at = excluded.updated_at, platform = excluded.platform`,
		s.Name, s.Title, s.Owner, s.Address, db.Int(s.Internal), s.Version, s.TimeoutMs, s.PerMinute, string(contract), s.Revision, now, db.Int(s.Platform))
	if err != nil {
		return fmt.Errorf("save service: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO services_revision (name, revision, at, actor, version, address, contract, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, s.Name, s.Revision, now, tx.Actor().String(), s.Version, s.Address, string(contract), reason)
	if err != nil {
		return fmt.Errorf("keep revision: %w", err)
	}
	return nil
}

// Grants lists who may call what; "" means all.
func Grants(ctx context.Context, q db.Query, service, consumer string) ([]services.Grant, error) {
	rows, err := q.QueryContext(ctx, `SELECT service, consumer, at, actor FROM services_grant
		WHERE ($1 = '' OR service = $1) AND ($2 = '' OR consumer = $2) ORDER BY at`, service, consumer)
	if err != nil {
		return nil, fmt.Errorf("list grants: %w", err)
	}
	defer rows.Close()
	out := []services.Grant{}
	for rows.Next() {
		var g services.Grant
		var at int64
		if err := rows.Scan(&g.Service, &g.Consumer, &at, &g.By); err != nil {
			return nil, fmt.Errorf("list grants: %w", err)
		}
		g.At = db.FromMs(at)
		out = append(out, g)
	}
	return out, rows.Err()
}

// AddGrant reports false where it was there already.
func AddGrant(ctx context.Context, tx db.Tx, service, consumer, by string) (bool, error) {
	r, err := tx.ExecContext(ctx, `INSERT INTO services_grant (service, consumer, at, actor) VALUES ($1, $2, $3, $4)
		ON CONFLICT (service, consumer) DO NOTHING`, service, consumer, db.Ms(tx.Now()), by)
	if err != nil {
		return false, fmt.Errorf("add grant: %w", err)
	}
	n, err := r.RowsAffected()
	return n == 1, err
}

// TakeGrant reports false where there was none.
func TakeGrant(ctx context.Context, tx db.Tx, service, consumer string) (bool, error) {
	r, err := tx.ExecContext(ctx, `DELETE FROM services_grant WHERE service = $1 AND consumer = $2`, service, consumer)
	if err != nil {
		return false, fmt.Errorf("take grant: %w", err)
	}
	n, err := r.RowsAffected()
	return n == 1, err
}
