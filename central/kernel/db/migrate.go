package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

// Migrations are the tables of one module (建表脚本): goose SQL files at the
// root of FS, or in its folder "migrations". Each module counts its own
// versions, so that modules can be added and grow apart from each other.
//
// The SQL is the same for both databases, with BLOB for bytes. Where that
// cannot be, two files of one version end in ".sqlite.sql" and ".postgres.sql".
type Migrations struct {
	Name string // module name, lower case
	FS   fs.FS

	// Tables of which the program's role may only add rows, or only read, where
	// another role owns them (Options.Owner).
	AddOnly, ReadOnly []string
}

// Migrate brings the tables of each set up to date, in the given order. Two
// copies of the program may start at once: the second finds the work done.
func (d *DB) Migrate(ctx context.Context, sets ...Migrations) error {
	unlock, err := d.lockMigrations(ctx)
	if err != nil {
		return err
	}
	defer unlock()

	for _, m := range sets {
		if m.FS == nil {
			continue
		}
		d.rule(m)
		if err := d.migrate(ctx, m); err != nil {
			return mayNot(fmt.Errorf("migrate %s: %w", m.Name, err))
		}
	}
	return d.Grant(ctx)
}

func (d *DB) migrate(ctx context.Context, m Migrations) error {
	todo, err := steps(m.FS, d.dialect)
	if err != nil {
		return err
	}
	engine := goose.DialectSQLite3
	if d.dialect == Postgres {
		engine = goose.DialectPostgres
	}
	store, err := database.NewStore(engine, "goose_"+m.Name)
	if err != nil {
		return err
	}

	// SQLite has no lock across processes that goose could take: when another
	// copy was faster, one more look finds the work done.
	for try := 1; ; try++ {
		p, err := goose.NewProvider(goose.DialectCustom, d.tables(), nil, goose.WithGoMigrations(todo...),
			goose.WithStore(store), goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true))
		if errors.Is(err, goose.ErrNoMigrations) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err = p.Up(ctx); err == nil {
			return nil
		}
		if d.dialect == Postgres || try == 3 {
			return err
		}
	}
}

// lockMigrations lets one process at a time change tables on PostgreSQL.
func (d *DB) lockMigrations(ctx context.Context) (unlock func(), err error) {
	if d.dialect != Postgres {
		return func() {}, nil
	}
	conn, err := d.tables().Conn(ctx)
	if err != nil {
		return nil, public(fmt.Errorf("migrate: %w", err))
	}
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1, $2)`, turnClass+1, d.turn); err != nil {
		_ = conn.Close()
		return nil, public(fmt.Errorf("migrate: wait for another copy: %w", err))
	}
	return func() { release(conn, d.turn) }, nil
}

// release gives the lock back even where the caller's context has ended.
func release(conn *sql.Conn, turn int32) {
	_, _ = conn.ExecContext(context.Background(), `SELECT pg_advisory_unlock($1, $2)`, turnClass+1, turn)
	_ = conn.Close()
}
