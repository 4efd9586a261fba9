package privacy_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/privacy"
)

const number = "510799199001010026"

// things is a table like a module's: sealed, bound to its row, with a rule.
func things(t *testing.T, k *kerneltest.Kit, n int) {
	t.Helper()
	k.Exec(t, `CREATE TABLE test_thing (a TEXT, b TEXT, id_sealed TEXT, at BIGINT, PRIMARY KEY (a, b))`)
	err := k.Privacy.Register("test", privacy.Registration{
		Columns: []privacy.Column{{Table: "test_thing", Title: "东西", Column: "id_sealed", Class: "person.id_number", Key: []string{"a", "b"}, Bound: true, At: "at"}},
		Rules: []privacy.Rule{{
			Name: "thing", Title: "东西", What: "删除", Basis: "测试", Days: 30, Least: 10, Most: 100,
			Due: func(ctx context.Context, q db.Query, before time.Time, after string, limit int) ([]string, error) {
				rows, err := q.QueryContext(ctx, `SELECT b FROM test_thing WHERE at < $1 AND b > $2 ORDER BY b LIMIT $3`, db.Ms(before), after, limit)
				if err != nil {
					return nil, err
				}
				defer func() { _ = rows.Close() }()
				var out []string
				for rows.Next() {
					var b string
					if err := rows.Scan(&b); err != nil {
						return nil, err
					}
					out = append(out, b)
				}
				return out, rows.Err()
			},
			Drop: func(ctx context.Context, tx db.Tx, ids []string) (int, error) {
				for _, id := range ids {
					if _, err := tx.ExecContext(ctx, `DELETE FROM test_thing WHERE b = $1`, id); err != nil {
						return 0, err
					}
				}
				return len(ids), nil
			},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	err = k.DB.Do(t.Context(), func(tx db.Tx) error {
		for i := range n {
			b := fmt.Sprintf("%04d", i)
			sealed, err := k.Vault.SealRow("person.id_number", "x/"+b, number)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(t.Context(), `INSERT INTO test_thing VALUES ('x', $1, $2, $3)`, b, sealed, db.Ms(tx.Now())); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func security(t *testing.T, k *kerneltest.Kit) context.Context { return k.As(t, "security-admin") }

func TestClassesAreWhole(t *testing.T) {
	d, err := privacy.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range d.Classes {
		if c.Name == "person.id_number" && c.MaskSample() != "510799********0026" {
			t.Errorf("sample %q", c.MaskSample())
		}
	}
	if d.Cleared([]string{"audit-admin"}) != privacy.Internal || d.Cleared([]string{"audit-admin", "clerk"}) != privacy.Personal || d.Cleared(nil) != privacy.Internal {
		t.Error("clearances")
	}
}

// No look without permission, reason, clearance and record.
func TestReveal(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		look := privacy.Look{Perm: "desk:unmask", Class: "person.id_number", Table: "test_thing", Object: "MY1", Reason: "contact"}
		clerk := func(roles ...string) context.Context {
			return auth.As(t.Context(), auth.Actor{Kind: auth.Staff, ID: "u1", Roles: roles}.Granted("desk:unmask"))
		}
		with := func(change func(*privacy.Look)) privacy.Look { l := look; change(&l); return l }
		for _, c := range []struct {
			name string
			ctx  context.Context
			look privacy.Look
			code string
		}{
			{"nobody", t.Context(), look, "auth.signed_out"},
			{"without the permission", k.As(t, "fleet-admin"), look, "auth.forbidden"},
			{"without a permission named", clerk("clerk"), with(func(l *privacy.Look) { l.Perm = "" }), "auth.forbidden"},
			{"without a reason", clerk("clerk"), with(func(l *privacy.Look) { l.Reason = "" }), "privacy.no_reason"},
			{"other, without words", clerk("clerk"), with(func(l *privacy.Look) { l.Reason, l.Words = "other", " 看看 " }), "privacy.no_reason"},
			{"below the label", clerk("security-admin"), look, "privacy.clearance"},
			{"no such class", clerk("clerk"), with(func(l *privacy.Look) { l.Class = "x" }), "privacy.no_class"},
			{"right", clerk("clerk"), look, ""},
			{"other, with words", clerk("clerk"), with(func(l *privacy.Look) { l.Reason, l.Words = "other", "核对邮寄地址" }), ""},
		} {
			before := k.AuditCount(t)
			if err := k.Privacy.Reveal(c.ctx, c.look); errs.CodeOf(err) != c.code {
				t.Errorf("%s: %v", c.name, err)
			}
			want := before
			if c.code == "" {
				want++
			}
			if n := k.AuditCount(t); n != want {
				t.Errorf("%s: %d records, want %d", c.name, n-before, want-before)
			}
		}

		k.Exec(t, `ALTER TABLE kernel_audit RENAME TO kernel_audit_gone`)
		err := k.Privacy.Reveal(clerk("clerk"), look)
		if errs.KindOf(err) != errs.Unavailable {
			t.Errorf("without an audit: %v", err)
		}
		k.Exec(t, `ALTER TABLE kernel_audit_gone RENAME TO kernel_audit`)
	})
}

func TestLabels(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		if err := k.Privacy.SetLabel(k.As(t, "clerk"), "test_thing", "MY1", privacy.Personal, "涉及重点人员"); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("a clerk labels: %v", err)
		}
		if err := k.Privacy.SetLabel(security(t, k), "test_thing", "MY1", privacy.Internal, "涉及重点人员"); err != nil {
			t.Fatal(err)
		}
		if l, found, err := k.Privacy.Label(t.Context(), "test_thing", "MY1"); err != nil || !found || l != privacy.Internal {
			t.Errorf("%v, %v, %v", l, found, err)
		}
		k.Exec(t, `INSERT INTO kernel_label SELECT tbl, 'MY2', level, mac_key, mac, at FROM kernel_label`)
		if _, _, err := k.Privacy.Label(t.Context(), "test_thing", "MY2"); !errors.Is(err, privacy.ErrLabel) {
			t.Errorf("a copied label: %v", err)
		}
		k.Exec(t, `UPDATE kernel_label SET level = 'public' WHERE object = 'MY1'`)
		if _, _, err := k.Privacy.Label(t.Context(), "test_thing", "MY1"); !errors.Is(err, privacy.ErrLabel) {
			t.Errorf("a lowered label: %v", err)
		}
		clerk := auth.As(t.Context(), auth.Actor{Kind: auth.Staff, ID: "u1", Roles: []string{"clerk"}}.Granted("desk:unmask"))
		err := k.Privacy.Reveal(clerk, privacy.Look{Perm: "desk:unmask", Class: "person.name", Table: "test_thing", Object: "MY1", Reason: "contact"})
		if !errors.Is(err, privacy.ErrLabel) {
			t.Errorf("a look past a tampered label: %v", err)
		}
		if bad, n, err := k.Privacy.VerifyLabels(t.Context()); err != nil || n != 2 || len(bad) != 2 {
			t.Errorf("%v of %d, %v", bad, n, err)
		}
		if err := k.Privacy.SetLabel(security(t, k), "test_thing", "MY1", privacy.Sensitive, "改回被篡改的标记"); err != nil {
			t.Error(err)
		}
	})
}

// Re-sealing goes over every registered value, leaves what is damaged, and stops and goes on.
func TestReseal(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		things(t, k, 250)
		k.Exec(t, `UPDATE test_thing SET id_sealed = (SELECT id_sealed FROM test_thing WHERE b = '0001') WHERE b = '0002'`)
		if err := k.Privacy.RotateClass(k.As(t, "clerk"), "person.id_number", "定期轮换"); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("a clerk rotates: %v", err)
		}
		if err := k.Privacy.RotateClass(security(t, k), "person.id_number", "定期轮换"); err != nil {
			t.Fatal(err)
		}
		if n := class(t, k, "person.id_number"); n.Active != 2 || n.Versions != 2 || n.Sealed != 250 || n.Behind != 250 {
			t.Errorf("before: %+v", n)
		}
		cut, cancel := context.WithCancel(t.Context())
		cancel()
		if err := k.Privacy.Reseal(cut); err == nil {
			t.Error("a run that was stopped says it is done")
		}
		if err := k.Privacy.Reseal(t.Context()); err != nil {
			t.Fatal(err)
		}
		n := class(t, k, "person.id_number")
		if n.Behind != 1 || len(n.Columns) != 1 || n.Columns[0].Changed != 249 || n.Columns[0].Damaged != 1 || n.Columns[0].Running {
			t.Errorf("after: %+v", n)
		}
		if got := k.Count(t, `SELECT count(*) FROM test_thing WHERE id_sealed LIKE 'v2.2.%'`); got != 249 {
			t.Errorf("%d rows", got)
		}
	})
}

