package audit_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
)

// Old records leave the table only after they lie, whole checkpoints at a time and signed, in a file; the chain is then
// proven over files and table together, and by the signed base where the files are not at hand.
func TestOldRecordsMoveToArchives(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		keep, r, dir := keeper(t, k), rand.New(rand.NewPCG(3, 4)), t.TempDir()
		step := func(n int) {
			t.Helper()
			various(t, k, r, n)
			if _, err := keep.Take(t.Context(), true); err != nil {
				t.Fatal(err)
			}
			if _, err := keep.Ship(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		before := func() time.Time { return k.Clock.Now().Add(-audit.Keep) }
		step(12)
		step(8)
		if _, err := keep.Archive(t.Context(), dir, before()); errs.CodeOf(err) != "audit.nothing_old" {
			t.Errorf("nothing is old: %v", err)
		}
		young, err := keep.Archive(t.Context(), t.TempDir(), k.Clock.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if err := keep.Drop(t.Context(), young); errs.CodeOf(err) != "audit.too_young" {
			t.Errorf("young records: %v", err)
		}
		k.Clock.Advance(audit.Keep + time.Hour)
		step(10)
		first, err := keep.Archive(t.Context(), dir, before())
		if err != nil || first.First != 1 || first.Last != 20 {
			t.Fatalf("%+v, %v", first, err)
		}

		whole, err := os.ReadFile(first.File)
		if err != nil {
			t.Fatal(err)
		}
		spoilt := bytes.Replace(whole, []byte(`"reason":"原因`), []byte(`"reason":"没有`), 1)
		for _, bad := range [][]byte{whole[:len(whole)/2], spoilt, bytes.Replace(whole, []byte(`"checkpoint"`), []byte(`"checkpoinT"`), 1)} {
			if err := os.WriteFile(first.File, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := keep.Drop(t.Context(), first); err == nil {
				t.Fatal("records were dropped for an archive that does not hold them")
			}
		}
		if err := os.WriteFile(first.File, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := keep.Drop(t.Context(), first); err != nil {
			t.Fatal(err)
		}
		if n := k.Count(t, `SELECT count(*) FROM kernel_audit WHERE seq <= 20`); n != 0 {
			t.Errorf("%d are still there", n)
		}
		refused(t, k, `DELETE FROM kernel_audit`, "only added")

		k.Clock.Advance(audit.Keep + time.Hour)
		step(5)
		second, err := keep.Archive(t.Context(), dir, before())
		if err != nil || second.First != 21 || second.Last != 30 {
			t.Fatalf("%+v, %v", second, err)
		}
		if err := keep.Drop(t.Context(), second); err != nil {
			t.Fatal(err)
		}

		proof := audit.Proof{Signer: keep.Signer}
		if proof.Checkpoints, err = keep.Sink.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		verify := func(archive string) audit.Report {
			t.Helper()
			proof.Archive = archive
			got, err := audit.VerifyAgainst(t.Context(), k.DB, proof)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		for _, archive := range []string{dir, ""} {
			if got := verify(archive); !got.OK || got.Archived != 30 || got.Count != 37 {
				t.Errorf("with archive %q: %+v", archive, got)
			}
		}
		if got := verify(t.TempDir()); got.OK || got.BadSeq != 1 {
			t.Errorf("archives that are gone: %+v", got)
		}
		if err := os.WriteFile(first.File, spoilt, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := verify(dir); got.OK || got.BadSeq < 1 || got.BadSeq > 20 {
			t.Errorf("a spoilt archive: %+v", got)
		}

		// Somebody who deletes the oldest and words a base of their own has no key to sign it.
		tamper(t, k, `DELETE FROM kernel_audit WHERE seq <= 36`,
			`UPDATE kernel_audit_base SET count = 36, hash = (SELECT prev FROM kernel_audit WHERE seq = 37)`)
		if got := verify(""); got.OK || got.BadSeq != 1 {
			t.Errorf("a base of their own: %+v", got)
		}
	})
}
