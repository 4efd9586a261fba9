package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"tongban/central/kernel/errs"
	"tongban/central/kernel/internal/door"
)

// openOwner opens a second door to the same schema, for a role that owns the
// tables (属主): migrations go through it, and the role of the program gets
// only what it needs. Where the program's role does not exist yet and the owner
// may make roles, it is made, with the password of its own DSN.
func (d *DB) openOwner(ctx context.Context, app *pgx.ConnConfig, dsn string) error {
	owner, err := pgx.ParseConfig(dsn)
	if err != nil {
		return hideDSN(err)
	}
	if owner.User == app.User {
		return errors.New("postgres: the owner of the tables and the program are one role; give the program a role of its own")
	}
	if owner.Host != app.Host || owner.Port != app.Port || owner.Database != app.Database {
		return errors.New("postgres: the owner's connection string leads to another database")
	}
	if path := app.RuntimeParams["search_path"]; path != "" {
		owner.RuntimeParams["search_path"] = path
	}
	owner.RuntimeParams["application_name"] = "tongban-owner"
	owner.RuntimeParams["timezone"] = "UTC"
	d.owner = stdlib.OpenDB(*owner)
	d.owner.SetMaxOpenConns(2)
	d.role = app.User
	return d.ensureRole(ctx, app)
}

// ensureRole makes the program's role where it is missing, and lets it in.
func (d *DB) ensureRole(ctx context.Context, app *pgx.ConnConfig) error {
	var there bool
	if err := d.owner.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = $1)`, app.User).Scan(&there); err != nil {
		return fmt.Errorf("ask for the program's role: %w", err)
	}
	if there {
		return nil
	}
	var statement string
	err := d.owner.QueryRowContext(ctx, `SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD %L', $1::text, $2::text)`,
		app.User, app.Password).Scan(&statement)
	if err != nil {
		return fmt.Errorf("word the program's role: %w", err)
	}
	if _, err := d.owner.ExecContext(ctx, statement); err != nil {
		if pg, ok := errors.AsType[*pgconn.PgError](err); ok { // the statement holds a password and must not be quoted
			return fmt.Errorf("make role %q: %s (%s)", app.User, pg.Message, pg.Code)
		}
		return fmt.Errorf("make role %q: the server did not answer", app.User)
	}
	return nil
}

// tables is the pool through which tables are made.
func (d *DB) tables() *sql.DB {
	if d.owner != nil {
		return d.owner
	}
	return d.write
}

// Maker hands the pool that makes tables to the job engine, which keeps its
// own.
func (d *DB) Maker(door.Key) *sql.DB { return d.tables() }

// Grant gives the program's role what it needs of the tables that are there
// now, and takes away everything else. Without an owner it does nothing.
func (d *DB) Grant(ctx context.Context) error {
	if d.owner == nil {
		return nil
	}
	tx, err := d.owner.BeginTx(ctx, nil)
	if err != nil {
		return public(fmt.Errorf("grant: %w", err))
	}
	defer func() { _ = tx.Rollback() }()
	if err := d.apart(ctx, tx); err != nil {
		return err
	}
	statements, err := d.grants(ctx, tx)
	if err != nil {
		return err
	}
	for _, s := range statements {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return public(fmt.Errorf("grant: %w", err))
		}
	}
	return tx.Commit()
}

// apart refuses a program's role that could take back what it is not given.
func (d *DB) apart(ctx context.Context, tx *sql.Tx) error {
	var super, member, owns bool
	err := tx.QueryRowContext(ctx, `SELECT rolsuper OR rolbypassrls OR rolcreaterole, pg_has_role(oid, current_user::name, 'MEMBER') AND NOT rolsuper,
		EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tableowner = rolname)
		FROM pg_roles WHERE rolname = $1`, d.role).Scan(&super, &member, &owns)
	if err != nil {
		return fmt.Errorf("look at the program's role: %w", err)
	}
	switch {
	case super:
		return fmt.Errorf("postgres: role %q is a superuser or makes roles; the program must run as neither", d.role)
	case member:
		return fmt.Errorf("postgres: role %q belongs to the owner's role", d.role)
	case owns:
		return fmt.Errorf("postgres: role %q owns tables here; hand them over with REASSIGN OWNED", d.role)
	}
	return nil
}

// grants words the rights: everything on rows, except where a module's
// migrations say that rows are only added, or only read.
func (d *DB) grants(ctx context.Context, tx *sql.Tx) ([]string, error) {
	rows, err := tx.QueryContext(ctx, `SELECT tablename, format('%I.%I', schemaname, tablename), format('%I', schemaname), format('%I', $1::text)
		FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1`, d.role)
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var out []string
	var schema, role string
	for rows.Next() {
		var name, table string
		if err := rows.Scan(&name, &table, &schema, &role); err != nil {
			return nil, fmt.Errorf("list tables: %w", err)
		}
		rights := "SELECT, INSERT, UPDATE, DELETE"
		switch {
		case d.rights[name] != "":
			rights = d.rights[name]
		case strings.HasPrefix(name, "goose_"), name == "river_migration":
			rights = readOnly
		}
		out = append(out, `REVOKE ALL ON `+table+` FROM PUBLIC, `+role, `GRANT `+rights+` ON `+table+` TO `+role)
	}
	if schema != "" {
		out = append(out, `REVOKE CREATE ON SCHEMA `+schema+` FROM PUBLIC, `+role, `GRANT USAGE ON SCHEMA `+schema+` TO `+role,
			`GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA `+schema+` TO `+role)
	}
	return out, rows.Err()
}

const (
	addOnly  = "SELECT, INSERT"
	readOnly = "SELECT"
)

// rule keeps what the migrations of a module say of its tables.
func (d *DB) rule(m Migrations) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, t := range m.AddOnly {
		d.rights[t] = addOnly
	}
	for _, t := range m.ReadOnly {
		d.rights[t] = readOnly
	}
}

// Restricted reports whether the role of the program lacks the rights that it
// should lack: whether it could not change rows of the tables that are only
// added to. True on SQLite, where there are no roles and triggers are all.
func (d *DB) Restricted(ctx context.Context, table string) (ok bool, err error) {
	if d.dialect != Postgres {
		return true, nil
	}
	err = d.read.QueryRowContext(ctx, `SELECT NOT (has_table_privilege($1, 'UPDATE') OR has_table_privilege($1, 'DELETE') OR has_table_privilege($1, 'TRUNCATE')
		OR has_table_privilege($1, 'TRIGGER'))`, table).Scan(&ok)
	if err != nil {
		return false, public(fmt.Errorf("ask for rights: %w", err))
	}
	return ok, nil
}

// mayNot gives the error of a missing right its sentence.
func mayNot(err error) error {
	if isPg(err, "42501") {
		return errs.E(errs.Unavailable, "db.no_right", "数据库账号没有建表的权限：先用 tongban-central init --database-owner 升级数据库", err)
	}
	return err
}
