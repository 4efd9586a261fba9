package app

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/backup"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/health"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/running/internal/store"
	"tongban/central/modules/running/migrations"
	"tongban/fleet"
	"tongban/fleet/wire"
)

// hall is what the fleet tells in these tests.
type hall struct{ list []fleet.Terminal }

func (h *hall) List(context.Context) ([]fleet.Terminal, error) { return h.list, nil }

func newApp(t *testing.T, k *kerneltest.Kit) (*App, *hall) {
	t.Helper()
	k.Migrate(t, db.Migrations{Name: "running", FS: migrations.FS})
	h := &hall{}
	a := New(Needs{
		DB: k.DB, Clock: k.Clock, Log: k.Log, Jobs: k.Jobs, Health: k.Health, Metrics: k.Metrics, Terminals: h.List, Host: "c1",
		Source: backup.Source{Data: k.Config.Data, DSN: k.Config.Database, DB: k.DB, Blobs: k.Blobs, Clock: k.Clock, Program: "test"},
		Backup: BackupPlan{To: filepath.Join(t.TempDir(), "repo"), Every: 24 * time.Hour, Keep: 2},
	})
	return a, h
}

func asAdmin(k *kerneltest.Kit, t *testing.T) context.Context {
	return auth.As(t.Context(), auth.Actor{Kind: auth.Staff, ID: "p-1", Name: "罗建"})
}

// Every state meets every act: what the table does not name is refused and changes nothing.
func TestLifeOfAnInspection(t *testing.T) {
	want := map[string]map[string]string{
		Due:    {actReport: Ready, actDo: Done, actMiss: Missed},
		Ready:  {actDo: Done, actSign: Done, actMiss: Missed},
		Missed: {actDo: Late, actSign: Late},
		Done:   {}, Late: {},
	}
	for from, acts := range want {
		for _, act := range []string{actReport, actDo, actSign, actMiss} {
			task := store.Task{State: from, Run: "r"}
			err := apply(&task, act)
			if to, ok := acts[act]; ok != (err == nil) || ok && task.State != to || !ok && task.State != from {
				t.Errorf("%s by %s: %s, %v", from, act, task.State, err)
			}
		}
	}
	if err := apply(&store.Task{State: Missed}, actSign); err == nil {
		t.Error("a report that nobody wrote was signed")
	}
}

func TestTwelveInspectionsAYear(t *testing.T) {
	for every, least := range map[string]int{"month": 12, "week": 52} {
		for _, at := range []time.Time{kerneltest.Start, time.Date(2028, 2, 29, 23, 59, 0, 0, clock.Shanghai), time.Date(2027, 1, 31, 0, 0, 0, 0, clock.Shanghai)} {
			list := ahead(every, at)
			if len(list) < least || at.Before(list[0].OpensAt) || !at.Before(list[0].DueAt) {
				t.Errorf("%s from %s: %d, first %+v", every, at, len(list), list[0])
			}
			for i := 1; i < len(list); i++ {
				if !list[i].OpensAt.Equal(list[i-1].DueAt) {
					t.Errorf("%s: a hole before %s", every, list[i].ID)
				}
			}
		}
	}
}

func TestInspectionsArePlannedReportedSignedAndMissed(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		a, h := newApp(t, k)
		h.list = []fleet.Terminal{
			{Code: "K-01", Place: "涪城区政务服务中心", Label: "1号机", State: fleet.Active, Online: true, CertUntil: k.Clock.Now().AddDate(1, 0, 0)},
			{Code: "K-02", Place: "涪城区政务服务中心", Label: "2号机", State: fleet.Active, CertUntil: k.Clock.Now().AddDate(1, 0, 0)},
		}
		plan := func() {
			t.Helper()
			if err := a.PlanAhead(auth.AsSystem(t.Context(), "test"), nil); err != nil {
				t.Fatal(err)
			}
		}
		plan() // the 26th: three quarters of November are over
		y, err := a.Year(t.Context())
		if err != nil || len(y.Tasks) != 1 || y.Tasks[0].State != Ready || y.Tasks[0].Result != "fail" {
			t.Fatalf("%+v, %v", y, err)
		}
		pdf, err := a.Report(t.Context(), "2026-11-01")
		if err != nil || !strings.HasPrefix(string(pdf), "%PDF") {
			t.Fatalf("report of %d bytes, %v", len(pdf), err)
		}
		_, checks, err := a.Inspection(t.Context(), "2026-11-01")
		if err != nil {
			t.Fatal(err)
		}
		state := map[string]string{}
		for _, c := range checks {
			state[c.Component] = c.State
		}
		for component, want := range map[string]string{"database": "ok", "blobs": "ok", "audit": "ok", "backup": "warn", "K-01": "ok", "K-02": "bad", "certificate": "ok"} {
			if state[component] != want {
				t.Errorf("%s is %q, want %s", component, state[component], want)
			}
		}
		if state["server"] == "" {
			t.Error("the server was not looked at")
		}

		signed, err := a.Sign(asAdmin(k, t), "2026-11-01", "2号机断网，已报修")
		if err != nil || signed.State != Done || signed.Person != "罗建" || signed.DoneAt.IsZero() {
			t.Errorf("%+v, %v", signed, err)
		}
		if _, err := a.Sign(asAdmin(k, t), "2026-11-01", ""); errs.CodeOf(err) != "running.not_allowed" {
			t.Errorf("signed twice: %v", err)
		}

		k.Clock.Advance(70 * 24 * time.Hour) // December and January pass
		plan()
		y, err = a.Year(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		missed := 0
		for _, task := range y.Tasks {
			if task.State == Missed {
				missed++
			}
		}
		if missed != 2 { // December and January
			t.Errorf("missed %d: %+v", missed, y.Tasks)
		}
		now, err := a.Inspect(asAdmin(k, t), "")
		if err != nil || now.ID != "2027-02-01" || now.State != Done {
			t.Errorf("done by hand: %+v, %v", now, err)
		}
		extra, err := a.Inspect(asAdmin(k, t), "加一次")
		if err != nil || extra.Planned || extra.State != Done || !strings.HasPrefix(extra.ID, "x-") {
			t.Errorf("extra: %+v, %v", extra, err)
		}
		if err := a.SetPlan(asAdmin(k, t), store.Plan{Every: "quarter"}, "少做些"); err == nil {
			t.Error("four a year were taken")
		}
		if err := a.SetPlan(asAdmin(k, t), store.Plan{Every: "week", DutyPerson: "罗建"}, "加密"); err != nil {
			t.Error(err)
		}
		k.AuditCount(t)
	})
}

