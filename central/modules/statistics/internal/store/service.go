package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"tongban/central/kernel/db"
)

// Service is one data service. RunAt is 0 before its first run.
type Service struct {
	ID, Title, Indicator, By string
	Every                    int // minutes
	Enabled                  bool
	Version                  int
	MadeBy                   string
	MadeAt, RunAt, RunMs     int64
	RunRows                  int
	RunFault, Result         string
}

const serviceColumns = `id, title, indicator, by_dim, every_min, enabled, version, made_by, made_at, run_at, run_ms, run_rows, run_fault, result`

func (s *Service) fields() []any {
	return []any{&s.ID, &s.Title, &s.Indicator, &s.By, &s.Every, &s.Enabled, &s.Version, &s.MadeBy, &s.MadeAt, &s.RunAt, &s.RunMs, &s.RunRows, &s.RunFault, &s.Result}
}

// Missing reports whether a row was not there.
func Missing(err error) bool { return errors.Is(err, sql.ErrNoRows) }

// GetService returns one data service; Missing says that there is none.
func GetService(ctx context.Context, q db.Query, id string) (Service, error) {
	var s Service
	if err := q.QueryRowContext(ctx, `SELECT `+serviceColumns+` FROM statistics_service WHERE id = $1`, id).Scan(s.fields()...); err != nil {
		return s, fmt.Errorf("load data service: %w", err)
	}
	return s, nil
}

// Services lists all data services by title.
func Services(ctx context.Context, q db.Query) ([]Service, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+serviceColumns+` FROM statistics_service ORDER BY title, id`)
	if err != nil {
		return nil, fmt.Errorf("list data services: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	var out []Service
	for rows.Next() {
		var s Service
		if err := rows.Scan(s.fields()...); err != nil {
			return nil, fmt.Errorf("read data service: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// PutService keeps a definition; what it computed stays.
func PutService(ctx context.Context, tx db.Tx, s Service) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO statistics_service (`+serviceColumns+`) VALUES `+marks(1, 14)+`
		ON CONFLICT (id) DO UPDATE SET title=excluded.title, indicator=excluded.indicator, by_dim=excluded.by_dim, every_min=excluded.every_min, enabled=excluded.enabled, version=excluded.version`,
		s.ID, s.Title, s.Indicator, s.By, s.Every, db.Int(s.Enabled), s.Version, s.MadeBy, s.MadeAt, s.RunAt, s.RunMs, s.RunRows, s.RunFault, s.Result)
	if err != nil {
		return fmt.Errorf("keep data service: %w", err)
	}
	return nil
}

// Ran keeps what a run found; a definition that changed meanwhile keeps its change.
func Ran(ctx context.Context, tx db.Tx, s Service) error {
	_, err := tx.ExecContext(ctx, `UPDATE statistics_service SET run_at=$1, run_ms=$2, run_rows=$3, run_fault=$4, result=$5 WHERE id=$6`,
		s.RunAt, s.RunMs, s.RunRows, s.RunFault, s.Result, s.ID)
	if err != nil {
		return fmt.Errorf("keep run: %w", err)
	}
	return nil
}
