package kernel_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/obs"
	"tongban/central/kernel/vault"
)

func caseTables() db.Migrations {
	return db.Migrations{Name: "probe", FS: fstest.MapFS{"0001_init.sql": {Data: []byte(`-- +goose Up
CREATE TABLE probe_case (id TEXT PRIMARY KEY, item TEXT NOT NULL, state TEXT NOT NULL, sealed TEXT NOT NULL, at BIGINT NOT NULL);
CREATE TABLE probe_bad (id TEXT PRIMARY KEY, parent TEXT REFERENCES probe_case (id) DEFERRABLE INITIALLY DEFERRED);
-- +goose Down
DROP TABLE probe_bad;
DROP TABLE probe_case;
`)}}}
}

// accept is what every act of the product looks like: state, audit, event and
// job in one transaction.
func accept(ctx context.Context, k *kernel.Kernel, id string, last func(tx db.Tx) error) error {
	return k.DB.Do(ctx, func(tx db.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO probe_case (id, item, state, sealed, at) VALUES ($1, $2, $3, $4, $5)`,
			id, "510799-001", "accepted", "v1.k.0123456789abcdef0123456789abcdef0123456789abcdef", db.Ms(tx.Now()))
		if err != nil {
			return fmt.Errorf("insert case: %w", err)
		}
		if err := audit.Write(ctx, tx, audit.Record{Action: "window.accept", Object: id, Reason: "材料齐全"}); err != nil {
			return err
		}
		if err := events.Emit(ctx, tx, events.Event{Topic: "window.accepted", Key: id, Data: map[string]string{"state": "accepted"}}); err != nil {
			return err
		}
		if err := k.Jobs.Add(ctx, tx, "notify", map[string]string{"case": id}, jobs.Opts{}); err != nil {
			return err
		}
		if last != nil {
			return last(tx)
		}
		return nil
	})
}

type kept struct{ Cases, Audit, Events, Jobs int64 }

func count(t *testing.T, k *kerneltest.Kit) kept {
	t.Helper()
	return kept{
		Cases:  k.Count(t, `SELECT count(*) FROM probe_case`),
		Audit:  k.AuditCount(t), // also proves the chain
		Events: k.EventCount(t),
		Jobs:   k.Count(t, `SELECT count(*) FROM river_job`),
	}
}

// Whatever of an act cannot be kept, nothing of it is.
func TestAllOrNothing(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		k.Migrate(t, caseTables())
		ctx := k.As(t, "clerk")
		if err := accept(ctx, k.Kernel, "case-0", nil); err != nil {
			t.Fatal(err)
		}
		before := kept{1, 1, 1, 1}
		if d := cmp.Diff(before, count(t, k)); d != "" {
			t.Fatal(d)
		}

		for _, table := range []string{"probe_case", "kernel_audit", "kernel_event", "river_job"} {
			k.Break(t, table)
			if err := accept(ctx, k.Kernel, "case-1", nil); err == nil {
				t.Errorf("%s is broken and the act went through", table)
			}
			k.Mend(t, table)
			if d := cmp.Diff(before, count(t, k)); d != "" {
				t.Errorf("%s is broken (-want +got):\n%s", table, d)
			}
		}

		late := map[string]func(tx db.Tx) error{
			"an error at the end": func(db.Tx) error { return errors.New("boom") },
			"a refused commit": func(tx db.Tx) error {
				_, err := tx.ExecContext(ctx, `INSERT INTO probe_bad (id, parent) VALUES ('x', 'nowhere')`)
				return err
			},
		}
		for name, last := range late {
			if err := accept(ctx, k.Kernel, "case-1", last); err == nil {
				t.Errorf("%s, and the act went through", name)
			}
			if d := cmp.Diff(before, count(t, k)); d != "" {
				t.Errorf("%s (-want +got):\n%s", name, d)
			}
		}

		gone, cancel := context.WithCancel(ctx)
		if err := accept(gone, k.Kernel, "case-1", func(db.Tx) error { cancel(); return nil }); err == nil {
			t.Error("the caller left before the commit, and the act went through")
		}
		if d := cmp.Diff(before, count(t, k)); d != "" {
			t.Errorf("the caller left (-want +got):\n%s", d)
		}

		if err := accept(ctx, k.Kernel, "case-1", nil); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(kept{2, 2, 2, 2}, count(t, k)); d != "" {
			t.Errorf("afterwards (-want +got):\n%s", d)
		}
	})
}

// A module brings tables, routes, permissions, jobs and a life; the kernel runs
// it and takes it down again.
func TestAModuleLives(t *testing.T) {
	k := kerneltest.New(t)
	told, life := make(chan string, 1), []string{}
	k.Config.HTTP.Listen = ""
	k.Use(t, kernel.Module{
		Name:        "probe",
		Migrations:  caseTables(),
		Permissions: []kernel.Permission{{Name: "probe:accept", Title: "受理", Roles: []string{"clerk"}}},
		Jobs:        map[string]jobs.Handler{"notify": func(_ context.Context, args json.RawMessage) error { told <- string(args); return nil }},
		Start:       func(context.Context) error { life = append(life, "start"); return nil },
		Stop:        func(context.Context) error { life = append(life, "stop"); return nil },
	})
	if !k.Auth.Roles().Grant(kernelActor("clerk")).Can("probe:accept") {
		t.Error("the clerk does not hold the module's permission")
	}
	if err := accept(k.As(t, "clerk"), k.Kernel, "case-1", nil); err != nil {
		t.Fatal(err)
	}
	if err := k.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case args := <-told:
		if args != `{"case":"case-1"}` {
			t.Error(args)
		}
	case <-time.After(15 * time.Second):
		t.Fatal("the job did not run")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := k.Stop(ctx); err != nil {
		t.Error(err)
	}
	if d := cmp.Diff([]string{"start", "stop"}, life); d != "" {
		t.Error(d)
	}
}

func TestTheWrongKeysAreFoundAtStart(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		cfg := k.Config
		cfg.KeyFile = t.TempDir() + "/other.json"
		if err := vault.Init(cfg.KeyFile); err != nil {
			t.Fatal(err)
		}
		_, err := kernel.Open(t.Context(), cfg, clock.System(), obs.Discard())
		if err == nil || !strings.Contains(err.Error(), "does not belong to this database") {
			t.Errorf("got %v", err)
		}

		cfg.KeyFile = k.Config.KeyFile
		if err := vault.Rotate(cfg.KeyFile); err != nil {
			t.Fatal(err)
		}
		again, err := kernel.Open(t.Context(), cfg, clock.System(), obs.Discard())
		if err != nil {
			t.Fatalf("after a rotation: %v", err)
		}
		if err := again.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestFilesAreTheirOwnersAlone(t *testing.T) {
	k := kerneltest.New(t)
	entries, err := os.ReadDir(k.Config.Data)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", e.Name(), info.Mode())
		}
	}
}

func TestItListensAndStops(t *testing.T) {
	k := kerneltest.New(t)
	cfg := k.Config
	cfg.HTTP.Listen, cfg.HTTP.AdminListen = "127.0.0.1:0", "127.0.0.1:0"
	one, err := kernel.Open(t.Context(), cfg, nil, obs.Discard())
	if err != nil {
		t.Fatal(err)
	}
	if err := one.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get("http://" + one.HTTP.AdminAddr() + "/readyz")
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Error(resp, err)
	} else {
		_ = resp.Body.Close()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := one.Stop(ctx); err != nil {
		t.Error(err)
	}
}
