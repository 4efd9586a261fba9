package db_test

import (
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"tongban/central/kernel/db"
	"tongban/central/kernel/kerneltest"
)

func table(name string) string {
	return "-- +goose Up\nCREATE TABLE " + name + " (id TEXT PRIMARY KEY, body BLOB);\n-- +goose Down\nDROP TABLE " + name + ";\n"
}

// Two modules both begin at version 1, and one may grow without the other.
func TestModulesMigrateApart(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		d, ctx := opened(t, dsn), t.Context()
		a, b := fstest.MapFS{}, fstest.MapFS{}
		a["0001_init.sql"] = &fstest.MapFile{Data: []byte(table("a_one"))}
		b["migrations/0001_init.sql"] = &fstest.MapFile{Data: []byte(table("b_one"))}
		if err := d.Migrate(ctx, db.Migrations{Name: "a", FS: a}, db.Migrations{Name: "b", FS: b}); err != nil {
			t.Fatal(err)
		}

		a["0002_more.sql"] = &fstest.MapFile{Data: []byte(table("a_two"))}
		if err := d.Migrate(ctx, db.Migrations{Name: "b", FS: b}, db.Migrations{Name: "a", FS: a}); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"a_one", "a_two", "b_one"} {
			err := d.Do(ctx, func(tx db.Tx) error {
				_, err := tx.ExecContext(ctx, `INSERT INTO `+name+` (id, body) VALUES ('1', $1)`, []byte{0, 255})
				return err
			})
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestDialectFiles(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		d := opened(t, dsn)
		fs := fstest.MapFS{
			"0001_x.sqlite.sql":   {Data: []byte(table("on_sqlite"))},
			"0001_x.postgres.sql": {Data: []byte(table("on_postgres"))},
		}
		if err := d.Migrate(t.Context(), db.Migrations{Name: "x", FS: fs}); err != nil {
			t.Fatal(err)
		}
		err := d.View(t.Context(), func(q db.Query) error {
			var n int
			return q.QueryRowContext(t.Context(), `SELECT count(*) FROM on_`+string(d.Dialect())).Scan(&n)
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// Copies of the program may start at the same moment.
func TestTwoCopiesMigrateAtOnce(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		copies := []*db.DB{opened(t, dsn), opened(t, dsn), opened(t, dsn)}
		var wg sync.WaitGroup
		for _, d := range copies {
			wg.Go(func() {
				if err := d.Migrate(t.Context(), migrations("thing", things)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := count(t, copies[0]); n != 0 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestABrokenMigrationNamesItsModule(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		d := opened(t, dsn)
		err := d.Migrate(t.Context(), migrations("window", "-- +goose Up\nCREATE TABEL x;\n"))
		if err == nil || !strings.Contains(err.Error(), "migrate window") {
			t.Errorf("got %v", err)
		}
	})
}
