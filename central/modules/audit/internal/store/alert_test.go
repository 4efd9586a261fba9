package store_test

import (
	"os"
	"testing"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/audit"
	"tongban/central/modules/audit/internal/store"
)

// One thing is one alert while it is open; what was just closed stays closed for the records that were looked at, and opens
// anew when it happens again later.
func TestOneThingIsOneAlert(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		k.Migrate(t, db.Migrations{Name: "audit", FS: os.DirFS("../../migrations")})
		raise := func(id string, times int) (fresh bool) {
			t.Helper()
			err := k.DB.Do(t.Context(), func(tx db.Tx) (err error) {
				a := audit.Alert{ID: id, Kind: audit.BruteForce, Object: "203.0.113.9", Text: "登录失败", Times: times, Last: tx.Now()}
				fresh, err = store.Raise(t.Context(), tx, a, tx.Now().Add(-5*time.Minute))
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			k.Clock.Advance(time.Second)
			return fresh
		}
		if !raise("a", 10) || raise("b", 14) || raise("c", 12) {
			t.Error("one thing, several alerts")
		}
		err := k.DB.Do(t.Context(), func(tx db.Tx) error {
			closed, err := store.Close(t.Context(), tx, "a", "唐静", "已封来源地址")
			again, err2 := store.Close(t.Context(), tx, "a", "唐静", "已封来源地址")
			if !closed || again || err2 != nil {
				t.Errorf("closed %v, then %v, %v", closed, again, err2)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if raise("d", 14) {
			t.Error("the same records opened it again")
		}
		k.Clock.Advance(6 * time.Minute)
		if !raise("e", 11) {
			t.Error("a new attack is not told of")
		}
		err = k.DB.View(t.Context(), func(q db.Query) error {
			all, err := store.Alerts(t.Context(), q, 10)
			if err != nil || len(all) != 2 || all[0].ID != "e" || all[1].Times != 14 || all[1].Note == "" {
				t.Errorf("%+v, %v", all, err)
			}
			open, err := store.Open(t.Context(), q)
			if open[audit.BruteForce] != 1 {
				t.Errorf("%v open", open)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