func TestSilenceIsAnOutage(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		a, _ := newApp(t, k)
		ill := false
		k.Health.Add(health.Check{Component: "broker", Title: "消息服务", Kind: health.Broker, Run: func(context.Context) health.Result {
			if ill {
				return health.Result{State: health.Bad, Text: "断开"}
			}
			return health.Result{State: health.OK, Text: "正常"}
		}})
		tick := func(n int) {
			t.Helper()
			for range n {
				if err := a.Tick(t.Context()); err != nil {
					t.Fatal(err)
				}
				k.Clock.Advance(time.Minute)
			}
		}
		tick(5)
		ill = true
		tick(6) // the broker is silent for six minutes
		ill = false
		tick(2)
		k.Clock.Advance(20 * time.Minute) // and then everything
		tick(3)
		v, err := a.Availability(t.Context(), k.Clock.Now().AddDate(0, 0, -1))
		if err != nil {
			t.Fatal(err)
		}
		down := map[string]time.Duration{}
		for _, s := range v.Systems {
			down[s.System] = s.Down
			if s.Now || s.OverDay {
				t.Errorf("%+v", s)
			}
		}
		if down[Platform] != 21*time.Minute || down["broker"] != 28*time.Minute || down["database"] != 21*time.Minute {
			t.Errorf("down: %v", down)
		}
		if v.Repaired != 5 || v.MTTR != (21+21+21+21+7)*time.Minute/5 || v.MTTROver {
			t.Errorf("repaired %d in %s: %+v", v.Repaired, v.MTTR, v.Incidents)
		}

		k.Clock.Advance(30 * time.Hour)
		v, err = a.Availability(t.Context(), k.Clock.Now().AddDate(-1, 0, 0))
		if err != nil || !v.Systems[0].Now || !v.Systems[0].OverDay {
			t.Errorf("down for a day and now: %+v, %v", v.Systems[0], err)
		}
	})
}

func TestTrendsAreKeptInLongerSteps(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		a, h := newApp(t, k)
		for i := range 30 {
			h.list = []fleet.Terminal{{Code: "K-01", Status: wire.Status{Queue: map[wire.Lane]int{wire.LaneCase: i}}}}
			if err := a.measure(t.Context()); err != nil {
				t.Fatal(err)
			}
			k.Clock.Advance(time.Minute)
		}
		at := func(hours int) Series {
			t.Helper()
			list, err := a.Trends(t.Context(), hours)
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(list, func(s Series) bool { return s.Name == "terminal_queue" })
			if i < 0 {
				return Series{}
			}
			return list[i]
		}
		if s := at(24); len(s.Points) != 30 || s.Points[29][1] != 29 {
			t.Errorf("minutes: %d", len(s.Points))
		}
		if s := at(24 * 20); len(s.Points) != 2 || s.Points[0][1] != 7 { // 0…14
			t.Errorf("quarters: %+v", s.Points)
		}
		k.Clock.Advance(72 * time.Hour)
		if err := a.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		if k.Count(t, `SELECT count(*) FROM running_sample WHERE step = 60`) != 0 || k.Count(t, `SELECT count(*) FROM running_sample WHERE step = 900 AND metric = 'terminal_queue'`) != 2 {
			t.Error("the wrong samples were forgotten")
		}
	})
}

