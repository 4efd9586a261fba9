package privacy

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver
)

// postgres searches every value of every table and, where its folder can be read here, the server's own files and log.
func (s *scene) postgres(ctx context.Context, t *testing.T) {
	t.Helper()
	if s.stack.Database == "" {
		return
	}
	d, err := sql.Open("pgx", s.stack.Database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	if _, err := d.ExecContext(ctx, `CHECKPOINT`); err != nil {
		t.Logf("no checkpoint: %v", err)
	}
	tables := strings.Fields(one(ctx, t, d, `SELECT string_agg(quote_ident(table_schema) || '.' || quote_ident(table_name), ' ') FROM information_schema.tables
		WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'`))
	size := 0
	for _, table := range tables {
		text := one(ctx, t, d, `SELECT COALESCE(string_agg(t::text, E'\n'), '') FROM `+table+` t`)
		size += len(text)
		s.index.search([]byte(text), 2, func(n needle, _ int) { t.Errorf("table %s: %s", table, n.what) })
	}
	fmt.Printf("privacy: PostgreSQL: %d tables, %.1f MB of text\n", len(tables), float64(size)/1e6)
	if len(tables) < 10 || size < 100_000 {
		t.Errorf("only %d tables with %d bytes", len(tables), size)
	}
	dir := one(ctx, t, d, `SELECT current_setting('data_directory')`)
	if _, err := os.ReadDir(filepath.Join(dir, "base")); err != nil {
		t.Logf("the server's files cannot be read here: %v", err)
		return
	}
	h := s.index.tree(t, dir, func(string) bool { return false })
	fmt.Printf("privacy: PostgreSQL's files: %d, %.1f MB\n", h.files, float64(h.bytes)/1e6)
	for _, f := range h.found {
		t.Errorf("PostgreSQL's files: %s", f)
	}
	if log, err := os.ReadFile(filepath.Join(filepath.Dir(dir), "log")); err == nil { // what the server says of refused statements
		s.index.search(log, 0, func(n needle, _ int) { t.Errorf("PostgreSQL's log: %s", n.what) })
	}
}

func one(ctx context.Context, t *testing.T, d *sql.DB, query string) string {
	t.Helper()
	var out sql.NullString
	if err := d.QueryRowContext(ctx, query).Scan(&out); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return out.String
}