func class(t *testing.T, k *kerneltest.Kit, name string) privacy.ClassKeys {
	t.Helper()
	s, err := k.Privacy.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range s.Classes {
		if c.Class.Name == name {
			return c
		}
	}
	t.Fatalf("no class %s", name)
	return privacy.ClassKeys{}
}

func TestRetention(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		things(t, k, 250)
		admin := security(t, k)
		if _, err := k.Privacy.SetHold(admin, "", "0007", "行政复议进行中"); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Privacy.Apply(k.As(t, "clerk"), "清理到期数据"); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("a clerk deletes: %v", err)
		}
		k.Clock.Advance(29 * 24 * time.Hour)
		if due, held := preview(t, k); due != 0 || held != 0 {
			t.Errorf("too early: %d due", due)
		}
		k.Clock.Advance(2 * 24 * time.Hour)
		if due, held := preview(t, k); due != 249 || held != 1 {
			t.Errorf("%d due, %d held", due, held)
		}
		if r, err := k.Privacy.Dry(admin); err != nil || !r.Dry || r.Counts["thing"] != 249 || k.Count(t, `SELECT count(*) FROM test_thing`) != 250 {
			t.Errorf("dry: %+v, %v", r, err)
		}
		before := k.AuditCount(t)
		r, err := k.Privacy.Apply(admin, "清理到期数据")
		if err != nil || r.Counts["thing"] != 249 || r.State != "done" {
			t.Fatalf("%+v, %v", r, err)
		}
		if k.Count(t, `SELECT count(*) FROM test_thing WHERE b = '0007'`) != 1 || k.Count(t, `SELECT count(*) FROM test_thing`) != 1 {
			t.Error("the hold did not keep it, or more was kept")
		}
		if n := k.AuditCount(t) - before; n != 4 { // three batches and the run
			t.Errorf("%d records", n)
		}
		runs, err := k.Privacy.Runs(t.Context(), 10)
		if err != nil || len(runs) != 2 || runs[0].Counts["thing"]+runs[1].Counts["thing"] != 498 {
			t.Errorf("%+v, %v", runs, err)
		}
		holds, err := k.Privacy.Holds(t.Context())
		if err != nil || len(holds) != 1 {
			t.Fatal(holds, err)
		}
		if err := k.Privacy.LiftHold(admin, holds[0].ID, "复议已经结束"); err != nil {
			t.Fatal(err)
		}
		if err := k.Privacy.LiftHold(admin, holds[0].ID, "复议已经结束"); errs.KindOf(err) != errs.NotFound {
			t.Errorf("lifted twice: %v", err)
		}
		if due, _ := preview(t, k); due != 1 {
			t.Errorf("after the hold: %d due", due)
		}
	})
}

