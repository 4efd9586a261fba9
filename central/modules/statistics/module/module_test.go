package module_test

import (
	"context"
	"testing"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/catalogue"
	itemsmodule "tongban/central/modules/catalogue/module"
	"tongban/central/modules/statistics"
	"tongban/central/modules/statistics/module"
	windowmodule "tongban/central/modules/window/module"
	"tongban/fleet/wire"
)

// A made-up history goes into the window's own tables; the statistics count it from there, and every month is what the history's
// maker wrote into its own ledger, days and all. A second history is refused: it would lie among cases.
func TestAHistoryAgainstItsOwnLedger(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		items, err := itemsmodule.New(k.Kernel, catalogue.Outside{})
		if err != nil {
			t.Fatal(err)
		}
		cal, err := calendar.Embedded()
		if err != nil {
			t.Fatal(err)
		}
		window, err := windowmodule.New(k.Kernel, windowmodule.Needs{
			Items: items.Service, Calendar: cal, Public: "https://example.invalid",
			Notify: func(context.Context, db.Tx, string, wire.CaseNotice) error { return nil },
		})
		if err != nil {
			t.Skipf("no fonts in this build: %v", err)
		}
		numbers, err := module.New(k.Kernel, module.Needs{Cases: window.Service})
		if err != nil {
			t.Fatal(err)
		}
		k.Use(t, items.Module, window.Module, numbers.Module)
		ctx := auth.AsSystem(t.Context(), "test")
		if err := items.Module.Start(ctx); err != nil {
			t.Fatal(err)
		}
		const n = 1200
		ledger, err := window.Seed(ctx, n, 11, "涪城区政务服务中心", []string{"A01", "A02", "B03"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := window.Seed(ctx, 1, 11, "涪城区政务服务中心", []string{"A01"}); err == nil {
			t.Error("a second history was made among the cases of the first")
		}
		if counted, err := numbers.Rebuild(ctx); err != nil || counted != n {
			t.Fatalf("counted %d, %v", counted, err)
		}
		reader := actor.With(t.Context(), auth.Actor{Kind: auth.Staff, ID: "u"}.Granted(statistics.PermRead))
		for month, m := range ledger {
			sums, err := numbers.Month(reader, month)
			if err != nil {
				t.Fatal(err)
			}
			for measure, want := range map[string]int64{
				"received": m.Received, "remote": m.Remote, "accepted": m.Accepted, "ended": m.Ended, "granted": m.Granted, "refused": m.Refused, "withdrawn": m.Withdrawn,
				"promised": m.Promised, "on_time": m.OnTime, "promised_days": m.PromisedDays, "used_days": m.UsedDays, "stopped_days": m.StoppedDays, "noticed": m.Noticed, "noticed_again": m.NoticedAgain,
			} {
				if sums[measure] != want {
					t.Errorf("%s: %s is %d, the ledger says %d", month, measure, sums[measure], want)
				}
			}
		}
	})
}
