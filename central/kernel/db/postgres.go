package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// turnClass is the first half of the advisory lock of writers; the second half
// is a hash of the schema, so that schemas do not wait for each other.
const turnClass = 0x7462 // "tb"

// openPostgres opens one pool for reads and a small one for writes: writers
// take turns, so that more connections would only wait in the server.
func (d *DB) openPostgres(ctx context.Context, dsn string) error {
	d.dialect = Postgres
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return hideDSN(err)
	}
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "tongban"
	}
	cfg.RuntimeParams["timezone"] = "UTC"
	// A writer that hangs must not hold everybody's turn for ever.
	cfg.RuntimeParams["lock_timeout"] = fmt.Sprint(d.opts.Wait.Milliseconds())
	cfg.RuntimeParams["idle_in_transaction_session_timeout"] = fmt.Sprint((30 * time.Second).Milliseconds())

	if d.opts.Owner != "" {
		if err := d.openOwner(ctx, cfg, d.opts.Owner); err != nil {
			return err
		}
	}
	d.write, d.lead = stdlib.OpenDB(*cfg), stdlib.OpenDB(*cfg)
	reading := cfg.Copy()
	reading.RuntimeParams["default_transaction_read_only"] = "on"
	d.read, d.inner = stdlib.OpenDB(*reading), stdlib.OpenDB(*reading)
	d.read.SetMaxOpenConns(d.opts.Readers)
	d.read.SetMaxIdleConns(d.opts.Readers)
	d.inner.SetMaxOpenConns(inner)
	d.inner.SetMaxIdleConns(inner)
	d.write.SetMaxOpenConns(8)
	d.write.SetMaxIdleConns(8)
	d.lead.SetMaxIdleConns(4) // without a limit: a lead is held as long as the program runs, and must not take a writer's place

	// Asked of the owner where there is one: the program's role may not see the
	// schema before it was let in.
	row := d.tables().QueryRowContext(ctx, `SELECT hashtext(coalesce(current_schema(), ''))`)
	if err := row.Scan(&d.turn); err != nil {
		return fmt.Errorf("ask postgres for its schema: %w", err)
	}
	return nil
}

// hideDSN drops the connection string from a parse error: it may hold a
// password.
func hideDSN(err error) error {
	var bad *pgconn.ParseConfigError
	if errors.As(err, &bad) {
		return errors.New("postgres: the connection string does not parse")
	}
	return err
}