func preview(t *testing.T, k *kerneltest.Kit) (due, held int) {
	t.Helper()
	kept, err := k.Privacy.Preview(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range kept {
		if r.Name == "thing" {
			due, held = r.Due, r.Held
		}
	}
	return due, held
}

// How long is the law's matter: a rule may be set within its bounds only.
func TestRetentionHasBounds(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		things(t, k, 0)
		admin := security(t, k)
		for _, days := range []int{0, 9, 101} {
			if err := k.Privacy.SetDays(admin, "thing", days, "业务需要调整"); errs.CodeOf(err) != "privacy.days" {
				t.Errorf("%d days: %v", days, err)
			}
		}
		if err := k.Privacy.SetDays(admin, "answers", 3, "业务需要调整"); errs.CodeOf(err) != "privacy.days" {
			t.Errorf("a fixed rule: %v", err)
		}
		if err := k.Privacy.SetDays(admin, "thing", 10, "业务需要调整"); err != nil {
			t.Fatal(err)
		}
		kept, err := k.Privacy.Preview(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, r := range kept {
			found = found || r.Name == "thing" && r.Days == 10
		}
		if !found {
			t.Errorf("%+v", kept)
		}
	})
}

func TestTheKEKRotationIsAudited(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		before, err := k.Privacy.Keys(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		id, err := k.Privacy.RotateKEK(security(t, k), "年度轮换")
		if err != nil || id == before.KEK.ID {
			t.Fatalf("%q, %v", id, err)
		}
		after, err := k.Privacy.Keys(t.Context())
		if err != nil || after.KEK.ID != id || after.KEKs != before.KEKs+1 {
			t.Errorf("%+v, %v", after, err)
		}
		err = k.DB.View(t.Context(), func(q db.Query) error {
			list, err := audit.List(t.Context(), q, audit.Filter{Action: "privacy.rotate_kek"})
			if err != nil || len(list) != 1 || list[0].Object != string(id) || list[0].Reason != "年度轮换" {
				t.Errorf("%+v, %v", list, err)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestWiringMistakes(t *testing.T) {
	k := kerneltest.New(t)
	good := privacy.Column{Table: "a_b", Title: "东西", Column: "c_sealed", Class: "person.name", Key: []string{"id"}}
	for name, change := range map[string]func(*privacy.Column){
		"class":  func(c *privacy.Column) { c.Class = "nobody" },
		"key":    func(c *privacy.Column) { c.Key = nil },
		"title":  func(c *privacy.Column) { c.Title = "" },
		"inject": func(c *privacy.Column) { c.Table = "a; DROP TABLE b" },
	} {
		c := good
		change(&c)
		if err := k.Privacy.Register("test", privacy.Registration{Columns: []privacy.Column{c}}); err == nil {
			t.Errorf("%s: let through", name)
		}
	}
	err := k.Privacy.Register("test", privacy.Registration{Columns: []privacy.Column{good, good}})
	if err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("twice: %v", err)
	}
}

// Once a day after the quiet hour, over all copies, and however often it is asked; the condition tells how it went.
func TestTheDailyDeletion(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		things(t, k, 3)
		k.Clock.Advance(31 * 24 * time.Hour)
		if err := k.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		ask := func(key string) {
			err := k.DB.Do(t.Context(), func(tx db.Tx) error { return k.Jobs.Add(t.Context(), tx, "privacy.daily", nil, jobs.Opts{Unique: key}) })
			if err != nil {
				t.Fatal(err)
			}
		}
		ended := func() int64 { return k.Count(t, `SELECT count(*) FROM kernel_retention_run WHERE state = 'done'`) }
		ask("first")
		for range 1000 {
			if ended() == 1 {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if ended() != 1 || k.Count(t, `SELECT count(*) FROM test_thing`) != 0 {
			t.Fatalf("%d runs, %d things left", ended(), k.Count(t, `SELECT count(*) FROM test_thing`))
		}
		if c, err := k.Privacy.Condition(t.Context()); err != nil || c.Failed || c.Overdue || c.LastRun.IsZero() {
			t.Errorf("%+v, %v", c, err)
		}
		k.Clock.Advance(3 * 24 * time.Hour)
		if c, err := k.Privacy.Condition(t.Context()); err != nil || !c.Overdue {
			t.Errorf("three days later: %+v, %v", c, err)
		}
	})
}
