package audit_test

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/kerneltest"
)

// Every ten minutes or every thousand records, whichever is first; nothing new is nothing to sign.
func TestWhenACheckpointIsDue(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		keep, r := keeper(t, k), rand.New(rand.NewPCG(1, 2))
		take := func(want int, when string) {
			t.Helper()
			if n, err := keep.Take(t.Context(), false); err != nil || n != want {
				t.Errorf("%s: %d taken, %v; want %d", when, n, err, want)
			}
		}
		take(0, "empty")
		various(t, k, r, 3)
		take(1, "the first records")
		take(0, "nothing new")
		various(t, k, r, 5)
		take(0, "too early")
		k.Clock.Advance(audit.Every)
		take(1, "after ten minutes")
		many(t, k, 999)
		take(0, "999 more")
		write(t, k, 1)
		take(1, "a thousand more")
		many(t, k, 1500)
		if n, err := keep.Take(t.Context(), true); err != nil || n != 2 {
			t.Errorf("at once: %d, %v", n, err)
		}
		all, err := audit.Checkpoints(t.Context(), k.DB, 0, 10)
		if err != nil || len(all) != 5 || all[4].Last != 2508 {
			t.Fatalf("%d kept, %v", len(all), err)
		}
		got, err := audit.VerifyAgainst(t.Context(), k.DB, audit.Proof{Checkpoints: all, Signer: keep.Signer})
		if err != nil || !got.OK || got.Covered != 2508 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

// What does not hold is not signed: the keeper would vouch for the forger.
func TestABrokenChainIsNotSigned(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		keep := keeper(t, k)
		write(t, k, 10)
		if _, err := keep.Take(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		write(t, k, 10)
		tamper(t, k, `UPDATE kernel_audit SET reason = '其他' WHERE seq = 14`)
		_, err := keep.Take(t.Context(), true)
		var broken *audit.BrokenError
		if !errors.As(err, &broken) || broken.Report.BadSeq != 14 {
			t.Errorf("%v", err)
		}
		if n := k.Count(t, `SELECT count(*) FROM kernel_audit_checkpoint`); n != 1 {
			t.Errorf("%d checkpoints", n)
		}
	})
}

