package audit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
)

func write(t *testing.T, k *kerneltest.Kit, n int) {
	t.Helper()
	ctx := actor.WithOrigin(k.As(t, "clerk"), actor.Origin{Source: "10.0.0.7", Request: "r-1"})
	for i := range n {
		err := k.DB.Do(ctx, func(tx db.Tx) error {
			return audit.Write(ctx, tx, audit.Record{
				Action: "window.accept", Object: fmt.Sprint("case-", i+1), Reason: "材料齐全",
				Detail: map[string]string{"item": "510799-01", "window": "12"},
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// tamper removes the guard against changes first, as somebody with the
// database in hand would.
func tamper(t *testing.T, k *kerneltest.Kit, statements ...string) {
	t.Helper()
	guard := []string{
		`DROP TRIGGER kernel_audit_no_update`, `DROP TRIGGER kernel_audit_no_delete`, `DROP TRIGGER kernel_audit_forward`,
		`DROP TRIGGER kernel_audit_head_forward`, `DROP TRIGGER kernel_audit_head_stays`,
	}
	if k.DB.Dialect() == db.Postgres {
		guard = []string{
			`DROP TRIGGER kernel_audit_guard ON kernel_audit`, `DROP TRIGGER kernel_audit_forward ON kernel_audit`,
			`DROP TRIGGER kernel_audit_head_guard ON kernel_audit_head`,
		}
	}
	ctx := t.Context()
	err := k.DB.Do(ctx, func(tx db.Tx) error {
		for _, s := range append(guard, statements...) {
			if _, err := tx.ExecContext(ctx, s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEveryTamperingIsNamed(t *testing.T) {
	const copyRow = `INSERT INTO kernel_audit SELECT %d, at, actor_kind, actor_id, actor_name, desk, department, source,
		request, action, object, reason, detail, result, prev, hash FROM kernel_audit WHERE seq = %d`
	tests := []struct {
		name    string
		do      []string
		bad     int64
		problem string
	}{
		{"nothing", nil, 0, ""},
		{"edit a reason", []string{`UPDATE kernel_audit SET reason = '其他' WHERE seq = 4`}, 4, "record was changed"},
		{"edit who did it", []string{`UPDATE kernel_audit SET actor_id = 'somebody' WHERE seq = 1`}, 1, "record was changed"},
		{"edit the time", []string{`UPDATE kernel_audit SET at = at + 1 WHERE seq = 10`}, 10, "record was changed"},
		{"edit a detail", []string{`UPDATE kernel_audit SET detail = '{"item":"510799-01","window":"13"}' WHERE seq = 2`}, 2, "record was changed"},
		{"move text between fields", []string{`UPDATE kernel_audit SET action = 'window.accep', object = 't' || object WHERE seq = 5`}, 5, "record was changed"},
		{"spoil a detail", []string{`UPDATE kernel_audit SET detail = '{' WHERE seq = 6`}, 6, "record cannot be decoded"},
		{"edit a result", []string{`UPDATE kernel_audit SET result = 'denied' WHERE seq = 3`}, 3, "record was changed"},
		{"drop a result", []string{`UPDATE kernel_audit SET result = '' WHERE seq = 3`}, 3, "record was changed"},
		{"edit the first hash", []string{`UPDATE kernel_audit SET hash = prev WHERE seq = 1`}, 1, "record was changed"},
		{"delete in the middle", []string{`DELETE FROM kernel_audit WHERE seq = 5`}, 5, "record is missing"},
		{"delete the first", []string{`DELETE FROM kernel_audit WHERE seq = 1`}, 1, "record is missing"},
		{"delete and close the gap", []string{
			`DELETE FROM kernel_audit WHERE seq = 5`,
			`UPDATE kernel_audit SET seq = seq + 1000 WHERE seq > 5`,
			`UPDATE kernel_audit SET seq = seq - 1001 WHERE seq > 1000`,
		}, 5, "record does not follow the one before it"},
		{"swap two", []string{
			`UPDATE kernel_audit SET seq = 999 WHERE seq = 3`,
			`UPDATE kernel_audit SET seq = 3 WHERE seq = 4`,
			`UPDATE kernel_audit SET seq = 4 WHERE seq = 999`,
		}, 3, "record does not follow the one before it"},
		{"insert in the middle", []string{
			`UPDATE kernel_audit SET seq = seq + 1000 WHERE seq >= 5`,
			`UPDATE kernel_audit SET seq = seq - 999 WHERE seq > 1000`,
			fmt.Sprintf(copyRow, 5, 4),
		}, 5, "record does not follow the one before it"},
		{"insert before the first", []string{fmt.Sprintf(copyRow, 0, 1)}, 0, "record stands before the first number"},
		{"append a copy", []string{fmt.Sprintf(copyRow, 11, 10)}, 11, "record does not follow the one before it"},
		{"cut the tail", []string{`DELETE FROM kernel_audit WHERE seq > 7`}, 8, "tail was cut off"},
		{"cut everything", []string{`DELETE FROM kernel_audit`}, 1, "tail was cut off"},
		{"cut the tail and set the count back", []string{
			`DELETE FROM kernel_audit WHERE seq > 7`, `UPDATE kernel_audit_head SET count = 7`,
		}, 7, "head row does not match the last record"},
		{"lose the head", []string{`DELETE FROM kernel_audit_head`}, 11, "head row is missing"},
		{"set the head back", []string{`UPDATE kernel_audit_head SET count = 9`}, 10, "record was added past the head"},
	}
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		write(t, k, 10)
		tamper(t, k, `CREATE TABLE kept AS SELECT * FROM kernel_audit`, `CREATE TABLE kept_head AS SELECT * FROM kernel_audit_head`)
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				for _, s := range append([]string{
					`DELETE FROM kernel_audit`, `INSERT INTO kernel_audit SELECT * FROM kept`,
					`DELETE FROM kernel_audit_head`, `INSERT INTO kernel_audit_head SELECT * FROM kept_head`,
				}, tt.do...) {
					k.Exec(t, s)
				}
				r, err := audit.Verify(t.Context(), k.DB)
				if err != nil {
					t.Fatal(err)
				}
				if r.OK != (tt.problem == "") || r.Problem != tt.problem || r.BadSeq != tt.bad {
					t.Errorf("got %+v, want record %d: %q", r, tt.bad, tt.problem)
				}
			})
		}
	})
}

func TestRecordsCannotBeChangedByTheProgram(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		write(t, k, 1)
		for _, s := range []string{`UPDATE kernel_audit SET reason = ''`, `DELETE FROM kernel_audit`} {
			refused(t, k, s, "only added")
		}
		copied := `INSERT INTO kernel_audit (seq, at, actor_kind, actor_id, actor_name, desk, department, source, request, action, object, reason, detail, result, prev, hash)
			SELECT %d, at, actor_kind, actor_id, actor_name, desk, department, source, request, action, object, reason, detail, result, prev, hash FROM kernel_audit WHERE seq = 1`
		for _, seq := range []int{0, 2, 9} {
			refused(t, k, fmt.Sprintf(copied, seq), "follows the head")
		}
		for _, s := range []string{
			`UPDATE kernel_audit_head SET count = 0`, `UPDATE kernel_audit_head SET count = 2`,
			`UPDATE kernel_audit_head SET hash = 'x'`, `DELETE FROM kernel_audit_head`,
		} {
			refused(t, k, s, "only moves forward")
		}
		write(t, k, 1)
		if n := k.AuditCount(t); n != 2 {
			t.Errorf("%d records", n)
		}
	})
}

// refused fails unless the database refuses the statement in these words.
func refused(t *testing.T, k *kerneltest.Kit, statement, words string) {
	t.Helper()
	ctx := t.Context()
	err := k.DB.Do(ctx, func(tx db.Tx) error {
		_, err := tx.ExecContext(ctx, statement)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("%s: %v, want %q", statement, err, words)
	}
}

func TestWhoWhatWhereIsKept(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		write(t, k, 1)
		var got []audit.Entry
		err := k.DB.View(t.Context(), func(q db.Query) (err error) {
			got, err = audit.List(t.Context(), q, audit.Filter{Object: "case-1"})
			return err
		})
		if err != nil || len(got) != 1 {
			t.Fatalf("%d entries, %v", len(got), err)
		}
		got[0].Prev, got[0].Hash = "", ""
		want := audit.Entry{
			Seq: 1, At: kerneltest.Start.UTC(), ActorKind: "staff", ActorID: "test-clerk", ActorName: "测试员",
			Desk: "B 区 12 号窗", Department: "市政务服务中心", Source: "10.0.0.7", Request: "r-1",
			Action: "window.accept", Object: "case-1", Reason: "材料齐全",
			Detail: map[string]string{"item": "510799-01", "window": "12"}, Result: "ok",
		}
		if d := cmp.Diff(want, got[0]); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	})
}

func TestPersonalDetailIsRedacted(t *testing.T) {
	k := kerneltest.New(t)
	ctx := t.Context()
	err := k.DB.Do(ctx, func(tx db.Tx) error {
		return audit.Write(ctx, tx, audit.Record{Action: "a.b", Detail: map[string]string{
			"id_number": "510799199001010018", "note": "电话 13800000026 已核",
		}})
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := k.Count(t, `SELECT count(*) FROM kernel_audit WHERE detail LIKE '%510799199%' OR detail LIKE '%13800000026%'`); n != 0 {
		t.Error("personal data lies in the audit")
	}
	k.AuditCount(t)
}

// An act that cannot be recorded fails.
func TestNoRecordNoAct(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		write(t, k, 2)
		k.Break(t, "kernel_audit")
		ctx := t.Context()
		err := k.DB.Do(ctx, func(tx db.Tx) error {
			if _, err := tx.ExecContext(ctx, `INSERT INTO kernel_meta (name, value) VALUES ('act', 'done')`); err != nil {
				return err
			}
			return audit.Write(ctx, tx, audit.Record{Action: "a.b"})
		})
		if errs.CodeOf(err) != "audit.unwritable" || k.Count(t, `SELECT count(*) FROM kernel_meta WHERE name = 'act'`) != 0 {
			t.Errorf("err %v; the act may have happened", err)
		}
		k.Mend(t, "kernel_audit")
		if n := k.AuditCount(t); n != 2 {
			t.Errorf("%d records", n)
		}
	})
}

func TestListPages(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		write(t, k, 5)
		var seqs []int64
		before := int64(0)
		for range 3 {
			err := k.DB.View(t.Context(), func(q db.Query) error {
				page, err := audit.List(t.Context(), q, audit.Filter{Actor: "test-clerk", Action: "window.accept", Limit: 2, Before: before})
				for _, e := range page {
					seqs, before = append(seqs, e.Seq), e.Seq
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if d := cmp.Diff([]int64{5, 4, 3, 2, 1}, seqs); d != "" {
			t.Error(d)
		}
	})
}
