package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func open(t *testing.T, o Options) *DB {
	t.Helper()
	d, err := Open(t.Context(), filepath.Join(t.TempDir(), "agent.db"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func TestOpenTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "agent.db")
	for range 2 {
		d, err := Open(t.Context(), path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Probe(t.Context(), 64<<10); err != nil {
			t.Error(err)
		}
		if err := d.Check(t.Context()); err != nil {
			t.Error(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// The promise of a row rests on this setting.
func TestSynchronousIsFull(t *testing.T) {
	d := open(t, Options{})
	var sync int
	var mode string
	if err := d.write.QueryRow(`PRAGMA synchronous`).Scan(&sync); err != nil || sync != 2 {
		t.Errorf("synchronous = %d, %v, want 2", sync, err)
	}
	if err := d.write.QueryRow(`PRAGMA journal_mode`).Scan(&mode); err != nil || mode != "wal" {
		t.Errorf("journal_mode = %s, %v, want wal", mode, err)
	}
}

func TestProbeFindsFullDisk(t *testing.T) {
	d := open(t, Options{MaxPages: 24})
	if err := d.Probe(t.Context(), 1<<20); !Unwritable(err) {
		t.Errorf("Probe = %v, want an unwritable error", err)
	}
	// The failed probe leaves the file usable.
	if err := d.Probe(t.Context(), 512); err != nil {
		t.Error(err)
	}
}

func TestRollback(t *testing.T) {
	d := open(t, Options{})
	want := errors.New("no")
	err := d.Do(t.Context(), func(tx *sql.Tx) error {
		if _, err := tx.Exec(`INSERT INTO counter VALUES ('a', 1)`); err != nil {
			return err
		}
		return want
	})
	if !errors.Is(err, want) {
		t.Errorf("Do = %v", err)
	}
	var n int
	if err := d.Read().QueryRow(`SELECT count(*) FROM counter`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows, %v", n, err)
	}
}

// What was deleted is in neither the file nor its journal.
func TestDeletedIsGone(t *testing.T) {
	dir := t.TempDir()
	d, err := Open(context.Background(), filepath.Join(dir, "agent.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close() //nolint:errcheck // a test
	const secret = "FINDMEFINDMEFINDME"
	for _, q := range []string{`INSERT INTO probe VALUES (9, 0, '` + secret + `')`, `DELETE FROM probe WHERE id = 9`} {
		if err := d.Do(t.Context(), func(tx *sql.Tx) error { _, err := tx.Exec(q); return err }); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Truncate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"agent.db", "agent.db-wal"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if i := indexOf(b, secret); i >= 0 {
			t.Errorf("%s still holds it at %d", name, i)
		}
	}
}

func indexOf(b []byte, s string) int {
	for i := 0; i+len(s) <= len(b); i++ {
		if string(b[i:i+len(s)]) == s {
			return i
		}
	}
	return -1
}
