package audit_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/crypto"
	"tongban/central/kernel/db"
	"tongban/central/kernel/kerneltest"
)

// forger owns the database: it drops the guards, writes any table it likes and knows how hashes are made. What it does not
// have is the signing key, and the checkpoints that were shipped elsewhere.
type forger struct {
	k      *kerneltest.Kit
	signed []audit.Entry // as they were
	proof  audit.Proof
}

// signer makes checkpoint keys in a file of their own.
func signer(t *testing.T, k *kerneltest.Kit) audit.Signer {
	t.Helper()
	path := t.TempDir() + "/keys.json"
	if err := crypto.InitFile(path, kerneltest.Start); err != nil {
		t.Fatal(err)
	}
	p, err := crypto.OpenFile(path, k.Clock)
	if err != nil {
		t.Fatal(err)
	}
	return audit.SignerOf(p)
}

func keeper(t *testing.T, k *kerneltest.Kit) *audit.Keeper {
	t.Helper()
	sink, err := audit.OpenSink("file://" + t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &audit.Keeper{DB: k.DB, Clock: k.Clock, Signer: signer(t, k), Sink: sink, Metrics: k.Metrics}
}

// various writes n records that differ in everything.
func various(t *testing.T, k *kerneltest.Kit, r *rand.Rand, n int) {
	t.Helper()
	acts := []string{"auth.login", "window.show", "window.unmask", "window.accept", "auth.login_denied"}
	roles := []string{"clerk", "supervisor", "audit-admin"}
	for i := range n {
		ctx := actor.WithOrigin(k.As(t, roles[r.IntN(len(roles))]), actor.Origin{Source: fmt.Sprintf("10.0.%d.%d", r.IntN(9), r.IntN(99)), Request: fmt.Sprint("r-", i)})
		rec := audit.Record{Action: acts[r.IntN(len(acts))], Object: fmt.Sprint("case-", r.IntN(40)), Reason: fmt.Sprint("原因 ", r.IntN(5))}
		if r.IntN(2) == 0 {
			rec.Detail = map[string]string{"item": fmt.Sprint(r.IntN(9)), "window": fmt.Sprint(r.IntN(9))}
		}
		if err := k.DB.Do(ctx, func(tx db.Tx) error { return audit.Write(ctx, tx, rec) }); err != nil {
			t.Fatal(err)
		}
		k.Clock.Advance(time.Duration(1+r.IntN(5000)) * time.Millisecond)
	}
}

func newForger(t *testing.T, k *kerneltest.Kit, r *rand.Rand) *forger {
	t.Helper()
	keep := keeper(t, k)
	for _, n := range []int{40, 1, 59, 23, 27} {
		various(t, k, r, n)
		if _, err := keep.Take(t.Context(), true); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := keep.Ship(t.Context()); err != nil {
		t.Fatal(err)
	}
	proof, err := keep.Sink.Load(t.Context())
	if err != nil || len(proof) != 5 {
		t.Fatalf("%d checkpoints, %v", len(proof), err)
	}
	f := &forger{k: k, proof: audit.Proof{Checkpoints: proof, Signer: keep.Signer}}
	before := int64(0)
	err = k.DB.View(t.Context(), func(q db.Query) error {
		for {
			page, err := audit.List(t.Context(), q, audit.Filter{Limit: 200, Before: before})
			if err != nil || len(page) == 0 {
				return err
			}
			f.signed, before = append(f.signed, page...), page[len(page)-1].Seq
		}
	})
	if err != nil || len(f.signed) != 150 {
		t.Fatalf("%d records, %v", len(f.signed), err)
	}
	slices.Reverse(f.signed)
	tamper(t, k)
	return f
}

// put makes the tables hold exactly this; a nil head loses the row.
func (f *forger) put(t *testing.T, rows []audit.Entry, count int64, hash string, head bool) {
	t.Helper()
	ctx := t.Context()
	err := f.k.DB.Do(ctx, func(tx db.Tx) error {
		for _, s := range []string{`DELETE FROM kernel_audit`, `DELETE FROM kernel_audit_head`} {
			if _, err := tx.ExecContext(ctx, s); err != nil {
				return err
			}
		}
		for _, e := range rows {
			if err := insert(ctx, tx, e); err != nil {
				return err
			}
		}
		if !head {
			return nil
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO kernel_audit_head (id, count, hash) VALUES (1, $1, $2)`, count, hash)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func insert(ctx context.Context, tx db.Tx, e audit.Entry) error {
	detail := ""
	if len(e.Detail) > 0 {
		b, err := json.Marshal(e.Detail)
		if err != nil {
			return err
		}
		detail = string(b)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO kernel_audit (seq, at, actor_kind, actor_id, actor_name, desk, department, source,
		request, action, object, reason, detail, result, prev, hash) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16)`,
		e.Seq, db.Ms(e.At), e.ActorKind, e.ActorID, e.ActorName, e.Desk, e.Department, e.Source,
		e.Request, e.Action, e.Object, e.Reason, detail, e.Result, e.Prev, e.Hash)
	return err
}

// renumber closes gaps; rewrite also makes every hash from position i on fit again.
func renumber(rows []audit.Entry) {
	for i := range rows {
		rows[i].Seq = int64(i + 1)
	}
}

func rewrite(rows []audit.Entry, from int) {
	for i := max(from, 0); i < len(rows); i++ {
		if i > 0 {
			rows[i].Prev = rows[i-1].Hash
		}
		rows[i].Rehash()
	}
}

// columns are all that a record has, each with a change that it cannot survive.
var edits = map[string]func(*audit.Entry, *rand.Rand){
	"seq":        func(e *audit.Entry, _ *rand.Rand) { e.Seq += 100000 },
	"at":         func(e *audit.Entry, r *rand.Rand) { e.At = e.At.Add(time.Duration(1+r.IntN(1e6)) * time.Millisecond) },
	"actor_kind": func(e *audit.Entry, _ *rand.Rand) { e.ActorKind += "x" },
	"actor_id":   func(e *audit.Entry, _ *rand.Rand) { e.ActorID = "somebody" },
	"actor_name": func(e *audit.Entry, _ *rand.Rand) { e.ActorName += "明" },
	"desk":       func(e *audit.Entry, _ *rand.Rand) { e.Desk = "" },
	"department": func(e *audit.Entry, _ *rand.Rand) { e.Department += " " },
	"source":     func(e *audit.Entry, _ *rand.Rand) { e.Source = "127.0.0.1" },
	"request":    func(e *audit.Entry, _ *rand.Rand) { e.Request += "0" },
	"action":     func(e *audit.Entry, _ *rand.Rand) { e.Action = "auth.logout" },
	"object":     func(e *audit.Entry, _ *rand.Rand) { e.Object += "1" },
	"reason":     func(e *audit.Entry, _ *rand.Rand) { e.Reason = "" },
	"detail":     func(e *audit.Entry, _ *rand.Rand) { e.Detail = map[string]string{"forged": "1"} },
	"result":     func(e *audit.Entry, _ *rand.Rand) { e.Result = "failed" },
	"prev":       func(e *audit.Entry, r *rand.Rand) { e.Prev = randomHash(r) },
	"hash":       func(e *audit.Entry, r *rand.Rand) { e.Hash = randomHash(r) },
}

func randomHash(r *rand.Rand) string {
	return fmt.Sprintf("%016x%016x%016x%016x", r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64())
}

// mutate returns another table than the one that was signed, and whether its hashes were made to fit.
func mutate(r *rand.Rand, signed []audit.Entry) (what string, rows []audit.Entry, fits bool) {
	rows = slices.Clone(signed)
	n := len(rows)
	i, j := r.IntN(n), r.IntN(n)
	column := slices.SortedFunc(mapKeys(edits), cmp.Compare[string])[r.IntN(len(edits))]
	fits = r.IntN(2) == 0
	first := i
	switch kind := r.IntN(9); kind {
	case 0, 1:
		what = "edit " + column
		edits[column](&rows[i], r)
		if column == "seq" || column == "hash" {
			fits = false // rewriting would put them right again
		}
	case 2:
		what = "delete, leave the gap"
		rows, fits = slices.Delete(rows, i, i+1), false
	case 3:
		what = "delete, close the gap"
		rows = slices.Delete(rows, i, i+1)
		renumber(rows)
	case 4:
		what = "swap"
		rows[i], rows[j] = rows[j], rows[i]
		renumber(rows)
		first = min(i, j)
	case 5:
		what = "duplicate"
		rows = slices.Insert(rows, i, rows[j])
		renumber(rows)
	case 6:
		what = "insert a forged one"
		forged := rows[j]
		forged.ActorID, forged.Object = "somebody", randomHash(r)
		rows = slices.Insert(rows, i, forged)
		renumber(rows)
	case 7:
		what = "cut the tail"
		rows = rows[:i]
	case 8:
		what = "turn a stretch around"
		a, b := min(i, j), max(i, j)+1
		slices.Reverse(rows[a:b])
		renumber(rows)
		first = a
	}
	if fits {
		rewrite(rows, first)
		what += ", rewrite every hash from there on"
	}
	return what, rows, fits
}

func mapKeys(m map[string]func(*audit.Entry, *rand.Rand)) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// firstOther is the number of the first record that is not the one that was signed; 0 when all are.
func firstOther(signed, rows []audit.Entry) int64 {
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, func(a, b audit.Entry) int { return cmp.Compare(a.Seq, b.Seq) })
	for i := range max(len(signed), len(sorted)) {
		if i >= len(sorted) || i >= len(signed) || !reflect.DeepEqual(sorted[i], signed[i]) {
			return int64(i + 1)
		}
	}
	return 0
}

// Must show: a thousand random changes to a copied audit table, by somebody who owns the database, are all found, and the
// first bad record is named. AUDIT_SEED repeats a run.
func TestAThousandMutationsAreFound(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	if s, err := strconv.ParseUint(os.Getenv("AUDIT_SEED"), 10, 64); err == nil {
		seed = s
	}
	t.Logf("AUDIT_SEED=%d", seed)
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		times := 1000
		if k.DB.Dialect() == db.Postgres {
			times = 100
		}
		r := rand.New(rand.NewPCG(seed, 1))
		f := newForger(t, k, r)
		kinds := map[string]int{}
		for done := 0; done < times; {
			what, rows, fits := mutate(r, f.signed)
			want := firstOther(f.signed, rows)
			if want == 0 {
				continue // swapped with itself
			}
			done++
			kinds[what]++
			last, setBack := f.signed[len(f.signed)-1], fits || r.IntN(2) == 0
			count, hash := last.Seq, last.Hash
			if setBack {
				count, hash = int64(len(rows)), audit.Checkpoint{}.Hash
				if len(rows) > 0 {
					hash = rows[len(rows)-1].Hash
				}
			}
			f.put(t, rows, count, hash, true)
			got, err := audit.VerifyAgainst(t.Context(), k.DB, f.proof)
			if err != nil {
				t.Fatal(err)
			}
			if got.OK || got.BadSeq != want {
				t.Errorf("%s (head set back: %v): found %d %q, want record %d", what, setBack, got.BadSeq, got.Problem, want)
			}
		}
		t.Logf("%d mutations of %d kinds", times, len(kinds))

		last := f.signed[len(f.signed)-1]
		f.put(t, f.signed, last.Seq, last.Hash, true)
		if got, err := audit.VerifyAgainst(t.Context(), k.DB, f.proof); err != nil || !got.OK || got.Covered != last.Seq {
			t.Errorf("the table as it was: %+v, %v", got, err)
		}
	})
}
