package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Copy writes the whole database as it is at one instant into a new file, while writers go on; SQLite only. The file holds
// what the database holds, in clear: put it where the database itself may lie.
func (d *DB) Copy(ctx context.Context, path string) error {
	if d.dialect != SQLite {
		return errors.New("copy database: only SQLite is a file")
	}
	conn, err := d.read.Conn(ctx)
	if err != nil {
		return fmt.Errorf("copy database: %w", err)
	}
	defer func() { _ = conn.Close() }()
	// query_only forbids every write, also the one into another file; it is set again before the connection goes back.
	if _, err := conn.ExecContext(ctx, `PRAGMA query_only = 0`); err != nil {
		return fmt.Errorf("copy database: %w", err)
	}
	defer func() { _, _ = conn.ExecContext(context.WithoutCancel(ctx), `PRAGMA query_only = 1`) }()
	if _, err := conn.ExecContext(ctx, `VACUUM INTO $1`, path); err != nil {
		return public(fmt.Errorf("copy database: %w", err))
	}
	return nil
}

// Snapshot runs fn over one snapshot whose name another connection can import; PostgreSQL only. It may take long.
func (d *DB) Snapshot(ctx context.Context, fn func(q Query, id, schema string) error) error {
	if d.dialect != Postgres {
		return errors.New("name snapshot: only PostgreSQL can")
	}
	return d.View(ctx, func(q Query) error {
		var id, schema string
		if err := q.QueryRowContext(ctx, `SELECT pg_export_snapshot(), current_schema()`).Scan(&id, &schema); err != nil {
			return fmt.Errorf("name snapshot: %w", err)
		}
		var was string
		if err := q.QueryRowContext(ctx, `SELECT set_config('idle_in_transaction_session_timeout', '0', true)`).Scan(&was); err != nil {
			return fmt.Errorf("name snapshot: %w", err)
		}
		return fn(q, id, schema)
	})
}

// Schema is the schema that this DB works in; PostgreSQL only.
func (d *DB) Schema(ctx context.Context) (schema string, err error) {
	err = d.View(ctx, func(q Query) error {
		return q.QueryRowContext(ctx, `SELECT coalesce(current_schema(), '')`).Scan(&schema)
	})
	return schema, err
}

// Tables lists every table, also the engine's own of jobs and migrations, by name.
func (d *DB) Tables(ctx context.Context, q Query) ([]string, error) {
	ask := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
	if d.dialect == Postgres {
		ask = `SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`
	}
	rows, err := q.QueryContext(ctx, ask)
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var out []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("list tables: %w", err)
		}
		out = append(out, name)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	slices.Sort(out)
	return out, nil
}

// Counts counts the rows of every table.
func (d *DB) Counts(ctx context.Context, q Query) (map[string]int64, error) {
	tables, err := d.Tables(ctx, q)
	if err != nil {
		return nil, err
	}
	out := make(map[string]int64, len(tables))
	for _, t := range tables {
		var n int64
		if err := q.QueryRowContext(ctx, `SELECT count(*) FROM "`+t+`"`).Scan(&n); err != nil { //nolint:gosec // a name from the catalogue
			return nil, fmt.Errorf("count rows of %s: %w", t, err)
		}
		out[t] = n
	}
	return out, nil
}