// many writes n records in one act.
func many(t *testing.T, k *kerneltest.Kit, n int) {
	t.Helper()
	ctx := k.As(t, "clerk")
	err := k.DB.Do(ctx, func(tx db.Tx) error {
		for range n {
			if err := audit.Write(ctx, tx, audit.Record{Action: "window.show", Object: "case-1"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCheckpointsAreOnlyAdded(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		keep := keeper(t, k)
		write(t, k, 1)
		if _, err := keep.Take(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		refused(t, k, `UPDATE kernel_audit_checkpoint SET hash = ''`, "only added")
		refused(t, k, `DELETE FROM kernel_audit_checkpoint`, "only added")
	})
}

// The place elsewhere may be tampered with as well; the signatures and numbers show it, and a record that is bad by itself
// is named first.
func TestTamperedCheckpointsAreFound(t *testing.T) {
	k := kerneltest.New(t)
	keep := keeper(t, k)
	for range 4 {
		write(t, k, 5)
		if _, err := keep.Take(t.Context(), true); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := keep.Ship(t.Context()); err != nil || n != 4 {
		t.Fatalf("%d, %v", n, err)
	}
	stranger := signer(t, k)
	tests := []struct {
		name   string
		change func([]audit.Checkpoint) []audit.Checkpoint
		signer audit.Signer
		bad    int64 // checkpoint
		seq    int64
	}{
		{"as shipped", func(c []audit.Checkpoint) []audit.Checkpoint { return c }, keep.Signer, 0, 0},
		{"said twice", func(c []audit.Checkpoint) []audit.Checkpoint { return append(c[:2:2], c[1:]...) }, keep.Signer, 0, 0},
		{"the newest is not there yet", func(c []audit.Checkpoint) []audit.Checkpoint { return c[:3] }, keep.Signer, 0, 0},
		{"one is taken out", func(c []audit.Checkpoint) []audit.Checkpoint { return append(c[:1:1], c[2:]...) }, keep.Signer, 2, 6},
		{"the first is taken out", func(c []audit.Checkpoint) []audit.Checkpoint { return c[1:] }, keep.Signer, 1, 1},
		{"another hash", func(c []audit.Checkpoint) []audit.Checkpoint { c[2].Hash = c[1].Hash; return c }, keep.Signer, 3, 11},
		{"another time", func(c []audit.Checkpoint) []audit.Checkpoint { c[3].At = c[3].At.Add(time.Hour); return c }, keep.Signer, 4, 16},
		{"another order", func(c []audit.Checkpoint) []audit.Checkpoint { c[0], c[1] = c[1], c[0]; return c }, keep.Signer, 1, 1},
		{"a stranger's key", func(c []audit.Checkpoint) []audit.Checkpoint { return c }, stranger, 1, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			shipped, err := keep.Sink.Load(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got, err := audit.VerifyAgainst(t.Context(), k.DB, audit.Proof{Checkpoints: tt.change(shipped), Signer: tt.signer})
			if err != nil || got.OK != (tt.bad == 0) || got.BadCheckpoint != tt.bad || got.BadSeq != tt.seq {
				t.Errorf("%+v, %v; want checkpoint %d, record %d", got, err, tt.bad, tt.seq)
			}
		})
	}
}

// A line that a power cut tore is said again, and nothing else is lost.
func TestATornLineIsSaidAgain(t *testing.T) {
	k := kerneltest.New(t)
	keep := keeper(t, k)
	file := strings.TrimPrefix(keep.Sink.String(), "file://")
	step := func() {
		t.Helper()
		write(t, k, 2)
		if _, err := keep.Take(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		if _, err := keep.Ship(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	step()
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.WriteString(`{"n":2,"first":3,"la`)
	_ = f.Close()
	step()
	got, err := keep.Sink.Load(t.Context())
	if err != nil || len(got) != 2 || got[1].N != 2 {
		t.Errorf("%d, %v", len(got), err)
	}
	if err := keep.Sink.Ship(t.Context(), got[1]); err != nil {
		t.Errorf("the same again: %v", err)
	}
	if err := keep.Sink.Ship(t.Context(), got[0]); err == nil {
		t.Error("an older one was taken")
	}
	// Another machine's folder of the same name, or one that was lost, gets everything.
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	step()
	if got, err := keep.Sink.Load(t.Context()); err != nil || len(got) != 3 || got[2].N != 3 {
		t.Errorf("%d, %v", len(got), err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// Over the wire to a receiver elsewhere: an outage is kept with its beginning, and what waited is shipped after it.
func TestCheckpointsTravelToAReceiver(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		dir, down := t.TempDir(), true
		receiver := audit.Receiver(dir)
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, pass, _ := r.BasicAuth(); down || pass != "geheim" {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			receiver.ServeHTTP(w, r)
		}))
		defer srv.Close()
		keep := keeper(t, k)
		var err error
		if keep.Sink, err = audit.OpenSink(strings.Replace(srv.URL, "http://", "http://centre:geheim@", 1)); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			write(t, k, 2)
			if _, err := keep.Take(t.Context(), true); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			if _, err := keep.Ship(t.Context()); err == nil || strings.Contains(err.Error(), "geheim") {
				t.Errorf("while it is down: %v", err)
			}
			k.Clock.Advance(time.Minute)
		}
		state, err := keep.Shipped(t.Context())
		if err != nil || state.N != 0 || state.Fault == "" || !state.Since.Equal(kerneltest.Start) {
			t.Errorf("%+v, %v", state, err)
		}
		down = false
		if n, err := keep.Ship(t.Context()); err != nil || n != 3 {
			t.Errorf("%d, %v", n, err)
		}
		state, err = keep.Shipped(t.Context())
		if err != nil || state.N != 3 || state.Fault != "" || !state.Since.IsZero() {
			t.Errorf("%+v, %v", state, err)
		}
		got, err := keep.Sink.Load(t.Context())
		if err != nil || len(got) != 3 {
			t.Fatalf("%d, %v", len(got), err)
		}
		forged := got[2]
		forged.Hash = got[1].Hash
		if err := keep.Sink.Ship(t.Context(), forged); err == nil {
			t.Error("another checkpoint under a number that is taken")
		}
		if _, err := os.Stat(filepath.Join(dir, "checkpoints.jsonl")); err != nil {
			t.Error(err)
		}
	})
}

func TestPlacesOfCheckpoints(t *testing.T) {
	for place, want := range map[string]string{
		"/var/a": "file:///var/a/checkpoints.jsonl", "file:///var/a/x.jsonl": "file:///var/a/x.jsonl",
		"https://u:secret@h/x": "https://u:xxxxx@h/x", "ftp://h": "", "http://u:secret@h:bad/": "",
	} {
		s, err := audit.OpenSink(place)
		if want == "" {
			if err == nil || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s: %v", place, err)
			}
			continue
		}
		if err != nil || s.String() != want {
			t.Errorf("%s: %v, %v", place, s, err)
		}
	}
}