func TestRegisterFindsDuplicates(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		a, _ := newApp(t, k)
		ctx := asAdmin(k, t)
		put := func(kind, name, addr string) (string, error) {
			r, err := a.PutResource(ctx, store.Resource{Kind: kind, Name: name, Address: addr, System: "通办平台"}, "登记")
			return r.ID, err
		}
		first, err := put("server", "tb-app-01", "10.8.0.11")
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range [][3]string{{"server", "tb-app-02", "::ffff:10.8.0.11"}, {"host", "宿主机一", "10.8.0.11"}, {"server", "TB-APP-01", "10.8.0.12"}} {
			if _, err := put(r[0], r[1], r[2]); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := put("address", "出口", "10.8.0.999"); err == nil {
			t.Error("10.8.0.999 is an address")
		}
		list, err := a.Resources(ctx, "server", "")
		if err != nil || len(list) != 3 {
			t.Fatalf("%d, %v", len(list), err)
		}
		twice := 0
		for _, r := range list {
			if r.DuplicateOf != "" {
				twice++
			}
		}
		if twice != 2 {
			t.Errorf("%d duplicates: %+v", twice, list)
		}
		if err := a.RemoveResource(ctx, first, "下线"); err != nil {
			t.Fatal(err)
		}
		if list, _ = a.Resources(ctx, "", "app"); len(list) != 2 {
			t.Errorf("after the removal: %d", len(list))
		}
	})
}

func TestBackupsAreMadeWhenDueAndNamed(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		a, _ := newApp(t, k)
		ctx := auth.AsSystem(t.Context(), "test")
		for _, wait := range []time.Duration{0, time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour} {
			k.Clock.Advance(wait)
			if err := a.BackUpWhenDue(ctx, json.RawMessage("null")); err != nil {
				t.Fatal(err)
			}
		}
		v, err := a.Backups(t.Context())
		if err != nil || len(v.Rows) != 4 || v.Rows[0].State != "ok" || v.Rows[0].Size == 0 || !v.Last.Equal(k.Clock.Now().UTC()) {
			t.Errorf("%+v, %v", v, err)
		}
		kept, err := backup.List(a.Backup.To)
		if err != nil || len(kept) != 2 || kept[1].ID != v.Rows[0].Snapshot {
			t.Errorf("kept %d, %v", len(kept), err)
		}
		if r := a.checkBackup(t.Context()); r.State != health.OK {
			t.Errorf("%+v", r)
		}
		k.Clock.Advance(49 * time.Hour)
		if r := a.checkBackup(t.Context()); r.State != health.Bad {
			t.Errorf("two backups late: %+v", r)
		}
		a.Backup.To = "/proc/nowhere"
		if err := a.BackUp(ctx, nil); err == nil {
			t.Error("a backup into nowhere")
		}
		if v, _ := a.Backups(t.Context()); v.Rows[0].State != "failed" {
			t.Errorf("%+v", v.Rows[0])
		}
	})
}

func TestDutyIsHandedOverByName(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		a, _ := newApp(t, k)
		for _, name := range []string{"罗建", "唐静"} {
			if err := a.HandOver(asAdmin(k, t), store.Duty{Duty: "系统管理员", Person: name}, "交接"); err != nil {
				t.Fatal(err)
			}
			k.Clock.Advance(time.Hour)
		}
		list, err := a.Duties(t.Context())
		if err != nil || len(list) != 2 || list[0].Person != "唐静" || !list[0].To.IsZero() || !list[1].To.Equal(list[0].From) || list[0].MadeBy != "罗建" {
			t.Errorf("%+v, %v", list, err)
		}
		if k.Count(t, `SELECT count(*) FROM kernel_audit WHERE action = 'running.duty' AND actor_name = '罗建'`) != 2 {
			t.Error("the audit does not name who did it")
		}
	})
}

// Five thousand terminals cost whoever collects the metrics no more than five.
func TestSeriesDoNotGrowWithTheFleet(t *testing.T) {
	k := kerneltest.New(t)
	a, h := newApp(t, k)
	for i := range 5000 {
		h.list = append(h.list, fleet.Terminal{Code: fmt.Sprintf("K-%04d", i), State: fleet.Active, Online: i%10 != 0, Status: wire.Status{
			Queue: map[wire.Lane]int{wire.LaneCase: 1}, Devices: []wire.DeviceStatus{{Name: "reader", Kind: "idcard", State: "online"}, {Name: "printer", Kind: "receipt", State: "offline"}},
		}})
	}
	if err := a.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := k.Metrics.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "\n"); n > 500 {
		t.Errorf("%d lines", n)
	}
	for _, want := range []string{"kiosk_total 5000\n", "kiosk_up 4500\n", "kiosk_queue_depth 5000\n", `kiosk_device_down{device="receipt"} 4500`, `kiosk_device_down{device="idcard"} 0`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(b.String(), "K-0001") {
		t.Error("a terminal's code is a label")
	}
}
