package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"tongban/central/kernel/db"
)

// libpqKnows are the parameters of a DSN that PostgreSQL's own tools understand; the others are the driver's.
var libpqKnows = []string{"sslmode", "sslrootcert", "sslcert", "sslkey", "host", "port", "connect_timeout", "target_session_attrs"}

// tool prepares one of PostgreSQL's client programs. The password goes by the environment: arguments can be read by every
// process of the machine.
func tool(ctx context.Context, name, dsn string, args ...string) (*exec.Cmd, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return nil, errors.New("the connection string does not parse")
	}
	env := os.Environ()
	if pw, ok := u.User.Password(); ok {
		env = append(env, "PGPASSWORD="+pw)
		u.User = url.User(u.User.Username())
	}
	q := u.Query()
	for k := range q {
		if !slices.Contains(libpqKnows, k) {
			q.Del(k)
		}
	}
	u.RawQuery = q.Encode()
	cmd := exec.CommandContext(ctx, name, append(args, "--dbname="+u.String())...) //nolint:gosec // a fixed program, arguments of ours
	cmd.Env = env
	return cmd, nil
}

// run runs a tool; what it complains of is in the error.
func run(cmd *exec.Cmd) error {
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	if err := cmd.Run(); err != nil {
		text := strings.TrimSpace(complaint.String())
		return fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, text[:min(len(text), 500)])
	}
	return nil
}

// dump writes the schema as of a named snapshot in pg_dump's custom format, which is compressed already.
func dump(ctx context.Context, dsn, schema, snapshot string, to io.Writer) error {
	cmd, err := tool(ctx, "pg_dump", dsn, "--format=custom", "--compress=1", "--no-owner", "--snapshot="+snapshot, "--schema="+schema)
	if err != nil {
		return err
	}
	cmd.Stdout = to
	return run(cmd)
}

// load brings a dump into an empty schema, in one transaction.
func load(ctx context.Context, dsn, schema, file string) error {
	list, err := exec.CommandContext(ctx, "pg_restore", "--list", file).Output() //nolint:gosec // our own file
	if err != nil {
		return fmt.Errorf("read dump: %w", err)
	}
	// The schema is there already; creating it again would fail.
	own := regexp.MustCompile(`(?m)^\d+; \d+ \d+ (SCHEMA|COMMENT|ACL) - (SCHEMA )?` + regexp.QuoteMeta(schema) + ` .*\n`)
	contents := file + ".list"
	if err := os.WriteFile(contents, own.ReplaceAll(list, nil), 0o600); err != nil {
		return fmt.Errorf("write list of contents: %w", err)
	}
	cmd, err := tool(ctx, "pg_restore", dsn, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--use-list="+contents, file)
	if err != nil {
		return err
	}
	return run(cmd)
}

// mustBeEmpty refuses a schema with tables and returns its name.
func mustBeEmpty(ctx context.Context, d *db.DB) (schema string, err error) {
	if schema, err = d.Schema(ctx); err != nil {
		return "", err
	}
	if schema == "" {
		return "", errors.New("the database has no schema to restore into: create the one of the connection string")
	}
	err = d.View(ctx, func(q db.Query) error {
		tables, err := d.Tables(ctx, q)
		if err == nil && len(tables) > 0 {
			err = fmt.Errorf("the database is not empty: it holds %d tables, %s first", len(tables), tables[0])
		}
		return err
	})
	return schema, err
}

// wipe takes back a restore that did not stand the check: the schema was empty before.
func wipe(ctx context.Context, d *db.DB, schema string) error {
	return d.Do(ctx, func(tx db.Tx) error {
		for _, statement := range []string{`DROP SCHEMA "` + schema + `" CASCADE`, `CREATE SCHEMA "` + schema + `"`} {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("empty the schema again: %w", err)
			}
		}
		return nil
	})
}
