package kerneltest

import (
	"context"
	"fmt"
	"testing"

	"tongban/central/kernel/db"
)

// Break makes every insert into table fail until Mend, by a trigger: a real
// error of the database at exactly that point of an act.
func (k *Kit) Break(t testing.TB, table string) {
	t.Helper()
	if k.DB.Dialect() == db.Postgres {
		k.Exec(t, fmt.Sprintf(`CREATE FUNCTION broken_%s() RETURNS trigger AS
			$$ BEGIN RAISE EXCEPTION 'broken by the test'; END; $$ LANGUAGE plpgsql`, table))
		k.Exec(t, fmt.Sprintf(`CREATE TRIGGER broken_%[1]s BEFORE INSERT ON %[1]s FOR EACH ROW EXECUTE FUNCTION broken_%[1]s()`, table))
		return
	}
	k.Exec(t, fmt.Sprintf(`CREATE TRIGGER broken_%[1]s BEFORE INSERT ON %[1]s
		BEGIN SELECT RAISE(ABORT, 'broken by the test'); END`, table))
}

// Mend undoes Break.
func (k *Kit) Mend(t testing.TB, table string) {
	t.Helper()
	if k.DB.Dialect() == db.Postgres {
		k.Exec(t, fmt.Sprintf(`DROP FUNCTION broken_%s() CASCADE`, table))
		return
	}
	k.Exec(t, fmt.Sprintf(`DROP TRIGGER broken_%s`, table))
}

// bare outlives the test, for cleanups.
func bare(t testing.TB) context.Context { return context.WithoutCancel(t.Context()) }
