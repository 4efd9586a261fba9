package kerneltest

import (
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"tongban/central/kernel/db"
	"tongban/central/kernel/ids"
)

// postgresDSN is where tests may make schemas; empty without a server.
func postgresDSN() string { return os.Getenv("TONGBAN_TEST_PG") }

// schema makes a fresh schema, dropped after the test, and returns the DSN that
// works inside it.
func schema(t testing.TB, dsn string) string {
	t.Helper()
	name := "t_" + strings.ReplaceAll(ids.New(), "-", "")
	run(t, dsn, `CREATE SCHEMA `+name)
	t.Cleanup(func() { run(t, dsn, `DROP SCHEMA `+name+` CASCADE`) })

	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal("TONGBAN_TEST_PG does not parse as a URL")
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

func run(t testing.TB, dsn, statement string) {
	t.Helper()
	ctx := bare(t)
	d, err := db.Open(ctx, dsn, db.Options{})
	if err != nil {
		t.Fatalf("open postgres: %v", err)
	}
	defer func() { _ = d.Close() }()
	err = d.Do(ctx, func(tx db.Tx) error {
		_, err := tx.ExecContext(ctx, statement)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// Outside runs one statement without a transaction, such as CREATE DATABASE, which Do cannot.
func Outside(t testing.TB, dsn, statement string) {
	t.Helper()
	ctx := bare(t)
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal("connect to postgres: the connection string of the test does not lead there")
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
