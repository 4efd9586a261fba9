package audit_test

import (
	"context"
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"tongban/central/kernel"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/crypto"
	"tongban/central/kernel/db"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/obs"
)

// apart opens a kernel whose tables belong to another role, as a careful office runs it; the roles are made by init's own
// code where it makes them.
func apart(t *testing.T) (cfg kernel.Config, owner string) {
	t.Helper()
	base := os.Getenv("TONGBAN_TEST_PG")
	if base == "" {
		t.Skip("needs PostgreSQL")
	}
	id := strings.ReplaceAll(ids.New(), "-", "")
	role, boss, schema := "tb_app_"+id, "tb_own_"+id, "tb_"+id
	super := opened(t, base, "")
	do := func(statements ...string) {
		t.Helper()
		err := super.Do(t.Context(), func(tx db.Tx) error {
			for _, s := range statements {
				if _, err := tx.ExecContext(t.Context(), s); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	do(`CREATE ROLE `+boss+` LOGIN CREATEROLE PASSWORD 'owner-secret'`, `CREATE SCHEMA `+schema+` AUTHORIZATION `+boss)
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		again, err := db.Open(ctx, base, db.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = again.Close() }()
		for _, s := range []string{`DROP SCHEMA ` + schema + ` CASCADE`, `DROP OWNED BY ` + role, `DROP ROLE ` + role, `DROP OWNED BY ` + boss, `DROP ROLE ` + boss} {
			if err := again.Do(ctx, func(tx db.Tx) error { _, err := tx.ExecContext(ctx, s); return err }); err != nil && !strings.Contains(err.Error(), "does not exist") {
				t.Error(err)
			}
		}
	})
	as := func(user, password string) string {
		u, err := url.Parse(base)
		if err != nil {
			t.Fatal(err)
		}
		u.User = url.UserPassword(user, password)
		q := u.Query()
		q.Set("search_path", schema)
		u.RawQuery = q.Encode()
		return u.String()
	}
	cfg = kernel.Config{Data: t.TempDir(), Database: as(role, "app-secret")}.Filled()
	if err := crypto.InitFile(cfg.KeyFile, kerneltest.Start); err != nil {
		t.Fatal(err)
	}
	return cfg, as(boss, "owner-secret")
}

func opened(t *testing.T, dsn, owner string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), dsn, db.Options{Owner: owner, Log: obs.Discard()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func openKernel(t *testing.T, cfg kernel.Config) *kernel.Kernel {
	t.Helper()
	k, err := kernel.Open(t.Context(), cfg, clock.Fixed(kerneltest.Start), obs.Discard())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Stop(context.WithoutCancel(t.Context())) })
	return k
}

// Must show: the program's own role cannot change the audit. Whoever has its password, or runs statements through it, is
// refused by the database, while the program itself works as always.
func TestTheProgramsRoleCannotChangeTheAudit(t *testing.T) {
	cfg, owner := apart(t)
	t.Run("before init", func(t *testing.T) {
		if _, err := kernel.Open(t.Context(), cfg, nil, obs.Discard()); err == nil {
			t.Error("a role that is not there opened the database")
		}
	})
	withOwner := cfg
	withOwner.Owner = owner
	first, err := kernel.Open(t.Context(), withOwner, clock.Fixed(kerneltest.Start), obs.Discard())
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}

	k := openKernel(t, cfg) // as serve does: without the owner
	ctx := auth.AsSystem(t.Context(), "test")
	act := func() error {
		return k.DB.Do(ctx, func(tx db.Tx) error { return audit.Write(ctx, tx, audit.Record{Action: "auth.login", Object: "x"}) })
	}
	for range 3 {
		if err := act(); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range []string{
		`UPDATE kernel_audit SET reason = ''`,
		`DELETE FROM kernel_audit`,
		`DELETE FROM kernel_audit WHERE seq = 3`,
		`TRUNCATE kernel_audit`,
		`DROP TABLE kernel_audit`,
		`DROP TRIGGER kernel_audit_guard ON kernel_audit`,
		`DROP TRIGGER kernel_audit_forward ON kernel_audit`,
		`ALTER TABLE kernel_audit DISABLE TRIGGER ALL`,
		`ALTER TABLE kernel_audit DROP COLUMN reason`,
		`ALTER TABLE kernel_audit OWNER TO CURRENT_USER`,
		`UPDATE kernel_audit_head SET count = 2`,
		`UPDATE kernel_audit_head SET count = count + 1, hash = 'x'`,
		`DELETE FROM kernel_audit_head`,
		`INSERT INTO kernel_audit_head (id, count, hash) VALUES (1, 0, '')`,
		`TRUNCATE kernel_audit_head`,
		`UPDATE kernel_audit_checkpoint SET hash = ''`,
		`DELETE FROM kernel_audit_checkpoint`,
		`TRUNCATE kernel_audit_checkpoint`,
		`CREATE OR REPLACE FUNCTION kernel_audit_guard() RETURNS trigger AS $$ BEGIN RETURN NEW; END; $$ LANGUAGE plpgsql`,
		`ALTER FUNCTION kernel_audit_forward() SECURITY INVOKER`,
		`DROP FUNCTION kernel_audit_guard() CASCADE`,
		`CREATE TABLE kernel_audit_copy AS SELECT * FROM kernel_audit`,
		`CREATE RULE quiet AS ON UPDATE TO kernel_audit DO INSTEAD NOTHING`,
		`SET session_replication_role = replica`,
		`GRANT ALL ON kernel_audit TO PUBLIC`,
		`DELETE FROM goose_kernel_audit`,
		`CREATE TEMP TABLE kernel_audit_x (seq BIGINT, prev TEXT, hash TEXT);
		 CREATE TRIGGER t AFTER INSERT ON kernel_audit_x FOR EACH ROW EXECUTE FUNCTION kernel_audit_forward()`,
	} {
		err := k.DB.Do(ctx, func(tx db.Tx) error { _, err := tx.ExecContext(ctx, s); return err })
		var pg *pgconn.PgError
		switch {
		case err == nil && strings.HasPrefix(s, "GRANT ALL"): // PostgreSQL only warns; what counts is that nothing was given
		case errors.As(err, &pg) && pg.Code == "42501":
		default:
			t.Errorf("%s: %v, want it refused for lack of rights (42501)", s, err)
		}
	}
	// A record out of its place is refused by the trigger: the role may add, but only behind the head.
	forged := `INSERT INTO kernel_audit SELECT 1000, at, actor_kind, actor_id, actor_name, desk, department, source, request, action, object, reason, detail, prev, hash, result FROM kernel_audit WHERE seq = 1`
	if err := k.DB.Do(ctx, func(tx db.Tx) error { _, err := tx.ExecContext(ctx, forged); return err }); err == nil || !strings.Contains(err.Error(), "follows the head") {
		t.Errorf("a record out of its place: %v", err)
	}
	// A temporary table in front of the real head misleads nobody.
	shadow := `CREATE TEMP TABLE kernel_audit_head (id INTEGER, count BIGINT, hash TEXT)`
	if err := k.DB.Do(ctx, func(tx db.Tx) error { _, err := tx.ExecContext(ctx, shadow); return err }); err != nil {
		t.Logf("temporary tables: %v", err)
	}
	if ok, err := k.DB.Restricted(ctx, "kernel_audit"); err != nil || !ok {
		t.Errorf("restricted %v, %v", ok, err)
	}
	again := openKernel(t, cfg)
	if err := again.DB.Do(ctx, func(tx db.Tx) error { return audit.Write(ctx, tx, audit.Record{Action: "auth.login", Object: "x"}) }); err != nil {
		t.Error(err)
	}
	if r, err := audit.Verify(ctx, again.DB); err != nil || !r.OK || r.Count < 4 {
		t.Errorf("%+v, %v", r, err)
	}
	keep := &audit.Keeper{DB: again.DB, Clock: again.Clock, Signer: audit.SignerOf(again.Crypto)}
	if n, err := keep.Take(ctx, true); err != nil || n != 1 {
		t.Errorf("checkpoint: %d, %v", n, err)
	}
}

// Roles that would make the separation a show are refused.
func TestRolesThatAreNoneApart(t *testing.T) {
	cfg, owner := apart(t)
	for name, pair := range map[string][2]string{
		"one role for both":          {owner, owner},
		"the program is a superuser": {withPath(t, os.Getenv("TONGBAN_TEST_PG"), cfg.Database), owner},
	} {
		c := cfg
		c.Database, c.Owner = pair[0], pair[1]
		k, err := kernel.Open(t.Context(), c, nil, obs.Discard())
		if err == nil {
			_ = k.Stop(t.Context())
			t.Errorf("%s: opened", name)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error shows a password: %v", name, err)
		}
	}
}

func withPath(t *testing.T, dsn, like string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	l, err2 := url.Parse(like)
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", l.Query().Get("search_path"))
	u.RawQuery = q.Encode()
	return u.String()
}
